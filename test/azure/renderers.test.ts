import { TerraformStack } from 'cdktf';
import { ArmRenderer, DataLake, ExperimentTracker, FeatureStore, ModelRegistry, ModelSource, ServingEndpoint, TrainingPipeline, Workspace } from '../../src/azure';
import { Accelerator, ContainerImage, FeatureType } from '../../src/core';
import { azureStack, resourcesOf, synthesized, TerraformConfig } from '../support/azure';
import { referenceFaults } from '../support/terraform-graph';

/** Lake, workspace, tracker, registry, training and endpoint of one product. */
function productOf(armRenderer: ArmRenderer): { readonly stack: TerraformStack; readonly data: DataLake; readonly workspace: Workspace } {
  const stack = azureStack({ armRenderer });
  const data = new DataLake(stack, 'Data');
  const workspace = new Workspace(stack, 'Workspace', { data, users: ['ana'] });
  const tracking = new ExperimentTracker(stack, 'Tracking', { workspace });
  const registry = new ModelRegistry(stack, 'Registry', { data, workspace });
  const image = ContainerImage.fromUri(`${registry.imageRepositoryUri}:1`);
  new TrainingPipeline(stack, 'Training', { data, workspace, tracking, registry, image, compute: { accelerator: Accelerator.NVIDIA_T4 } });
  new ServingEndpoint(stack, 'Serving', { data, workspace, image, model: ModelSource.latestApproved(registry) });
  return { stack, data, workspace };
}

const typesOf = (config: TerraformConfig) => ({
  azapi: resourcesOf(config, 'azapi_resource').map(({ type }) => type).sort(),
  template: resourcesOf(config, 'azurerm_resource_group_template_deployment')
    .map(({ template_content: content }) => JSON.parse(content.replace(/([$%])\1\{/g, '$1{')).resources[0])
    .map(({ type, apiVersion }) => `${type}@${apiVersion}`).sort(),
});

test('a product is the same resources by both renderers, and without azapi by templates', () => {
  const [azapi, template] = [ArmRenderer.AZAPI, ArmRenderer.TEMPLATE].map((each) => synthesized(productOf(each).stack));
  expect(typesOf(template)).toEqual({ azapi: [], template: expect.arrayContaining(typesOf(azapi).azapi) });
  expect(typesOf(azapi).template).toEqual([]);
  expect(Object.keys(template.terraform.required_providers)).not.toContain('azapi');
  for (const config of [azapi, template]) expect(referenceFaults(config)).toEqual([]);
});

test('two syntheses of a product are the same text', () => {
  for (const renderer of [ArmRenderer.AZAPI, ArmRenderer.TEMPLATE]) {
    const text = () => JSON.stringify(synthesized(productOf(renderer).stack));
    expect(text()).toBe(text());
  }
});

test('a feature store needs azapi, because its connections come in a second pass', () => {
  const { stack, data, workspace } = productOf(ArmRenderer.TEMPLATE);
  const features = [{ name: 'sum', valueType: FeatureType.FLOAT }, { name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }];
  expect(() => new FeatureStore(stack, 'Features', { data, workspace, featureGroups: [{ name: 'customers', entityKey: 'id', eventTime: 'at', features }] }))
    .toThrow(new Error(
      "feature store 'Stack/Features': its settings name connections that exist only after it, and a template deployment cannot write them afterwards: give AzureResourceGroup "
      + 'ArmRenderer.AZAPI, or have the feature store in a stack of its own that does',
    ));
});
