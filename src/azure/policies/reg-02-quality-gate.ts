import { Part, partsOf } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, registersVersions, WORKFLOW } from '../private/policy/workflow-calls';

/** A threshold as data, or a comparison with a metric of the evaluation on its left. */
function isGate(part: Part): boolean {
  if (part.metric !== undefined && part.threshold !== undefined) return true;
  if (Object.values(part).some((each) => typeof each === 'string' && IN_EXPRESSION.test(each))) return true;
  return ['less', 'lessOrEquals', 'greater', 'greaterOrEquals'].some(
    (comparison) => Array.isArray(part[comparison]) && /metrics/.test(String(part[comparison][0])),
  );
}

/** `less(float(coalesce(variables('evaluation')?['metrics']?['auc'], 0)), float('0.8'))`. */
const IN_EXPRESSION = /\b(less|greater)(OrEquals)?\(.*metrics.*float\('-?[\d.e+-]+'\)/i;

/** A workflow that registers versions reads the evaluation and compares its metrics first. */
export const qualityGate: Rule = {
  policy: 'MLOPS-REG-02',
  types: [WORKFLOW],
  fix: 'give the training pipeline qualityGates',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (!registersVersions(definition)) return NOT_APPLICABLE;
    return unless(
      partsOf(definition, isGate).length > 0 ? [] : ['no threshold of a metric stands before the registration'],
    );
  },
};
