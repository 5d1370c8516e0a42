import { isTrue, one } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/** Every bucket keeps the versions that a write would overwrite. */
export const versionedData: Rule = {
  policy: 'MLOPS-DAT-01',
  types: ['google_storage_bucket'],
  fix: 'set versioning.enabled',
  reasonedBy: ['CKV_GCP_78'],
  check: ({ attributes }) => unless(isTrue(one(attributes.versioning)?.enabled) ? [] : ['versioning is not enabled']),
};
