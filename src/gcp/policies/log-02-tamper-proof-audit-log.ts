import { Attributes, isTrue, one } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, unless } from '../../terraform/policy/rule';

/**
 * Entries of a log bucket cannot be changed: what remains is that audit logs reach one, that it has a key, and that the
 * sink is on.
 */
export const soundTrail: Rule = {
  policy: 'MLOPS-LOG-02',
  types: ['google_logging_project_sink'],
  fix: 'send audit logs into a log bucket with cmek_settings',
  check({ attributes }, around) {
    if (!takesAudit(attributes)) return NOT_APPLICABLE;
    const bucketOf = ({ destination }: Attributes) =>
      around
        .ofType('google_logging_project_bucket_config')
        .find(({ address }) => String(destination).includes(`${address}.`));
    const bucket = bucketOf(attributes);
    // A second copy may go wherever it is read.
    if (
      bucket === undefined &&
      around
        .ofType('google_logging_project_sink')
        .some((each) => takesAudit(each.attributes) && bucketOf(each.attributes) !== undefined)
    ) {
      return NOT_APPLICABLE;
    }
    return unless([
      ...(isTrue(attributes.disabled) ? ['the sink is disabled'] : []),
      ...(bucket === undefined ? ['the destination is no log bucket of the stack'] : []),
      ...(bucket !== undefined && one(bucket.attributes.cmek_settings)?.kms_key_name === undefined
        ? ['the log bucket has no cmek_settings']
        : []),
    ]);
  },
};

function takesAudit({ filter }: Attributes): boolean {
  return /cloudaudit\.googleapis\.com/.test(String(filter));
}
