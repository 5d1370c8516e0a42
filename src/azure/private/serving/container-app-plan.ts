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
import { ContainerAppServingOptions } from '../../container-app-serving-props';
import { GUID } from '../base/guid';

/** What a replica of a container app is, checked. */
export interface AppPlan {
  readonly cpu: number;
  readonly memoryGiB: number;
  readonly concurrency: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly profile: AppProfile;
  readonly container: AppContainer;
}

/**
 * A workload profile of the environment.
 *
 * @see https://learn.microsoft.com/azure/container-apps/workload-profiles-overview
 */
export interface AppProfile {
  readonly name: string;
  readonly profileType: string;
  readonly hasGpu: boolean;
}

/** How the image is run: the verb, the port and the path of the workload contract, unless the user says otherwise. */
export type AppContainer = Pick<ContainerAppServingOptions, 'command' | 'args'>
& Required<Pick<ContainerAppServingOptions, 'port' | 'healthRoute' | 'startupTimeoutSeconds' | 'loadMinutes'>>;

/** Profiles that scale to zero; those with a GPU are one replica each, as large as it is. */
const PROFILES: { readonly [accelerator: string]: AppProfile & { readonly cpu: number; readonly memoryGiB: number } } =
  {
    [Accelerator.NVIDIA_T4.id]: {
      name: 'gpu-t4',
      profileType: 'Consumption-GPU-NC8as-T4',
      hasGpu: true,
      cpu: 8,
      memoryGiB: 56,
    },
    [Accelerator.NVIDIA_A100_80GB.id]: {
      name: 'gpu-a100',
      profileType: 'Consumption-GPU-NC24-A100',
      hasGpu: true,
      cpu: 24,
      memoryGiB: 220,
    },
  };

export const CONSUMPTION: AppProfile = { name: 'Consumption', profileType: 'Consumption', hasGpu: false };

/** The most that a replica without a GPU has: 4 CPUs. Memory is twice the CPUs, in steps of half a GiB. */
const MOST_GIB = 8;

/** A replica from the words of the intent and those of Container Apps. */
export function appPlan(who: Speaker, options: ContainerAppServingOptions): AppPlan {
  const { accelerator } = options;
  const { maxConcurrency, warmReplicas: minReplicas, memoryGiB: asked } = resolvedServerless(options);
  requireInteger(who, 'serving.maxConcurrency', options.maxConcurrency, 1, 100_000);
  requireInteger(who, 'serving.warmReplicas', options.warmReplicas, 0, 1000);
  requireInteger(who, 'serving.concurrencyPerReplica', options.concurrencyPerReplica, 1, 1000);
  requireMatch(
    who,
    'serving.entraClientId',
    options.entraClientId,
    GUID,
    'a client id, 00000000-0000-0000-0000-000000000000',
  );
  const gpu = accelerator && (PROFILES[accelerator.id]
    ?? refuse(who, 'serving.accelerator', accelerator.id, `${Object.keys(PROFILES).join(' or ')} on Container Apps`));
  requireRange(who, 'serving.memoryGiB', options.memoryGiB, 0.5, gpu?.memoryGiB ?? MOST_GIB);
  const memoryGiB = gpu === undefined ? Math.ceil(asked * 2) / 2 : gpu.memoryGiB;
  const concurrency = Math.min(options.concurrencyPerReplica ?? 4, maxConcurrency);
  const maxReplicas = Math.ceil(maxConcurrency / concurrency);
  if (maxReplicas > 1000) {
    refuseBecause(
      who,
      `serving.maxConcurrency ${maxConcurrency} takes ${maxReplicas} replicas at ${concurrency} requests each, and an app has 1000 at most: set concurrencyPerReplica higher`,
    );
  }
  if (minReplicas > maxReplicas) {
    refuseBecause(
      who,
      `serving.warmReplicas ${minReplicas} are more than the ${maxReplicas} replicas that maxConcurrency ${maxConcurrency} needs at ${concurrency} requests each`,
    );
  }
  return {
    cpu: gpu?.cpu ?? memoryGiB / 2,
    memoryGiB,
    concurrency,
    minReplicas,
    maxReplicas,
    profile: gpu ?? CONSUMPTION,
    container: appContainer(who, options),
  };
}

function appContainer(who: Speaker, options: ContainerAppServingOptions): AppContainer {
  const { command, port = 8080, healthRoute = '/ping', startupTimeoutSeconds = 240, loadMinutes = 20 } = options;
  requireInteger(who, 'serving.port', port, 1, 65_535);
  requireMatch(who, 'serving.healthRoute', healthRoute, /^\/\S*$/, 'a path that starts with a slash');
  requireInteger(who, 'serving.startupTimeoutSeconds', startupTimeoutSeconds, 10, 2400);
  requireInteger(who, 'serving.loadMinutes', loadMinutes, 1, 120);
  if (command?.length === 0) refuse(who, 'serving.command', command, 'one word at least, or left out');
  return {
    command,
    args: options.args ?? (command === undefined ? ['serve'] : undefined),
    port,
    healthRoute,
    startupTimeoutSeconds,
    loadMinutes,
  };
}

