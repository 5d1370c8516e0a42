import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { servers, systems } from '../integrations';
import { breastCancer } from '../intent';
import { Level1Blueprint } from 'mlops-constructs/aws';
import { ContainerImage, Integration } from 'mlops-constructs/core';

// Context instead of edits: npx cdk deploy --context image=… --context account=… --context region=…
const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);
const imageUri = context('image');

const stack = new Stack(app, 'BreastCancer', {
  description: 'Breast cancer classification, MLOps maturity level 1, with the systems of the team',
  env: { account: context('account'), region: context('region') },
});

new Level1Blueprint(stack, 'Mlops', {
  ...breastCancer(imageUri === undefined ? undefined : ContainerImage.fromUri(imageUri)),
  vpc: new ec2.Vpc(stack, 'Network', { maxAzs: 2 }),
  integrations: { use: [...systems(), ...servers(), Integration.prometheus()] },
});
