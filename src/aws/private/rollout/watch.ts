import { enterScaling } from './scaling';
import { RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { choose, jsonata, remember, State, wait } from '../base/state-language';

/** Wait until it is done, and see what it has become. */
export function watchStates(spec: RolloutSpec, target: Target): Record<string, State> {
  return {
    WaitForRollout: wait(pollSeconds(spec), 'CheckRollout'),
    CheckRollout: look(target, { next: 'HowIsItGoing', failed: 'StartFailing' }),
    HowIsItGoing: choose([
      [`$live.status in ${WORKING}`, 'IsTimeLeftToWatch'],
      [`$live.status = 'InService' and $live.serves = ${target.wanted}`, enterScaling(spec)],
      ["$live.status = 'InService' and $live.serves = $previous", 'RolledBack'],
      // Neither the wanted nor the earlier one: a later rollout has gone ahead.
      ["$live.status = 'InService'", 'Superseded'],
    ], 'RolloutBroke'),
    IsTimeLeftToWatch: choose([['$toMillis($states.context.State.EnteredTime) < $deadline', 'WaitForRollout']], 'TookTooLong'),
    TookTooLong: remember({
      failure: { Error: 'TimedOut', Cause: jsonata("'not done at the deadline, the status is ' & $live.status & ($live.reason != '' ? ': ' & $live.reason : '')") },
    }, 'StartFailing'),
    RolledBack: remember({
      failure: { Error: 'RolledBack', Cause: jsonata("$live.reason != '' ? $live.reason : 'SageMaker went back to the earlier version and gave no reason: look at the alarms and at the logs of the new containers'") },
    }, 'StartFailing'),
    RolloutBroke: remember({
      failure: { Error: jsonata(`'${target.noun}' & $live.status`), Cause: jsonata("$live.reason != '' ? $live.reason : 'SageMaker gave no reason'") },
    }, 'StartFailing'),
  };
}

/** One look makes eleven events, and an execution may have 25 000. */
export function pollSeconds({ pollSeconds: wanted, maxMinutes = MAX_MINUTES }: RolloutSpec): number {
  return wanted ?? Math.max(30, Math.ceil(maxMinutes * 60 / 1500));
}

export const MAX_MINUTES = 240;
