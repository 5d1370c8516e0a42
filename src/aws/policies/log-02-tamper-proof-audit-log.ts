import { mustBe, mustBeGiven } from '../private/policy/property-checks';
import { Rule, worst } from '../private/policy/rule';

/** A trail is on, encrypted with a key, and signs its files. */
export const soundTrail: Rule = {
  policy: 'MLOPS-LOG-02',
  types: ['AWS::CloudTrail::Trail'],
  fix: 'set isLogging, enableLogFileValidation and kmsKeyId',
  check({ properties }) {
    return worst([
      mustBe(properties, 'IsLogging', true, 'IsLogging is off'),
      mustBe(properties, 'EnableLogFileValidation', true, 'EnableLogFileValidation is off'),
      mustBeGiven(properties, 'KMSKeyId'),
    ]);
  },
};
