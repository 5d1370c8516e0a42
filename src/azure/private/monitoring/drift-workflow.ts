import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { driftDefinition } from './drift-definition';
import { RetrainPlan } from './drift-plan';
import { memoryOf } from './drift-retraining';
import { hoursBetweenRuns } from './drift-window';
import { OwnMetrics } from './own-metrics';
import { ResolvedRetraining } from '../../../core/private/resolve/retraining';
import { Speaker } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { ManagedIdentity } from '../../managed-identity';
import { IModelRegistry } from '../../model-registry-props';
import { ITrainingPipeline } from '../../training-pipeline-props';
import { IWorkspace } from '../../workspace-props';
import { newCluster } from '../base/compute-cluster';
import { connectedEnvironment, grantConnections } from '../base/connections';
import { grantRole } from '../base/grants';
import { grantEnvironments, jobEnvironment } from '../base/job-environment';
import { azureName } from '../base/names';
import { grantPull, ImageRegistry } from '../base/pulls';
import { grantSend, grantTake, newQueue, Queue } from '../base/queue';
import { newWorkflow, Workflow } from '../base/workflow';
import { insist } from '../base/workflow-control';
import { recurrence } from '../base/workflow-recurrence';
import { store } from '../base/workflow-storage';
import { Delivery, inbox } from '../base/workflow-triggers';

/** What the drift workflow is made of. */
export interface DriftSettings {
  readonly who: Speaker;
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
  readonly registry: IModelRegistry;
  readonly endpoint: { readonly endpointId: string; readonly endpointName: string; readonly captureFolder: string };
  readonly imageUri: string;
  /** Its registry, where that is neither the workspace's nor the model's. */
  readonly images?: ImageRegistry;
  readonly schedule: Schedule;
  /** Folder of the raw container where labels arrive; undefined when they never do. */
  readonly labelsPrefix?: string;
  readonly own: OwnMetrics;
  readonly qualityMetrics: readonly string[];
  readonly featureMetrics: boolean;
  readonly vmSize: string;
  readonly timeoutMinutes: number;
  readonly command: string;
  /** What the image's verb is told of the intent. */
  readonly variables: { readonly [name: string]: string };
  readonly connections?: readonly IConnection[];
  readonly retraining?: ResolvedRetraining & { readonly training: ITrainingPipeline };
  readonly needs: readonly (ITerraformDependable | Grant | undefined)[];
}

/** What it became. */
export interface DriftWorkflow {
  readonly workflow: Workflow;
  readonly schedule: Workflow;
  /** Its messages start a run. */
  readonly queue: Queue;
  readonly jobIdentity: ManagedIdentity;
}

/**
 * At the times of the schedule, the image's `monitor` verb runs on what was captured since the last time, and its
 * numbers become metrics.
 *
 * Two identities: the workflow's reads the endpoint and the registry and submits the job; the job's sees files only,
 * and writes reports.
 *
 * Children of `scope`: `Runner`, `Job`, `EnvironmentCreator`, `Cluster`, `Start`, `Workflow`, `Schedule`.
 */
