import { Cloud } from '../../../core/parity';
import { requireKnown } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { RealTimeServing, Serving } from '../../../core/serving';
import { ServingEndpointProps } from '../../serving-endpoint-props';

const NO_VERTEX_MACHINES =
  'Cloud Run takes no machines of Vertex AI: use Serving.realTime, or CloudRunServing.service for CPUs and a GPU';
const NO_ROLLOUT = 'each run takes the version that is approved then';

/** What a mode cannot have, and why. */
const CANNOT: { readonly [mode: string]: { readonly [choice in keyof ServingEndpointProps]?: string } } = {
  'real-time': {},
  'serverless': {
    capture: 'Cloud Run records no requests: use Serving.realTime',
    access: 'a Cloud Run service says from where it is reached with CloudRunServing.service({ ingress })',
    machineType: NO_VERTEX_MACHINES,
    tpuTopology: NO_VERTEX_MACHINES,
    capacity: NO_VERTEX_MACHINES,
    accessLogging: 'Cloud Run logs every request anyway: leave it out',
  },
  'batch': {
    challenger: 'run a second ServingEndpoint with another version',
    rollout: NO_ROLLOUT,
    capture: 'inputs and answers of a run are in the data lake already',
    access: 'there is no endpoint',
    accessLogging: 'there is no endpoint',
    maxErrorPercent: 'there is no rollout to turn back',
    maxLatencyP99Ms: 'there is no rollout to turn back',
  },
};

/** Refuses what the mode, or Google Cloud, cannot do. */
export function checkChoices(who: Speaker, serving: Serving, choices: ServingEndpointProps): void {
  requireTexts(who, choices, { machineType: 'text?', tpuTopology: 'text?' });
  requireKnown(
    who,
    { ...choices, serving },
    'maxErrorPercent',
    'maxLatencyP99Ms',
    'serving.batchSize',
    ...passedScaling(serving),
  );
  const cannot =
    CANNOT[serving.mode] ??
    refuseBecause(
      who,
      `serving mode ${serving.mode} is not known on Google Cloud: use Serving.realTime, Serving.serverless or Serving.batch`,
    );
  for (const [choice, reason] of Object.entries(cannot)) {
    if (choices[choice as keyof ServingEndpointProps] !== undefined) {
      refuseBecause(who, `${choice} is not possible with ${serving.mode} serving: ${reason}`);
    }
  }
  const { kind } = choices.model;
  if (choices.challenger?.kind === 'shadow') {
    refuseBecause(
      who,
      `challenger shadow is refused on ${Cloud.GCP}: Vertex AI copies no requests: use Challenger.abTest with a small share, or predict recorded requests with a batch endpoint`,
    );
  }
  if (choices.challenger !== undefined && kind !== 'latest-approved') {
    refuseBecause(
      who,
      `challenger needs versions to compare, ModelSource.${kind} is one: use ModelSource.latestApproved`,
    );
  }
  if (serving.mode === 'serverless' && kind !== 'artifact' && choices.image === undefined) {
    refuseBecause(who, 'serverless serving needs the image of the service: set image');
  }
  const vertexOnly =
    serving.mode === 'serverless'
      ? (['container', 'environment'] as const).find((each) => choices.model._artifact?.[each] !== undefined)
      : undefined;
  if (vertexOnly !== undefined) {
    refuseBecause(
      who,
      `model.${vertexOnly} is how Vertex AI runs the image: a Cloud Run service is run as CloudRunServing.service says`,
    );
  }
  if (kind === 'artifact' && choices.image !== undefined) {
    refuseBecause(who, 'image: an artifact names its own image: leave image out');
  }
}

/** How many replicas reach Vertex AI as they are, unless the most are twice the fewest. */
function passedScaling(serving: Serving): string[] {
  const hasMost =
    serving.mode === 'real-time' && (serving as RealTimeServing).options.scaling?.maxReplicas !== undefined;
  return ['serving.scaling.target', ...(hasMost ? ['serving.scaling.minReplicas', 'serving.scaling.maxReplicas'] : [])];
}
