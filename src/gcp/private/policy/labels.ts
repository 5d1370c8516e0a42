import { Attributes, Landscape } from '../../../terraform/policy/resource-view';

/** Whether a resource has labels, its own or those that the provider puts on whatever takes labels. */
export function hasLabels({ labels }: Attributes, around: Landscape): boolean {
  return Object.keys({ ...labels, ...around.provider('google').default_labels }).length > 0;
}
