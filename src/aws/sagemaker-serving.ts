// Over 300 lines: five modes, each with the plan that it makes.
import { instanceFacts } from './private/base/machines';
import { fleetOf, HostingPlan, NativeInput, requirePrefix, serverlessPlan } from './private/serving/plan';
import {
  instanceScaling,
  refuseBurstable,
  replicasOf,
  ScaledNames,
  ScalingPlan,
  wakeUp,
} from './private/serving/scaling-plan';
import {
  AsynchronousServingOptions,
  InferenceComponentServingOptions,
  MultiModelServingOptions,
  SageMakerBatchServingOptions,
  WarmServerlessServingOptions,
} from './sagemaker-serving-props';
import { Token } from '../core/private/tokens';
import { refuse, requireInteger, requireRange, Speaker } from '../core/private/validation';
import { Serving } from '../core/serving';

/** The modes that only SageMaker has; those of `Serving` are here as well. */
export abstract class SageMakerServing extends Serving {
  /**
   * Answers from a queue: requests up to 1 GB that take up to an hour, on machines that go away when nothing waits.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const serving = aws.SageMakerServing.asynchronous({ minReplicas: 0, maxReplicas: 4, backlogPerReplica: 5 });
   */
  public static asynchronous(options: AsynchronousServingOptions = {}): SageMakerServing {
    return new AsynchronousServing(options);
  }

  /**
   * Answers for a whole data set at the times of a schedule, in the formats and sizes of SageMaker's transform jobs.
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const serving = aws.SageMakerServing.batchTransform({ contentType: 'application/jsonlines', splitType: 'Line' });
   */
  public static batchTransform(options: SageMakerBatchServingOptions = {}): SageMakerServing {
    return new SageMakerBatchServing(options);
  }

  /**
   * Answers without machines of yours, and keeps as many replicas warm as the load of the last minutes needs.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const serving = aws.SageMakerServing.warmServerless({ memoryGiB: 4, minWarmReplicas: 1, maxWarmReplicas: 5 });
   */
  public static warmServerless(options: WarmServerlessServingOptions = {}): SageMakerServing {
    return new WarmServerlessServing(options);
  }

  /**
   * Serves every model archive under one prefix from one fleet; callers name the archive in each request
   * (`TargetModel`).
   *
   * Works with `ModelSource.artifact`, whose key is then the prefix.
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const serving = aws.SageMakerServing.multiModel({ compute: { vcpus: 4, memoryGiB: 16 } });
   */
  public static multiModel(options: MultiModelServingOptions = {}): SageMakerServing {
    return new MultiModelServing(options);
  }

  /**
   * Serves the model as a component: machines belong to the endpoint, a component reserves a part of them, and both
   * scale.
   *
   * Other components can be added to the endpoint, and with `minInstances: 0` it goes to zero and comes back.
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
   *
   * @example
   * import { Accelerator, aws } from 'mlops-constructs';
   *
   * const serving = aws.SageMakerServing.inferenceComponents({
   *   compute: { accelerator: Accelerator.NVIDIA_A10G, acceleratorCount: 4 },
   *   memoryMiB: 16_384,
   *   acceleratorCount: 1,
   * });
   */
  public static inferenceComponents(options: InferenceComponentServingOptions): SageMakerServing {
    return new InferenceComponentServing(options);
  }
}

/**
 * The mode made by `SageMakerServing.batchTransform`.
 *
 * @internal
 */
export class SageMakerBatchServing extends SageMakerServing {
  public readonly mode = 'batch';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: SageMakerBatchServingOptions,
  ) {
    super();
  }
}

/**
 * The mode made by `SageMakerServing.asynchronous`.
 *
 * @internal
 */
