import { mustBeGiven } from '../private/policy/property-checks';
import { Rule } from '../private/policy/rule';

/** Every log group says how long it keeps what it gets. */
export const logRetention: Rule = {
  policy: 'MLOPS-LOG-01',
  types: ['AWS::Logs::LogGroup'],
  fix: 'set retention',
  reasonedBy: ['NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod'],
  check: ({ properties }) => mustBeGiven(properties, 'RetentionInDays'),
};
