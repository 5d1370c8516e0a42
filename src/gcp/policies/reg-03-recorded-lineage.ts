import { partsOf } from '../../terraform/policy/parts';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { callsOf, definitionOf, WORKFLOW } from '../private/policy/workflow-calls';

/** A registered version carries the run that made it, in whose folder its evaluation lies. */
export const recordedLineage: Rule = {
  policy: 'MLOPS-REG-03',
  types: [WORKFLOW],
  fix: 'upload versions with the label run and the artifactUri of the run',
  check(resource) {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    if (callsOf(definition, /models:upload\b/).length === 0) return NOT_APPLICABLE;
    const named =
      partsOf(definition, (part) => part.artifactUri !== undefined && part.labels?.run !== undefined).length > 0;
    return unless(named ? [] : ['the version has no label run beside its artifactUri']);
  },
};
