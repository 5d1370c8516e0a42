import { App, AzurermBackend, TerraformStack } from 'cdktf';
import { breastCancer } from '../../examples/intent';
import { AzureResourceGroup, Level0Blueprint, Level1Blueprint, Level2Blueprint } from 'mlops-constructs/azure';
import { ContainerImage } from 'mlops-constructs/core';

/** Synthesizes a stack of a level: what a user's program costs. */
export function azureBlueprint(level: number): void {
  const app = new App();
  const Blueprint = [Level0Blueprint, Level1Blueprint, Level2Blueprint][level];
  const stack = new TerraformStack(app, 'BreastCancer');
  new AzurermBackend(stack, {
    storageAccountName: 'exampleterraformstate',
    containerName: 'state',
    key: 'breast-cancer.tfstate',
  });
  new AzureResourceGroup(stack, 'Azure', {
    subscriptionId: '11111111-2222-3333-4444-555555555555',
    location: 'westeurope',
  });
  new Blueprint(stack, 'Mlops', breastCancer(ContainerImage.fromUri('ghcr.io/example/breast-cancer:1')));
  app.synth();
}
