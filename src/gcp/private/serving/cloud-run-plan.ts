import { Accelerator } from '../../../core/accelerator';
import { resolvedServerless } from '../../../core/private/resolve/serving';
import {
  refuse,
  refuseBecause,
  requireInteger,
  requireMatch,
  requireRange,
  Speaker,
} from '../../../core/private/validation';
import { CloudRunServingOptions } from '../../cloud-run-serving-props';
import { checkContainer, checkVariables, commandLine } from '../base/container-spec';

/** What an instance of a service is, checked. */
export interface ServicePlan {
  readonly cpu: number;
  readonly memoryGiB: number;
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
  readonly ingress: string;
  readonly hasGpu: boolean;
  readonly container: ServiceContainer;
}

/** How the image is run: the verb, the port and the path of the workload contract, unless the user says otherwise. */
export type ServiceContainer = Pick<CloudRunServingOptions, 'command' | 'args'> &
Required<Pick<CloudRunServingOptions, 'port' | 'healthRoute' | 'startupTimeoutSeconds' | 'environment'>>;

/** Most memory for so many CPUs. @see https://cloud.google.com/run/docs/configuring/services/memory-limits */
const CPU_FOR_GIB: readonly (readonly [number, number])[] = [[1, 4], [2, 8], [4, 16], [6, 24], [8, 32]];

/**
 * Least memory of so many CPUs, where there is a limit.
 *
 * @see https://cloud.google.com/run/docs/configuring/services/cpu#cpu-memory
 */
const LEAST_GIB: { readonly [cpu: number]: number } = { 4: 2, 6: 4, 8: 4 };

/** @see https://cloud.google.com/run/docs/configuring/services/gpu#supported-regions */
const L4_REGIONS = ['asia-south1', 'asia-southeast1', 'europe-west1', 'europe-west4', 'us-central1', 'us-east4'];

/** A service's instances from the words of the intent and Cloud Run's own. */
export function servicePlan(who: Speaker, options: CloudRunServingOptions, region: string): ServicePlan {
  const { accelerator } = options;
  const { maxConcurrency, warmReplicas: minInstances } = resolvedServerless(options);
  const hasGpu = accelerator !== undefined;
  requireRange(who, 'serving.memoryGiB', options.memoryGiB, hasGpu ? 16 : 0.5, 32);
  requireInteger(who, 'serving.maxConcurrency', options.maxConcurrency, 1, 100_000);
  requireInteger(who, 'serving.warmReplicas', options.warmReplicas, 0, 100);
  requireInteger(who, 'serving.concurrencyPerInstance', options.concurrencyPerInstance, 1, 1000);
  requireInteger(who, 'serving.timeoutSeconds', options.timeoutSeconds, 1, 3600);
  requireMatch(
    who,
    'serving.cpu',
    options.cpu === undefined ? undefined : `${options.cpu}`,
    /^[12468]$/,
    '1, 2, 4, 6 or 8',
  );
  if (hasGpu && accelerator !== Accelerator.NVIDIA_L4) {
    refuse(who, 'serving.accelerator', accelerator.id, 'nvidia-l4 on Cloud Run');
  }
  if (hasGpu && !L4_REGIONS.includes(region)) {
    refuseBecause(who, `serving.accelerator: Cloud Run has no nvidia-l4 in ${region}: ${L4_REGIONS.join(', ')} have`);
  }

  const memoryGiB = hasGpu ? options.memoryGiB ?? 16 : resolvedServerless(options).memoryGiB;
  const needed = CPU_FOR_GIB.find(([, gib]) => memoryGiB <= gib)![0];
  const cpu = options.cpu ?? needed;
  // With a GPU the memory needs the 4 CPUs that the GPU needs.
  if (cpu < needed) refuse(who, 'serving.cpu', cpu, `at least ${needed} for ${memoryGiB} GiB of memory`);
  if (memoryGiB < (LEAST_GIB[cpu] ?? 0)) {
    refuse(who, 'serving.memoryGiB', options.memoryGiB ?? memoryGiB, `at least ${LEAST_GIB[cpu]} for ${cpu} CPUs`);
  }
  const concurrency = Math.min(options.concurrencyPerInstance ?? 4, maxConcurrency);
  const maxInstances = Math.ceil(maxConcurrency / concurrency);
  if (minInstances > maxInstances) {
    refuseBecause(
      who,
      `serving.warmReplicas ${minInstances} are more than the ${maxInstances} instances that maxConcurrency ${maxConcurrency} needs at ${concurrency} requests each`,
    );
  }
  const { timeoutSeconds = 60, ingress = 'INGRESS_TRAFFIC_INTERNAL_ONLY' } = options;
  const container = serviceContainer(who, options, hasGpu);
  return { cpu, memoryGiB, concurrency, minInstances, maxInstances, timeoutSeconds, ingress, hasGpu, container };
}

function serviceContainer(who: Speaker, options: CloudRunServingOptions, hasGpu: boolean): ServiceContainer {
  const { command, args, port = 8080, healthRoute = '/ping', startupTimeoutSeconds = 240, environment = {} } = options;
  checkContainer(who, 'serving', { command, args, port, healthRoute });
  requireInteger(who, 'serving.startupTimeoutSeconds', startupTimeoutSeconds, 10, hasGpu ? 1800 : 600);
  checkVariables(
    who,
    'serving.environment',
    environment,
    /^(?!MLOPS_|(PORT|K_SERVICE|K_REVISION|K_CONFIGURATION)$)[A-Za-z_][A-Za-z0-9_]*$/,
    'MLOPS_… or what Cloud Run sets',
  );
  return { ...commandLine({ command, args }), port, healthRoute, startupTimeoutSeconds, environment };
}
