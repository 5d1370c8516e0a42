import { aws_sagemaker as sagemaker, Token } from 'aws-cdk-lib';
import { ScalingPlan, instanceScaling } from './scaling-plan';
import { ComputeSpec } from '../../../core/compute';
import { requireKnown } from '../../../core/private/known-values';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { resolvedServerless } from '../../../core/private/resolve/serving';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { RealTimeServing, Serving, ServerlessServing, ServerlessServingOptions } from '../../../core/serving';
import { ServingEndpointOptions } from '../../serving-endpoint-props';
import { requireInstanceType } from '../base/fields';
import { hasLocalNvme, instanceFacts, instanceTypeFor } from '../base/machines';

/** A production variant without its name and its model. */
export type Variant = Omit<sagemaker.CfnEndpointConfig.ProductionVariantProperty, 'variantName' | 'modelName'>;

/**
 * Everything that a serving mode means to SageMaker, before it is known who creates it: the template or the rollout
 * workflow.
 */
export interface HostingPlan {
  /** The mode's name in errors: `real-time`. */
  readonly mode: string;
  readonly variant: Variant;
  /** The machine; undefined where SageMaker picks it. */
  readonly instanceType?: string;
  /** Replicas that are always there; undefined where SageMaker counts for itself. */
  readonly minReplicas?: number;
  /** Longest time that a replica may take to come up, as far as it was said: its download and its start. */
  readonly startSeconds?: number;
  readonly scaling?: ScalingPlan;
  readonly asynchronous?: AsynchronousPlan;
  readonly multiModel?: { readonly cache: boolean };
  readonly component?: ComponentPlan;
  /** What the mode cannot have, with the reason: `capture` -> 'serverless endpoints record nothing'. */
  readonly cannot: Readonly<Partial<Record<Feature, string>>>;
}

/** What not every mode can have. */
export type Feature =
  | 'capture'
  | 'vpc'
  | 'networkIsolation'
  | 'challenger'
  | 'rolling'
  | 'shifting'
  | 'latestApproved'
  | 'package'
  | 'instanceType'
  | 'startup'
  | 'folder'
  | 'foreignImage';

/** Requests that wait in a queue. */
export interface AsynchronousPlan {
  readonly inputPrefix: string;
  readonly outputPrefix: string;
  readonly failurePrefix: string;
  readonly maxConcurrentInvocationsPerInstance?: number;
}

/** A model that shares machines with others. */
export interface ComponentPlan {
  /** Without the model. */
  readonly specification: sagemaker.CfnInferenceComponent.InferenceComponentSpecificationProperty;
  readonly copyCount: number;
}

/** The words of SageMaker that a mode hears, of the endpoint's. */
export type NativeInput = Pick<ServingEndpointOptions,
  'instanceType' | 'modelDataDownloadTimeoutInSeconds'
  | 'containerStartupHealthCheckTimeoutInSeconds' | 'inferenceAmiVersion'>;

/** What a user may say of the start of a replica, in SageMaker's own words. */
export const STARTUP_PROPS = [
  'modelDataDownloadTimeoutInSeconds',
  'containerStartupHealthCheckTimeoutInSeconds',
  'inferenceAmiVersion',
] as const;

/** A mode that only SageMaker has; it knows its plan itself. */
export interface NativeMode {
  _hostingPlan(who: Speaker, native: NativeInput): HostingPlan;
}

/** What the mode means to SageMaker; batch has no endpoint and no such plan. */
export function hostingPlan(who: Speaker, serving: Serving, native: NativeInput): HostingPlan {
  if (isNative(serving)) return serving._hostingPlan(who, native);
  const plan = NEUTRAL_MODES[serving.mode];
  if (plan !== undefined) return plan(who, serving, native);
  return refuse(who, 'serving', serving.mode, 'a mode of Serving or SageMakerServing');
}

