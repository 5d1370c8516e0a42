import { Part, partsOf } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, isExpression, versionsOf, WORKFLOW } from '../private/policy/workflow-calls';

/** A registered version carries the run that made it, in whose folder its evaluation lies. */
export const recordedLineage: Rule = {
  policy: 'MLOPS-REG-03',
  types: [WORKFLOW],
  fix: 'register versions with the tag mlops_run and the modelUri of the run',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    const versions = versionsOf(definition);
    if (versions.length === 0) return NOT_APPLICABLE;
    const isNamed = ({ tags, properties, jobName }: Part) =>
      [tags?.mlops_run, properties?.mlops_run, jobName].some((run) => run !== undefined) ||
      // Put together of others: then it is among those.
      (isExpression(tags) && partsOf(definition, ({ mlops_run: run }) => run !== undefined).length > 0);
    return unless(versions.some(isNamed) ? [] : ['the version has no tag mlops_run beside its modelUri']);
  },
};
