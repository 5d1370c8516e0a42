import { MODELS } from './challenger';
import { GRACE_LEFT, pollSeconds } from './polling';
import { enterScaling } from './scaling';
import { RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { ApiFields } from '../base/api-fields';
import {
  call,
  choose,
  CUSTOM_ERROR,
  jsonata,
  MISSING,
  notify,
  remember,
  sdkCall,
  State,
  wait,
} from '../base/state-language';

/**
 * Every way out but that of a version that is live and well: what is there now? What serves, or may serve, stays; what
 * was made and nothing uses goes; scaling comes back.
 */
export function cleanUpStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const isComponent = spec.inferenceComponent !== undefined;
  const remove = isComponent ? 'DeleteModel' : 'DeleteEndpointConfig';
  return {
    StartFailing: remember({ outcome: 'failed' }, 'LookAfterwards'),
    Superseded: remember(
      {
        outcome: 'left',
        failure: { Error: 'Superseded', Cause: jsonata("'a newer rollout is ahead of version ' & $string($version)") },
      },
      'LookAfterwards',
    ),
    LookAfterwards: look(target, { next: 'WhatToCleanUp', failed: 'IsNothingLeft', keepsFailure: true }),
    IsNothingLeft: choose(
      [
        [`$contains($live.reason, ${MISSING})`, 'NothingLeft'],
        [GRACE_LEFT, 'WaitToLook'],
      ],
      'HowDidItEnd',
    ),
    WaitToLook: wait(pollSeconds(spec), 'LookAfterwards'),
    NothingLeft: remember(
      { live: { status: 'Missing', serves: '', pending: '', reason: '', replicas: 0 } },
      'WhatToCleanUp',
    ),
    WhatToCleanUp: choose(
      [
        // The first rollout failed: nothing serves, so nothing may be left that the next one would stumble over.
        [
          `$requested and $previous = '' and $live.status = 'Failed' and $live.serves = ${target.wanted}`,
          'DeleteBroken',
        ],
        ['$not($made)', 'IsScalingToReturn'],
        ["$live.status = 'Missing'", remove],
        [`$live.status = 'InService' and $live.serves != ${target.wanted}`, isComponent ? remove : 'ReadWhatServes'],
        // Still being worked on, in service with a mix of two, not known, or it serves after all: neither config nor
        // model may go.
      ],
      'IsScalingToReturn',
    ),
    DeleteBroken: cleanUp(target.remove, target.id, remove),
    ...(isComponent
      ? {}
      : {
        ReadWhatServes: call(
          sdkCall('sagemaker', 'describeEndpointConfig'),
          { EndpointConfigName: jsonata('$live.serves') },
          {
            next: 'DeleteEndpointConfig',
            failed: 'IsScalingToReturn',
            assign: { inUse: jsonata(MODELS) },
            assignFailed: {},
          },
        ),
        DeleteEndpointConfig: cleanUp(
          'deleteEndpointConfig',
          { EndpointConfigName: jsonata('$configName') },
          'IsModelInUse',
        ),
        // Beside a challenger the live config names two models, and one of them may be that of this rollout.
        IsModelInUse: choose([['$modelName in $inUse', 'IsScalingToReturn']], 'DeleteModel'),
      }),
    DeleteModel: cleanUp('deleteModel', { ModelName: jsonata('$modelName') }, 'IsScalingToReturn'),
    // Also where another execution has taken it off: who ends last brings it back.
    IsScalingToReturn: spec.scaling
      ? choose(
        [
          [
            `($descaled or $requested) and ($live.status in ${WORKING} or $live.status = 'InService')`,
            enterScaling(spec),
          ],
        ],
        'HowDidItEnd',
      )
      : { Type: 'Pass', Output: {}, Next: 'HowDidItEnd' },
  };
}

/** The ends, and who hears of them. */
export function endStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const topic = spec.notificationTopicArn;
  const tell = (subject: string, status: string, next: string): State => notify(topic!, subject, message(status), next);
  return {
    HowDidItEnd: choose(
      [
        ["$outcome = 'failed'", topic ? 'Notify' : 'RolloutFailed'],
        ["$outcome = 'left'", topic ? 'NotifyLeft' : 'LeaveToOther'],
      ],
      topic ? 'WasAnythingDone' : 'RolledOut',
    ),
    ...(topic
      ? {
        // An event that came twice finds its version live, and has nothing to tell.
        WasAnythingDone: choose([['$requested', 'NotifyRolledOut']], 'RolledOut'),
        NotifyRolledOut: tell(`Rolled out: ${spec.endpointName}`, "'live'", 'RolledOut'),
        NotifyLeft: tell(`Not rolled out: ${spec.endpointName}`, "'left'", 'LeaveToOther'),
        Notify: tell(
          jsonata(`$lookup(${SUBJECTS}, ${seen(target)}) & ': ' & $endpointName`),
          seen(target),
          'RolloutFailed',
        ),
      }
      : {}),
    RolledOut: {
      Type: 'Succeed',
      Output: {
        status: 'live',
        endpointName: spec.endpointName,
        modelPackageArn: jsonata('$packageArn'),
        serves: jsonata('$live.serves'),
      },
    },
    LeaveToOther: {
      Type: 'Succeed',
      Output: {
        status: 'left',
        endpointName: spec.endpointName,
        modelPackageArn: jsonata('$packageArn'),
        reason: jsonata('$failure.Cause'),
      },
    },
    RolloutFailed: { Type: 'Fail', Error: CUSTOM_ERROR, Cause: jsonata('$failure.Cause & $note') },
  };
}

/** What a message of a rollout that did not end well begins with, by what the last look has seen. */
const SUBJECTS =
  "{ 'failed': 'Rollout failed', 'incomplete': 'Live, but not as asked', 'unfinished': 'Rollout not finished', 'unknown': 'Rollout not confirmed' }";

/**
 * What the last look has seen: nothing, the version live although something failed, the version still coming up, or
 * another one.
 */
function seen(target: Target): string {
  return (
    "($live.status = 'Unknown' and $requested ? 'unknown' : $returning ? 'failed' " +
    `: $live.status = 'InService' and $live.serves = ${target.wanted} ? 'incomplete' ` +
    `: $live.status in ${WORKING} and ($live.pending = ${target.wanted} or $live.serves = ${target.wanted}) ? 'unfinished' : 'failed')`
  );
}

/** A deletion whose own failure changes nothing: what is left over costs nothing. */
function cleanUp(api: string, id: ApiFields, next: string): State {
  return call(sdkCall('sagemaker', api), id, { next, failed: next, assignFailed: {} });
}

function message(status: string): string {
  return jsonata(
    `$string({ 'rollout': ${status}, 'endpointName': $endpointName, 'modelPackageArn': $packageArn, ` +
      "'serves': $live.serves, 'error': $failure.Error, 'reason': $failure.Cause & $note, 'execution': $states.context.Execution.Id })",
  );
}
