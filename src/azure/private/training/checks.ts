import { Cloud, Parity } from '../../../core/parity';
import { requireKnown, requireKnownText } from '../../../core/private/known-values';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { requireTrainedHere } from '../../../core/private/resolve/registry';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { TrainingPipelineProps } from '../../training-pipeline-props';

/** What Azure ML, or common sense, would refuse later. */
export function checkTraining(who: Speaker, props: TrainingPipelineProps): void {
  requireTrainedHere(who, props.registry);
  requireSameWorkspace(who, props);
  requireKnown(who, props, 'qualityGates');
  for (const { dataPrefix } of props.triggers ?? []) requireKnownText(who, 'triggers.dataPrefix', dataPrefix);
  requireDatasetPrefix(who, 'datasetPrefix', props.datasetPrefix);
  for (const prop of ['compute', 'processingCompute'] as const) {
    Parity._refuse(who, 'ComputeSpec', Cloud.AZURE, props[prop] ?? {});
  }
  if (props.processingCompute?.instanceCount !== undefined && props.processingCompute.instanceCount !== 1) {
    refuse(
      who,
      'processingCompute.instanceCount',
      props.processingCompute.instanceCount,
      '1: preparing and evaluating run on one machine',
    );
  }
  checkContainer(who, props);
  checkTarget(who, props);
  checkTags(who, props.tags ?? {});
}

/** Versions name folders of the datastores of their own workspace. */
function requireSameWorkspace(who: Speaker, { registry, workspace }: TrainingPipelineProps): void {
  const ids = [registry.workspaceId, workspace.workspaceId];
  if (ids.some((each) => Token.isUnresolved(each)) || ids[0].toLowerCase() === ids[1].toLowerCase()) return;
  refuse(who, 'registry', ids[0], `one of the workspace that trains, ${ids[1]}`);
}

/** Refuses what is no folder of the raw data, or cannot stand in a condition of a permission or in an address. */
export function requireDatasetPrefix(who: Speaker, prop: string, prefix: string | undefined): void {
  requireKnownText(who, prop, prefix);
  requireMatch(
    who,
    prop,
    prefix,
    /^([^/'"\\$?#%{}\x00-\x1f]+\/)+$/,
    'a folder like dataset/, without quotation marks, braces, \\, $, ?, # and %',
  );
  requireObjectFolder(who, prop, prefix, 'dataset/');
}

/** Names that Azure ML gives to variables itself. */
const RESERVED_VARIABLE =
  /^(?!(MLOPS_|AZUREML_|AZ_|AZURE_ML_)|(RANK|WORLD_SIZE|LOCAL_RANK|NODE_RANK|MASTER_ADDR|MASTER_PORT|TF_CONFIG|MLFLOW_RUN_ID)$)[A-Za-z_][A-Za-z0-9_]*$/;

/** Arguments of `docker run` that open the machine to the container. */
const OPENING =
  /(^|\s)(--privileged|--(net|network|pid|ipc|uts|userns|cgroupns)[= ]+host|-v|--volume|--volumes-from|--mount|--device|--cap-add|--security-opt)\b/;

function checkContainer(who: Speaker, props: TrainingPipelineProps): void {
  for (const name of Object.keys(props.environment ?? {})) {
    requireMatch(
      who,
      'environment',
      name,
      RESERVED_VARIABLE,
      'named with letters, digits and _, and not by a name of the library (MLOPS_…) or of Azure ML (AZUREML_…, AZ_…, RANK …)',
    );
  }
  requireMatch(who, 'command', props.command, /^(?=.*\w)[^\n\r]+$/, 'a command of one line like python main.py');
  if (props.command?.includes('${{')) {
    refuse(who, 'command', props.command, 'without ${{, because the folders are in variables like MLOPS_INPUT_DIR');
  }
  requireMatch(who, 'shmSize', props.shmSize, /^\d+[bkmg]$/i, 'a size like 16g');
  requireMatch(who, 'dockerArgs', props.dockerArgs, /^(?=.*\S)[^\n\r]+$/, 'arguments of docker run');
  if (props.dockerArgs !== undefined && OPENING.test(props.dockerArgs)) {
    refuse(
      who,
      'dockerArgs',
      props.dockerArgs,
      'without what opens the machine to the container: --privileged, host namespaces, volumes, devices, capabilities',
    );
  }
}

function checkTarget(who: Speaker, { computeTarget, jobIdentity, workspace }: TrainingPipelineProps): void {
  if (computeTarget === undefined) return;
  if (computeTarget.kind !== 'cluster' && jobIdentity === undefined) {
    const where = computeTarget.kind === 'existing' ? 'among those of the compute' : 'one of the workspace';
    refuseBecause(who, `ComputeTarget.${computeTarget.kind}() needs a jobIdentity that is ${where}: jobs run as it`);
  }
  if (computeTarget._cluster?.subnetId !== undefined && workspace.hasManagedNetwork) {
    refuseBecause(
      who,
      'computeTarget.subnetId is not for a workspace with a managed network, whose machines are in that: leave it out, or give the workspace ManagedNetwork.disabled()',
    );
  }
}

function checkTags(who: Speaker, tags: { readonly [key: string]: string }): void {
  for (const [key, value] of Object.entries(tags)) {
    requireMatch(who, 'tags', key, /^(?!mlops_|metric\.|model$)[A-Za-z][\w.-]{0,127}$/,
      'named with letters, digits, _, . and -, at most 128, and not model, mlops_… or metric.…');
    if (typeof value !== 'string' || value.length > 256) {
      refuse(who, `tags.${key}`, value, 'text of at most 256 characters');
    }
  }
}
