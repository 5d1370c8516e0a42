import { ContainerRegistry } from '@cdktf/provider-azurerm/lib/container-registry';
import { DataAzurermContainerRegistry } from '@cdktf/provider-azurerm/lib/data-azurerm-container-registry';
import { TerraformStack } from 'cdktf';
import { ModelRegistry, MonitoringStackProps, ServingEndpoint, TrainingPipeline } from '../../src/azure';
import { ModelSource } from '../../src/azure/model-source';
import { ROLES } from '../../src/azure/private/base/roles';
import { ContainerImage } from '../../src/core/container-image';
import { Serving } from '../../src/core/serving';
import { azureStack, resourceAt, resourcesOf, SUBSCRIPTION } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { watchedBy } from '../support/azure-watched';
import { synthesized, TerraformConfig } from '../support/terraform-json';

const REGISTRIES = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.ContainerRegistry/registries`;
const FOREIGN = ContainerImage.fromUri('shared.azurecr.io/vllm@sha256:abc');
const OWN = ContainerImage.fromUri('images.azurecr.io/churn@sha256:abc');

interface Wish {
  readonly image?: ContainerImage;
  readonly servingImage?: ContainerImage;
  readonly serving?: Serving;
  /** Makes the endpoint before the pipeline. */
  readonly endpointFirst?: boolean;
  readonly containerRegistryId?: string;
  readonly before?: (stack: TerraformStack) => void;
}

/** A pipeline and an endpoint of its approved versions. */
function product({ before, endpointFirst = false, image = OWN, servingImage, serving, containerRegistryId }: Wish): TerraformConfig {
  const stack = azureStack();
  before?.(stack);
  const data = new PlainLake(stack, 'Data');
  const workspace = new PlainWorkspace(stack, 'Workspace');
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn', data, workspace, containerRegistryId });
  const steps = [
    () => new TrainingPipeline(stack, 'Training', { data, workspace, registry, image, servingImage }),
    () => new ServingEndpoint(stack, 'Serving', { data, workspace, serving, model: ModelSource.latestApproved(registry) }),
  ];
  (endpointFirst ? steps.reverse() : steps).forEach((step) => step());
  return synthesized(stack);
}

/** Who may pull, and from where. */
function pulls(config: TerraformConfig): string[][] {
  return resourcesOf(config, 'azurerm_role_assignment')
    .filter(({ role_definition_id: role }) => role.endsWith(ROLES.acrPull))
    .map(({ principal_id: who, scope }) => [/identity\.(\w+?)_[0-9A-F]{8}/.exec(who)![1], scope.split('/').pop()])
    .sort();
}

const refusal = (who: string, prop: string) =>
  `${who}: ${prop} must be an image of images.azurecr.io, or of a registry that the stack knows and can let identities into: push it there, or declare its ` +
  "registry in the stack first (new DataAzurermContainerRegistry, with the name 'shared'), got 'shared.azurecr.io/vllm@sha256:abc'";

describe('an image of another container registry of Azure', () => {
  test('is refused where nobody knows who is let in there', () => {
    expect(() => product({ image: FOREIGN })).toThrow(new Error(refusal("training pipeline 'Stack/Training'", 'image')));
    expect(() => product({ servingImage: FOREIGN })).toThrow(new Error(refusal("training pipeline 'Stack/Training'", 'servingImage')));
    const watched = (props: Partial<MonitoringStackProps>) => () => watchedBy(azureStack(), { drift: {}, ...props });
    expect(watched({ image: FOREIGN })).toThrow(new Error(refusal("monitoring stack 'Stack/Monitoring'", 'image')));
    const serving = (props: object) => () => {
      const stack = azureStack();
      return new ServingEndpoint(stack, 'Serving', {
        data: new PlainLake(stack, 'Data'), workspace: new PlainWorkspace(stack, 'Workspace'), model: ModelSource.artifact({ modelUri: 'models/churn', image: FOREIGN }), ...props,
      });
    };
    expect(serving({})).toThrow(new Error(refusal("serving endpoint 'Stack/Serving'", 'model.image')));
    const version = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work/models/churn/versions/3`;
    expect(serving({ model: ModelSource.version(version), image: FOREIGN })).toThrow(new Error(refusal("serving endpoint 'Stack/Serving'", 'image')));
  });

  test.each<[string, (stack: TerraformStack) => void, string]>([
    ['a data source', (stack) => new DataAzurermContainerRegistry(stack, 'Shared', { name: 'shared', resourceGroupName: 'platform' }), '${data.azurerm_container_registry.Shared.id}'],
    ['a resource', (stack) => new ContainerRegistry(stack, 'Shared', { name: 'Shared', resourceGroupName: 'platform', location: 'westeurope', sku: 'Basic' }), '${azurerm_container_registry.Shared.id}'],
  ])('of which %s of the stack knows the id is pulled by jobs and endpoints, whichever is made first', (_, before, id) => {
    for (const endpointFirst of [false, true]) {
      expect(pulls(product({ image: FOREIGN, before, endpointFirst }))).toEqual([
        ['Serving_Identity', 'images'], ['Serving_Identity', id], ['Training_JobIdentity', 'images'], ['Training_JobIdentity', id],
      ].sort());
    }
    expect(pulls(product({ servingImage: FOREIGN, before }))).toEqual([['Serving_Identity', 'images'], ['Serving_Identity', id], ['Training_JobIdentity', 'images']].sort());
  });

  test('is pulled by a container app with its identity, whichever is made first', () => {
    for (const endpointFirst of [false, true]) {
      const config = product({
        servingImage: FOREIGN,
        endpointFirst,
        serving: Serving.serverless(),
        before: (stack) => new DataAzurermContainerRegistry(stack, 'Shared', { name: 'shared', resourceGroupName: 'platform' }),
      });
      expect(resourceAt(config, 'azurerm_container_app', 'Serving_App').registry.map(({ server }: any) => server)).toEqual(['images.azurecr.io', 'shared.azurecr.io']);
    }
  });

  test('that is the model\'s own is pulled by its endpoints as well', () => {
    const config = product({ image: FOREIGN, containerRegistryId: `${REGISTRIES}/shared`, serving: Serving.serverless() });
    expect(pulls(config)).toEqual([['Serving_Identity', 'shared'], ['Training_JobIdentity', 'shared']]);
    expect(resourceAt(config, 'azurerm_container_app', 'Serving_App').registry.map(({ server }: any) => server)).toEqual(['images.azurecr.io', 'shared.azurecr.io']);
  });
});

test('an image of another vendor\'s registry is taken as public', () => {
  expect(() => product({ image: ContainerImage.fromUri('mcr.microsoft.com/azureml/minimal:latest') })).not.toThrow();
});
