import { approvalOf, approvalStates, NOBODY } from './approved-version';
import { championOf, nameChallenger } from './challenger';
import { packageOf } from './live-version';
import { enterModes, modeStates } from './modes';
import { pollSeconds, TIME_LEFT } from './polling';
import { enterScaling } from './scaling';
import { refreshes, RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { call, choose, jsonata, MISSING, remember, sdkCall, State, UNSURE, wait } from '../base/state-language';

/** What is there now, is it this rollout's turn, and is it still wanted? */
export function lookStates(spec: RolloutSpec, target: Target): Record<string, State> {
  return {
    LookAtTarget: look(target, { next: 'WhatIsThere', failed: 'IsNothingThere' }),
    IsNothingThere: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'NothingThere'],
        // What was asked for may be under way: that the look fails says nothing about it.
        [`$requested or (${UNSURE})`, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    NothingThere: remember(
      {
        live: { status: 'Missing', serves: '', pending: '', reason: '', replicas: 0 },
        champion: NOBODY,
        configName: jsonata('$modelName'),
      },
      'ReadApproval',
    ),
    WhatIsThere: choose(
      [
        [
          `$live.status in ${WORKING} and ($live.pending = ${target.wanted} or $live.serves = ${target.wanted})`,
          'WhoBroughtIt',
        ],
        [`$live.status in ${WORKING}`, 'IsTimeLeft'],
        ["$live.status = 'Failed'", 'DeleteFailed'],
      ],
      spec.inferenceComponent ? 'RememberComponent' : 'DescribeLiveConfig',
    ),
    // SageMaker may send one event several times: the first execution does the work.
    WhoBroughtIt: choose([['$requested', 'WaitForRollout']], 'InOtherHands'),
    InOtherHands: remember(
      {
        failure: {
          Error: 'InOtherHands',
          Cause: jsonata("'another execution is rolling out version ' & $string($version)"),
        },
      },
      'LeaveToOther',
    ),
    IsTimeLeft: choose([[TIME_LEFT, 'WaitForOthers']], 'WaitedTooLong'),
    WaitForOthers: wait(pollSeconds(spec), refreshes(spec) ? 'IsRefreshing' : 'LookAtTarget'),
    // Whoever was waited for may have brought another version: that one is to be kept then.
    ...(refreshes(spec) ? { IsRefreshing: choose([['$refreshing', 'LookAtLive']], 'LookAtTarget') } : {}),
    WaitedTooLong: remember(
      {
        failure: {
          Error: 'TooBusy',
          Cause: jsonata(
            "'waited until the deadline, and the status is still ' & $live.status & ($failure.Cause != '' ? ': ' & $failure.Cause : '')",
          ),
        },
      },
      'StartFailing',
    ),
    // What has failed can only be deleted, and it serves nobody.
    DeleteFailed: call(sdkCall('sagemaker', target.remove), target.id, {
      next: 'IsTimeLeft',
      failed: 'IsDeletionUncertain',
    }),
    IsDeletionUncertain: choose(
      [[`$contains($failure.Cause, ${MISSING}) or (${UNSURE})`, 'IsTimeLeft']],
      'StartFailing',
    ),
    ...(spec.inferenceComponent
      ? {
        RememberComponent: remember(
          {
            champion: jsonata(
              "{ 'modelName': $live.serves, 'instanceType': '', 'variants': 1, 'mode': '', 'models': [$live.serves] }",
            ),
            arns: [],
          },
          'IsAlreadyLive',
        ),
      }
      : liveConfigStates(spec)),
    IsAlreadyLive: choose(
      [[`$live.status = 'InService' and $live.serves = ${target.wanted}`, enterScaling(spec)]],
      enterModes(spec, 'IsOrderOfInterest'),
    ),
    ...modeStates(spec, 'IsOrderOfInterest'),
    ...orderStates(spec),
    ...approvalStates(spec, 'CreateModel'),
  };
}

function liveConfigStates(spec: RolloutSpec): Record<string, State> {
  const next = spec.challenger ? 'NameChallenger' : 'IsAlreadyLive';
  return {
    DescribeLiveConfig: call(
      sdkCall('sagemaker', 'describeEndpointConfig'),
      { EndpointConfigName: jsonata('$live.serves') },
      {
        next,
        failed: 'IsConfigGone',
        assign: { champion: championOf(), arns: [] },
      },
    ),
    IsConfigGone: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'ConfigGone'],
        [UNSURE, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    ...(spec.challenger
      ? {
        // Beside whom the new version would stand is not known, and in whose place only a person can say.
        ConfigGone: choose([['$promote', 'ForgetConfig']], 'ChampionLost'),
        ChampionLost: remember(
          {
            failure: {
              Error: 'ChampionLost',
              Cause:
                  'the config that serves was deleted, so that the live version is not known any more: start the rollout by hand with "promote": true',
            },
          },
          'StartFailing',
        ),
        ForgetConfig: forgetConfig(next),
        NameChallenger: nameChallenger(spec.namePrefix, 'IsAlreadyLive'),
      }
      : {
        // Somebody deleted it: what it was is unknown, and must not stop the rollout that repairs it.
        ConfigGone: forgetConfig(next),
      }),
  };
}

function forgetConfig(next: string): State {
  return remember(
    { champion: { modelName: '', instanceType: 'unknown', variants: 1, mode: '', models: [] }, arns: [] },
    next,
  );
}

/**
 * Whether a newer version is live, and approved. Only what is live counts, and what is being brought is waited for: a
 * newer version that was approved may have been rolled back, and then nobody would bring this one.
 */
function orderStates(spec: RolloutSpec): Record<string, State> {
  const group = (arn: string) => `$lowercase($replace(${arn}, /[0-9]+$/, ''))`;
  return {
    IsOrderOfInterest: choose([['$byHand or $refreshing', 'ReadApproval']], 'IsModelLeft'),
    IsModelLeft: choose([['$count($arns) < $count($champion.models)', 'DescribeLiveModel']], 'CompareVersions'),
    DescribeLiveModel: call(
      sdkCall('sagemaker', 'describeModel'),
      { ModelName: jsonata('$champion.models[$count($arns)]') },
      {
        next: 'IsModelLeft',
        failed: 'IsModelGone',
        assign: { arns: jsonata(`[$arns, ${packageOf().slice(3, -3)}]`) },
      },
    ),
    IsModelGone: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'ForgetModel'],
        [UNSURE, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    ForgetModel: remember({ arns: jsonata("[$arns, '']") }, 'IsModelLeft'),
    CompareVersions: remember(
      {
        ahead: jsonata(
          `( $same := $arns[${group('$')} = ${group('$packageArn')}]; ` +
            '$numbers := $map($same, function($arn) { $number($match($arn, /[0-9]+$/).match) }); $count($numbers) > 0 ? $max($numbers) : 0 )',
        ),
      },
      'IsNewerLive',
    ),
    IsNewerLive: choose([['$ahead > $version', 'ReadApprovalOfNewer']], 'ReadApproval'),
    // One that was rejected since does not stand in the way: who approves an earlier version then wants that one back.
    ReadApprovalOfNewer: call(
      sdkCall('sagemaker', 'describeModelPackage'),
      {
        ModelPackageName: jsonata("$replace($packageArn, /[0-9]+$/, '') & $string($ahead)"),
      },
      { next: 'IsNewerApproved', failed: 'IsNewerGone', assign: { approval: approvalOf(spec) } },
    ),
    IsNewerGone: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'ReadApproval'],
        [UNSURE, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    IsNewerApproved: choose([["$approval = 'Approved'", 'Behind']], 'ReadApproval'),
    Behind: remember(
      {
        outcome: 'left',
        failure: {
          Error: 'Behind',
          Cause: jsonata(
            "'version ' & $string($ahead) & ' is live, and newer than version ' & $string($version) & ': to roll that one out all the same, " +
              "start the rollout by hand'",
          ),
        },
      },
      'LookAfterwards',
    ),
  };
}
