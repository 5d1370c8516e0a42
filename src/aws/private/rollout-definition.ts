import { Aws } from 'aws-cdk-lib';
import { approvedVersions, ofNewest } from './newest-version';
import {
  BUSY, call, CAUGHT, CAUGHT_CAUSE, choose, CUSTOM_ERROR, jsonata, LIST_MODEL_PACKAGES, literal, MISSING, modelPackageArns, notify,
  passRole, Permission, remember, sageMakerArns, sdkCall, State, StateMachineDefinition, TAKEN, volumeKeyPermissions,
  wait,
} from './state-language';

/** Fields of an API structure, in the API's own names (PascalCase); values may be tokens. */
export type ApiFields = Readonly<Record<string, unknown>>;

/** The variant that answers the requests. It has one name for ever: scaling, alarms and captured data are found by it. */
export const LIVE_VARIANT = 'AllTraffic';
/** The variant of an A/B test that answers a share of the requests. */
export const CHALLENGER_VARIANT = 'Challenger';
/** The variant that gets copies of the requests. */
export const SHADOW_VARIANT = 'Shadow';

/** What a rollout needs to know. Everything but names may hold tokens. */
export interface RolloutSpec {
  /** Name of the endpoint, made by the first rollout (in component mode: by the template). */
  readonly endpointName: string;
  /** The group whose approved versions are rolled out: its name, or its ARN when another account owns it. */
  readonly modelPackageGroup: string;
  /** Only versions that are promoted to this stage, no token; all approved versions when undefined. */
  readonly stage?: string;
  /** Runs the containers. */
  readonly executionRoleArn: string;
  /** Starts the names of models and endpoint configs: at most 40 letters, digits and hyphens, no token. */
  readonly namePrefix: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default true */
  readonly networkIsolation?: boolean;
  /** `CreateModel.VpcConfig`: `Subnets`, `SecurityGroupIds`. */
  readonly vpcConfig?: ApiFields;
  /** `ProductionVariant` without `VariantName` and `ModelName`. Not in component mode. */
  readonly variant?: ApiFields;
  /** `CreateEndpointConfig.AsyncInferenceConfig`. */
  readonly asyncInferenceConfig?: ApiFields;
  /** `CreateEndpointConfig.DataCaptureConfig`. */
  readonly dataCaptureConfig?: ApiFields;
  /** ARN of the key of the instances' volumes; leave out for instance types with local NVMe disks and for serverless. */
  readonly volumeKmsKeyArn?: string;
  /** `UpdateEndpoint.DeploymentConfig`, or `UpdateInferenceComponent.DeploymentConfig` in component mode. */
  readonly deploymentConfig?: ApiFields;
  /** A new version does not replace the live one but stands beside it, until somebody starts a rollout with `promote: true`. */
  readonly challenger?: ChallengerSpec;
  readonly scaling?: RolloutScalingSpec;
  /** Rolls out into a component of an endpoint that the template makes. */
  readonly inferenceComponent?: InferenceComponentSpec;
  /** Told about each rollout that ends well, is refused or fails. */
  readonly notificationTopicArn?: string;
  /** @default 30, more where the history of an execution would not hold all the looks */
  readonly pollSeconds?: number;
  /** How long one rollout may take, waiting for others included. @default 240 */
  readonly maxMinutes?: number;
}

/** How the new version stands beside the live one. */
export interface ChallengerSpec {
  readonly kind: 'shadow' | 'ab-test';
  /** Share of the requests that the new version gets (copies of, when it is a shadow), 1-100. */
  readonly percent: number;
  /** Instances of the new version, which does not scale. @default those that the live one began with */
  readonly instanceCount?: number;
}

/** A component of an endpoint. */
export interface InferenceComponentSpec {
  readonly name: string;
  /** `InferenceComponentSpecification` without `ModelName`. */
  readonly specification: ApiFields;
  /** Copies at the first rollout; later their number is left to scaling. */
  readonly copyCount: number;
}

