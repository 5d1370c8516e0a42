import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** A registry that a pipeline registers versions in and an endpoint serves them from. */
export interface IModelRegistry extends IConstruct {
  /** Name that people read, `churn`. */
  readonly modelName: string;
  /** Id of the model in Vertex AI; versions are uploaded to it. The first upload makes it: Terraform cannot. */
  readonly modelId: string;
  /** Resource name of the model, `projects/<id>/locations/<region>/models/<modelId>`. */
  readonly modelResourceName: string;
  /** Whether a version that is registered is approved thereby. */
  readonly isApprovalAutomatic: boolean;
  /** Id of the Pub/Sub topic whose messages approve a version, `projects/<id>/topics/<name>`: `{"version": "3"}`. Rollouts start from it. */
  readonly approvalTopicId: string;
  /** Address of the Docker repository for the workload's images, `<region>-docker.pkg.dev/<project>/<repository>`. */
  readonly imageRepositoryUri: string;
  /** Allows registering versions, and approving them where approval is automatic. */
  grantRegister(principal: IPrincipal): Grant;
  /** Allows approving versions. */
  grantApprove(principal: IPrincipal): Grant;
  /** Allows reading versions. */
  grantRead(principal: IPrincipal): Grant;
  /** Allows pulling the workload's images. */
  grantPullImages(principal: IPrincipal): Grant;
}
