import { Construct } from 'constructs';
import { IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { IExperimentTracker } from '../../experiment-tracker-props';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { IModelRegistry } from '../../model-registry-props';
import { IWorkspace } from '../../workspace-props';
import { grantConnections } from '../base/connections';
import { grantEnvironments } from '../base/job-environment';
import { grantTake, Queue } from '../base/queue';

/** The folders of the artifacts that jobs write. */
const WRITTEN = ['training/', 'checkpoints/'];

/** What the permissions of a training are for. */
export interface RolesInput {
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
  readonly registry: IModelRegistry;
  readonly tracking?: IExperimentTracker;
  readonly datasetPrefix: string;
  readonly start: Queue;
  readonly connections?: readonly IConnection[];
}

/** Jobs read the data set and write runs and checkpoints, and pull the image; nothing else of the product. */
export function grantJobs(jobs: IManagedIdentity, input: RolesInput): Grant[] {
  const { data, workspace, registry, datasetPrefix, connections } = input;
  return [
    workspace.grantRunAs(jobs),
    registry.grantPullImages(jobs),
    data.grantReadRaw(jobs, datasetPrefix),
    ...grantConnections(connections, jobs),
    ...WRITTEN.map((prefix) => data.grantWriteArtifacts(jobs, prefix)),
  ];
}

/** The workflow takes starts, runs jobs, reads evaluations and registers; it neither writes data nor deploys. */
export function grantWorkflow(scope: Construct, workflow: IManagedIdentity, input: RolesInput): Grant[] {
  const { data, workspace, registry, tracking, start } = input;
  return [
    grantTake(scope, start, workflow),
    workspace.grantRunJobs(workflow),
    grantEnvironments(scope, workspace.workspaceId, workflow),
    data.grantReadArtifacts(workflow, 'training/'),
    registry.grantRegister(workflow),
    ...(tracking === undefined ? [] : [tracking.grantUse(workflow)]),
  ];
}
