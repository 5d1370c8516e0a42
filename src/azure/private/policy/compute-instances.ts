import { Part } from '../../../terraform/policy/parts';
import { Attributes } from '../../../terraform/policy/resource-view';

/** Computes of a workspace: clusters, notebooks, attached ones. */
export const COMPUTES = 'Microsoft.MachineLearningServices/workspaces/computes';

/**
 * What the body of a compute says of a notebook: undefined where it is none, `unknown` where its properties are known
 * to Azure only.
 */
export function computeInstanceOf({ properties }: Attributes): Part | 'unknown' | undefined {
  if (typeof properties !== 'object' || properties === null) return 'unknown';
  return properties.computeType === 'ComputeInstance' ? properties.properties ?? {} : undefined;
}
