import { App, AzurermBackend, TerraformStack, TerraformVariable } from 'cdktf';
import { existingServers, systems } from '../integrations';
import { breastCancer } from '../intent';
import { AzureResourceGroup, Level1Blueprint } from 'mlops-constructs/azure';
import { ContainerImage } from 'mlops-constructs/core';

// Variables instead of edits: terraform apply -var subscription=… -var image=…
const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);

const stack = new TerraformStack(app, 'BreastCancer');
const variable = (name: string, description: string): string =>
  new TerraformVariable(stack, name, { type: 'string', description }).stringValue;
// The state is what an upgrade to the next level starts from: keep it where every machine finds it.
new AzurermBackend(stack, {
  resourceGroupName: context('stateResourceGroup') ?? 'terraform-state',
  storageAccountName: context('stateStorageAccount') ?? 'exampleterraformstate',
  containerName: 'state',
  key: 'breast-cancer-integrations.tfstate',
  useAzureadAuth: true,
});

new AzureResourceGroup(stack, 'Azure', {
  subscriptionId: variable('subscription', 'Id of the subscription'),
  location: context('location') ?? 'westeurope',
});

new Level1Blueprint(stack, 'Mlops', {
  ...breastCancer(ContainerImage.fromUri(variable('image', 'Image of the workload, best by digest'))),
  integrations: { use: [...systems(), ...existingServers()] },
});

app.synth();
