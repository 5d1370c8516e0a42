import { Rule, unless } from '../../terraform/policy/rule';
import { hasTags } from '../private/policy/tags';

/**
 * Types whose tags cannot change in place.
 *
 * @see https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs
 */
const REPLACED_BY_TAGS: readonly string[] = [
  'azurerm_machine_learning_compute_instance',
  'azurerm_machine_learning_datastore_blobstorage',
  'azurerm_machine_learning_datastore_datalake_gen2',
  'azurerm_machine_learning_datastore_fileshare',
  'azurerm_machine_learning_inference_cluster',
];

/** A resource that a changed tag replaces keeps the tags that it was made with. */
export const shieldedTags: Rule = {
  policy: 'MLOPS-TAG-02',
  types: REPLACED_BY_TAGS,
  fix: 'ignore changes of tags in the lifecycle of the resource',
  check({ attributes }) {
    if (!hasTags(attributes)) return unless([]);
    const ignored = attributes.lifecycle?.ignore_changes;
    const isShielded = ignored === 'all' || (Array.isArray(ignored) && ignored.includes('tags'));
    return unless(isShielded ? [] : ['has tags, and a change of them replaces it']);
  },
};
