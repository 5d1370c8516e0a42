import { Rule, unless } from '../../terraform/policy/rule';
import { hasLabels } from '../private/policy/labels';

/**
 * Types whose labels cannot change in place.
 *
 * @see https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs
 */
const REPLACED_BY_LABELS: readonly string[] = ['google_bigquery_job', 'google_dataproc_batch', 'google_dataproc_job'];

/** A resource that a changed label replaces keeps the labels that it was made with. */
export const shieldedLabels: Rule = {
  policy: 'MLOPS-TAG-02',
  types: REPLACED_BY_LABELS,
  fix: 'ignore changes of labels and terraform_labels in the lifecycle of the resource',
  check({ attributes }, around) {
    if (!hasLabels(attributes, around)) return unless([]);
    const ignored = attributes.lifecycle?.ignore_changes;
    const shielded =
      ignored === 'all' ||
      (Array.isArray(ignored) && ignored.includes('labels') && ignored.includes('terraform_labels'));
    return unless(shielded ? [] : ['has labels, and a change of them replaces it']);
  },
};
