import { requireKnown, requireKnownText } from '../../../core/private/known-values';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { requireTrainedHere } from '../../../core/private/resolve/registry';
import { requireTexts } from '../../../core/private/texts';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { TrainingPipelineProps } from '../../training-pipeline-props';
import { checkContainer, checkVariables } from '../base/container-spec';
import { requirePlain } from '../base/plain-text';

/** What Vertex AI, or common sense, would refuse later. */
export function checkTraining(who: Speaker, props: TrainingPipelineProps): void {
  requireTrainedHere(who, props.registry);
  requireKnown(who, props, 'qualityGates');
  for (const { dataPrefix } of props.triggers ?? []) requireKnownText(who, 'triggers.dataPrefix', dataPrefix);
  requireDatasetPrefix(who, 'datasetPrefix', props.datasetPrefix);
  requireTexts(who, props, {
    machineType: 'text?',
    tpuTopology: 'text?',
    networkAttachment: 'text?',
    environment: 'named texts?',
    servingEnvironment: 'named texts?',
    tensorboard: 'text?',
    labels: 'named texts?',
  });
  if (props.processingCompute?.instanceCount !== undefined && props.processingCompute.instanceCount !== 1) {
    refuse(
      who,
      'processingCompute.instanceCount',
      props.processingCompute.instanceCount,
      '1: preparing and evaluating run on one machine',
    );
  }
  checkNames(who, props);
  checkNetwork(who, props);
  for (const [name, value] of Object.entries(props.template?.options.parameters ?? {})) {
    requirePlain(who, `template.parameters.${name}`, value);
  }
  if (props.template !== undefined) checkTemplate(who, props);
}

/** Refuses what is no folder of the raw bucket, or cannot stand in a condition of a permission. */
export function requireDatasetPrefix(who: Speaker, prop: string, prefix: string | undefined): void {
  requireKnownText(who, prop, prefix);
  requireMatch(
    who,
    prop,
    prefix,
    /^(?!gs:)[^/"\\$][^"\\$]*\/$/,
    "a prefix of the raw bucket like 'dataset/', without quotes, \\ and $",
  );
  requireObjectFolder(who, prop, prefix, 'dataset/');
}

function checkNames(who: Speaker, props: TrainingPipelineProps): void {
  for (const [name, value] of Object.entries(props.hyperparameters ?? {})) {
    requirePlain(who, `hyperparameters.${name}`, value);
  }
  for (const prop of ['environment', 'servingEnvironment'] as const) checkVariables(who, prop, props[prop]);
  checkContainer(who, 'servingContainer', props.servingContainer ?? {});
  for (const [key, value] of Object.entries(props.labels ?? {})) {
    requireMatch(
      who,
      'labels',
      key,
      /^(?!(run|step|model)$)[a-z][a-z0-9_-]{0,62}$/,
      'keys of lower-case letters, digits, _ and -, at most 63, and not run, step or model',
    );
    requireMatch(who, `labels.${key}`, value, /^[a-z0-9_-]{0,63}$/, 'lower-case letters, digits, _ and -, at most 63');
  }
}

function checkNetwork(who: Speaker, props: TrainingPipelineProps): void {
  if (props.network !== undefined && props.networkAttachment !== undefined) {
    refuseBecause(
      who,
      'network and networkAttachment are two ways into a network, peering and Private Service Connect: leave one out',
    );
  }
  requireMatch(
    who,
    'networkAttachment',
    props.networkAttachment,
    /^projects\/[^/]+\/regions\/[^/]+\/networkAttachments\/[^/]+$/,
    'projects/<id>/regions/<region>/networkAttachments/<name>',
  );
  requireMatch(
    who,
    'tensorboard',
    props.tensorboard,
    /^projects\/[^/]+\/locations\/[^/]+\/tensorboards\/[^/]+$/,
    'projects/<id>/locations/<region>/tensorboards/<number>',
  );
}

/** A template says itself what it runs on. */
function checkTemplate(who: Speaker, props: TrainingPipelineProps): void {
  const own = (
    [
      'compute',
      'capacity',
      'machineType',
      'prepare',
      'maxRuntimeHours',
      'retries',
      'environment',
      'connections',
      'tensorboard',
      'processingCompute',
      'maxProcessingHours',
    ] as const
  ).find((each) => props[each] !== undefined);
  if (own !== undefined) {
    refuseBecause(
      who,
      `${own} and template cannot be together: the pipeline's template says itself what its tasks run on`,
    );
  }
}
