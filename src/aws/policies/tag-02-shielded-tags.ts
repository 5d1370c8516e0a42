import { REPLACED_BY_TAGS } from '../private/governance/tag-policy';
import { Rule, unless } from '../private/policy/rule';

/** A resource whose tags cannot change in place has none. */
export const shieldedTags: Rule = {
  policy: 'MLOPS-TAG-02',
  types: REPLACED_BY_TAGS,
  fix: 'keep the tag away from the type: excludeResourceTypes',
  check: ({ properties }) =>
    unless(
      properties.Tags === undefined || Object.keys(properties.Tags).length === 0
        ? []
        : ['has Tags, and a change of them replaces it'],
    ),
};
