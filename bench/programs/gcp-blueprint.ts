import { App, GcsBackend, TerraformStack } from 'cdktf';
import { breastCancer } from '../../examples/intent';
import { ContainerImage } from 'mlops-constructs/core';
import { GoogleProject, Level0Blueprint, Level1Blueprint, Level2Blueprint } from 'mlops-constructs/gcp';

/** Synthesizes a stack of a level: what a user's program costs. */
export function gcpBlueprint(level: number): void {
  const app = new App();
  const Blueprint = [Level0Blueprint, Level1Blueprint, Level2Blueprint][level];
  const stack = new TerraformStack(app, 'BreastCancer');
  new GcsBackend(stack, { bucket: 'example-terraform-state', prefix: 'breast-cancer' });
  new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4' });
  new Blueprint(
    stack,
    'Mlops',
    breastCancer(ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/breast-cancer:1')),
  );
  app.synth();
}
