import { Approval, ModelRegistryIntent } from '../../model-registry';
import { requireMatch, Speaker } from '../validation';

/** A registry with every neutral choice made. */
export interface ResolvedRegistry {
  /** @default - made from the construct's path, in the cloud's own way */
  readonly modelName?: string;
  readonly isApprovalAutomatic: boolean;
}

/** Fills every default and refuses what no cloud takes. */
export function resolvedRegistry(who: Speaker, { modelName, approval = Approval.manual() }: ModelRegistryIntent): ResolvedRegistry {
  requireModelName(who, 'modelName', modelName);
  return { modelName, isApprovalAutomatic: approval.isAutomatic };
}

/** Refuses a name of a model that no cloud takes. */
export function requireModelName(who: Speaker, prop: string, name: string | undefined): void {
  requireMatch(who, prop, name, /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/, 'letters, digits and hyphens between them, at most 63');
}
