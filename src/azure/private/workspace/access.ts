import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { IWorkspace } from '../../workspace-props';
import { customRole, grantRole } from '../base/grants';

/** A workspace that permissions are given in. */
type Opened = Construct & IWorkspace;

/**
 * What jobs and endpoints need of the workspace whatever they do: their image, the workspace's own store, and a place
 * for metrics.
 */
export function grantRunAs(workspace: Opened, principal: IPrincipal): Grant {
  return Grant.all([
    grantRole(workspace, principal, 'images', {
      scope: workspace.containerRegistryId,
      role: 'acrPull',
      description: 'Pulls images of jobs and endpoints',
    }),
    grantRole(workspace, principal, 'store', {
      scope: workspace.storageAccountId,
      role: 'storageBlobDataContributor',
      description: 'Logs and outputs of jobs',
    }),
    grantRole(workspace, principal, 'metrics', {
      scope: workspace.workspaceId,
      role: 'azureMlMetricsWriter',
      description: 'Metrics of jobs and endpoints',
    }),
  ]);
}

/** Submitting, following and cancelling jobs. */
export function grantRunJobs(workspace: Opened, principal: IPrincipal): Grant {
  const definition = customRole(workspace, 'JobRunner', {
    title: 'Runs jobs of Azure Machine Learning',
    actions: JOB_ACTIONS,
  }, workspace.workspaceId);
  acknowledge(
    workspace.node.findChild('JobRunner'),
    'MLOPS-IAM-01',
    'what submitting a job asks for has no narrower names; it holds in this workspace alone',
  );
  return grantRole(workspace, principal, 'run-jobs', {
    scope: workspace.workspaceId,
    role: definition,
    description: 'Submits and cancels jobs',
  });
}

/** Looking at everything. */
export function grantReadWorkspace(workspace: Opened, principal: IPrincipal): Grant {
  return grantRole(workspace, principal, 'read', {
    scope: workspace.workspaceId,
    role: 'reader',
    description: 'Looks at the workspace',
  });
}

/** What people do in a workspace, in Studio, notebooks and by the CLI. */
export function grantUse(workspace: Opened, principal: IPrincipal): Grant {
  return Grant.all([
    grantRole(workspace, principal, 'use', {
      scope: workspace.workspaceId,
      role: 'azureMlDataScientist',
      description: 'Works in the workspace',
    }),
    // Datastores have no keys: whoever opens them does so as himself.
    grantRole(workspace, principal, 'store', {
      scope: workspace.storageAccountId,
      role: 'storageBlobDataContributor',
      description: 'Logs and outputs of jobs',
    }),
    grantRole(workspace, principal, 'files', {
      scope: workspace.storageAccountId,
      role: 'storageFileDataPrivilegedContributor',
      description: 'Files of notebooks',
    }),
  ]);
}

/**
 * What submitting a job asks for.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles#common-scenarios
 */
const JOB_ACTIONS: readonly string[] = [
  'read',
  '*/read',
  'jobs/*',
  'environments/write',
  'environments/build/action',
  'environments/readSecrets/action',
  'metadata/artifacts/write',
  'metadata/codes/*/write',
].map((action) => `Microsoft.MachineLearningServices/workspaces/${action}`);