/** The modes that every cloud has; those of SageMaker know their plans themselves. */
const NEUTRAL_MODES: { readonly [mode: string]: (who: Speaker, serving: Serving, native: NativeInput) => HostingPlan } =
  {
    'real-time': (who, serving, native) => realTimePlan(who, serving as RealTimeServing, native),
    'serverless': (who, serving, native) => serverlessPlan(who, (serving as ServerlessServing).options, native),
  };

function isNative(serving: Serving): serving is Serving & NativeMode {
  return typeof (serving as Partial<NativeMode>)._hostingPlan === 'function';
}

/**
 * Replicas of a challenger in an A/B test, which does not scale: those that its share of the requests takes when the
 * endpoint is at its largest.
 *
 * SageMaker refuses to take off a variant that scales, and of a stack that loses its challenger CloudFormation deletes
 * the scaling last.
 */
export function challengerReplicas(percent: number, { scaling, minReplicas }: HostingPlan): number | undefined {
  return scaling && Math.max(minReplicas ?? 1, Math.ceil(scaling.maxCapacity * percent / 100));
}

function realTimePlan(who: Speaker, serving: RealTimeServing, native: NativeInput): HostingPlan {
  const fleet = fleetOf(who, serving.options.compute, native);
  const scaling = instanceScaling(who, serving.options.scaling ?? {}, fleet.instanceType);
  return {
    mode: serving.mode,
    instanceType: fleet.instanceType,
    minReplicas: scaling.minReplicas,
    startSeconds: fleet.startSeconds,
    variant: { ...fleet.variant, ...fleet.startup, initialInstanceCount: scaling.minReplicas },
    scaling: scaling.plan,
    cannot: {},
  };
}

/**
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
 */
const NOT_SERVERLESS: HostingPlan['cannot'] = {
  capture: 'serverless endpoints record nothing: use Serving.realTime',
  vpc: 'serverless endpoints cannot join a network: leave out vpc, or use Serving.realTime',
  networkIsolation: 'serverless endpoints cannot isolate their containers: leave it out, or use Serving.realTime',
  challenger: 'serverless endpoints have one variant only: use Serving.realTime',
  rolling: 'serverless endpoints have no batches of instances: use Rollout.canary or Rollout.linear',
  instanceType: 'serverless endpoints pick their machines themselves: leave it out, or use Serving.realTime',
  startup: 'serverless endpoints start as SageMaker decides: leave it out, or use Serving.realTime',
  foreignImage:
    'serverless endpoints pull from repositories of their own account: copy the image there, or use Serving.realTime',
  folder: 'serverless endpoints take archives only: pack the files as .tar.gz, or use Serving.realTime',
};

/** Replicas that SageMaker counts for itself. */
export function serverlessPlan(who: Speaker, options: ServerlessServingOptions, native: NativeInput): HostingPlan {
  const { memoryGiB, maxConcurrency, warmReplicas } = resolvedServerless(options);
  requireKnown(who, {
    'serving.memoryGiB': memoryGiB,
    'serving.maxConcurrency': maxConcurrency,
    'serving.warmReplicas': warmReplicas,
  });
  requireInteger(who, 'serving.memoryGiB', memoryGiB, 1, 6);
  requireInteger(who, 'serving.maxConcurrency', maxConcurrency, 1, 200);
  requireInteger(who, 'serving.warmReplicas', warmReplicas, 0, maxConcurrency);
  refuseInstanceType(who, native, NOT_SERVERLESS);
  const startup = STARTUP_PROPS.find((prop) => native[prop] !== undefined);
  if (startup !== undefined) {
    refuseBecause(who, `${startup} is not possible with serverless serving: ${NOT_SERVERLESS.startup}`);
  }
  return {
    mode: 'serverless',
    variant: {
      initialVariantWeight: 1,
      serverlessConfig: {
        memorySizeInMb: memoryGiB * 1024,
        maxConcurrency,
        provisionedConcurrency: warmReplicas > 0 ? warmReplicas : undefined,
      },
    },
    cannot: NOT_SERVERLESS,
  };
}

