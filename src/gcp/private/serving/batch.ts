import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { approvalDefinition, batchDefinition } from './batch-definition';
import { NativeMachines } from './plan';
import { ServedModel } from './source';
import { claimOutput, requireBatchFolders } from '../../../core/private/batch-folders';
import { resolvedBatch } from '../../../core/private/resolve/serving';
import { refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { warn } from '../../../terraform/annotations';
import { stableName } from '../../../terraform/names';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { ServiceAccount } from '../../service-account';
import { IServiceAccount } from '../../service-account-props';
import { VertexBatchServingOptions } from '../../vertex-serving-props';
import { machineNamed } from '../base/machine-named';
import { machineFor, machineSpec } from '../base/machines';
import { requirePlain } from '../base/plain-text';
import { grantInProject } from '../base/project-roles';
import { startAt } from '../base/schedule';
import { vertexHost, vertexParent } from '../base/vertex-api';
import { newWorkflow } from '../base/workflow';

/** What batch predictions are made of. */
export interface BatchParts {
  readonly options: VertexBatchServingOptions;
  readonly native: NativeMachines;
  readonly served: ServedModel;
  readonly data: IDataLake;
  /** The identity of the containers. */
  readonly runtime: IServiceAccount;
  /** Its right to use the connected systems. */
  readonly mayUse: readonly Grant[];
}

/** A workflow that predicts by schedule and, where approvals decide, one that remembers them. */
export function newBatch(
  scope: Construct,
  who: Speaker,
  { options, native, served, data, runtime, mayUse }: BatchParts,
): WorkflowsWorkflow {
  const { region } = GoogleProject.of(scope);
  const { schedule, inputPrefix, outputPrefix, instanceCount: replicas } = resolvedBatch(options);
  const { instancesFormat = 'jsonl', compute } = options;
  requirePlain(who, 'serving.inputPrefix', inputPrefix);
  requirePlain(who, 'serving.outputPrefix', outputPrefix);
  requireBatchFolders(who, { inputPrefix, outputPrefix });
  claimOutput(who, scope, data.artifactBucketName, outputPrefix);
  requireMatch(
    who,
    'serving.instancesFormat',
    options.instancesFormat,
    /^(jsonl|csv|tf-record|tf-record-gzip|file-list)$/,
    'jsonl, csv, tf-record, tf-record-gzip or file-list',
  );
  requireMatch(who, 'serving.predictionsFormat', options.predictionsFormat, /^(jsonl|csv)$/, 'jsonl or csv');
  requireInteger(who, 'serving.batchSize', options.batchSize, 1, 10_000);
  requireInteger(who, 'compute.instanceCount', replicas, 1, 1000);
  if (compute?.volumeGiB !== undefined) {
    refuseBecause(
      who,
      'compute.volumeGiB is not possible in batch mode: Vertex AI decides the disk of its machines, leave it out',
    );
  }
  if (native.capacity !== undefined) refuseBecause(who, 'capacity is not possible in batch mode: leave it out');
  const machine =
    native.machineType === undefined
      ? machineFor(who, compute, region, 'hosting')
      : machineNamed(
        who,
        { machineType: native.machineType, tpuTopology: native.tpuTopology },
        compute,
        region,
        'hosting',
      );
  if (machine.doubt !== undefined) warn(scope, `${who.what} '${who.name}': ${machine.doubt}`);

  const host = vertexHost(scope);
  const folderOfMemory = `serving/${stableName(scope, undefined, { maxLength: 63, separator: '-' })}/`;
  const memory = { bucketName: data.artifactBucketName, objectName: `${folderOfMemory}approved.json` };
  const runsAs = new ServiceAccount(scope, 'BatchAccount', {
    displayName: `Starts batch predictions of ${scope.node.path}`,
  });
  const glob = `${inputPrefix}**.${EXTENSIONS[instancesFormat]}`;
  const batch = newWorkflow(scope, 'Batch', {
    description: `Predicts for the files below ${inputPrefix} with ${served.name}`,
    runsAs,
    encryptionKey: data.encryptionKey,
    definition: batchDefinition({
      host,
      parent: vertexParent(scope),
      approved: served.registry && { memory, model: served.model },
      declared: declaredModel(served),
      input: { bucketName: data.rawBucketName, glob },
      job: {
        displayName: scope.node.path.slice(-90),
        inputConfig: {
          instancesFormat,
          gcsSource: { uris: [`gs://${data.rawBucketName}/${inputPrefix}*.${EXTENSIONS[instancesFormat]}`] },
        },
        outputConfig: {
          predictionsFormat: options.predictionsFormat ?? 'jsonl',
          gcsDestination: { outputUriPrefix: `gs://${data.artifactBucketName}/${outputPrefix}` },
        },
        dedicatedResources: {
          machineSpec: machineSpec(machine),
          startingReplicaCount: replicas,
          maxReplicaCount: replicas,
        },
        serviceAccount: runtime.email,
        encryptionSpec: { kmsKeyName: data.encryptionKey.keyId },
        ...(options.batchSize === undefined ? {} : { manualBatchTuningParameters: { batchSize: options.batchSize } }),
      },
    }),
    needs: [
      grantInProject(scope, runsAs, 'aiplatform.user'),
      runtime.grantActAs(runsAs),
      data.grantRead(runsAs, inputPrefix),
      data.grantRead(runsAs, folderOfMemory),
      data.grantRead(runtime, 'training/'),
      grantInProject(scope, runtime, 'logging.logWriter'),
      ...mayUse,
    ],
  });
  startAt(scope, 'Schedule', schedule, batch, {});
  if (served.registry !== undefined) {
    const approver = new ServiceAccount(scope, 'RolloutAccount', {
      displayName: `Takes approvals for ${scope.node.path}`,
    });
    served.start(
      newWorkflow(scope, 'Rollout', {
        description: `Makes approved versions predict for ${scope.node.path}`,
        runsAs: approver,
        encryptionKey: data.encryptionKey,
        definition: approvalDefinition({ host, model: served.model, read: served.read, memory }),
        needs: [
          grantInProject(scope, approver, 'aiplatform.user'),
          grantInProject(scope, approver, 'workflows.viewer'),
          data.grantReadWrite(approver, folderOfMemory),
        ],
      }),
    );
  }
  return batch;
}

const EXTENSIONS: { readonly [format: string]: string } = {
  'jsonl': 'jsonl', 'csv': 'csv', 'tf-record': 'tfrecord', 'tf-record-gzip': 'tfrecord.gz', 'file-list': 'txt',
};

function declaredModel({ model, version, artifact }: ServedModel): { readonly [key: string]: unknown } {
  if (version !== undefined) return { model: `${model}@${version}` };
  if (artifact === undefined) return {};
  return { unmanagedContainerModel: { artifactUri: artifact.artifactUri, containerSpec: artifact.containerSpec } };
}