/** Scaling of the live variant, or of the component. */
export interface RolloutScalingSpec {
  /** @default `sagemaker:variant:DesiredInstanceCount`, in component mode `sagemaker:inference-component:DesiredCopyCount` */
  readonly dimension?: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly policies: readonly RolloutScalingPolicy[];
}

/** One policy: either tracks a target, or takes steps when its alarm goes off. */
export interface RolloutScalingPolicy {
  readonly name: string;
  /** `TargetTrackingScalingPolicyConfiguration`. */
  readonly targetTracking?: ApiFields;
  /** `StepScalingPolicyConfiguration`. */
  readonly steps?: ApiFields;
  /**
   * `PutMetricAlarm` without `AlarmActions`, for a policy of steps. The workflow makes the alarm and not the template, because
   * the alarm needs the ARN of the policy, and the policy can exist only after the endpoint does.
   */
  readonly alarm?: ApiFields;
}

const MAX_MINUTES = 240;

/** What differs between an endpoint and a component of one. */
interface Target {
  readonly noun: string;
  readonly describe: string;
  readonly create: string;
  readonly update: string;
  readonly remove: string;
  readonly id: ApiFields;
  /** JSONata over `$states.result`: status and what is served. */
  readonly status: string;
  readonly serves: string;
  /** JSONata over `$states.result`: what it is being changed to. */
  readonly pending: string;
  /** The value of `serves` that this rollout wants, as a JSONata variable. */
  readonly wanted: string;
}

const ENDPOINT: Omit<Target, 'id'> = {
  noun: 'Endpoint',
  describe: 'describeEndpoint',
  create: 'createEndpoint',
  update: 'updateEndpoint',
  remove: 'deleteEndpoint',
  status: '$states.result.EndpointStatus',
  serves: '$states.result.EndpointConfigName',
  pending: '$states.result.PendingDeploymentSummary.EndpointConfigName',
  wanted: '$configName',
};

const COMPONENT: Omit<Target, 'id'> = {
  noun: 'InferenceComponent',
  describe: 'describeInferenceComponent',
  create: 'createInferenceComponent',
  update: 'updateInferenceComponent',
  remove: 'deleteInferenceComponent',
  status: '$states.result.InferenceComponentStatus',
  serves: '$states.result.Specification.ModelName',
  pending: '$states.result.PendingDeploymentSummary.ModelName',
  wanted: '$modelName',
};

const WORKING = "['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']";

/**
 * Brings an approved model version to the endpoint and proves that it is the one that answers.
 *
 * Started by the event of an approval, or by hand with `{"modelPackageArn": "…"}` (any version, so also a roll-back), with
 * `{}` (the newest approved version again), and with `"promote": true` (takes the place of the live version although a
 * challenger is configured). An event that names no version, that of an updated stack, brings what the template says now (another network,
 * another machine) to the version that is live, whichever that is, and does nothing where it is live already.
 *
 * - The newest approved version wins: a rollout started by an event looks, each time before it touches the endpoint, whether a
 *   newer version has been approved meanwhile, and then leaves the endpoint to that one. So approvals may come in any order, at
 *   the same time and more than once. A rollout started by hand does what it is told.
 * - Names follow from the version and the settings: a repeated call, or a repeated event, finds what it has made before.
 *   A rollout by hand has names of its own.
 * - SageMaker goes back to the old config without a word when an alarm goes off or the new containers do not come up: the
 *   endpoint is `InService`, on the old config. Only the comparison with the wanted config tells.
 * - On failure what serves stays; the new config and model are deleted unless they serve or are being worked on; scaling that
 *   had been taken off comes back.
 */
