import { requirePlain } from './plain-text';
import { requireNamedTexts, requireTexts } from '../../../core/private/texts';
import { refuse, requireInteger, requireMatch, requireRange, Speaker } from '../../../core/private/validation';
import { ServingContainer } from '../../serving-container-props';

/**
 * Names that Vertex AI gives to variables itself.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/code-requirements#environment-variables
 */
const RESERVED_VARIABLE =
  /^(?!(MLOPS_|AIP_|CLOUD_ML_)|(CLUSTER_SPEC|TF_CONFIG|RANK|WORLD_SIZE|MASTER_ADDR|MASTER_PORT)$)[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * An image as a version is registered with it.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ModelContainerSpec
 */
export interface ContainerSpec {
  readonly [field: string]: unknown;
}

/**
 * The image as Vertex AI runs it: the verb, the port and the paths of the workload contract, unless the user says
 * otherwise.
 */
export function containerSpec(imageUri: string, predictRoute: string, container: ServingContainer = {}): ContainerSpec {
  const { sharedMemorySizeMb, deploymentTimeoutMinutes } = container;
  return {
    imageUri,
    ...commandLine(container),
    ports: [{ containerPort: container.port ?? 8080 }],
    predictRoute: container.predictRoute ?? predictRoute,
    healthRoute: container.healthRoute ?? '/ping',
    // Whole numbers of 64 bits and times are text in the API.
    ...(sharedMemorySizeMb === undefined ? {} : { sharedMemorySizeMb: `${sharedMemorySizeMb}` }),
    ...(deploymentTimeoutMinutes === undefined
      ? {}
      : { deploymentTimeout: `${Math.round(deploymentTimeoutMinutes * 60)}s` }),
  };
}

/**
 * What is run: the verb of the workload contract, unless the user names a command or arguments. Vertex AI and Cloud Run
 * have the same words for it.
 */
export function commandLine({
  command,
  args = command === undefined ? ['serve'] : undefined,
}: Pick<ServingContainer, 'command' | 'args'>) {
  return { ...(command === undefined ? {} : { command }), ...(args === undefined ? {} : { args }) };
}

/** Variables as the API has them. */
export function variables(
  environment: { readonly [name: string]: string } | undefined,
): { readonly name: string; readonly value: string }[] {
  return Object.entries(environment ?? {}).map(([name, value]) => ({ name, value }));
}

/** Refuses what Vertex AI would refuse when the version is registered, or deployed. */
export function checkContainer(who: Speaker, prop: string, container: ServingContainer): void {
  requireTexts(
    who,
    container,
    { command: 'words?', args: 'words?', predictRoute: 'text?', healthRoute: 'text?' },
    `${prop}.`,
  );
  for (const list of ['command', 'args'] as const) {
    if (container[list]?.length === 0) refuse(who, `${prop}.${list}`, [], 'left out, or what is run');
    for (const each of container[list] ?? []) requirePlain(who, `${prop}.${list}`, each);
  }
  requireInteger(who, `${prop}.port`, container.port, 1, 65_535);
  for (const route of ['predictRoute', 'healthRoute'] as const) {
    requireMatch(who, `${prop}.${route}`, container[route], /^\/\S*$/, 'a path like /v1/completions');
    requirePlain(who, `${prop}.${route}`, container[route]);
  }
  requireInteger(who, `${prop}.sharedMemorySizeMb`, container.sharedMemorySizeMb, 64, 1_048_576);
  requireRange(who, `${prop}.deploymentTimeoutMinutes`, container.deploymentTimeoutMinutes, 1, 120);
}

/** Refuses variables that are not the user's to set, because the library or the service sets them. */
export function checkVariables(
  who: Speaker, prop: string, environment: { readonly [name: string]: string } | undefined,
  shape: RegExp = RESERVED_VARIABLE, others: string = 'MLOPS_…, AIP_… or what Vertex AI sets for clusters',
): void {
  if (environment !== undefined) {
    requireNamedTexts(who, prop, environment);
  }
  for (const [name, value] of Object.entries(environment ?? {})) {
    requireMatch(who, prop, name, shape, `named with letters, digits and _, and not ${others}`);
    requirePlain(who, `${prop}.${name}`, value);
  }
}