export class AsynchronousServing extends SageMakerServing {
  public readonly mode = 'asynchronous';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: AsynchronousServingOptions,
  ) {
    super();
  }

  /**
   * The mode as SageMaker hosts it.
   *
   * @internal
   */
  public _hostingPlan(who: Speaker, native: NativeInput): HostingPlan {
    const { options } = this;
    const fleet = fleetOf(who, options.compute, native);
    const minReplicas = options.minReplicas ?? 0;
    const { max } = replicasOf(who, { minReplicas, maxReplicas: options.maxReplicas ?? Math.max(2, minReplicas) }, 0);
    requireRange(who, 'serving.backlogPerReplica', options.backlogPerReplica, 1, Number.MAX_SAFE_INTEGER);
    requireInteger(who, 'serving.scaleInCooldownSeconds', options.scaleInCooldownSeconds, 0, 86400);
    requireInteger(who, 'serving.maxConcurrentInvocations', options.maxConcurrentInvocations, 1, 1000);
    refuseBurstable(who, fleet.instanceType, 'an asynchronous endpoint always does');
    return {
      mode: this.mode,
      instanceType: fleet.instanceType,
      minReplicas: Math.max(1, minReplicas),
      startSeconds: fleet.startSeconds,
      // The first replica is needed to come up; scaling takes it away when nothing waits.
      variant: { ...fleet.variant, ...fleet.startup, initialInstanceCount: Math.max(1, minReplicas) },
      scaling: this.scaling(minReplicas, max),
      asynchronous: {
        inputPrefix: requirePrefix(who, 'serving.inputPrefix', options.inputPrefix ?? 'async/input/'),
        outputPrefix: requirePrefix(who, 'serving.outputPrefix', options.outputPrefix ?? 'async/output/'),
        failurePrefix: requirePrefix(who, 'serving.failurePrefix', options.failurePrefix ?? 'async/failure/'),
        maxConcurrentInvocationsPerInstance: options.maxConcurrentInvocations,
      },
      cannot: { challenger: 'asynchronous endpoints have one variant only: use Serving.realTime' },
    };
  }

  private scaling(minCapacity: number, maxCapacity: number): ScalingPlan {
    const { backlogPerReplica = 5, scaleInCooldownSeconds = 300 } = this.options;
    const policies = ({ endpointName }: ScaledNames) => {
      const dimensions = [{ name: 'EndpointName', value: endpointName }];
      const holdBacklog = {
        name: 'HoldBacklog',
        targetTracking: {
          targetValue: backlogPerReplica,
          customizedMetricSpecification: {
            namespace: 'AWS/SageMaker',
            metricName: 'ApproximateBacklogSizePerInstance',
            dimensions,
            statistic: 'Average',
          },
          scaleInCooldown: scaleInCooldownSeconds,
          scaleOutCooldown: 60,
        },
      };
      return minCapacity > 0
        ? [holdBacklog]
        : [holdBacklog, wakeUp({ metricName: 'HasBacklogWithoutCapacity', dimensions, cooldownSeconds: 300 })];
    };
    return { dimension: 'sagemaker:variant:DesiredInstanceCount', minCapacity, maxCapacity, policies };
  }
}

/**
 * The mode made by `SageMakerServing.warmServerless`.
 *
 * @internal
 */
export class WarmServerlessServing extends SageMakerServing {
  public readonly mode = 'serverless';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: WarmServerlessServingOptions,
  ) {
    super();
  }

  /**
   * The mode as SageMaker hosts it.
   *
   * @internal
   */
  public _hostingPlan(who: Speaker, native: NativeInput): HostingPlan {
    const { memoryGiB, maxConcurrency = 20, minWarmReplicas = 1, targetUtilizationPercent = 70 } = this.options;
    requireInteger(who, 'serving.minWarmReplicas', minWarmReplicas, 1, maxConcurrency);
    const maxWarmReplicas = this.options.maxWarmReplicas ?? maxConcurrency;
    requireInteger(who, 'serving.maxWarmReplicas', maxWarmReplicas, minWarmReplicas, maxConcurrency);
    requireRange(who, 'serving.targetUtilizationPercent', targetUtilizationPercent, 10, 90);
    const plan = serverlessPlan(who, { memoryGiB, maxConcurrency, warmReplicas: minWarmReplicas }, native);
    if (minWarmReplicas === maxWarmReplicas) return plan;
    return {
      ...plan,
      scaling: {
        dimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
        minCapacity: minWarmReplicas,
        maxCapacity: maxWarmReplicas,
        policies: () => [{
          name: 'HoldUtilization',
          targetTracking: {
            targetValue: targetUtilizationPercent / 100,
            predefinedMetricSpecification: { predefinedMetricType: 'SageMakerVariantProvisionedConcurrencyUtilization' },
            scaleInCooldown: 300,
            scaleOutCooldown: 60,
          },
        }],
      },
    };
  }
}

/**
 * The mode made by `SageMakerServing.multiModel`.
 *
 * @internal
 */
export class MultiModelServing extends SageMakerServing {
  public readonly mode = 'multi-model';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: MultiModelServingOptions,
  ) {
    super();
  }

  /**
   * The mode as SageMaker hosts it.
   *
   * @internal
   */
  public _hostingPlan(who: Speaker, native: NativeInput): HostingPlan {
    const fleet = fleetOf(who, this.options.compute, native);
    const scaling = instanceScaling(who, this.options.scaling ?? {}, fleet.instanceType);
    const instead = 'use ModelSource.artifact with a key that ends in \'/\'';
    return {
      mode: this.mode,
      instanceType: fleet.instanceType,
      minReplicas: scaling.minReplicas,
      startSeconds: fleet.startSeconds,
      variant: { ...fleet.variant, ...fleet.startup, initialInstanceCount: scaling.minReplicas },
      scaling: scaling.plan,
      multiModel: { cache: this.options.cacheModels ?? true },
      cannot: {
        latestApproved: `a multi-model endpoint serves what lies under a prefix, a registry knows single models: ${instead}`,
        package: `a multi-model endpoint serves what lies under a prefix, a package is one model: ${instead}`,
        challenger:
          'multi-model endpoints cannot be compared variant by variant: call another archive, or use Serving.realTime',
      },
    };
  }
}

/**
 * The mode made by `SageMakerServing.inferenceComponents`.
 *
 * @internal
 */
