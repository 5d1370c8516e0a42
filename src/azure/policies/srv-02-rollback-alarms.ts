import { partsOf } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, deploys, WORKFLOW } from '../private/policy/workflow-calls';

/** A workflow that deploys versions also shifts the traffic back, and says so. */
export const rollback: Rule = {
  policy: 'MLOPS-SRV-02',
  types: [WORKFLOW],
  fix: 'let the workflow that deploys watch the metrics and shift the traffic back',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (!deploys(definition)) return NOT_APPLICABLE;
    const says =
      partsOf(definition, (part) =>
        Object.values(part).some((each) => typeof each === 'string' && /\brolled back\b/.test(each)),
      ).length > 0;
    return unless(says ? [] : ['the workflow deploys versions and takes none back']);
  },
};
