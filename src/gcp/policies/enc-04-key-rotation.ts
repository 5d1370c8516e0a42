import { isRuntime } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';

/** A symmetric key rotates at least once a year; Google rotates no other kind. */
export const keyRotation: Rule = {
  policy: 'MLOPS-ENC-04',
  types: ['google_kms_crypto_key'],
  fix: 'set rotation_period, at most 31536000s',
  reasonedBy: ['CKV_GCP_43'],
  check({ attributes }) {
    if ((attributes.purpose ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT') return NOT_APPLICABLE;
    if (isRuntime(attributes.rotation_period)) return undecided('rotation_period is known to Terraform only');
    const seconds = parseInt(attributes.rotation_period ?? '', 10);
    if (Number.isNaN(seconds)) return unless(['rotation_period is missing']);
    return unless(seconds <= YEAR ? [] : [`rotation_period is ${attributes.rotation_period}, longer than a year`]);
  },
};

const YEAR = 365 * 86400;
