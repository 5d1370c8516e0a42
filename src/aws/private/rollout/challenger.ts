import { ChallengerSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { digestPart, runName, versionPart } from '../base/run-names';
import { jsonata, remember, State } from '../base/state-language';
import { CHALLENGER_VARIANT, LIVE_VARIANT, SHADOW_VARIANT } from '../serving/variants';

/** JSONata over the description of a config: the live variant, and all models that the config names. */
export function championOf(): string {
  const live = `$states.result.ProductionVariants[VariantName='${LIVE_VARIANT}'][0]`;
  return jsonata(`{ 'modelName': $exists(${live}.ModelName) ? ${live}.ModelName : '', `
    + `'instanceType': $exists(${live}.InstanceType) ? ${live}.InstanceType : 'none', `
    + "'variants': $count($states.result.ProductionVariants), "
    + "'mode': $exists($states.result.AsyncInferenceConfig) ? 'asynchronous' "
    + `: $exists(${live}.ServerlessConfig) ? 'serverless' : 'real-time', 'models': ${MODELS} }`);
}

/** JSONata over the description of a config: the models that it names, once each. */
export const MODELS =
  '[$distinct($append($states.result.ProductionVariants.ModelName, $states.result.ShadowProductionVariants.ModelName))]';

/** The live model keeps its variant; the new one gets a share of the requests, or copies of them. */
export function besideChampion(challenger: ChallengerSpec, variant: ApiFields): ApiFields {
  const champion = { VariantName: LIVE_VARIANT, ModelName: jsonata('$champion.modelName'), ...variant };
  const newcomer = { ModelName: jsonata('$modelName'), ...variant };
  if (challenger.kind === 'shadow') {
    return {
      ProductionVariants: [{ ...champion, InitialVariantWeight: 1 }],
      ShadowProductionVariants: [{ VariantName: SHADOW_VARIANT, ...newcomer, InitialVariantWeight: challenger.percent / 100 }],
    };
  }
  return {
    ProductionVariants: [
      { ...champion, InitialVariantWeight: (100 - challenger.percent) / 100 },
      {
        VariantName: CHALLENGER_VARIANT,
        ...newcomer,
        ...(challenger.instanceCount === undefined ? {} : { InitialInstanceCount: challenger.instanceCount }),
        InitialVariantWeight: challenger.percent / 100,
      },
    ],
  };
}

/**
 * The config of a challenger names the champion as well, so its name must change with the champion. One digest of both,
 * and not one after the other: two would leave no room for the number of the tenth version.
 */
export function nameChallenger(namePrefix: string, next: string): State {
  const name = runName(namePrefix, [
    versionPart('$version'),
    digestPart("$modelName & ' beside ' & $champion.modelName"),
  ]);
  return remember(
    { configName: jsonata(`$promote or $champion.modelName = '' ? $modelName : (${name.slice(3, -3)})`) },
    next,
  );
}
