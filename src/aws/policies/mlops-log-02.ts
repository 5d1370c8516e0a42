import { Rule, unless } from '../private/policy-rule';

/** A trail is on, encrypted with a key, and signs its files. */
export const soundTrail: Rule = {
  policy: 'MLOPS-LOG-02',
  types: ['AWS::CloudTrail::Trail'],
  fix: 'set isLogging, enableLogFileValidation and kmsKeyId',
  check({ properties }) {
    return unless([
      ...(properties.IsLogging === true ? [] : ['IsLogging is off']),
      ...(properties.EnableLogFileValidation === true ? [] : ['EnableLogFileValidation is off']),
      ...(properties.KMSKeyId === undefined ? ['KMSKeyId is missing'] : []),
    ]);
  },
};