export class InferenceComponentServing extends SageMakerServing {
  public readonly mode = 'inference-components';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: InferenceComponentServingOptions,
  ) {
    super();
  }

  /**
   * The mode as SageMaker hosts it.
   *
   * @internal
   */
  public _hostingPlan(who: Speaker, native: NativeInput): HostingPlan {
    const { options } = this;
    const fleet = fleetOf(who, options.compute, native);
    const minInstances = options.minInstances ?? 1;
    const maxInstances = options.maxInstances ?? Math.max(2, minInstances);
    requireInteger(who, 'serving.minInstances', minInstances, 0, Number.MAX_SAFE_INTEGER);
    requireInteger(who, 'serving.maxInstances', maxInstances, Math.max(1, minInstances), Number.MAX_SAFE_INTEGER);
    const minCopies = options.minCopies ?? minInstances;
    const maxCopies = options.maxCopies ?? Math.max(maxInstances, minCopies);
    requireInteger(who, 'serving.minCopies', minCopies, minInstances === 0 ? 0 : 1, Number.MAX_SAFE_INTEGER);
    requireInteger(who, 'serving.maxCopies', maxCopies, Math.max(1, minCopies), Number.MAX_SAFE_INTEGER);
    requireInteger(who, 'serving.memoryMiB', options.memoryMiB, 128, Number.MAX_SAFE_INTEGER);
    requireRange(who, 'serving.cpuCores', options.cpuCores, 0.25, Number.MAX_SAFE_INTEGER);
    requireRange(who, 'serving.acceleratorCount', options.acceleratorCount, 1, Number.MAX_SAFE_INTEGER);
    requireRange(who, 'serving.requestsPerMinute', options.requestsPerMinute, 1, Number.MAX_SAFE_INTEGER);
    requireRoom(who, fleet.instanceType, options);
    refuseBurstable(who, fleet.instanceType, 'the machines of inference components always do');
    return {
      mode: this.mode,
      instanceType: fleet.instanceType,
      minReplicas: minInstances,
      startSeconds: fleet.startSeconds,
      variant: {
        instanceType: fleet.variant.instanceType,
        volumeSizeInGb: fleet.variant.volumeSizeInGb,
        inferenceAmiVersion: fleet.variant.inferenceAmiVersion,
        initialInstanceCount: Math.max(1, minInstances),
        managedInstanceScaling: { status: 'ENABLED', minInstanceCount: minInstances, maxInstanceCount: maxInstances },
        routingConfig: { routingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
      },
      component: {
        copyCount: Math.max(1, minCopies),
        specification: {
          computeResourceRequirements: {
            minMemoryRequiredInMb: options.memoryMiB,
            numberOfCpuCoresRequired: options.cpuCores,
            numberOfAcceleratorDevicesRequired:
              options.acceleratorCount ?? (options.compute?.accelerator === undefined ? undefined : 1),
          },
          startupParameters: fleet.startSeconds === undefined ? undefined : fleet.startup,
        },
      },
      scaling: this.scaling(minCopies, maxCopies),
      cannot: {
        challenger:
          'components of an endpoint share one variant: add a second ServingEndpoint, or use Serving.realTime',
        shifting: 'components are replaced copy by copy: use SageMakerRollout.rolling or Rollout.allAtOnce',
        capture: 'an endpoint of inference components records nothing: use Serving.realTime',
      },
    };
  }

  private scaling(minCapacity: number, maxCapacity: number): ScalingPlan | undefined {
    if (minCapacity === maxCapacity) return undefined;
    const policies = ({ componentName }: ScaledNames) => {
      const holdTarget = {
        name: 'HoldTarget',
        targetTracking: {
          targetValue: this.options.requestsPerMinute ?? 600,
          predefinedMetricSpecification: { predefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy' },
          scaleInCooldown: 300,
          scaleOutCooldown: 60,
        },
      };
      const dimensions = [{ name: 'InferenceComponentName', value: componentName! }];
      return minCapacity > 0
        ? [holdTarget]
        : [holdTarget, wakeUp({ metricName: 'NoCapacityInvocationFailures', dimensions, cooldownSeconds: 60 })];
    };
    return { dimension: 'sagemaker:inference-component:DesiredCopyCount', minCapacity, maxCapacity, policies };
  }
}

/** Refuses a copy that no machine of the type has room for; a type that is newer than the table has any. */
function requireRoom(who: Speaker, instanceType: string, options: InferenceComponentServingOptions): void {
  const facts = instanceFacts(instanceType);
  if (facts === undefined) return;
  const room = (prop: string, value: number | undefined, most: number, unit: string) => {
    if (value !== undefined && !Token.isUnresolved(value) && value > most) {
      refuse(who, `serving.${prop}`, value, `at most ${most}, ${unit} of ${instanceType}: ask for a larger machine in serving.compute`);
    }
  };
  room('memoryMiB', options.memoryMiB, facts.memoryGiB * 1024, 'the memory');
  room('cpuCores', options.cpuCores, facts.vcpus, 'the vCPUs');
  room('acceleratorCount', options.acceleratorCount, facts.gpuCount, 'the accelerators');
}
