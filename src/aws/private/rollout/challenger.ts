import { ChallengerSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { jsonata, remember, State } from '../base/state-language';
import { CHALLENGER_VARIANT, LIVE_VARIANT, SHADOW_VARIANT } from '../serving/variants';

export function championOf(): string {
  const live = `$states.result.ProductionVariants[VariantName='${LIVE_VARIANT}'][0]`;
  return jsonata(`{ 'modelName': $exists(${live}.ModelName) ? ${live}.ModelName : '', `
    + `'instanceType': $exists(${live}.InstanceType) ? ${live}.InstanceType : 'none', `
    + "'variants': $count($states.result.ProductionVariants) }");
}

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

/** The config of a challenger names the champion as well, so its name must change with the champion. */
export function nameChallenger(): State {
  return remember({
    configName: jsonata("$promote or $champion.modelName = '' ? $modelName"
      + " : $modelName & '-' & $substring($hash($champion.modelName, 'SHA-256'), 0, 6)"),
  }, 'IsAlreadyLive');
}
