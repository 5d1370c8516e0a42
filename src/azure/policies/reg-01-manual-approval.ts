import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { approves, definitionOf, registersVersions, WORKFLOW } from '../private/policy/workflow-calls';

/** Whatever registers a version leaves its approval to a person: it asks for none itself. */
export const manualApproval: Rule = {
  policy: 'MLOPS-REG-01',
  types: [WORKFLOW],
  fix: 'use Approval.manual()',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (!registersVersions(definition)) return NOT_APPLICABLE;
    return unless(approves(definition) ? ['registers a version and approves it'] : []);
  },
};
