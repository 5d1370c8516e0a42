import { App, GcsBackend, TerraformStack, TerraformVariable } from 'cdktf';
import { servers, systems } from '../integrations';
import { breastCancer } from '../intent';
import { ContainerImage, Integration } from 'mlops-constructs/core';
import { GoogleProject, Level1Blueprint, PrivateNetwork } from 'mlops-constructs/gcp';

// Variables instead of edits: terraform apply -var project=… -var image=…
const app = new App();
const context = (name: string): string | undefined => app.node.tryGetContext(name);

const stack = new TerraformStack(app, 'BreastCancer');
const variable = (name: string, description: string): string =>
  new TerraformVariable(stack, name, { type: 'string', description }).stringValue;
// The state is what an upgrade to the next level starts from: keep it where every machine finds it.
new GcsBackend(stack, { bucket: context('stateBucket') ?? 'example-terraform-state', prefix: 'breast-cancer-integrations' });

new GoogleProject(stack, 'Google', {
  projectId: variable('project', 'Id of the project, with billing and its Service Usage and Resource Manager APIs on'),
  region: context('region') ?? 'europe-west4',
  // A network with a NAT: services of others are on the internet.
  network: PrivateNetwork.fromAttributes({
    networkId: context('network') ?? 'projects/example/global/networks/shared',
    subnetworkId: context('subnetwork') ?? 'projects/example/regions/europe-west4/subnetworks/ml',
    internetEgress: true,
  }),
});

const intent = breastCancer(ContainerImage.fromUri(variable('image', 'Image of the workload, best by digest')));
new Level1Blueprint(stack, 'Mlops', {
  ...intent,
  integrations: {
    use: [...systems(), ...servers(), Integration.feast({ featureGroups: intent.features!.featureGroups })],
  },
});

app.synth();
