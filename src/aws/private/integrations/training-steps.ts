import { TrainingSteps } from '../../../core/private/integrations/flows';

/** A pipeline of SageMaker, as an orchestrator knows it. */
export interface FollowedPipeline {
  readonly name: string;
  readonly region: string;
  readonly pipelineName: string;
}

/** How an orchestrator starts and follows a pipeline of SageMaker. */
export function trainingSteps({ name, pipelineName, region }: FollowedPipeline): TrainingSteps {
  return { name, packages: ['boto3'], constants: { REGION: region, PIPELINE: pipelineName }, source: SOURCE };
}

const SOURCE = `
import uuid

import boto3

# constants


def start_training() -> str:
    sagemaker = boto3.client("sagemaker", region_name=REGION)
    token = uuid.uuid4().hex
    answer = sagemaker.start_pipeline_execution(
        PipelineName=PIPELINE,
        PipelineParameters=[{"Name": "TriggeredBy", "Value": "orchestrator"}],
        ClientRequestToken=token,
    )
    return answer["PipelineExecutionArn"]


def training_ended(run: str) -> bool:
    sagemaker = boto3.client("sagemaker", region_name=REGION)
    seen = sagemaker.describe_pipeline_execution(PipelineExecutionArn=run)
    status = seen["PipelineExecutionStatus"]
    if status in ("Failed", "Stopping", "Stopped"):
        raise RuntimeError(f"training {run}: {status}. {seen.get('FailureReason', '')}")
    return status == "Succeeded"
`;
