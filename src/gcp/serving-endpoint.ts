import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** An endpoint that others can call and watch. */
export interface IServingEndpoint extends IConstruct {
  /** `real-time` (a Vertex AI endpoint), `serverless` (a Cloud Run service) or `batch` (no endpoint: predictions by schedule). */
  readonly mode: string;
  /** The endpoint's number, or the service's name; empty for batch. What metrics are labelled with. */
  readonly endpointId: string;
  /** Table of captured requests and answers, `<project>.<dataset>.<table>`; undefined when nothing is recorded. */
  readonly captureTable?: string;
  /** Id of the workflow that rolls versions out (or runs batch predictions), `projects/<id>/locations/<region>/workflows/<name>`. */
  readonly workflowId: string;
  /** Its name alone. */
  readonly workflowName: string;
  /** Allows calling the endpoint. */
  grantInvoke(principal: IPrincipal): Grant;
}
