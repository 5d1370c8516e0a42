import { Attributes } from '../../../terraform/policy/resource-view';

/** Whether a resource has tags: its own, or those that the resource group puts on whatever takes tags. */
export function hasTags({ tags }: Attributes): boolean {
  return Object.keys(tags ?? {}).length > 0;
}
