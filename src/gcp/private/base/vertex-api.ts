import { IConstruct } from 'constructs';
import { GoogleProject } from '../../google-project';

/** Host of Vertex AI in the stack's region. */
export function vertexHost(scope: IConstruct): string {
  return `${GoogleProject.of(scope).region}-aiplatform.googleapis.com`;
}

/** Parent of everything of Vertex AI in the stack's project and region: `projects/<id>/locations/<region>`. */
export function vertexParent(scope: IConstruct): string {
  const { projectId, region } = GoogleProject.of(scope);
  return `projects/${projectId}/locations/${region}`;
}

/**
 * Label of an endpoint while a rollout moves its traffic: the id of the deployed model to roll back to, which is the
 * live one until then.
 */
export const ROLLS_BACK_TO = 'mlops_rolls_back_to';

/**
 * Label of an endpoint: when it was last torn down, in milliseconds since 1970. Terraform leaves labels alone that it
 * has not set.
 */
export const TORN_DOWN = 'mlops_torn_down';
