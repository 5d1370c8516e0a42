import { championOf, nameChallenger } from './challenger';
import { enterScaling } from './scaling';
import { refreshes, RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { pollSeconds } from './watch';
import { call, choose, jsonata, MISSING, MORE_PAGES, nextPageOf, remember, sdkCall, State, wait } from '../base/state-language';
import { findNewest } from '../serving/newest-version';

/** What is there now, and is it this rollout's turn? */
export function lookStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const found = spec.inferenceComponent ? 'IsAlreadyLive' : 'DescribeLiveConfig';
  return {
    LookAtTarget: look(target, { next: 'WhatIsThere', failed: 'IsNothingThere' }),
    IsNothingThere: choose([[`$contains($failure.Cause, ${MISSING})`, 'NothingThere']], 'StartFailing'),
    NothingThere: remember({ live: { status: 'Missing', serves: '', pending: '', reason: '' } }, 'FindNewerApproved'),
    WhatIsThere: choose([
      [`$live.status in ${WORKING} and ($live.pending = ${target.wanted} or $live.serves = ${target.wanted})`, 'WhoBroughtIt'],
      [`$live.status in ${WORKING}`, 'IsTimeLeft'],
      ["$live.status = 'Failed'", 'DeleteFailed'],
    ], found),
    // SageMaker may send one event several times: the first execution does the work.
    WhoBroughtIt: choose([['$requested', 'WaitForRollout']], 'InOtherHands'),
    InOtherHands: remember({
      failure: { Error: 'InOtherHands', Cause: jsonata("'another execution is rolling out version ' & $string($version)") },
    }, 'LeaveToOther'),
    IsTimeLeft: choose([['$toMillis($states.context.State.EnteredTime) < $deadline', 'WaitForOthers']], 'WaitedTooLong'),
    WaitForOthers: wait(pollSeconds(spec), refreshes(spec) ? 'IsRefreshing' : 'LookAtTarget'),
    // Whoever was waited for may have brought another version: that one is to be kept then.
    ...(refreshes(spec) ? { IsRefreshing: choose([['$refreshing', 'LookAtLive']], 'LookAtTarget') } : {}),
    WaitedTooLong: remember({
      failure: { Error: 'TooBusy', Cause: jsonata("'waited until the deadline, and the status is still ' & $live.status") },
    }, 'StartFailing'),
    // A failed creation leaves something that can only be deleted; it serves nobody.
    DeleteFailed: call(sdkCall('sagemaker', target.remove), target.id, { next: 'IsTimeLeft', failed: 'StartFailing' }),
    ...(spec.inferenceComponent ? {} : {
      DescribeLiveConfig: call(sdkCall('sagemaker', 'describeEndpointConfig'), { EndpointConfigName: jsonata('$live.serves') }, {
        next: spec.challenger ? 'NameChallenger' : 'IsAlreadyLive',
        // Somebody deleted the live config: what it was is unknown, and must not stop the rollout that repairs it.
        failed: 'IsAlreadyLive',
        assign: { champion: championOf() },
        assignFailed: { champion: { modelName: '', instanceType: 'unknown', variants: 1 } },
      }),
      ...(spec.challenger ? { NameChallenger: nameChallenger() } : {}),
    }),
    IsAlreadyLive: choose([[`$live.status = 'InService' and $live.serves = ${target.wanted}`, enterScaling(spec)]], 'FindNewerApproved'),
    ...findNewest('FindNewerApproved', spec, {
      variable: 'newest',
      value: (version) => `{ 'arn': ${version}.ModelPackageArn, 'version': ${version}.ModelPackageVersion }`,
      none: "{ 'arn': '', 'version': 0 }",
      next: 'IsNewerApproved',
      failed: 'StartFailing',
    }),
    IsNewerApproved: choose([
      [MORE_PAGES, nextPageOf('FindNewerApproved')],
      ['$not($byHand) and $not($refreshing) and $newest.version > $version', 'Superseded'],
    ], 'CreateModel'),
  };
}
