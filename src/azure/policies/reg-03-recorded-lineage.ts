import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, versionsOf, WORKFLOW } from '../private/policy/workflow-calls';

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
    return unless(versions.some(({ tags, properties, jobName }) => [tags?.mlops_run, properties?.mlops_run, jobName].some((run) => run !== undefined))
      ? [] : ['the version has no tag mlops_run beside its modelUri']);
  },
};
