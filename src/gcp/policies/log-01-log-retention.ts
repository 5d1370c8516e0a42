import { Rule, unless } from '../../terraform/policy/rule';

/** Every log bucket of the stack says how long it keeps what it gets. */
export const logRetention: Rule = {
  policy: 'MLOPS-LOG-01',
  types: ['google_logging_project_bucket_config'],
  fix: 'set retention_days',
  check: ({ attributes }) => unless(attributes.retention_days === undefined ? ['retention_days is missing'] : []),
};
