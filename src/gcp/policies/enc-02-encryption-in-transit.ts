import { one } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/** A database refuses connections without TLS; Google's own APIs take none. */
export const encryptionInTransit: Rule = {
  policy: 'MLOPS-ENC-02',
  types: ['google_sql_database_instance'],
  fix: 'set settings.ip_configuration.ssl_mode to ENCRYPTED_ONLY or TRUSTED_CLIENT_CERTIFICATE_REQUIRED',
  reasonedBy: ['CKV_GCP_6'],
  check({ attributes }) {
    const mode = one(one(attributes.settings)?.ip_configuration)?.ssl_mode;
    return unless(
      ['ENCRYPTED_ONLY', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED'].includes(mode)
        ? []
        : [`ssl_mode is ${mode ?? 'missing'}`],
    );
  },
};
