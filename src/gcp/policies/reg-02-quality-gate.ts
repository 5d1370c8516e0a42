import { Part, partsOf } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, registersVersions, WORKFLOW } from '../private/policy/workflow-calls';

/** A threshold as data, or a condition with a metric beside a number. */
function isGate({ metric, threshold, condition }: Part): boolean {
  return metric !== undefined && threshold !== undefined || /metrics\b[^<>]*[<>]=? *\d/.test(String(condition));
}

/** A workflow that registers versions reads the evaluation and compares its metrics first. */
export const qualityGate: Rule = {
  policy: 'MLOPS-REG-02',
  types: [WORKFLOW],
  fix: 'give the training pipeline qualityGates',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (!registersVersions(definition)) return NOT_APPLICABLE;
    return unless(partsOf(definition, isGate).length > 0 ? [] : ['no threshold of a metric stands before the upload']);
  },
};
