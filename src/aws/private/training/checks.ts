import { PARAMETER } from './steps';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { requireTrainedHere } from '../../../core/private/resolve/registry';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { TrainingPipelineProps } from '../../training-pipeline-props';
import { LONGEST_VALUE, requireEnvironment, requireInstanceType } from '../base/fields';
import { instanceFacts } from '../base/machines';

/** Whether a training that is tried again goes on where it was. */
export function keepsCheckpoints({
  checkpoints,
  capacity,
}: Pick<TrainingPipelineProps, 'checkpoints' | 'capacity'>): boolean {
  return checkpoints ?? capacity?.kind === 'spot';
}

/** Why nothing may trigger a pipeline whose steps are cached. */
export const CACHE_WITH_TRIGGERS =
  'cacheExpiry cannot be together with triggers: the cache compares addresses, not data, so a triggered run would train nothing';

/** What SageMaker, or common sense, would refuse later. */
export function checkTraining(who: Speaker, props: TrainingPipelineProps): void {
  requireTrainedHere(who, props.registry);
  if (props.cacheExpiry?.isUnresolved()) {
    refuseBecause(who, 'cacheExpiry must be known at synthesis: the pipeline names it in days, hours and minutes');
  }
  requireMatch(
    who,
    'pipelineName',
    props.pipelineName,
    /^(?=.{1,63}$)[a-z0-9](-?[a-z0-9])*$/,
    'lower-case letters, digits and single hyphens, at most 63',
  );
  if (props.pipelineName === 'notebooks') {
    refuse(
      who,
      'pipelineName',
      props.pipelineName,
      "another name: below training/notebooks/ people write, and a pipeline's files are its own",
    );
  }
  requireObjectFolder(who, 'datasetPrefix', props.datasetPrefix, 'dataset/');
  requireInteger(who, 'processingVolumeGiB', props.processingVolumeGiB, 1, 16384);
  requireInteger(who, 'maxParallelExecutionSteps', props.maxParallelExecutionSteps, 1, 50);
  checkProcessingType(who, props.processingInstanceType, props.processingVolumeGiB ?? 30);
  checkHyperparameters(who, props.hyperparameters ?? {});
  checkNames(who, props);
  checkNetwork(who, props);
  checkCache(who, props);
}

function checkProcessingType(who: Speaker, instanceType: string | undefined, volumeGiB: number): void {
  requireInstanceType(who, 'processingInstanceType', instanceType, 'processing');
  const facts = instanceType === undefined ? undefined : instanceFacts(instanceType);
  if (facts === undefined) return;
  if (facts.localGb > 0 && volumeGiB > facts.localGb) {
    refuse(
      who,
      'processingVolumeGiB',
      volumeGiB,
      `at most ${facts.localGb} on ${instanceType}, which has disks of its own and no volume`,
    );
  }
}

function checkHyperparameters(who: Speaker, hyperparameters: { [name: string]: string }): void {
  const names = Object.keys(hyperparameters);
  if (names.length > 100) refuse(who, 'hyperparameters', `${names.length} names`, 'at most 100');
  for (const name of names) {
    if ((Object.values(PARAMETER) as string[]).includes(name)) {
      refuse(
        who,
        'hyperparameters',
        name,
        `named otherwise: ${Object.values(PARAMETER).join(', ')} are the pipeline's own parameters`,
      );
    }
  }
}

function checkNames(who: Speaker, props: TrainingPipelineProps): void {
  requireEnvironment(who, 'environment', props.environment, LONGEST_VALUE.job, 'MLOPS_');
  const metrics = Object.entries(props.metricDefinitions ?? {});
  if (metrics.length > 40) refuse(who, 'metricDefinitions', `${metrics.length} names`, 'at most 40');
  for (const [name, regex] of metrics) {
    requireMatch(who, `metricDefinitions.${name}`, regex, /^.{1,500}$/, 'a regular expression of 1 to 500 characters');
  }
  for (const prop of ['contentTypes', 'responseTypes'] as const) {
    if (props[prop]?.length === 0) refuse(who, prop, [], 'at least one content type');
  }
}

function checkNetwork(who: Speaker, props: TrainingPipelineProps): void {
  if (props.vpc === undefined) {
    const orphan = (['subnets', 'securityGroups', 'lustreInput'] as const).find((each) => props[each] !== undefined);
    if (orphan !== undefined) refuseBecause(who, `${orphan} needs a vpc`);
  }
  if (props.lustreInput === undefined) return;
  requireMatch(
    who,
    'lustreInput.directoryPath',
    props.lustreInput.directoryPath,
    /^\/[^/]+/,
    'an absolute path that begins with the mount name',
  );
  if (props.subnets !== undefined) {
    refuseBecause(
      who,
      "subnets and lustreInput.subnet cannot be together: jobs run in the file system's availability zone",
    );
  }
  if (props.prepare) {
    refuseBecause(
      who,
      'prepare and lustreInput cannot be together: training would read the file system and not what was prepared',
    );
  }
  if (props.inputMode !== undefined && props.inputMode !== 'File') {
    refuse(who, 'inputMode', props.inputMode, 'File with lustreInput, because a file system is mounted, not streamed');
  }
}

function checkCache(who: Speaker, props: TrainingPipelineProps): void {
  if (props.cacheExpiry === undefined) return;
  if ((props.triggers ?? []).length > 0) refuseBecause(who, CACHE_WITH_TRIGGERS);
  if (props.lustreInput !== undefined) {
    refuseBecause(who, 'cacheExpiry cannot be together with lustreInput: a changed file does not change its path');
  }
  if (keepsCheckpoints(props)) {
    refuseBecause(
      who,
      `cacheExpiry cannot be together with ${props.checkpoints ? 'checkpoints' : 'spot'}: each run has its own checkpoints, so no step is the same`,
    );
  }
}
