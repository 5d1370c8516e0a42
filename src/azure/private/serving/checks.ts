import { requireKnown } from '../../../core/private/known-values';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { Serving } from '../../../core/serving';
import { ServingEndpointProps } from '../../serving-endpoint-props';

const NO_ROLLOUT = 'each run takes the version that is approved then';
const NO_ENDPOINT = 'there is no endpoint';
const NO_MIRROR = 'Container Apps copy no requests: use Serving.realTime';

/** What a mode cannot have, and why. */
const CANNOT: { readonly [mode: string]: { readonly [choice in keyof ServingEndpointProps]?: string } } = {
  'real-time': {},
  'serverless': {
    capture: 'Container Apps record no requests: use Serving.realTime',
    instanceType: 'Container Apps have profiles instead of machines: use Serving.realTime',
    mirrorPercent: NO_MIRROR,
    container: 'use ContainerAppServing.app({ command, args, port, healthRoute })',
    requestTimeoutSeconds: 'Container Apps wait four minutes for an answer: limit the time in the container',
    maxConcurrentRequestsPerInstance: 'use ContainerAppServing.app({ concurrencyPerReplica })',
    startupMinutes: 'use ContainerAppServing.app({ loadMinutes })',
  },
  'batch': {
    challenger: 'run a second ServingEndpoint with another version',
    rollout: NO_ROLLOUT,
    capture: 'inputs and answers of a run are in the data lake already',
    mirrorPercent: NO_ROLLOUT,
    publicNetworkAccess: NO_ENDPOINT,
    endpointName: NO_ENDPOINT,
    container: 'use AzureMlServing.batch({ command })',
    startupMinutes: NO_ENDPOINT,
    requestTimeoutSeconds: NO_ENDPOINT,
    maxConcurrentRequestsPerInstance: NO_ENDPOINT,
    maxErrorPercent: 'there is no rollout to turn back',
    maxLatencyP99Ms: 'there is no rollout to turn back',
  },
};

/** Refuses what the mode, or Azure, cannot do. */
export function checkChoices(who: Speaker, serving: Serving, choices: ServingEndpointProps): void {
  requireKnown(
    who,
    { ...choices, serving, model: undefined, data: undefined, workspace: undefined },
    'maxErrorPercent',
    'maxLatencyP99Ms',
  );
  const cannot =
    CANNOT[serving.mode] ??
    refuseBecause(
      who,
      `serving mode ${serving.mode} is not known on Azure: use Serving.realTime, Serving.serverless or Serving.batch`,
    );
  for (const [choice, reason] of Object.entries(cannot)) {
    if (choices[choice as keyof ServingEndpointProps] !== undefined) {
      refuseBecause(who, `${choice} is not possible with ${serving.mode} serving: ${reason}`);
    }
  }
  requireMatch(
    who,
    'endpointName',
    choices.endpointName,
    /^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/,
    '3 to 32 letters, digits and hyphens, starting with a letter and not ending with a hyphen',
  );
  requireInteger(who, 'mirrorPercent', choices.mirrorPercent, 1, MOST_MIRRORED);
  requireInteger(who, 'requestTimeoutSeconds', choices.requestTimeoutSeconds, 1, 180);
  requireInteger(who, 'maxConcurrentRequestsPerInstance', choices.maxConcurrentRequestsPerInstance, 1, 1000);
  requireInteger(who, 'startupMinutes', choices.startupMinutes, 1, 120);
  checkContainer(who, choices);
  const { kind } = choices.model;
  const { challenger } = choices;
  if (challenger?.kind === 'shadow') {
    if (serving.mode !== 'real-time') {
      refuseBecause(who, `challenger shadow is not possible with ${serving.mode} serving: ${NO_MIRROR}`);
    }
    if (challenger.percent > MOST_MIRRORED) {
      refuse(
        who,
        'challenger.percent',
        challenger.percent,
        `at most ${MOST_MIRRORED} of a shadow on Azure, which copies half of the requests at most: Challenger.shadow(50)`,
      );
    }
  }
  if (challenger !== undefined && kind !== 'latest-approved') {
    refuseBecause(
      who,
      `challenger needs versions to compare, ModelSource.${kind} is one: use ModelSource.latestApproved`,
    );
  }
  if (kind === 'artifact' && choices.image !== undefined) {
    refuseBecause(who, 'image: an artifact names its own image: leave image out');
  }
}

/**
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints#test-the-deployment-with-mirrored-traffic
 */
const MOST_MIRRORED = 50;

function checkContainer(who: Speaker, { container, environment }: ServingEndpointProps): void {
  requireInteger(who, 'container.port', container?.port, 1, 65535);
  for (const route of ['scoringRoute', 'livenessRoute', 'readinessRoute'] as const) {
    requireMatch(who, `container.${route}`, container?.[route], /^\/[^\s]*$/, 'a path that starts with a slash');
  }
  checkVariables(who, 'environment', environment);
}

/** Variables that the library gives are its own. */
export function checkVariables(
  who: Speaker,
  prop: string,
  variables: { readonly [name: string]: string } | undefined,
): void {
  for (const name of Object.keys(variables ?? {})) {
    requireMatch(who, prop, name, /^[A-Za-z_][A-Za-z0-9_]*$/, 'names of variables: letters, digits and underscores');
    if (/^(MLOPS_VERB|AZUREML_)/.test(name)) {
      refuse(who, prop, name, 'names that neither the library nor Azure Machine Learning gives itself');
    }
  }
}
