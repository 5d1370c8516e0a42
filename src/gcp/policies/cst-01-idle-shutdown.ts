import { isRuntime, one } from '../../terraform/policy/resource-view';
import { Rule, undecided, unless } from '../../terraform/policy/rule';

/** A Workbench instance stops when nobody works in it. */
export const idleShutdown: Rule = {
  policy: 'MLOPS-CST-01',
  types: ['google_workbench_instance'],
  fix: 'set idleShutdownMinutes on the workspace',
  check({ attributes }) {
    const seconds = one(attributes.gce_setup)?.metadata?.['idle-timeout-seconds'];
    if (isRuntime(seconds)) return undecided('idle-timeout-seconds is known to Terraform only');
    return unless(Number(seconds) > 0 ? [] : ['idle-timeout-seconds is missing']);
  },
};
