import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { computeInstanceOf, COMPUTES } from '../private/policy/compute-instances';
import { isExpression } from '../private/policy/workflow-calls';

/** A compute instance stops when nobody works on it. */
export const idleShutdown: Rule = {
  policy: 'MLOPS-CST-01',
  types: [COMPUTES, 'azurerm_machine_learning_compute_instance'],
  fix: 'set idleShutdownMinutes on the workspace',
  check({ type, attributes }) {
    if (type !== COMPUTES) {
      return unless([
        'azurerm_machine_learning_compute_instance has no attribute that stops it: make it as a compute of the resource manager',
      ]);
    }
    const notebook = computeInstanceOf(attributes);
    if (notebook === undefined) return NOT_APPLICABLE;
    if (notebook === 'unknown' || isExpression(notebook.idleTimeBeforeShutdown)) {
      return undecided('idleTimeBeforeShutdown is not known at synthesis');
    }
    return unless(
      /^PT\d+M$/.test(String(notebook.idleTimeBeforeShutdown)) ? [] : ['idleTimeBeforeShutdown is missing'],
    );
  },
};
