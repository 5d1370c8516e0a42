import { App, aws_iam as iam, Stack } from 'aws-cdk-lib';
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

const intent = breastCancer(imageUri === undefined ? undefined : ContainerImage.fromUri(imageUri));
new Level2Blueprint(stack, 'Mlops', {
  ...intent,
  delivery: {
    ...intent.delivery!,
    engine: oidcProviderArn === undefined ? undefined : DeliveryEngine.gitHubActions({
      provider: iam.OidcProviderNative.fromOidcProviderArn(stack, 'GitHub', oidcProviderArn),
    }),
  },
});
