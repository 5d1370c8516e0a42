import { championOf } from './challenger';
import { RolloutSpec } from './spec';
import { look, SERVING, Target, WORKING } from './target';
import { call, choose, jsonata, MISSING, remember, sdkCall, State, UNSURE } from '../base/state-language';

/**
 * The stack was updated: which version is live? It is not always the newest: a rollout may have been rolled back, by
 * alarms or by a person. Where nothing is live although a version is approved, the newest approved one is brought.
 */
export function refreshStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const models = spec.inferenceComponent ? '$live.serves' : '$champion.modelName';
  return {
    LookAtLive: look(target, { next: 'IsLiveReady', failed: 'IsNothingLive' }),
    IsNothingLive: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'FindNewestApproved'],
        [UNSURE, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    IsLiveReady: choose(
      [
        ['$early and $not($requested)', 'TooEarly'],
        [`$live.status in ${WORKING}`, 'IsTimeLeft'],
        [`$live.status in ${SERVING}`, spec.inferenceComponent ? 'ReadLiveModel' : 'ReadLiveConfig'],
      ],
      'FindNewestApproved',
    ),
    TooEarly: remember(
      {
        failure: {
          Error: 'TooEarly',
          Cause: 'something is live, and gets what the stack says when its update is complete',
        },
      },
      'LeaveToOther',
    ),
    ...(spec.inferenceComponent
      ? {}
      : {
        ReadLiveConfig: call(
          sdkCall('sagemaker', 'describeEndpointConfig'),
          { EndpointConfigName: jsonata('$live.serves') },
          {
            next: 'ReadLiveModel',
            failed: 'IsLiveLost',
            assign: { champion: championOf() },
          },
        ),
      }),
    ReadLiveModel: call(
      sdkCall('sagemaker', 'describeModel'),
      { ModelName: jsonata(models) },
      {
        next: 'IsVersionNumbered',
        failed: 'IsLiveLost',
        assign: { packageArn: packageOf() },
      },
    ),
    IsLiveLost: choose(
      [
        [`$contains($failure.Cause, ${MISSING})`, 'LiveLost'],
        [UNSURE, 'IsTimeLeft'],
      ],
      'StartFailing',
    ),
    LiveLost: remember(
      {
        failure: {
          Error: 'LiveLost',
          Cause: jsonata(
            "'the config or the model that serves was deleted, so its version is unknown: roll one out manually' & " +
              "' (' & $failure.Cause & ')'",
          ),
        },
      },
      'StartFailing',
    ),
  };
}

/** JSONata over the description of a model: the version that it was made of, or nothing. */
export function packageOf(): string {
  return jsonata(
    "$exists($states.result.PrimaryContainer.ModelPackageName) ? $states.result.PrimaryContainer.ModelPackageName : ''",
  );
}
