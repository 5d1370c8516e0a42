import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { ChurnStack } from './churn-stack';
import { ContainerImage } from 'mlops-constructs/core';

const app = new App();
const imageUri: string | undefined = app.node.tryGetContext('image');
new ChurnStack(app, 'Churn', {
  image: imageUri === undefined
    ? ContainerImage.fromDirectory(path.resolve(__dirname, '..', '..'), { dockerfile: 'examples/workload/Dockerfile' })
    : ContainerImage.fromUri(imageUri),
});
