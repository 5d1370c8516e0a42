import { mustBe } from '../private/policy/property-checks';
import { NOT_APPLICABLE, Rule } from '../private/policy/rule';

/** A symmetric key has yearly rotation; KMS cannot rotate other kinds by itself. */
export const keyRotation: Rule = {
  policy: 'MLOPS-ENC-04',
  types: ['AWS::KMS::Key'],
  fix: 'set enableKeyRotation: true',
  reasonedBy: ['AwsSolutions-KMS5', 'NIST.800.53.R5-KMSBackingKeyRotationEnabled'],
  check({ properties }) {
    if ((properties.KeySpec ?? 'SYMMETRIC_DEFAULT') !== 'SYMMETRIC_DEFAULT' || properties.Origin === 'EXTERNAL') {
      return NOT_APPLICABLE;
    }
    return mustBe(properties, 'EnableKeyRotation', true, 'EnableKeyRotation is off');
  },
};
