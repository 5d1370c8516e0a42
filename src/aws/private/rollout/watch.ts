import { approvalOf } from './approved-version';
import { setStopAlarm } from './create-or-update';
import { makeConfigs, makeModel } from './model-and-config';
import { pollSeconds, TIME_LEFT } from './polling';
import { enterScaling } from './scaling';
import { RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { call, choose, jsonata, MISSING, remember, sdkCall, State, wait } from '../base/state-language';

/** Wait until it is done, and see what it has become. */
export function watchStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const arrived = `$live.status = 'InService' and $live.serves = ${target.wanted}`;
  const isNow = "'version ' & $string($version) & ' became ' & $approval";
  return {
    WaitForRollout: wait(pollSeconds(spec), 'ReadApprovalMeanwhile'),
    // A look that fails says nothing, neither of the approval nor of the endpoint: the next one may.
    ReadApprovalMeanwhile: call(
      sdkCall('sagemaker', 'describeModelPackage'),
      { ModelPackageName: jsonata('$packageArn') },
      {
        next: 'CheckRollout',
        failed: 'CheckRollout',
        assign: { approval: approvalOf(spec) },
        assignFailed: {},
      },
    ),
    CheckRollout: look(target, { next: 'HowIsItGoing', failed: 'IsItGone' }),
    IsItGone: choose([[`$contains($failure.Cause, ${MISSING})`, 'Vanished']], 'IsTimeLeftToWatch'),
    Vanished: remember(
      {
        failure: {
          Error: `${target.noun}Vanished`,
          Cause: 'it was deleted while the rollout was under way: start the rollout manually to create it again',
        },
      },
      'StartFailing',
    ),
    HowIsItGoing: choose(
      [
        ...(spec.stopAlarmName === undefined
          ? []
          : [[`$live.status in ${WORKING} and $approval != 'Approved' and $not($returning)`, 'Stop'] as const]),
        [`$live.status in ${WORKING}`, 'IsTimeLeftToWatch'],
        [`$returning and ${arrived}`, 'Returned'],
        ["$returning and $live.status = 'InService'", 'IsTimeLeftToReturn'],
        [`${arrived} and $approval = 'Approved'`, 'LookForModel'],
        [arrived, 'IsThereAnEarlierOne'],
        ["$live.status = 'InService' and $live.serves = $previous", 'WasItStopped'],
        // Neither the wanted nor the earlier one: a later rollout has gone ahead.
        ["$live.status = 'InService'", 'Superseded'],
      ],
      'RolloutBroke',
    ),
    IsTimeLeftToWatch: choose([[TIME_LEFT, 'WaitForRollout']], 'TookTooLong'),
    TookTooLong: remember(
      {
        failure: {
          Error: 'TimedOut',
          Cause: jsonata(
            "'not done at the deadline, the status is ' & $live.status & ($live.reason != '' ? ': ' & $live.reason : '')",
          ),
        },
      },
      'StartFailing',
    ),
    WasItStopped: choose([["$approval != 'Approved'", 'Returned']], 'RolledBack'),
    RolledBack: remember(
      {
        failure: {
          Error: 'RolledBack',
          Cause: jsonata(
            "$live.reason != '' ? $live.reason : 'SageMaker rolled back to the earlier version and gave no reason: look at the alarms and at the logs of the new containers'",
          ),
        },
      },
      'StartFailing',
    ),
    RolloutBroke: remember(
      {
        failure: {
          Error: jsonata(`'${target.noun}' & $live.status`),
          Cause: jsonata("$live.reason != '' ? $live.reason : 'SageMaker gave no reason'"),
        },
      },
      'StartFailing',
    ),
    ...(spec.stopAlarmName === undefined
      ? {}
      : {
        Stop: setStopAlarm(spec.stopAlarmName, 'ALARM', 'the version is no longer approved', {
          next: 'IsTimeLeftToWatch',
          failed: 'IsTimeLeftToWatch',
        }),
      }),
    // It went live before it could be stopped: what served before comes back, under the names that it had.
    IsThereAnEarlierOne: choose([["$previous != ''", 'GoBack']], 'NoEarlierOne'),
    NoEarlierOne: remember(
      {
        failure: {
          Error: 'NotApproved',
          Cause: jsonata(
            `${isNow} & ' while it came up. It serves, because there is no earlier version: approve another, or delete what serves'`,
          ),
        },
      },
      'StartFailing',
    ),
    GoBack: remember(
      {
        returning: true,
        made: false,
        ...(spec.inferenceComponent ? { modelName: jsonata('$previous') } : { configName: jsonata('$previous') }),
      },
      spec.inferenceComponent ? 'UpdateInferenceComponent' : 'UpdateEndpoint',
    ),
    IsTimeLeftToReturn: choose([[TIME_LEFT, 'GoBack']], 'NotReturned'),
    NotReturned: remember(
      {
        failure: {
          Error: 'NotApproved',
          Cause: jsonata(
            `${isNow} & ' during its rollout, and still serves: the earlier version could not be brought back. Roll it out by hand'`,
          ),
        },
      },
      'StartFailing',
    ),
    Returned: remember(
      {
        failure: {
          Error: 'NotApproved',
          Cause: jsonata(`${isNow} & ' during its rollout: the earlier version serves again'`),
        },
      },
      'StartFailing',
    ),
    // An execution that was given the same event twice may have cleaned up what this one uses: what is live keeps its
    // model and its config.
    ...keepStates(spec),
  };
}

function keepStates(spec: RolloutSpec): Record<string, State> {
  const kept = enterScaling(spec);
  const afterModel = spec.inferenceComponent ? kept : 'LookForConfig';
  const quietly = (next: string, failed: string) => ({ next, failed, assignFailed: {}, retry: false });
  const model: Record<string, State> = {
    LookForModel: call(
      sdkCall('sagemaker', 'describeModel'),
      { ModelName: jsonata('$modelName') },
      quietly(afterModel, 'KeepModel'),
    ),
    KeepModel: makeModel(spec, quietly(afterModel, afterModel)),
  };
  if (spec.inferenceComponent) return model;
  const { alone, challenger } = makeConfigs(spec, quietly(kept, kept));
  return {
    ...model,
    LookForConfig: call(sdkCall('sagemaker', 'describeEndpointConfig'), { EndpointConfigName: jsonata('$configName') },
      quietly(kept, challenger ? 'IsKeptBeside' : 'KeepConfig')),
    ...(challenger ? {
      IsKeptBeside: choose([['$configName = $modelName', 'KeepConfig']], 'KeepChallengerConfig'),
      KeepChallengerConfig: challenger,
    } : {}),
    KeepConfig: alone,
  };
}
