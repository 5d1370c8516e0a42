import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy-rule';
import { callsOf, definitionOf, partsOf, WORKFLOW } from '../private/policy-workflow';

/** A metric beside a number. */
const COMPARISON = /metrics\b[^<>]*[<>]=? *\d/;

/** A workflow that registers versions reads the evaluation and compares its metrics first. */
export const qualityGate: Rule = {
  policy: 'MLOPS-REG-02',
  types: [WORKFLOW],
  fix: 'give the training pipeline qualityGates',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (callsOf(definition, /models:upload\b/).length === 0) return NOT_APPLICABLE;
    const gates = partsOf(definition, ({ metric, threshold, condition }) => metric !== undefined && threshold !== undefined || COMPARISON.test(String(condition)));
    return unless(gates.length > 0 ? [] : ['no threshold of a metric stands before the upload']);
  },
};
