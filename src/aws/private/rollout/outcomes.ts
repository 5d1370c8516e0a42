import { enterScaling } from './scaling';
import { RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { ApiFields } from '../base/api-fields';
import { call, CAUGHT_CAUSE, choose, CUSTOM_ERROR, jsonata, MISSING, notify, remember, sdkCall, State } from '../base/state-language';

/** The good ends. */
export function endStates(spec: RolloutSpec): Record<string, State> {
  const wellEnd = spec.notificationTopicArn ? 'WasAnythingDone' : 'RolledOut';
  return {
    IsAllWell: choose([['$failing', 'Notify']], wellEnd),
    ...(spec.notificationTopicArn ? {
      // An event that came twice finds its version live, and has nothing to tell.
      WasAnythingDone: choose([['$requested', 'NotifyRolledOut']], 'RolledOut'),
      NotifyRolledOut: notify(spec.notificationTopicArn, `Rolled out: ${spec.endpointName}`, message('live'), 'RolledOut'),
    } : {}),
    RolledOut: {
      Type: 'Succeed',
      Output: {
        status: 'live', endpointName: spec.endpointName, modelPackageArn: jsonata('$packageArn'), serves: jsonata('$live.serves'),
      },
    },
    Superseded: remember({
      failure: { Error: 'Superseded', Cause: jsonata("'a newer rollout is ahead of version ' & $string($version)") },
    }, 'IsAnythingLeftOver'),
    IsAnythingLeftOver: choose([['$made', spec.inferenceComponent ? 'DropModel' : 'DropEndpointConfig']], 'LeaveToOther'),
    ...(spec.inferenceComponent ? {} : {
      DropEndpointConfig: cleanUp('deleteEndpointConfig', { EndpointConfigName: jsonata('$configName') }, 'DropModel'),
    }),
    DropModel: cleanUp('deleteModel', { ModelName: jsonata('$modelName') }, 'LeaveToOther'),
    LeaveToOther: {
      Type: 'Succeed',
      Output: { status: 'left', endpointName: spec.endpointName, modelPackageArn: jsonata('$packageArn'), reason: jsonata('$failure.Cause') },
    },
  };
}

/** What serves stays; what does not goes; somebody is told; the execution is red. */
export function failureStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const afterConfig = 'DeleteModel';
  return {
    StartFailing: remember({ failing: true }, 'IsAnythingMade'),
    IsAnythingMade: choose([['$made', 'LookAfterFailure']], 'WasScalingTakenOff'),
    LookAfterFailure: look(target, {
      next: 'WhatToCleanUp',
      failed: 'IsNothingLeft',
      assignFailed: { live: { status: 'Unknown', serves: '', pending: '', reason: CAUGHT_CAUSE } },
    }),
    IsNothingLeft: choose([[`$contains($live.reason, ${MISSING})`, spec.inferenceComponent ? afterConfig : 'DeleteEndpointConfig']], 'WasScalingTakenOff'),
    WhatToCleanUp: choose([
      // The first rollout failed: nothing serves, so nothing may be left that the next one would stumble over.
      ["$created and $live.status = 'Failed'", 'DeleteBroken'],
      // Still being worked on, or it serves after all (then only its scaling failed).
      [`$live.status in ${WORKING} or $live.serves = ${target.wanted}`, 'WasScalingTakenOff'],
    ], spec.inferenceComponent ? afterConfig : 'DeleteEndpointConfig'),
    DeleteBroken: cleanUp(target.remove, target.id, spec.inferenceComponent ? afterConfig : 'DeleteEndpointConfig'),
    ...(spec.inferenceComponent ? {} : {
      DeleteEndpointConfig: cleanUp('deleteEndpointConfig', { EndpointConfigName: jsonata('$configName') }, afterConfig),
    }),
    DeleteModel: cleanUp('deleteModel', { ModelName: jsonata('$modelName') }, 'WasScalingTakenOff'),
    WasScalingTakenOff: spec.scaling ? choose([['$descaled', enterScaling(spec)]], 'Notify') : { Type: 'Pass', Next: 'Notify' },
    Notify: spec.notificationTopicArn
      ? notify(spec.notificationTopicArn, `Rollout failed: ${spec.endpointName}`, message('failed'), 'RolloutFailed')
      : { Type: 'Pass', Next: 'RolloutFailed' },
    RolloutFailed: { Type: 'Fail', Error: CUSTOM_ERROR, Cause: jsonata('$failure.Cause') },
  };
}

/** A deletion whose own failure changes nothing: what is left over costs nothing. */
function cleanUp(api: string, id: ApiFields, next: string): State {
  return call(sdkCall('sagemaker', api), id, { next, failed: next, assignFailed: {} });
}

function message(status: 'live' | 'failed'): string {
  return jsonata(`$string({ 'rollout': '${status}', 'endpointName': $endpointName, 'modelPackageArn': $packageArn, `
    + "'serves': $live.serves, 'error': $failure.Error, 'reason': $failure.Cause, 'execution': $states.context.Execution.Id })");
}
