import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy-rule';
import { callsOf, definitionOf, WORKFLOW } from '../private/policy-workflow';

/** A workflow that registers versions reads the evaluation and compares its metrics first. */
export const qualityGate: Rule = {
  policy: 'MLOPS-REG-02',
  types: [WORKFLOW],
  fix: 'give the training pipeline qualityGates',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (callsOf(definition, /models:upload\b/).length === 0) return NOT_APPLICABLE;
    return unless(/"condition":"[^"]*metrics?\b/.test(JSON.stringify(definition).replace(/\\"/g, '\'')) ? [] : ['no condition on a metric stands before the upload']);
  },
};
