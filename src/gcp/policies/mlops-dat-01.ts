import { Rule, unless } from '../private/policy-rule';
import { one } from '../private/policy-view';

/** Every bucket keeps the versions that a write would overwrite. */
export const versionedData: Rule = {
  policy: 'MLOPS-DAT-01',
  types: ['google_storage_bucket'],
  fix: 'set versioning.enabled',
  reasonedBy: ['CKV_GCP_78'],
  check: ({ attributes }) => unless(one(attributes.versioning)?.enabled === true ? [] : ['versioning is not enabled']),
};
