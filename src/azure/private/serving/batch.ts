import { Construct } from 'constructs';
import { APPROVAL_VARIABLES, approvalActions, batchWork } from './batch-definition';
import { ServingParts } from './runtime';
import { claimOutput, requireBatchFolders } from '../../../core/private/batch-folders';
import { resolvedBatch } from '../../../core/private/resolve/serving';
import { refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { Serving } from '../../../core/serving';
import { warn } from '../../../terraform/annotations';
import { AzureMlBatchOptions } from '../../azure-ml-serving-props';
import { ManagedIdentity } from '../../managed-identity';
import { newCluster } from '../base/compute-cluster';
import { customRole, grantRole } from '../base/grants';
import { grantEnvironments } from '../base/job-environment';
import { Machine, machineFor, machineNamed } from '../base/machines';
import { azureName } from '../base/names';
import { grantHold } from '../base/queue';
import { newWorkflow, Workflow } from '../base/workflow';
import { recurrence } from '../base/workflow-recurrence';
import { Delivery, inbox } from '../base/workflow-triggers';

/** A workflow that predicts by schedule and, where approvals decide, one that remembers them. */
export function newBatch(scope: Construct, parts: ServingParts): Workflow {
  const { who, serving, served, props, runsAs: jobs, mayRun } = parts;
  const { options } = serving as Serving & { readonly options: AzureMlBatchOptions };
  const { data, workspace } = props;
  const { schedule, inputPrefix, outputPrefix, instanceCount } = resolvedBatch(options);
  check(who, options);
  requireBatchFolders(who, { inputPrefix, outputPrefix });
  claimOutput(who, scope, `${data.storeAccountName}/${data.artifactContainer}`, outputPrefix);
  const machine = machineOf(scope, who, options, props.instanceType);
  const maxSeconds = (options.maxRuntimeHours ?? 24) * 3600;

  const folder = `serving/${azureName(scope, 'resource')}/`;
  const memory = {
    endpoint: `${data.blobEndpoint}/`,
    container: data.artifactContainer,
    name: `${folder}approved.json`,
  };
  const mayPredict = [
    mayRun,
    data.grantReadRaw(jobs, inputPrefix),
    data.grantWriteArtifacts(jobs, outputPrefix),
    data.grantWriteArtifacts(jobs, `${folder}failures/`),
  ];
  const target = options.computeTarget;
  const cluster = (target?.kind ?? 'cluster') === 'cluster' ? newCluster(scope, 'Machines', {
    workspace,
    vmSize: machine!.vmSize,
    maxNodeCount: target?._cluster?.maxNodeCount ?? instanceCount,
    idleSeconds: target?._cluster?.idleSeconds,
    subnetId: target?._cluster?.subnetId,
    identity: jobs,
    needs: mayPredict,
  }) : undefined;

  const runsAs = new ManagedIdentity(scope, 'BatchIdentity');
  const environmentName = azureName(scope, 'mlAsset', 'batch');
  const work = batchWork({
    workspaceId: workspace.workspaceId,
    location: workspace.location,
    modelContainerId: served.modelContainerId,
    memory: served.registry && memory,
    version: served.version,
    artifact: served.artifact,
    defaultImage: served.defaultImage,
    environmentName,
    input: { endpoint: `${data.blobEndpoint}/`, container: data.rawContainer, prefix: inputPrefix },
    inputs: { rows: { jobInputType: 'uri_folder', mode: 'ReadOnlyMount', uri: `azureml://datastores/${workspace.rawDatastore}/paths/${inputPrefix}` } },
    outputFolderUri: `azureml://datastores/${workspace.artifactDatastore}/paths/${outputPrefix}`,
    maxSeconds,
    isPrivate: workspace.isPrivate,
    failures: {
      datastore: workspace.artifactDatastore,
      endpoint: memory.endpoint,
      container: memory.container,
      folder: folder.slice(0, -1),
    },
    job: {
      jobType: 'Command',
      displayName: `Predicts for ${inputPrefix} with ${served.name}`.slice(0, 255),
      experimentName: `${served.name}-batch`,
      computeId: cluster?.id ?? target?.computeId,
      identity: { identityType: 'Managed', clientId: jobs.clientId },
      command: commandLine(options),
      environmentVariables: { ...served.artifact?.environment, ...props.environment, MLOPS_BATCH_ROWS: `${options.batchRows ?? 256}` },
      resources: { instanceCount, ...(target?.kind === 'serverless' ? { instanceType: machine!.vmSize } : {}) },
      ...(target?.jobTier === undefined ? {} : { queueSettings: { jobTier: target.jobTier } }),
      ...(instanceCount === 1 ? {} : { distribution: { distributionType: 'PyTorch', processCountPerInstance: 1 } }),
      limits: { jobLimitsType: 'Command', timeout: `PT${maxSeconds}S` },
      isArchived: false,
    },
  });
  const reader = customRole(scope, 'BatchRole', {
    title: 'Reads versions of models',
    actions: ['Microsoft.MachineLearningServices/workspaces/models/read', 'Microsoft.MachineLearningServices/workspaces/models/versions/read'],
  });
  const batch = newWorkflow(scope, 'Batch', {
    description: `Predicts for the files below ${inputPrefix} with ${served.name}`,
    errorCode: 'BatchFailed',
    runsAs,
    trigger: recurrence(who, schedule),
    ...work,
    needs: [
      cluster,
      ...mayPredict,
      workspace.grantRunJobs(runsAs),
      grantEnvironments(scope, workspace.workspaceId, runsAs),
      grantRole(scope, runsAs, 'batch', {
        scope: workspace.workspaceId,
        role: reader,
        description: 'Predicts with the version that is approved',
      }),
      data.grantReadRaw(runsAs, inputPrefix),
      data.grantReadArtifacts(runsAs, folder),
    ],
  });
  if (served.registry !== undefined) newApprovals(scope, parts, folder, memory);
  return batch;
}

/** Takes the approvals of a registry, one at a time. */
function newApprovals(
  scope: Construct,
  { served, props }: ServingParts,
  folder: string,
  memory: Parameters<typeof approvalActions>[0]['memory'],
): void {
  const { data, workspace } = props;
  const approver = new ManagedIdentity(scope, 'RolloutIdentity');
  const role = customRole(scope, 'ApprovalRole', {
    title: 'Tags versions of models as approved',
    actions: [
      'Microsoft.MachineLearningServices/workspaces/models/read',
      ...['read', 'write'].map((each) => `Microsoft.MachineLearningServices/workspaces/models/versions/${each}`),
    ],
  });
  newWorkflow(scope, 'Rollout', {
    description: `Makes approved versions predict for ${scope.node.path}`,
    errorCode: 'RolloutFailed',
    runsAs: approver,
    trigger: inbox({ queueUrl: served.inbox.queueUrl, delivery: Delivery.UNTIL_DONE, maxHours: 2 }),
    variables: APPROVAL_VARIABLES,
    actions: approvalActions({ modelContainerId: served.modelContainerId, memory }),
    needs: [
      grantHold(scope, { name: '', ...served.inbox }, approver),
      grantRole(scope, approver, 'approve', {
        scope: workspace.workspaceId,
        role,
        description: 'Approves versions for batch predictions',
      }),
      data.grantWriteArtifacts(approver, folder),
    ],
  });
}

/** Azure ML puts the folders into the command, and nowhere else. */
function commandLine({ command = 'python /opt/program/main.py' }: AzureMlBatchOptions): string {
  return `MLOPS_INPUT_DIR="\${{inputs.rows}}" MLOPS_MODEL_DIR="\${{inputs.model}}" MLOPS_OUTPUT_DIR="\${{outputs.answers}}" ${command} predict`;
}

function machineOf(
  scope: Construct, who: Speaker, { compute, computeTarget }: AzureMlBatchOptions, instanceType: string | undefined,
): Machine | undefined {
  if (computeTarget?.kind === 'existing') {
    if (instanceType !== undefined) {
      refuseBecause(who, 'instanceType and a compute that exists say the same thing twice: leave instanceType out');
    }
    return undefined;
  }
  const machine =
    instanceType === undefined
      ? machineFor(who, compute, 'training')
      : machineNamed(who, instanceType, compute, 'training', 'instanceType');
  if (machine.doubt !== undefined) warn(scope, `${who.what} '${who.name}': ${machine.doubt}`);
  return machine;
}

function check(who: Speaker, options: AzureMlBatchOptions): void {
  requireInteger(who, 'serving.batchRows', options.batchRows, 1, 100_000);
  requireInteger(who, 'serving.maxRuntimeHours', options.maxRuntimeHours, 1, 168);
  requireInteger(who, 'compute.instanceCount', options.compute?.instanceCount, 1, 100);
  requireMatch(
    who,
    'serving.command',
    options.command,
    /^(?!.*\$\{\{)\S.*\S$/,
    'a command line like python /opt/program/main.py, without ${{',
  );
  if (options.compute?.volumeGiB !== undefined) {
    refuseBecause(
      who,
      'compute.volumeGiB is not possible in batch mode: the size of a machine decides its disk, leave it out',
    );
  }
}
