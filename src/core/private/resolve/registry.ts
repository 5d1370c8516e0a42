import { Approval, ModelRegistryIntent } from '../../model-registry';
import { refuseBecause, requireMatch, Speaker } from '../validation';

/** A registry with every neutral choice made. */
export interface ResolvedRegistry {
  /** @default - made from the construct's path, in the cloud's own way */
  readonly modelName?: string;
  readonly isApprovalAutomatic: boolean;
}

/** Fills every default and refuses what no cloud takes. */
export function resolvedRegistry(
  who: Speaker,
  { modelName, approval = Approval.manual() }: ModelRegistryIntent,
): ResolvedRegistry {
  requireModelName(who, 'modelName', modelName);
  return { modelName, isApprovalAutomatic: approval.isAutomatic };
}

/** Refuses a name of a model that no cloud takes. */
export function requireModelName(who: Speaker, prop: string, name: string | undefined): void {
  requireMatch(
    who,
    prop,
    name,
    /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
    'letters, digits and hyphens between them, at most 63',
  );
}

/** Refuses training for a stage that gets its versions from where they were trained. */
export function requireTrainedHere(who: Speaker, registry: { readonly promotionStage?: string } | undefined): void {
  if (registry?.promotionStage === undefined) return;
  refuseBecause(
    who,
    `registry is that of the stage '${registry.promotionStage}', whose versions are promoted from where they were trained: train there, and give the ` +
      'stage an endpoint and monitoring of its own',
  );
}
