import { IResolvable } from 'aws-cdk-lib';
import { ApiFields } from '../base/api-fields';

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
  /**
   * ARN of the key of the instances' volumes; leave out for instance types with local NVMe disks and for serverless.
   */
  readonly volumeKmsKeyArn?: string;
  /** `UpdateEndpoint.DeploymentConfig`, or `UpdateInferenceComponent.DeploymentConfig` in component mode. */
  readonly deploymentConfig?: ApiFields;
  /**
   * The alarm that ends a rollout whose version is rejected meanwhile; it is one of those of `deploymentConfig`, and
   * the workflow makes it.
   *
   * @default the version is taken off when it has gone live
   */
  readonly stopAlarmName?: string;
  /**
   * A new version does not replace the live one but stands beside it, until somebody starts a rollout with
   * `promote: true`.
   */
  readonly challenger?: ChallengerSpec;
  readonly scaling?: RolloutScalingSpec;
  /** Tags of what is made, `[{ Key, Value }]`; what exists already keeps those that it has. */
  readonly tags?: IResolvable;
  /** Rolls out into a component of an endpoint that the template makes. */
  readonly inferenceComponent?: InferenceComponentSpec;
  /** Told about each rollout that ends well, is refused or fails. */
  readonly notificationTopicArn?: string;
  /** @default 30 seconds, more where the history of an execution would not hold all the looks */
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
  /**
   * @default `sagemaker:variant:DesiredInstanceCount`, in component mode
   * `sagemaker:inference-component:DesiredCopyCount`
   */
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
   * `PutMetricAlarm` without `AlarmActions`, for a policy of steps. The workflow makes the alarm and not the template,
   * because the alarm needs the ARN of the policy, and the policy can exist only after the endpoint does.
   */
  readonly alarm?: ApiFields;
}

/**
 * Whether some updates must do without the policy: traffic moves step by step only between fleets whose variants have
 * the same names, and batch by batch only where there is one variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
 */
export function sometimesAtOnce({
  challenger,
  deploymentConfig,
}: Pick<RolloutSpec, 'challenger' | 'deploymentConfig'>): boolean {
  if (challenger === undefined || deploymentConfig === undefined) return false;
  return challenger.kind === 'ab-test' || deploymentConfig.RollingUpdatePolicy !== undefined;
}

/**
 * Whether an update of the stack is brought to the live version. Beside a challenger there are two of them, and only a
 * person can say which is meant.
 */
export function refreshes(spec: Pick<RolloutSpec, 'challenger'>): boolean {
  return spec.challenger === undefined;
}
