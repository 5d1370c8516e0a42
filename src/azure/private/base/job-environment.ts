import { createHash } from 'crypto';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { customRole, grantRole } from './grants';
import { arm } from './workflow-actions';
import { Fragment, insist } from './workflow-control';
import { text } from './workflow-expressions';
import { Token } from '../../../core/private/tokens';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';

/** An environment of jobs: an image, and nothing that is built on top of it. */
export interface JobEnvironment {
  /** ARM id of the version, `…/environments/<name>/versions/<hash of the image's address>`. */
  readonly environmentId: string;
  /** Creates the version where it is not there yet; before the first job that names it. */
  readonly actions: Fragment['actions'];
}

/**
 * The environment of an image, which the workflow creates before its jobs: versions are never changed, and one of the
 * template would be deleted with the next image, under runs that still need it.
 *
 * @param action names the action
 * @param name name of the environment, the same for all images of one purpose
 * @see https://learn.microsoft.com/rest/api/azureml/environment-versions/create-or-update
 */
export function jobEnvironment(action: string, workspaceId: string, name: string, image: string): JobEnvironment {
  const environmentId = `${workspaceId}/environments/${name}/versions/${digestOf(image)}`;
  return {
    environmentId,
    actions: insist(action, arm.put({
      type: 'Microsoft.MachineLearningServices/workspaces/environments/versions',
      id: text`${environmentId}`,
      body: { properties: { image, osType: 'Linux', autoRebuild: 'Disabled', isAnonymous: false, isArchived: false, description: 'Made by mlops-constructs', tags: {} } },
    })),
  };
}

/** Allows creating environments of a workspace. */
export function grantEnvironments(opened: Construct, workspaceId: string, principal: IPrincipal): Grant {
  const role = customRole(opened, 'EnvironmentCreator', {
    title: 'MLOps environment creator',
    actions: ['read', 'write', 'versions/read', 'versions/write'].map((each) => `Microsoft.MachineLearningServices/workspaces/environments/${each}`),
  }, workspaceId);
  return grantRole(opened, principal, 'environments', {
    scope: workspaceId,
    role,
    description: 'Creates environments of jobs',
  });
}

/** Of an address that only Terraform knows, Terraform makes the hash. */
function digestOf(image: string): string {
  if (Token.isUnresolved(image)) return Fn.substr(Fn.sha256(image), 0, 16);
  return createHash('sha256').update(image).digest('hex').slice(0, 16);
}
