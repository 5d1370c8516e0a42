import { createHash } from 'crypto';
import { Fn } from 'cdktf';
import { arm } from './workflow-actions';
import { Fragment, insist } from './workflow-control';
import { text } from './workflow-expressions';
import { Token } from '../../../core/private/tokens';

/** An environment of jobs: an image, and nothing that is built on top of it. */
export interface JobEnvironment {
  /** ARM id of the version, `…/environments/<name>/versions/<hash of the image's address>`. */
  readonly environmentId: string;
  /** Creates the version where it is not there yet; before the first job that names it. */
  readonly actions: Fragment['actions'];
}

/**
 * The environment of an image, which the workflow creates before its jobs: versions are never changed, and one of the template would be deleted with the next
 * image, under runs that still need it.
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

/** Operations that `jobEnvironment` asks for, for the role of the workflow's identity. */
export const ENVIRONMENT_OPERATIONS: readonly string[] = ['read', 'write', 'versions/read', 'versions/write']
  .map((each) => `Microsoft.MachineLearningServices/workspaces/environments/${each}`);

/** Of an address that only Terraform knows, Terraform makes the hash. */
function digestOf(image: string): string {
  if (Token.isUnresolved(image)) return Fn.substr(Fn.sha256(image), 0, 16);
  return createHash('sha256').update(image).digest('hex').slice(0, 16);
}
