import { NOT_APPLICABLE, Rule, unless } from '../private/policy-rule';
import { one } from '../private/policy-view';

/** Entries of a log bucket cannot be changed: what remains is that audit logs reach one, that it has a key, and that the sink is on. */
export const soundTrail: Rule = {
  policy: 'MLOPS-LOG-02',
  types: ['google_logging_project_sink'],
  fix: 'send audit logs into a log bucket with cmek_settings',
  check({ attributes }, around) {
    if (!/cloudaudit\.googleapis\.com/.test(String(attributes.filter))) return NOT_APPLICABLE;
    const bucket = around.ofType('google_logging_project_bucket_config').find(({ address }) => String(attributes.destination).includes(`${address}.`));
    return unless([
      ...(attributes.disabled === true ? ['the sink is disabled'] : []),
      ...(bucket === undefined ? ['the destination is no log bucket of the stack'] : []),
      ...(bucket !== undefined && one(bucket.attributes.cmek_settings)?.kms_key_name === undefined ? ['the log bucket has no cmek_settings'] : []),
    ]);
  },
};
