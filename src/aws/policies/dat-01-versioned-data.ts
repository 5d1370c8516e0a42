import { mustBe } from '../private/policy/property-checks';
import { Rule } from '../private/policy/rule';

/** Every bucket keeps the versions that a write would overwrite. */
export const versionedData: Rule = {
  policy: 'MLOPS-DAT-01',
  types: ['AWS::S3::Bucket'],
  fix: 'set versioned: true',
  reasonedBy: ['NIST.800.53.R5-S3BucketVersioningEnabled'],
  check: ({ properties }) =>
    mustBe(properties, 'VersioningConfiguration.Status', 'Enabled', 'VersioningConfiguration is not Enabled'),
};