export function newDriftWorkflow(scope: Construct, settings: DriftSettings): DriftWorkflow {
  const { who, data, workspace, registry, endpoint, labelsPrefix, schedule, own } = settings;
  const runner = new ManagedIdentity(scope, 'Runner');
  const jobIdentity = new ManagedIdentity(scope, 'Job');
  const queue = newQueue(scope, 'Start', data);
  const folder = `${endpoint.captureFolder}/`;

  const jobMay = Grant.all([
    workspace.grantRunAs(jobIdentity),
    registry.grantPullImages(jobIdentity),
    ...grantConnections(settings.connections, jobIdentity),
    ...(settings.images === undefined ? [] : [grantPull(scope, settings.images, jobIdentity)]),
    data.grantReadArtifacts(jobIdentity, 'training/'),
    data.grantWriteArtifacts(jobIdentity, 'drift/'),
    data.grantReadCaptured(jobIdentity, folder),
    ...(labelsPrefix === undefined ? [] : [data.grantReadRaw(jobIdentity, labelsPrefix)]),
  ]);
  const runnerMay = Grant.all([
    workspace.grantRunJobs(runner),
    registry.grantRead(runner),
    grantEnvironments(scope, workspace.workspaceId, runner),
    grantRole(scope, runner, 'read endpoint', {
      scope: endpoint.endpointId,
      role: 'reader',
      description: 'Reads which version is live',
    }),
    grantRole(scope, runner, 'write metrics', {
      scope: workspace.workspaceId,
      role: 'monitoringMetricsPublisher',
      description: 'Writes metrics of drift',
    }),
    data.grantReadArtifacts(runner, 'training/'),
    data.grantReadArtifacts(runner, 'drift/'),
    data.grantReadCaptured(runner, folder),
    ...(labelsPrefix === undefined ? [] : [data.grantReadRaw(runner, labelsPrefix)]),
    grantTake(scope, queue, runner),
    grantSend(scope, queue, runner),
  ]);
  const retrain = settings.retraining && retrainPlan(settings.retraining, registry.isApprovalAutomatic);
  const mayRetrain =
    settings.retraining &&
    Grant.all([
      settings.retraining.training.grantStart(runner),
      grantRole(scope, runner, 'read trainings', {
        scope: settings.retraining.training.workflowId,
        role: 'reader',
        description: 'Reads whether a training runs',
      }),
      data.grantWriteArtifacts(runner, 'retraining/'),
    ]);

  // An empty cluster costs nothing. Its jobs run as its identity, which those of serverless compute cannot.
  const cluster = newCluster(scope, 'Cluster', {
    workspace,
    vmSize: settings.vmSize,
    maxNodeCount: 1,
    identity: jobIdentity,
    needs: [jobMay],
  });
  const environment = jobEnvironment(
    'Environment',
    workspace.workspaceId,
    azureName(scope, 'mlAsset', 'Environment'),
    settings.imageUri,
  );
  const { variables, actions } = driftDefinition({
    own,
    endpointId: endpoint.endpointId,
    modelName: registry.modelName,
    modelContainerId: registry.modelContainerId,
    blobEndpoint: `${data.blobEndpoint}/`,
    artifactContainer: data.artifactContainer,
    capturedContainer: data.capturedContainer,
    rawContainer: data.rawContainer,
    datastores: { raw: workspace.rawDatastore, artifacts: workspace.artifactDatastore, captured: workspace.capturedDatastore },
    captureFolder: endpoint.captureFolder,
    labelsPrefix,
    windowHours: hoursBetweenRuns(schedule),
    qualityMetrics: settings.qualityMetrics,
    featureMetrics: settings.featureMetrics,
    job: {
      workspaceId: workspace.workspaceId,
      location: workspace.location,
      isPrivate: workspace.isPrivate,
      environment,
      computeId: cluster.id,
      clientId: jobIdentity.clientId,
      command: settings.command,
      timeoutMinutes: settings.timeoutMinutes,
      variables: {
        ...settings.variables,
        ...connectedEnvironment(who, { ...settings, environment: {}, identity: jobIdentity }),
      },
    },
    retrain,
  });
  const workflow = newWorkflow(scope, 'Workflow', {
    description: `Compares what ${endpoint.endpointName} was asked with what its model was trained on`,
    errorCode: 'DriftFailed',
    runsAs: runner,
    trigger: inbox({ queueUrl: queue.queueUrl, delivery: Delivery.ONCE, everyMinutes: 5 }),
    variables,
    actions,
    needs: [jobMay, runnerMay, mayRetrain, cluster, ...settings.needs],
  });
  const scheduled = newWorkflow(scope, 'Schedule', {
    description: 'Starts a drift run at the times of its schedule',
    errorCode: 'DriftNotStarted',
    runsAs: runner,
    trigger: recurrence(who, schedule),
    actions: insist('Start', store.putMessage({ queueUrl: queue.queueUrl, message: {} })),
    needs: [jobMay, runnerMay, mayRetrain, ...settings.needs],
  });
  return { workflow, schedule: scheduled, queue, jobIdentity };
}

type Retraining = NonNullable<DriftSettings['retraining']>;

function retrainPlan({ training, ...wish }: Retraining, isApprovalAutomatic: boolean): RetrainPlan {
  const { workflowId, workflowName, startQueueUrl } = training;
  return { ...wish, workflowId, startQueueUrl, memory: memoryOf(workflowName), isApprovalManual: !isApprovalAutomatic };
}
