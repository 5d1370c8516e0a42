import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgeGrant } from '../private/base/acknowledge';
import { stableName } from '../private/base/names';
import { TrainingPipeline } from '../training-pipeline';
import { IWorkspace } from '../workspace-props';

/**
 * The role of the notebooks, to be granted rights on parts of the blueprint. Of a workspace in another stack the policy
 * stands here: in that stack it would name what is here, and each stack would wait for the other.
 */
export function notebookRole(blueprint: Construct, { executionRole }: IWorkspace): iam.IRole {
  if (Stack.of(executionRole) === Stack.of(blueprint)) return executionRole;
  // A role holds the policies of several stacks: this one's has a name of its own.
  return iam.Role.fromRoleArn(blueprint, 'Notebooks', executionRole.roleArn, {
    defaultPolicyName: stableName(blueprint, 'Notebooks', 128),
  });
}

/** Lets people start the training from their notebooks, and see what became of the runs. */
export function shareTraining(training: TrainingPipeline, notebooks: iam.IRole): void {
  training.grantStart(notebooks);
  acknowledgeGrant(notebooks, 'SageMaker names the runs of the pipeline', training.grantRead(notebooks));
}
