import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { driftDefinition } from './drift-definition';
import { DriftMetrics } from './drift-metrics';
import { grantRetraining, memoryOf, RetrainPlan } from './drift-retraining';
import { hoursBetweenRuns } from './drift-window';
import { ResolvedRetraining } from '../../../core/private/resolve/retraining';
import { speakerFor } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IModelRegistry } from '../../model-registry-props';
import { ServiceAccount } from '../../service-account';
import { grantConnections } from '../base/connections';
import { Machine, machineSpec } from '../base/machines';
import { grantInProject } from '../base/project-roles';
import { startAt } from '../base/schedule';
import { vertexHost, vertexParent } from '../base/vertex-api';
import { newWorkflow } from '../base/workflow';
import { capturedTable } from '../data/captured-table';

/** The pipeline that a drift run starts, and when. */
export interface DriftRetraining extends ResolvedRetraining {
  readonly training: { readonly workflowId: string; readonly workflowName: string; readonly startTopicId: string };
}

/** What the drift workflow is made of. */
export interface DriftSettings {
  readonly data: IDataLake;
  readonly registry: IModelRegistry;
  readonly endpoint: { readonly mode: string; readonly endpointId: string; readonly captureTable: string };
  readonly imageUri: string;
  readonly schedule: Schedule;
  /** Prefix of the raw store where labels arrive; undefined when they never do. */
  readonly labelsPrefix?: string;
  readonly metrics: DriftMetrics;
  readonly featureMetrics: boolean;
  readonly machine: Machine;
  readonly diskGiB: number;
  readonly timeoutMinutes: number;
  readonly network?: string;
  /** Days that the window of the quality lies before that of drift. */
  readonly labelDelayDays: number;
  /** What the image's verb is told of the intent. */
  readonly environment: { readonly [name: string]: string };
  /** Systems that the job uses. */
  readonly connections: readonly IConnection[];
  readonly retrain?: DriftRetraining;
  readonly needs: { readonly fqn: string }[];
}

/** What it became. */
export interface DriftWorkflow {
  readonly workflow: WorkflowsWorkflow;
  readonly jobAccount: ServiceAccount;
}

/**
 * At the times of the schedule, the image's `monitor` verb runs on what was captured since the last time, and its
 * numbers become metrics.
 *
 * Two identities: the workflow's reads the registry and exports the captured table; the job's sees files only, and
 * writes reports.
 *
 * Children of `scope`: `Runner`, `Job`, `CaptureReader`, `Workflow`, `Schedule`; `RetrainPublisher` and `RetrainMemory`
 * where a run may start trainings.
 */
export function newDriftWorkflow(scope: Construct, settings: DriftSettings): DriftWorkflow {
  const { data, registry, endpoint, labelsPrefix, schedule } = settings;
  const project = GoogleProject.of(scope);
  const { projectId, region } = project;
  const runner = new ServiceAccount(scope, 'Runner', { displayName: `Drift runs of ${scope.node.path}` });
  const jobAccount = new ServiceAccount(scope, 'Job', { displayName: `Jobs of the drift runs of ${scope.node.path}` });

  const jobMay = Grant.all([
    data.grantRead(jobAccount, 'training/'),
    data.grantRead(jobAccount, 'capture/drift/'),
    data.grantReadWrite(jobAccount, 'drift/'),
    ...(labelsPrefix === undefined ? [] : [data.grantRead(jobAccount, labelsPrefix)]),
    registry.grantPullImages(jobAccount),
    grantInProject(scope, jobAccount, 'logging.logWriter'),
    ...grantConnections(settings.connections, jobAccount),
  ]);
  const runnerMay = Grant.all([
    registry.grantRead(runner),
    // Jobs have no resource of their own that a smaller grant could be given on.
    grantInProject(scope, runner, 'aiplatform.user'),
    grantInProject(scope, runner, 'bigquery.jobUser'),
    grantInProject(scope, runner, 'monitoring.metricWriter'),
    data.grantRead(runner, 'training/'),
    data.grantReadWrite(runner, 'capture/drift/'),
    data.grantRead(runner, 'drift/'),
    jobAccount.grantActAs(runner),
  ]);
  const retrain = settings.retrain && retrainPlan(settings.retrain, registry.isApprovalAutomatic);
  const mayRetrain = retrain && grantRetraining(scope, runner, retrain, data.artifactBucketName);
  const mayReadCapture = new BigqueryTableIamMember(scope, 'CaptureReader', {
    ...capturedTable(speakerFor('drift', scope), 'captureTable', endpoint.captureTable),
    role: 'roles/bigquery.dataViewer',
    member: runner.member,
  });

  const workflow = newWorkflow(scope, 'Workflow', {
    description: `Compares what ${endpoint.endpointId} was asked with what its model was trained on`,
    definition: driftDefinition({
      host: vertexHost(scope),
      parent: vertexParent(scope),
      projectId,
      region,
      mode: endpoint.mode,
      endpointId: endpoint.endpointId,
      modelId: registry.modelId,
      modelName: registry.modelName,
      modelResourceName: registry.modelResourceName,
      captureTable: endpoint.captureTable,
      artifactBucket: data.artifactBucketName,
      labels: labelsPrefix === undefined ? undefined : { bucket: data.rawBucketName, prefix: labelsPrefix },
      windowHours: hoursBetweenRuns(schedule),
      metrics: settings.metrics,
      featureMetrics: settings.featureMetrics,
      imageUri: settings.imageUri,
      machine: machineSpec(settings.machine),
      diskGiB: settings.diskGiB,
      timeoutMinutes: settings.timeoutMinutes,
      labelDelayDays: settings.labelDelayDays,
      environment: settings.environment,
      jobAccount: jobAccount.email,
      network: settings.network,
      keyId: data.encryptionKey.keyId,
      retrain,
    }),
    runsAs: runner,
    encryptionKey: data.encryptionKey,
    needs: [
      project._api('aiplatform', 'bigquery', 'monitoring'),
      jobMay,
      runnerMay,
      mayReadCapture,
      mayRetrain,
      data.encryptionKey.grantServiceAgent('aiplatform'),
      ...settings.needs,
    ],
  });
  startAt(scope, 'Schedule', schedule, workflow, {});
  return { workflow, jobAccount };
}

function retrainPlan({ training, ...wish }: DriftRetraining, isApprovalAutomatic: boolean): RetrainPlan {
  const { workflowId, workflowName, startTopicId } = training;
  return { ...wish, workflowId, startTopicId, memory: memoryOf(workflowName), isApprovalManual: !isApprovalAutomatic };
}
