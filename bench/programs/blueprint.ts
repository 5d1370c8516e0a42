import { App, Stack } from 'aws-cdk-lib';
import { breastCancer } from '../../examples/intent';
import { Level0Blueprint, Level1Blueprint, Level2Blueprint } from 'mlops-constructs/aws';
import { ContainerImage } from 'mlops-constructs/core';

/** Synthesizes `count` stacks of a level: what a user's program costs. */
export function blueprint(level: number, count: number, builtinCloudFormationValidation: boolean): void {
  const app = new App({ builtinCloudFormationValidation, analyticsReporting: false });
  const Blueprint = [Level0Blueprint, Level1Blueprint, Level2Blueprint][level];
  for (let index = 0; index < count; index++) {
    const stack = new Stack(app, count === 1 ? 'BreastCancer' : `BreastCancer${index}`);
    new Blueprint(
      stack,
      'Mlops',
      breastCancer(ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/breast-cancer:1')),
    );
  }
  app.synth();
}
