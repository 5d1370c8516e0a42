import { listed } from '../../core/private/listed';
import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../../terraform/policy/rule';

/** Where there are buckets, reads and writes of their objects are recorded. Those of BigQuery always are. */
export const trailPresent: PresenceRule = {
  policy: 'MLOPS-LOG-03',
  fix: 'switch on auditLog',
  checkAll(around) {
    if (!around.has('google_storage_bucket')) return NOT_APPLICABLE;
    const recorded = around.ofType('google_project_iam_audit_config').some(({ attributes }) => {
      const kinds = listed(attributes.audit_log_config).map((each) => each.log_type);
      return (
        ['storage.googleapis.com', 'allServices'].includes(attributes.service) &&
        ['DATA_READ', 'DATA_WRITE'].every((kind) => kinds.includes(kind))
      );
    });
    return recorded ? COMPLIANT : violation('no google_project_iam_audit_config records reads and writes of buckets');
  },
};
