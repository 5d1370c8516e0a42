import { App, aws_iam as iam, CfnOutput, Stack } from 'aws-cdk-lib';
import { breastCancer } from '../intent';
import { DeliveryEngine, Level2Blueprint } from 'mlops-constructs/aws';
import { ContainerImage } from 'mlops-constructs/core';

// Context instead of edits: npx cdk deploy --context image=…
// Account and region stay open, because the same stack goes to the account of each stage.
const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);
const imageUri = context('image');
// An account can have GitHub's provider once: where it has, --context oidcProviderArn=… says which it is.
const oidcProviderArn = context('oidcProviderArn');

const stack = new Stack(app, 'BreastCancer', {
  description: 'Breast cancer classification, MLOps maturity level 2',
  env: { account: context('account'), region: context('region') },
});

const mlops = new Level2Blueprint(stack, 'Mlops', {
  ...breastCancer(imageUri === undefined ? undefined : ContainerImage.fromUri(imageUri)),
  deliveryEngine: oidcProviderArn === undefined ? undefined : DeliveryEngine.gitHubActions({
    provider: iam.OidcProviderNative.fromOidcProviderArn(stack, 'GitHub', oidcProviderArn),
  }),
});

// What the commands of docs/aws.md name.
const outputs = {
  RawBucket: mlops.data.rawBucket.bucketName,
  TrainingPipeline: mlops.training.pipelineName,
  ModelGroup: mlops.registry.modelPackageGroupName,
  Endpoint: mlops.serving.endpointName,
  Rollout: mlops.serving.rolloutStateMachine!.stateMachineArn,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
