import { Rule } from '../private/policy-rule';
import { mustBeGiven } from '../private/property';

/** Every log group says how long it keeps what it gets. */
export const logRetention: Rule = {
  policy: 'MLOPS-LOG-01',
  types: ['AWS::Logs::LogGroup'],
  fix: 'set retention',
  reasonedBy: ['NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod'],
  check: ({ properties }) => mustBeGiven(properties, 'RetentionInDays'),
};