export function rolloutDefinition(spec: RolloutSpec): StateMachineDefinition {
  const target = targetOf(spec);
  const maxMinutes = spec.maxMinutes ?? MAX_MINUTES;
  return {
    Comment: `Rolls out approved model versions to ${spec.inferenceComponent ? 'a component of the endpoint' : 'the endpoint'}`,
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    // The margin lets the machine clean up and notify after its own deadline.
    TimeoutSeconds: maxMinutes * 60 + 1800,
    States: {
      ...versionStates(spec, maxMinutes),
      ...(refreshes(spec) ? refreshStates(spec, target) : {}),
      ...lookStates(spec, target),
      ...makeStates(spec),
      ...(spec.inferenceComponent ? componentStates(spec, spec.inferenceComponent) : endpointStates(spec)),
      ...watchStates(spec, target),
      ...scalingStates(spec),
      ...endStates(spec),
      ...failureStates(spec, target),
    },
  };
}

/** What the role of a rollout may do: the calls of its definition, and what those calls ask for besides. */
export function rolloutPermissions(spec: RolloutSpec): Permission[] {
  const models = sageMakerArns('model', `${spec.namePrefix}-*`);
  const endpoint = sageMakerArns('endpoint', spec.endpointName);
  const configs = sageMakerArns('endpoint-config', `${spec.namePrefix}-*`);
  const component = spec.inferenceComponent && sageMakerArns('inference-component', spec.inferenceComponent.name);
  const made = 'names end in the version and a digest, made anew by each rollout';
  const permissions: Permission[] = [
    LIST_MODEL_PACKAGES,
    { actions: ['sagemaker:DescribeModelPackage'], resources: modelPackageArns(spec.modelPackageGroup), reason: 'every version of the group' },
    { actions: ['sagemaker:CreateModel', 'sagemaker:DeleteModel'], resources: models, reason: made },
    passRole(spec.executionRoleArn),
  ];
  if (refreshes(spec)) {
    permissions.push({ actions: ['sagemaker:DescribeModel'], resources: sageMakerArns('model', '*'), reason: 'the live model may have been made under an earlier name prefix' });
  }
  if (component) {
    permissions.push(
      {
        actions: ['sagemaker:DescribeInferenceComponent', 'sagemaker:UpdateInferenceComponent', 'sagemaker:DeleteInferenceComponent'],
        resources: component,
      },
      { actions: ['sagemaker:CreateInferenceComponent'], resources: [...component, ...endpoint] },
    );
  } else {
    permissions.push(
      { actions: ['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint'], resources: endpoint },
      { actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'], resources: [...endpoint, ...configs], reason: made },
      { actions: ['sagemaker:CreateEndpointConfig', 'sagemaker:DeleteEndpointConfig'], resources: configs, reason: made },
      {
        actions: ['sagemaker:DescribeEndpointConfig'],
        resources: sageMakerArns('endpoint-config', '*'),
        reason: 'the live config may have been made under an earlier name prefix',
      },
    );
  }
  if (spec.volumeKmsKeyArn) permissions.push(...volumeKeyPermissions(spec.volumeKmsKeyArn));
  permissions.push(...scalingPermissions(spec, component ?? endpoint));
  if (spec.notificationTopicArn) permissions.push({ actions: ['sns:Publish'], resources: [spec.notificationTopicArn] });
  return permissions;
}

function targetOf(spec: RolloutSpec): Target {
  if (spec.inferenceComponent) return { ...COMPONENT, id: { InferenceComponentName: spec.inferenceComponent.name } };
  return { ...ENDPOINT, id: { EndpointName: spec.endpointName } };
}

/** Which version, and may it be rolled out? */
function versionStates(spec: RolloutSpec, maxMinutes: number): Record<string, State> {
  const named = '$exists($states.input.detail.ModelPackageArn) ? $states.input.detail.ModelPackageArn'
    + " : $exists($states.input.modelPackageArn) ? $states.input.modelPackageArn : ''";
  const digest = "$substring($hash($packageArn & $string($settings) & ($byHand ? $states.context.Execution.Id : ''), 'SHA-256'), 0, 12)";
  const name = `${literal(spec.namePrefix)} & '-v' & $string($states.result.ModelPackageVersion) & '-' & ${digest}`;
  return {
    ReadInput: remember({
      packageArn: jsonata(named),
      byHand: jsonata('$not($exists($states.input.detail))'),
      refreshing: jsonata('$exists($states.input.detail) and $not($exists($states.input.detail.ModelPackageArn))'),
      promote: jsonata('$exists($states.input.promote) ? $states.input.promote = true : false'),
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
    FindNewestApproved: call(sdkCall('sagemaker', 'listModelPackages'), approvedVersions(spec), {
      next: 'IsAnyApproved',
      failed: 'StartFailing',
      assign: { packageArn: ofNewest(spec, (version) => `${version}.ModelPackageArn`, "''") },
    }),
    IsAnyApproved: choose([["$packageArn != ''", 'DescribeModelPackage']], 'NothingApproved'),
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

/** Whether an update of the stack is brought to the live version. Beside a challenger there are two of them, and only a person can say which is meant. */
export function refreshes(spec: Pick<RolloutSpec, 'challenger'>): boolean {
  return spec.challenger === undefined;
}

/** The stack was updated: which version is live? It is not always the newest: a rollout may have gone back, or somebody may have. */
function refreshStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const models = spec.inferenceComponent ? '$live.serves' : '$champion.modelName';
  return {
    LookAtLive: call(sdkCall('sagemaker', target.describe), target.id, {
      next: 'IsLiveReady',
      failed: 'IsNothingLive',
      assign: { live: observed(target) },
    }),
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

/** What is there now, and is it this rollout's turn? */
function lookStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const found = spec.inferenceComponent ? 'IsAlreadyLive' : 'DescribeLiveConfig';
  return {
    LookAtTarget: call(sdkCall('sagemaker', target.describe), target.id, {
      next: 'WhatIsThere',
      failed: 'IsNothingThere',
      assign: { live: observed(target) },
    }),
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
    FindNewerApproved: call(sdkCall('sagemaker', 'listModelPackages'), approvedVersions(spec), {
      next: 'IsNewerApproved',
      failed: 'StartFailing',
      assign: {
        newest: ofNewest(spec, (version) => `{ 'arn': ${version}.ModelPackageArn, 'version': ${version}.ModelPackageVersion }`, "{ 'arn': '', 'version': 0 }"),
      },
    }),
    IsNewerApproved: choose([['$not($byHand) and $not($refreshing) and $newest.version > $version', 'Superseded']], 'CreateModel'),
  };
}

/** The new model and the new endpoint config. */
function makeStates(spec: RolloutSpec): Record<string, State> {
  const afterModel = spec.inferenceComponent ? 'IsFirst' : spec.challenger ? 'IsBesideChampion' : 'CreateEndpointConfig';
  const states: Record<string, State> = {
    CreateModel: call(sdkCall('sagemaker', 'createModel'), {
      ModelName: jsonata('$modelName'),
      ExecutionRoleArn: spec.executionRoleArn,
      PrimaryContainer: {
        ModelPackageName: jsonata('$packageArn'),
        ...(spec.environment ? { Environment: spec.environment } : {}),
      },
      EnableNetworkIsolation: spec.networkIsolation ?? true,
      ...(spec.vpcConfig ? { VpcConfig: spec.vpcConfig } : {}),
    }, { next: afterModel, failed: 'IsModelThere', assign: { made: true } }),
    IsModelThere: choose([[`$contains($failure.Cause, ${TAKEN})`, afterModel]], 'StartFailing'),
  };
  if (spec.inferenceComponent) return states;
  states.CreateEndpointConfig = createEndpointConfig(spec, {
    ProductionVariants: [{ VariantName: LIVE_VARIANT, ModelName: jsonata('$modelName'), ...spec.variant }],
  });
  states.IsConfigThere = choose([[`$contains($failure.Cause, ${TAKEN})`, 'IsFirst']], 'StartFailing');
  if (spec.challenger) {
    states.IsBesideChampion = choose([["$promote or $champion.modelName = ''", 'CreateEndpointConfig']], 'CreateChallengerConfig');
    states.CreateChallengerConfig = createEndpointConfig(spec, besideChampion(spec.challenger, spec.variant ?? {}));
  }
  return states;
}

function createEndpointConfig(spec: RolloutSpec, variants: ApiFields): State {
  return call(sdkCall('sagemaker', 'createEndpointConfig'), {
    EndpointConfigName: jsonata('$configName'),
    ...variants,
    ...(spec.asyncInferenceConfig ? { AsyncInferenceConfig: spec.asyncInferenceConfig } : {}),
    ...(spec.dataCaptureConfig ? { DataCaptureConfig: spec.dataCaptureConfig } : {}),
    ...(spec.volumeKmsKeyArn ? { KmsKeyId: spec.volumeKmsKeyArn } : {}),
  }, { next: 'IsFirst', failed: 'IsConfigThere' });
}

/** The live model keeps its variant; the new one gets a share of the requests, or copies of them. */
function besideChampion(challenger: ChallengerSpec, variant: ApiFields): ApiFields {
  const champion = { VariantName: LIVE_VARIANT, ModelName: jsonata('$champion.modelName'), ...variant };
  const newcomer = { ModelName: jsonata('$modelName'), ...variant };
  if (challenger.kind === 'shadow') {
    return {
      ProductionVariants: [{ ...champion, InitialVariantWeight: 1 }],
      ShadowProductionVariants: [{ VariantName: SHADOW_VARIANT, ...newcomer, InitialVariantWeight: challenger.percent / 100 }],
    };
  }
  return {
    ProductionVariants: [
      { ...champion, InitialVariantWeight: (100 - challenger.percent) / 100 },
      {
        VariantName: CHALLENGER_VARIANT,
        ...newcomer,
        ...(challenger.instanceCount === undefined ? {} : { InitialInstanceCount: challenger.instanceCount }),
        InitialVariantWeight: challenger.percent / 100,
      },
    ],
  };
}

/** The config of a challenger names the champion as well, so its name must change with the champion. */
function nameChallenger(): State {
  return remember({
    configName: jsonata("$promote or $champion.modelName = '' ? $modelName"
      + " : $modelName & '-' & $substring($hash($champion.modelName, 'SHA-256'), 0, 6)"),
  }, 'IsAlreadyLive');
}

/** Create or update the endpoint. */
function endpointStates(spec: RolloutSpec): Record<string, State> {
  const id = { EndpointName: spec.endpointName };
  const wantedType = spec.variant?.InstanceType;
  const update = (deployment: ApiFields | undefined): State => call(sdkCall('sagemaker', 'updateEndpoint'), {
    ...id,
    EndpointConfigName: jsonata('$configName'),
    // Keeps the number of instances that scaling has reached.
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [
      { VariantPropertyType: 'DataCaptureConfig' },
      ...(spec.challenger ? [{ VariantPropertyType: 'DesiredWeight' }] : []),
    ],
    ...(deployment ? { DeploymentConfig: deployment } : {}),
  }, {
    next: 'WaitForRollout',
    failed: 'IsTurnedAway',
    assign: { requested: true, previous: jsonata('$live.serves') },
    assignFailed: { failure: CAUGHT, requested: true },
    retry: false,
  });
  // Traffic moves step by step only between fleets whose variants have the same names, and batch by batch only where there is one variant.
  // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
  const rolling = spec.deploymentConfig?.RollingUpdatePolicy !== undefined;
  const several = spec.deploymentConfig !== undefined && (spec.challenger?.kind === 'ab-test' || (spec.challenger !== undefined && rolling));
  const unlike = rolling
    ? '$champion.variants > 1 or $configName != $modelName'
    : '$champion.variants != ($configName = $modelName ? 1 : 2)';
  const resourceId = variantId(spec);
  return {
    IsFirst: choose([["$live.status = 'Missing'", 'CreateEndpoint']], wantedType === undefined ? 'UpdateEndpoint' : 'IsSameInstanceType'),
    CreateEndpoint: call(sdkCall('sagemaker', 'createEndpoint'), { ...id, EndpointConfigName: jsonata('$configName') }, {
      next: 'WaitForRollout',
      failed: 'IsTurnedAway',
      assign: { requested: true, created: true, previous: '' },
      assignFailed: { failure: CAUGHT, requested: true },
      retry: false,
    }),
    ...(wantedType === undefined ? {} : {
      IsSameInstanceType: {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$champion.instanceType = $settings.instanceType'), Next: 'UpdateEndpoint' }],
        Default: 'FindScaling',
      } as State,
      // A variant that scales cannot change its instance type.
      FindScaling: call(sdkCall('applicationautoscaling', 'describeScalableTargets'), {
        ServiceNamespace: 'sagemaker', ResourceIds: [resourceId],
      }, { next: 'IsScaling', failed: 'StartFailing', assign: { scalable: scalableOf() } }),
      IsScaling: choose([["$scalable.dimension != ''", 'TakeOffScaling']], 'UpdateEndpoint'),
      TakeOffScaling: call(sdkCall('applicationautoscaling', 'deregisterScalableTarget'), {
        ServiceNamespace: 'sagemaker', ResourceId: resourceId, ScalableDimension: jsonata('$scalable.dimension'),
      }, { next: 'FindScaling', failed: 'StartFailing', assign: { descaled: true } }),
    }),
    ...(several ? { UpdateEndpoint: choose([[unlike, 'UpdateAllAtOnce']], 'UpdateByPolicy') } : {}),
    ...(several ? { UpdateAllAtOnce: update(undefined) } : {}),
    [several ? 'UpdateByPolicy' : 'UpdateEndpoint']: update(spec.deploymentConfig),
    // Another rollout was faster: look again what is there now.
    IsTurnedAway: choose([[`$contains($failure.Cause, ${BUSY}) or $contains($failure.Cause, ${TAKEN})`, 'IsTimeLeft']], 'StartFailing'),
  };
}

/** Create or update the component. */
function componentStates(spec: RolloutSpec, component: InferenceComponentSpec): Record<string, State> {
  const specification = { ...component.specification, ModelName: jsonata('$modelName') };
  const turn = { next: 'WaitForRollout', failed: 'IsTurnedAway', retry: false, assignFailed: { failure: CAUGHT, requested: true } };
  return {
    IsFirst: choose([["$live.status = 'Missing'", 'CreateInferenceComponent']], 'UpdateInferenceComponent'),
    CreateInferenceComponent: call(sdkCall('sagemaker', 'createInferenceComponent'), {
      InferenceComponentName: component.name,
      EndpointName: spec.endpointName,
      VariantName: LIVE_VARIANT,
      Specification: specification,
      RuntimeConfig: { CopyCount: component.copyCount },
    }, { ...turn, assign: { requested: true, created: true, previous: '' } }),
    // The number of copies is left out: it belongs to scaling.
    UpdateInferenceComponent: call(sdkCall('sagemaker', 'updateInferenceComponent'), {
      InferenceComponentName: component.name,
      Specification: specification,
      ...(spec.deploymentConfig ? { DeploymentConfig: spec.deploymentConfig } : {}),
    }, { ...turn, assign: { requested: true, previous: jsonata('$live.serves') } }),
    IsTurnedAway: choose([[`$contains($failure.Cause, ${BUSY}) or $contains($failure.Cause, ${TAKEN})`, 'IsTimeLeft']], 'StartFailing'),
  };
}

/** Wait until it is done, and see what it has become. */
function watchStates(spec: RolloutSpec, target: Target): Record<string, State> {
  return {
    WaitForRollout: wait(pollSeconds(spec), 'CheckRollout'),
    CheckRollout: call(sdkCall('sagemaker', target.describe), target.id, {
      next: 'HowIsItGoing',
      failed: 'StartFailing',
      assign: { live: observed(target) },
    }),
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
function pollSeconds({ pollSeconds: wanted, maxMinutes = MAX_MINUTES }: RolloutSpec): number {
  return wanted ?? Math.max(30, Math.ceil(maxMinutes * 60 / 1500));
}

function enterScaling(spec: RolloutSpec): string {
  return spec.scaling ? 'RegisterScaling' : 'FindLeftOverScaling';
}

/** The new version serves: give it its scaling. The same states bring scaling back after a failure. */
function scalingStates(spec: RolloutSpec): Record<string, State> {
  const resourceId = spec.inferenceComponent ? `inference-component/${spec.inferenceComponent.name}` : variantId(spec);
  if (!spec.scaling) {
    return {
      FindLeftOverScaling: call(sdkCall('applicationautoscaling', 'describeScalableTargets'), { ServiceNamespace: 'sagemaker', ResourceIds: [resourceId] }, {
        next: 'IsScalingLeftOver', failed: 'StartFailing', assign: { scalable: scalableOf() },
      }),
      IsScalingLeftOver: choose([["$scalable.dimension != ''", 'RemoveLeftOverScaling']], 'IsAllWell'),
      RemoveLeftOverScaling: call(sdkCall('applicationautoscaling', 'deregisterScalableTarget'), {
        ServiceNamespace: 'sagemaker', ResourceId: resourceId, ScalableDimension: jsonata('$scalable.dimension'),
      }, { next: enterScaling(spec), failed: 'StartFailing' }),
    };
  }
  const dimension = spec.scaling.dimension
    ?? (spec.inferenceComponent ? 'sagemaker:inference-component:DesiredCopyCount' : 'sagemaker:variant:DesiredInstanceCount');
  const scalable = { ServiceNamespace: 'sagemaker', ResourceId: resourceId, ScalableDimension: dimension };
  const policies = spec.scaling.policies;
  const policyState = (index: number) => index < policies.length ? `PutScalingPolicy${index + 1}` : 'IsAllWell';
  const states: Record<string, State> = {
    RegisterScaling: call(sdkCall('applicationautoscaling', 'registerScalableTarget'), {
      ...scalable, MinCapacity: spec.scaling.minCapacity, MaxCapacity: spec.scaling.maxCapacity,
    }, { next: policyState(0), failed: 'ScalingFailed' }),
    ScalingFailed: choose([['$failing', 'Notify']], 'StartFailing'),
  };
  policies.forEach((policy, index) => {
    const alarmState = `PutScalingAlarm${index + 1}`;
    states[policyState(index)] = call(sdkCall('applicationautoscaling', 'putScalingPolicy'), {
      PolicyName: policy.name,
      ...scalable,
      ...(policy.steps
        ? { PolicyType: 'StepScaling', StepScalingPolicyConfiguration: policy.steps }
        : { PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: policy.targetTracking }),
    }, {
      next: policy.alarm ? alarmState : policyState(index + 1),
      failed: 'ScalingFailed',
      // The SDK of Step Functions writes some names of the API with other capitals.
      ...(policy.alarm ? { assign: { policyArn: jsonata('$exists($states.result.PolicyARN) ? $states.result.PolicyARN : $states.result.PolicyArn') } } : {}),
    });
    if (policy.alarm) {
      states[alarmState] = call(sdkCall('cloudwatch', 'putMetricAlarm'), { ...policy.alarm, AlarmActions: [jsonata('$policyArn')] }, {
        next: policyState(index + 1), failed: 'ScalingFailed',
      });
    }
  });
  return states;
}

/** The good ends. */
function endStates(spec: RolloutSpec): Record<string, State> {
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
function failureStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const afterConfig = 'DeleteModel';
  return {
    StartFailing: remember({ failing: true }, 'IsAnythingMade'),
    IsAnythingMade: choose([['$made', 'LookAfterFailure']], 'WasScalingTakenOff'),
    LookAfterFailure: call(sdkCall('sagemaker', target.describe), target.id, {
      next: 'WhatToCleanUp',
      failed: 'IsNothingLeft',
      assign: { live: observed(target) },
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

function observed(target: Target): string {
  return jsonata(`{ 'status': ${target.status}, 'serves': $exists(${target.serves}) ? ${target.serves} : '', `
    + `'pending': $exists(${target.pending}) ? ${target.pending} : '', `
    + "'reason': $exists($states.result.FailureReason) ? $states.result.FailureReason : '' }");
}

function championOf(): string {
  const live = `$states.result.ProductionVariants[VariantName='${LIVE_VARIANT}'][0]`;
  return jsonata(`{ 'modelName': $exists(${live}.ModelName) ? ${live}.ModelName : '', `
    + `'instanceType': $exists(${live}.InstanceType) ? ${live}.InstanceType : 'none', `
    + "'variants': $count($states.result.ProductionVariants) }");
}

function scalableOf(): string {
  return jsonata("{ 'dimension': $exists($states.result.ScalableTargets[0]) ? $states.result.ScalableTargets[0].ScalableDimension : '' }");
}

function variantId(spec: RolloutSpec): string {
  return `endpoint/${spec.endpointName}/variant/${LIVE_VARIANT}`;
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

function message(status: 'live' | 'failed'): string {
  return jsonata(`$string({ 'rollout': '${status}', 'endpointName': $endpointName, 'modelPackageArn': $packageArn, `
    + "'serves': $live.serves, 'error': $failure.Error, 'reason': $failure.Cause, 'execution': $states.context.Execution.Id })");
}

function scalingPermissions(spec: RolloutSpec, scaled: string[]): Permission[] {
  const scalable = [`arn:${Aws.PARTITION}:application-autoscaling:${Aws.REGION}:${Aws.ACCOUNT_ID}:scalable-target/*`];
  const ofSageMaker = { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } };
  const unnamed = 'the service makes the ids of scalable targets; the condition keeps to SageMaker';
  const permissions: Permission[] = [
    {
      actions: ['application-autoscaling:DescribeScalableTargets'],
      resources: ['*'],
      reason: 'DescribeScalableTargets cannot be limited to a resource',
    },
    { actions: ['application-autoscaling:DeregisterScalableTarget'], resources: scalable, conditions: ofSageMaker, reason: unnamed },
  ];
  if (!spec.scaling) return permissions;
  const service = 'sagemaker.application-autoscaling.amazonaws.com';
  const alarmArn = (name: string) => `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${name}`;
  const tracked = spec.inferenceComponent ? `inference-component/${spec.inferenceComponent.name}` : variantId(spec);
  permissions.push(
    {
      actions: ['application-autoscaling:RegisterScalableTarget', 'application-autoscaling:PutScalingPolicy'],
      resources: scalable,
      conditions: ofSageMaker,
      reason: unnamed,
    },
    // Application Auto Scaling refuses a caller who may not do himself what he asks for.
    {
      actions: spec.inferenceComponent
        ? ['sagemaker:DescribeInferenceComponent', 'sagemaker:UpdateInferenceComponentRuntimeConfig']
        : ['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'],
      resources: scaled,
    },
    { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'], reason: 'Application Auto Scaling looks for its alarms among all' },
    {
      actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      resources: [
        alarmArn(`TargetTracking-${tracked}-*`),
        ...spec.scaling.policies.flatMap(policy => policy.alarm ? [alarmArn(String(policy.alarm.AlarmName))] : []),
      ],
      reason: 'target tracking ends the names of its alarms in an id',
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/${service}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`],
      conditions: { StringLike: { 'iam:AWSServiceName': service } },
    },
  );
  return permissions;
}
