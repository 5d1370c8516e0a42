import { partsOf } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { callsOf, definitionOf, WORKFLOW } from '../private/policy/workflow-calls';

/** A workflow that deploys models also takes them back, and says so. */
export const rollback: Rule = {
  policy: 'MLOPS-SRV-02',
  types: [WORKFLOW],
  fix: 'let the workflow that deploys watch the metrics and shift the traffic back',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (callsOf(definition, /:deployModel\b/).length === 0) return NOT_APPLICABLE;
    const tells = partsOf(definition, (part) => part.outcome === 'rolled back').length > 0;
    const undeploys = callsOf(definition, /:undeployModel\b/).length > 0;
    return unless(tells && undeploys ? [] : ['the workflow deploys models and takes none back']);
  },
};
