import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { TerraformOutput, TerraformStack } from 'cdktf';
import { ArmRenderer } from '../../../../src/azure/azure-resource-group-props';
import { armAction, armPatch, armResource, ArmResourceConfig } from '../../../../src/azure/private/base/arm';
import { RawResource } from '../../../../src/terraform/raw-resource';
import { azureStack, onlyResource, SUBSCRIPTION } from '../../../support/azure';
import { refusalOf } from '../../../support/refusal';
import { synthesized } from '../../../support/terraform-json';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/churn`;

const newStack = (armRenderer: ArmRenderer = ArmRenderer.AZAPI, tags: { [name: string]: string } = {}) =>
  azureStack({ resourceGroupName: 'ml', armRenderer, tags });

const ENDPOINTS = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';

const ENDPOINT: ArmResourceConfig<typeof ENDPOINTS> = {
  type: ENDPOINTS,
  name: 'fraud',
  parentId: WORKSPACE,
  location: 'westeurope',
  body: { kind: 'Managed', properties: { authMode: 'AADToken', description: 'reads ${{inputs.data}} and [brackets]', compute: undefined } },
};

const identityOf = (stack: TerraformStack) => new UserAssignedIdentity(stack, 'Identity', { name: 'i', location: 'westeurope', resourceGroupName: 'ml' });
const IDENTITY = '${azurerm_user_assigned_identity.Identity.id}';

describe('by azapi', () => {
  test('who looks for tags does not have the body made', () => {
    const read = jest.fn();
    const body = { ...ENDPOINT.body, get kind() { read(); return 'Managed' as const; } };
    const { resource } = armResource(newStack(), 'Endpoint', { ...ENDPOINT, body, tags: { team: 'churn' } });
    expect((resource as RawResource).tags).toEqual({ team: 'churn' });
    expect(read).not.toHaveBeenCalled();
  });

  test('a body is a resource of the provider azapi with the version of the table, and nothing of the response is kept', () => {
    const stack = newStack();
    armResource(stack, 'Endpoint', ENDPOINT);
    const config = synthesized(stack);
    expect(onlyResource(config, 'azapi_resource')).toEqual(expect.objectContaining({
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-06-01',
      name: 'fraud',
      parent_id: WORKSPACE,
      location: 'westeurope',
      body: { kind: 'Managed', properties: { authMode: 'AADToken', description: 'reads $${{inputs.data}} and [brackets]' } },
      response_export_values: [],
    }));
    expect(config.terraform.required_providers.azapi).toEqual({ source: 'Azure/azapi', version: '~> 2.9' });
    expect(config.provider.azapi).toEqual([{ subscription_id: SUBSCRIPTION }]);
    expect(config.provider.azurerm[0].resource_providers_to_register).toEqual(['Microsoft.MachineLearningServices']);
  });

  test('tokens are resolved beside texts that are Azure\'s own, in values and in names', () => {
    const stack = newStack();
    const { id } = identityOf(stack);
    armResource(stack, 'Endpoint', { ...ENDPOINT, identity: { userAssigned: [id] }, body: { properties: { authMode: 'Key', compute: id, description: `${id} and \${{inputs.data}}`, properties: { [id]: 'x' } } } });
    expect(onlyResource(synthesized(stack), 'azapi_resource')).toMatchObject({
      identity: [{ type: 'UserAssigned', identity_ids: [IDENTITY] }],
      body: { properties: { compute: IDENTITY, description: `${IDENTITY} and $\${{inputs.data}}`, properties: { [IDENTITY]: 'x' } } },
    });
  });

  test('a value of the response is exported because it is read', () => {
    const stack = newStack();
    const endpoint = armResource(stack, 'Endpoint', { ...ENDPOINT, exports: ['identity.principalId'] });
    new TerraformOutput(stack, 'Uri', { value: `${endpoint.exported('properties.scoringUri')} of ${endpoint.id}` });
    const config = synthesized(stack);
    expect(onlyResource(config, 'azapi_resource').response_export_values).toEqual(['identity.principalId', 'properties.scoringUri']);
    expect(config.output.Uri.value).toBe('${terraform_data.Endpoint-scoringUri.output} of ${azapi_resource.Endpoint.id}');
  });

  // The provider does not know the response while it changes a tag: roles, blobs and keys that depend on it would be recreated.
  test('a value of the response stays what it was when the resource was made', () => {
    const stack = newStack();
    const endpoint = armResource(stack, 'Endpoint', ENDPOINT);
    for (const id of ['One', 'Other']) new TerraformOutput(stack, id, { value: endpoint.exported('properties.scoringUri') });
    expect(synthesized(stack).resource.terraform_data).toEqual({
      'Endpoint-scoringUri': expect.objectContaining({
        input: '${azapi_resource.Endpoint.output.properties.scoringUri}',
        triggers_replace: '${azapi_resource.Endpoint.id}',
        lifecycle: { ignore_changes: ['input'] },
      }),
    });
  });

  test('what Terraform must not keep, what recreates, what is repeated and how long it waits', () => {
    const stack = newStack();
    armResource(stack, 'Endpoint', {
      ...ENDPOINT,
      identity: { isSystemAssigned: true },
      sensitive: { body: { properties: { keys: { primaryKey: 'k' } } }, versions: { 'properties.keys.primaryKey': '1' } },
      replaceOn: ['a ${b}'],
      replaceOnPaths: ['properties.authMode'],
      deleteParameters: { forceToPurge: ['true'] },
      retry: { errors: ['AuthorizationFailed'], intervalSeconds: 10, maxIntervalSeconds: 60 },
      timeouts: { create: '45m' },
      lifecycle: { preventDestroy: true },
    });
    expect(onlyResource(synthesized(stack), 'azapi_resource')).toMatchObject({
      identity: [{ type: 'SystemAssigned' }],
      sensitive_body: { properties: { keys: { primaryKey: 'k' } } },
      sensitive_body_version: { 'properties.keys.primaryKey': '1' },
      replace_triggers_external_values: ['a $${b}'],
      replace_triggers_refs: ['properties.authMode'],
      delete_query_parameters: { forceToPurge: ['true'] },
      retry: { error_message_regex: ['AuthorizationFailed'], interval_seconds: 10, max_interval_seconds: 60 },
      timeouts: { create: '45m' },
      lifecycle: { prevent_destroy: true },
    });
  });

  test('tags of the stack are added to what has some, and its own win', () => {
    const stack = newStack(ArmRenderer.AZAPI, { team: 'all', cost: '1' });
    const type = 'Microsoft.MachineLearningServices/workspaces';
    armResource(stack, 'Endpoint', { ...ENDPOINT, tags: { team: 'fraud' } });
    armResource(stack, 'Untagged', { ...ENDPOINT, name: 'other' });
    armResource(stack, 'Model', { type: `${type}/models`, name: 'm', parentId: WORKSPACE, body: { properties: {} } });
    armResource(stack, 'Notebook', { type: `${type}/computes`, name: 'n', parentId: WORKSPACE, location: 'westeurope', body: { properties: { computeType: 'ComputeInstance' } } });
    const { azapi_resource: resources } = synthesized(stack).resource;
    expect(resources.Endpoint.tags).toEqual({ team: 'fraud', cost: '1' });
    expect(resources.Untagged.tags).toEqual({ team: 'all', cost: '1' });
    expect(resources.Model).not.toHaveProperty('tags');
    expect(resources.Notebook).not.toHaveProperty('tags');
  });

  test('a call is made at creation, or at deletion where it says so', () => {
    const stack = newStack();
    const type = 'Microsoft.MachineLearningServices/workspaces/schedules';
    const resourceId = `${WORKSPACE}/schedules/weekly`;
    armAction(stack, 'Stop', {
      type,
      resourceId,
      method: 'PUT',
      when: 'destroy',
      ignoreNotFound: true,
      body: { properties: { isEnabled: false, text: '${{x}}' } },
      queryParameters: { force: ['true'] },
      retry: { errors: ['Busy'] },
      timeouts: { delete: '5m' },
    });
    const start = armAction(stack, 'Start', { type, resourceId, action: 'trigger' });
    new TerraformOutput(stack, 'Job', { value: start.exported('jobName') });
    const config = synthesized(stack);
    expect(config.resource.azapi_resource_action.Stop).toMatchObject({
      type: `${type}@2025-06-01`,
      resource_id: resourceId,
      method: 'PUT',
      when: 'destroy',
      ignore_not_found: true,
      response_export_values: [],
      body: { properties: { isEnabled: false, text: '$${{x}}' } },
      query_parameters: { force: ['true'] },
      retry: { error_message_regex: ['Busy'] },
      timeouts: { delete: '5m' },
    });
    expect(config.resource.azapi_resource_action.Start).toMatchObject({ action: 'trigger', response_export_values: ['jobName'] });
    expect(config.output.Job.value).toBe('${terraform_data.Start-jobName.output}');
  });

  test('a patch sets some members of a resource that another statement made', () => {
    const stack = newStack();
    const patch = armPatch(stack, 'Patch', {
      type: 'Microsoft.MachineLearningServices/workspaces', resourceId: WORKSPACE, body: { properties: { imageBuildCompute: 'cpu' } }, repeatOn: { a: 1 },
    });
    new TerraformOutput(stack, 'Url', { value: patch.exported('properties.mlFlowTrackingUri') });
    expect(onlyResource(synthesized(stack), 'azapi_update_resource')).toMatchObject({
      type: 'Microsoft.MachineLearningServices/workspaces@2025-06-01',
      resource_id: WORKSPACE,
      body: { properties: { imageBuildCompute: 'cpu' } },
      replace_triggers_external_values: { a: 1 },
      response_export_values: ['properties.mlFlowTrackingUri'],
    });
  });
});

describe('by a template', () => {
  const templateOf = (deployment: any) => JSON.parse(deployment.template_content.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{'));

  test('a body is a deployment of one resource in its resource group', () => {
    const stack = newStack(ArmRenderer.TEMPLATE);
    armResource(stack, 'Endpoint', { ...ENDPOINT, timeouts: { create: '45m' }, lifecycle: { preventDestroy: true } });
    const config = synthesized(stack);
    const deployment = onlyResource(config, 'azurerm_resource_group_template_deployment');
    expect(deployment).toMatchObject({
      name: expect.stringMatching(/^stack-endpoint-[0-9a-f]+$/),
      resource_group_name: 'ml',
      deployment_mode: 'Incremental',
      timeouts: { create: '45m' },
      lifecycle: { prevent_destroy: true },
    });
    expect(deployment.template_content).toContain('$${{inputs.data}}');
    expect(templateOf(deployment)).toEqual({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      parameters: {},
      resources: [{
        type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
        apiVersion: '2025-06-01',
        name: 'churn/fraud',
        location: 'westeurope',
        kind: 'Managed',
        properties: { authMode: 'AADToken', description: 'reads ${{inputs.data}} and [brackets]' },
      }],
      outputs: {},
    });
    expect(deployment.parameters_content).toBe('{}');
    expect(config.terraform.required_providers).not.toHaveProperty('azapi');
    expect(config.provider.azurerm[0].resource_providers_to_register).toEqual(['Microsoft.MachineLearningServices']);
  });

  test('what only the deployment knows is a parameter, and texts in brackets stay texts', () => {
    const stack = newStack(ArmRenderer.TEMPLATE);
    const { id, clientId } = identityOf(stack);
    armResource(stack, 'Endpoint', {
      ...ENDPOINT,
      identity: { userAssigned: [id] },
      tags: { id: clientId },
      body: { properties: { authMode: 'Key', description: '[text]', properties: { list: `${clientId} and \${{inputs.data}}`, b: 'b', clientId } } },
    });
    const deployment = onlyResource(synthesized(stack), 'azurerm_resource_group_template_deployment');
    expect(templateOf(deployment)).toMatchObject({
      parameters: { userAssignedIdentities: { type: 'object' }, id: { type: 'string' }, list: { type: 'string' }, clientId: { type: 'string' } },
      resources: [{
        identity: { type: 'UserAssigned', userAssignedIdentities: '[parameters(\'userAssignedIdentities\')]' },
        tags: { id: '[parameters(\'id\')]' },
        properties: { description: '[[text]', properties: { list: '[parameters(\'list\')]', b: 'b', clientId: '[parameters(\'clientId\')]' } },
      }],
    });
    expect(deployment.parameters_content).toBe([
      '{"userAssignedIdentities":{"value":{${jsonencode("${azurerm_user_assigned_identity.Identity.id}")}:{}}}',
      '"id":{"value":${jsonencode("${azurerm_user_assigned_identity.Identity.client_id}")}}',
      '"list":{"value":${jsonencode("${azurerm_user_assigned_identity.Identity.client_id} and $${{inputs.data}}")}}',
      '"clientId":{"value":${jsonencode("${azurerm_user_assigned_identity.Identity.client_id}")}}}',
    ].join(','));
  });

  test('tags of the stack are on the resource and on its deployment', () => {
    const stack = newStack(ArmRenderer.TEMPLATE, { team: 'all', cost: '1' });
    armResource(stack, 'Endpoint', { ...ENDPOINT, tags: { team: 'fraud' } });
    const deployment = onlyResource(synthesized(stack), 'azurerm_resource_group_template_deployment');
    expect(deployment.tags).toEqual({ team: 'all', cost: '1' });
    expect(templateOf(deployment).resources[0].tags).toEqual({ team: 'fraud', cost: '1' });
  });

  test('names and the group come out of the id of a parent that only the deployment knows', () => {
    const stack = newStack(ArmRenderer.TEMPLATE);
    const parentId = identityOf(stack).id;
    const deployed = armResource(stack, 'Deployment', {
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
      name: 'blue',
      parentId,
      location: 'westeurope',
      body: { sku: { name: 'Default' }, properties: { endpointComputeType: 'Managed' } },
    });
    new TerraformOutput(stack, 'Id', { value: deployed.id });
    new TerraformOutput(stack, 'State', { value: deployed.exported('properties.provisioningState') });
    const config = synthesized(stack);
    const deployment = onlyResource(config, 'azurerm_resource_group_template_deployment');
    const segment = (place: number) => `element(split("/", azurerm_user_assigned_identity.Identity.id), ${place})`;
    expect(deployment.resource_group_name).toBe('${element(split("/", azurerm_user_assigned_identity.Identity.id), 4)}');
    expect(templateOf(deployment)).toMatchObject({
      resources: [{ name: '[parameters(\'name\')]' }],
      outputs: {
        properties_provisioningState: {
          type: 'string', value: '[string(reference(parameters(\'resourceId\'), \'2025-06-01\', \'Full\').properties.provisioningState)]',
        },
      },
    });
    expect(deployment.parameters_content).toBe([
      `{"name":{"value":\${jsonencode("\${${segment(8)}}/\${${segment(10)}}/blue")}}`,
      '"resourceId":{"value":${jsonencode("${azurerm_user_assigned_identity.Identity.id}/deployments/blue")}}}',
    ].join(','));
    expect(config.output).toEqual({
      Id: { value: '${element(["${azurerm_user_assigned_identity.Identity.id}/deployments/blue", azurerm_resource_group_template_deployment.Deployment.id], 0)}' },
      State: { value: '${terraform_data.Deployment-provisioningState.output}' },
    });
    expect(config.resource.terraform_data['Deployment-provisioningState']).toMatchObject({
      input: '${jsondecode(azurerm_resource_group_template_deployment.Deployment.output_content).properties_provisioningState.value}',
      triggers_replace: '${azurerm_resource_group_template_deployment.Deployment.id}',
    });
  });

  test('refuses what a template cannot say', () => {
    const stack = newStack(ArmRenderer.TEMPLATE);
    const refused = (id: string, more: Partial<ArmResourceConfig<typeof ENDPOINTS>>) => () => armResource(stack, id, { ...ENDPOINT, ...more });
    const where = (id: string) => `Microsoft.MachineLearningServices/workspaces/onlineEndpoints 'Stack/${id}': `;
    const useAzapi = 'use ArmRenderer.AZAPI';
    expect(refused('A', { sensitive: { body: {}, versions: {} } }))
      .toThrow(`${where('A')}a template deployment cannot have sensitive, because its parameters are in Terraform's state: ${useAzapi}`);
    expect(refused('B', { replaceOn: 1 }))
      .toThrow(`${where('B')}a template deployment cannot have replaceOn, because it changes a resource in place or not at all: ${useAzapi}`);
    expect(refused('C', { replaceOnPaths: ['a'] }))
      .toThrow(`${where('C')}a template deployment cannot have replaceOnPaths, because it changes a resource in place or not at all: ${useAzapi}`);
    expect(refused('D', { deleteParameters: {} }))
      .toThrow(`${where('D')}a template deployment cannot have deleteParameters, because the provider deletes its resources without parameters: ${useAzapi}`);
    expect(refused('E', { retry: { errors: ['a'] } }))
      .toThrow(`${where('E')}a template deployment cannot have retry, because the resource manager decides which errors it repeats: ${useAzapi}`);
    expect(refused('F', { parentId: '/subscriptions/1' }))
      .toThrow(`${where('F')}parentId must be in a resource group, because a template deployment reaches no further: ${useAzapi}, got '/subscriptions/1'`);
    const call = { type: ENDPOINT.type, resourceId: WORKSPACE, body: {} };
    expect(() => armAction(stack, 'G', call)).toThrow(`${where('G')}a call on a resource cannot be rendered as a template deployment: ${useAzapi}`);
    expect(() => armPatch(stack, 'H', call)).toThrow(`${where('H')}a change of some members of a resource cannot be rendered as a template deployment: ${useAzapi}`);
  });
});

test('refuses a location, tags and paths that the type or the response does not have', () => {
  const stack = newStack();
  const type = 'Microsoft.MachineLearningServices/workspaces/models';
  const model = { type, name: 'm', parentId: WORKSPACE, body: { properties: {} } } as const;
  expect(() => armResource(stack, 'A', { ...model, location: 'westeurope' })).toThrow(`${type} 'Stack/A': ${type} has no location of its own`);
  expect(() => armResource(stack, 'B', { ...model, tags: {} })).toThrow(`${type} 'Stack/B': ${type} has no tags of its own: they go into its body`);
  expect(refusalOf(() => armResource(stack, 'A', { ...model, location: 'westeurope' }))?.name).toBe('UnsupportedAzureResource');
  expect(() => armResource(stack, 'C', { ...model, exports: ['a[0]'] }))
    .toThrow(`${type} 'Stack/C': exports must be paths of the response like properties.scoringUri, got 'a[0]'`);
});
