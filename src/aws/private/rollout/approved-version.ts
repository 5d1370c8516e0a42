import { championOf } from './challenger';
import { refreshes, RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { ApiFields } from '../base/api-fields';
import { call, choose, jsonata, literal, MISSING, MORE_PAGES, nextPageOf, remember, sdkCall, State } from '../base/state-language';
import { findNewest } from '../serving/newest-version';

/** Which version, and may it be rolled out? */
export function versionStates(spec: RolloutSpec, maxMinutes: number): Record<string, State> {
  const named = '$exists($states.input.detail.ModelPackageArn) ? $states.input.detail.ModelPackageArn'
    + " : $exists($states.input.modelPackageArn) ? $states.input.modelPackageArn : ''";
  const digest = "$substring($hash($packageArn & $string($settings) & ($byHand ? $states.context.Execution.Id : ''), 'SHA-256'), 0, 12)";
  const name = `${literal(spec.namePrefix)} & '-v' & $string($states.result.ModelPackageVersion) & '-' & ${digest}`;
  return {
    ReadInput: remember({
      packageArn: jsonata(named),
      byHand: jsonata('$not($exists($states.input.detail))'),
      refreshing: jsonata('$exists($states.input.detail) and $not($exists($states.input.detail.ModelPackageArn))'),
      promote: said('promote'),
      ignoreAlarms: said('ignoreAlarms'),
      deadline: jsonata(`$toMillis($states.context.Execution.StartTime) + ${maxMinutes * 60_000}`),
      settings: settingsOf(spec),
      endpointName: spec.endpointName,
      version: 0,
      approval: '',
      modelName: '',
      configName: '',
      newest: { arn: '', version: 0 },
      live: { status: 'Unknown', serves: '', pending: '', reason: '' },
      champion: { modelName: '', instanceType: '', variants: 0 },
      previous: '',
      scalable: { dimension: '' },
      made: false,
      requested: false,
      created: false,
      descaled: false,
      failing: false,
      failure: { Error: '', Cause: '' },
    }, 'IsVersionNamed'),
    IsVersionNamed: choose([
      ["$packageArn != ''", 'DescribeModelPackage'],
      ...(refreshes(spec) ? [['$not($byHand)', 'LookAtLive'] as const] : []),
    ], 'FindNewestApproved'),
    ...findNewest('FindNewestApproved', spec, {
      variable: 'packageArn', value: (version) => `${version}.ModelPackageArn`, none: "''", next: 'IsAnyApproved', failed: 'StartFailing',
    }),
    IsAnyApproved: choose([["$packageArn != ''", 'DescribeModelPackage'], [MORE_PAGES, nextPageOf('FindNewestApproved')]], 'NothingApproved'),
    NothingApproved: remember({
      failure: { Error: 'NothingApproved', Cause: 'the model package group has no approved version' },
    }, 'StartFailing'),
    DescribeModelPackage: call(sdkCall('sagemaker', 'describeModelPackage'), { ModelPackageName: jsonata('$packageArn') }, {
      next: 'IsApproved',
      failed: 'StartFailing',
      assign: {
        version: jsonata('$states.result.ModelPackageVersion'),
        approval: jsonata("$exists($states.result.ModelApprovalStatus) ? $states.result.ModelApprovalStatus : 'without approval'"),
        modelName: jsonata(name),
        configName: jsonata(name),
      },
    }),
    IsApproved: choose([["$approval = 'Approved'", 'LookAtTarget']], 'NotApproved'),
    NotApproved: remember({
      failure: { Error: 'NotApproved', Cause: jsonata("'version ' & $string($version) & ' is ' & $approval & ', and only approved versions are rolled out'") },
    }, 'StartFailing'),
  };
}

/** Whether who started the run said so. */
function said(word: string): string {
  return jsonata(`$exists($states.input.${word}) ? $states.input.${word} = true : false`);
}

/** The stack was updated: which version is live? It is not always the newest: a rollout may have gone back, or somebody may have. */
export function refreshStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const models = spec.inferenceComponent ? '$live.serves' : '$champion.modelName';
  return {
    LookAtLive: look(target, { next: 'IsLiveReady', failed: 'IsNothingLive' }),
    IsNothingLive: choose([[`$contains($failure.Cause, ${MISSING})`, 'NothingServes']], 'StartFailing'),
    IsLiveReady: choose([
      [`$live.status in ${WORKING}`, 'IsTimeLeft'],
      ["$live.status = 'InService'", spec.inferenceComponent ? 'ReadLiveModel' : 'ReadLiveConfig'],
    ], 'NothingServes'),
    NothingServes: remember({
      failure: { Error: 'NothingServes', Cause: 'nothing serves yet: the first approval brings what the template says' },
    }, 'LeaveToOther'),
    ...(spec.inferenceComponent ? {} : {
      ReadLiveConfig: call(sdkCall('sagemaker', 'describeEndpointConfig'), { EndpointConfigName: jsonata('$live.serves') }, {
        next: 'ReadLiveModel', failed: 'StartFailing', assign: { champion: championOf() },
      }),
    }),
    ReadLiveModel: call(sdkCall('sagemaker', 'describeModel'), { ModelName: jsonata(models) }, {
      next: 'DescribeModelPackage', failed: 'StartFailing', assign: { packageArn: jsonata('$states.result.PrimaryContainer.ModelPackageName') },
    }),
  };
}

/** Everything that the names of a model and a config must change with. */
function settingsOf(spec: RolloutSpec): ApiFields {
  return {
    instanceType: spec.variant?.InstanceType ?? 'none',
    made: [
      spec.executionRoleArn, spec.environment ?? {}, spec.networkIsolation ?? true, spec.vpcConfig ?? {}, spec.variant ?? {},
      spec.asyncInferenceConfig ?? {}, spec.dataCaptureConfig ?? {}, spec.volumeKmsKeyArn ?? '', spec.challenger ?? {},
      spec.inferenceComponent?.specification ?? {},
    ],
  };
}