function refuseInstanceType(who: Speaker, native: NativeInput, cannot: HostingPlan['cannot']): void {
  if (native.instanceType !== undefined) {
    refuseBecause(who, `instanceType ${native.instanceType}: ${cannot.instanceType}`);
  }
}

/** The machines of one mode. */
export interface Fleet {
  readonly instanceType: string;
  readonly variant: Variant;
  /** How long a replica may take to come up: of the variant, or of the component in it. */
  readonly startup: Pick<Variant, 'modelDataDownloadTimeoutInSeconds' | 'containerStartupHealthCheckTimeoutInSeconds'>;
  readonly startSeconds?: number;
}

/** One type of machine and what follows from it. */
export function fleetOf(who: Speaker, compute: ComputeSpec | undefined, native: NativeInput): Fleet {
  if (compute?.instanceCount !== undefined) {
    refuseBecause(
      who,
      `compute.instanceCount ${compute.instanceCount}: an endpoint counts its replicas in scaling: use minReplicas and maxReplicas`,
    );
  }
  if (
    native.instanceType !== undefined &&
    (compute?.accelerator ?? compute?.vcpus ?? compute?.memoryGiB) !== undefined
  ) {
    refuseBecause(who, `instanceType ${native.instanceType} and compute say the same thing twice: use one of them`);
  }
  requireInstanceType(who, 'instanceType', native.instanceType, 'hosting');
  const instanceType = native.instanceType ?? instanceTypeFor(who, compute, 'hosting');
  const volumeGiB = compute?.volumeGiB;
  requireInteger(who, 'compute.volumeGiB', volumeGiB, 1, hasLocalNvme(instanceType) ? Number.MAX_SAFE_INTEGER : 512);
  const { localGb = 0 } = instanceFacts(instanceType) ?? {};
  if (localGb > 0 && volumeGiB !== undefined && volumeGiB > localGb) {
    refuse(
      who,
      'compute.volumeGiB',
      volumeGiB,
      `at most ${localGb} on ${instanceType}, which has disks of its own and no volume`,
    );
  }
  return {
    instanceType,
    variant: {
      instanceType,
      initialVariantWeight: 1,
      // Machines with disks of their own have as much as they have, and SageMaker refuses a size.
      volumeSizeInGb: hasLocalNvme(instanceType) ? undefined : volumeGiB,
      inferenceAmiVersion: native.inferenceAmiVersion,
    },
    ...startupOf(who, native),
  };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html */
function startupOf(who: Speaker, native: NativeInput): Pick<Fleet, 'startup' | 'startSeconds'> {
  const { modelDataDownloadTimeoutInSeconds, containerStartupHealthCheckTimeoutInSeconds } = native;
  const startup = { modelDataDownloadTimeoutInSeconds, containerStartupHealthCheckTimeoutInSeconds };
  requireKnown(who, startup);
  for (const [prop, seconds] of Object.entries(startup)) requireInteger(who, prop, seconds, 60, 3600);
  requireMatch(who, 'inferenceAmiVersion', native.inferenceAmiVersion, /^al\d+-ami-sagemaker-inference-[a-z0-9-]+$/,
    'a version of SageMaker\'s image of the machines like al2-ami-sagemaker-inference-gpu-3-1');
  const said = Object.values(startup).filter((seconds) => seconds !== undefined);
  return { startup, startSeconds: said.length === 0 ? undefined : said.reduce((sum, seconds) => sum + seconds) };
}

/** A folder of a bucket, as this library writes them: `async/input/`. */
export function requirePrefix(who: Speaker, prop: string, prefix: string): string {
  if (!Token.isUnresolved(prefix) && prefix.length > 512) {
    refuse(who, prop, `${prefix.length} characters`, 'at most 512');
  }
  requireObjectFolder(who, prop, prefix, 'batch/input/');
  return prefix;
}
