import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** A training pipeline that others can start and watch. */
export interface ITrainingPipeline extends IConstruct {
  /** Id of the workflow, `projects/<id>/locations/<region>/workflows/<name>`. */
  readonly workflowId: string;
  /** Name of the workflow alone, as the monitored resource `workflows.googleapis.com/Workflow` has it. */
  readonly workflowName: string;
  /** Id of the Pub/Sub topic whose messages start a run, `projects/<id>/topics/<name>`; an alert's message starts one only when it opens. */
  readonly startTopicId: string;
  /** Allows starting runs. */
  grantStart(principal: IPrincipal): Grant;
}
