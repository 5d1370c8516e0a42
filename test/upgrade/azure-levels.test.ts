import { TerraformStack } from 'cdktf';
import * as azure from '../../src/azure';
import { BASE } from '../parity/samples';
import { azureStack, synthesized } from '../support/azure';
import { terraformOf } from '../support/examples';
import { TerraformConfig } from '../support/terraform-json';
import { stateful, terraformLosses } from '../support/terraform-replacement';

const STATEFUL = [
  'azurerm_container_registry', 'azurerm_key_vault', 'azurerm_log_analytics_workspace', 'azurerm_machine_learning_workspace', 'azurerm_storage_account',
  'azurerm_user_assigned_identity',
];

describe('going up a level on Azure', () => {
  const [level0, level1, level2] = [0, 1, 2].map((level) => terraformOf(`azure-level${level}`));

  test('level 0 has something to lose', () => {
    expect(stateful(level0).map(([resourceType]) => resourceType)).toEqual(expect.arrayContaining(STATEFUL));
  });

  test.each([
    ['0 to 1', level0, level1],
    ['1 to 2', level1, level2],
    ['0 to 2', level0, level2],
  ])('level %s loses nothing', (_, before, after) => {
    expect(terraformLosses(before, after)).toEqual([]);
  });

  test.each([
    ['0 to 1', level0, level1],
    ['1 to 2', level1, level2],
    ['0 to 2', level0, level2],
  ])('a role keeps its address from level %s: one that moved would be deleted after it was made again', (_, before, after) => {
    const [given, kept] = [roles(before), roles(after)];
    expect(given.size).toBeGreaterThan(5);
    expect([...given].filter(([role, id]) => kept.has(role) && kept.get(role) !== id)).toEqual([]);
  });
});

describe('going up a level with what is one\'s own', () => {
  /** The three levels of a product, which says the same at each of them. */
  const LEVELS = [azure.Level0Blueprint, azure.Level1Blueprint, azure.Level2Blueprint];
  const levels = (props: (stack: TerraformStack) => azure.BlueprintProps) => LEVELS.map((Level) => {
    const stack = azureStack();
    new Level(stack, 'Mlops', props(stack));
    return synthesized(stack);
  });
  const delivery = {
    ...BASE.delivery!, stateContainerId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/state/blobServices/default/containers/state',
  };

  test.each<[string, (stack: TerraformStack) => azure.BlueprintProps]>([
    ['props of Azure in the sections', (stack) => ({
      ...BASE,
      encryptionKey: new azure.EncryptionKey(stack, 'Key'),
      data: { softDeleteDays: 60, coldAccessTier: 'Cool', privateEndpoints: true },
      workspace: { logRetentionDays: 200, privateEndpoints: true, managedNetwork: azure.ManagedNetwork.approvedOutbound() },
      tracking: { experimentName: 'churn-of-mine' },
      features: { ...BASE.features!, materializationInstanceType: 'Standard_E8s_v3', publicNetworkAccess: false },
      registry: { modelName: 'churn-of-mine' },
      training: { ...BASE.training, shmSize: '8g', tags: { team: 'risk' } },
      serving: { ...BASE.serving, requestTimeoutSeconds: 30 },
      monitoring: { ...BASE.monitoring, driftVmSize: 'Standard_D4ds_v4', logRetentionDays: 77 },
      delivery,
      governance: { ...BASE.governance, auditRetentionDays: 400, guardrailEmails: ['guards@example.com'] },
    })],
    ['a platform of the same stack', (stack) => {
      const data = new azure.DataLake(stack, 'Data');
      const workspace = new azure.Workspace(stack, 'Workspace', { data, managedNetwork: azure.ManagedNetwork.approvedOutbound() });
      const tracking = new azure.ExperimentTracker(stack, 'Tracking', { workspace });
      const features = new azure.FeatureStore(stack, 'Features', { ...BASE.features!, data, workspace });
      const registry = new azure.ModelRegistry(stack, 'Registry', { data, workspace });
      return { ...BASE, features: undefined, delivery, platform: { data, tracking, workspace, features, registry } };
    }],
  ])('and %s loses nothing', (_, props) => {
    const [level0, level1, level2] = levels(props);
    expect(stateful(level0).map(([resourceType]) => resourceType)).toEqual(expect.arrayContaining(STATEFUL));
    expect([...terraformLosses(level0, level1), ...terraformLosses(level1, level2)]).toEqual([]);
  });
});

function roles(config: TerraformConfig): Map<string, string> {
  return new Map(Object.entries<any>(config.resource.azurerm_role_assignment)
    .map(([id, { depends_on: _, '//': __, description, ...given }]): [string, string] => [JSON.stringify(given), id]));
}

describe('the check itself', () => {
  const TYPE = 'Microsoft.MachineLearningServices/workspaces/computes';
  const of = (resourceType: string, attributes: object): TerraformConfig => ({ resource: { [resourceType]: { A: attributes } } });
  const body = (attributes: object, type = `${TYPE}@2025-06-01`) => of('azapi_resource', { type, name: 'ana', replace_triggers_refs: ['properties.vmSize'], ...attributes });

  test('sees a body that is gone, where it has something to lose', () => {
    expect(terraformLosses(body({}), { resource: {} })).toEqual(['azapi_resource.A is gone']);
    expect(stateful(body({}, 'Microsoft.Logic/workflows@2019-05-01'))).toEqual([]);
  });

  test('sees a body that is recreated: by its place, its type or the members that it names, and by nothing else of it', () => {
    expect(terraformLosses(body({ parent_id: 'a', location: 'b' }), body({ parent_id: 'c', location: 'd' }))).toEqual([
      'azapi_resource.A is replaced: parent_id changes from "a" to "c"',
      'azapi_resource.A is replaced: location changes from "b" to "d"',
    ]);
    expect(terraformLosses(body({}), body({}, 'Microsoft.Moon/craters@2025-06-01'))).toEqual([
      `azapi_resource.A is replaced: type changes from "${TYPE}@2025-06-01" to "Microsoft.Moon/craters@2025-06-01"`,
    ]);
    const sized = (vmSize: string, description: string) => body({ body: { properties: { vmSize, description } } });
    expect(terraformLosses(sized('small', 'a'), sized('large', 'b'))).toEqual([
      'azapi_resource.A is replaced: body.properties.vmSize changes from "small" to "large"',
    ]);
    expect(terraformLosses(body({}), body({}, `${TYPE}@2025-09-01`))).toEqual([]);
  });

  test('sees what azurerm cannot change in place', () => {
    const account = (attributes: object) => of('azurerm_storage_account', { name: 'a', ...attributes });
    expect(terraformLosses(account({ is_hns_enabled: true }), account({ is_hns_enabled: false }))).toEqual([
      'azurerm_storage_account.A is replaced: is_hns_enabled changes from true to false',
    ]);
    expect(terraformLosses(account({ access_tier: 'Hot' }), account({ access_tier: 'Cool' }))).toEqual([]);
    expect(terraformLosses(account({}), { resource: {} })).toEqual(['azurerm_storage_account.A is gone']);
  });

  test('lets a patch be sent again', () => {
    const patch = (value: string) => of('azapi_update_resource', { type: `${TYPE}@2025-06-01`, replace_triggers_external_values: value });
    expect(terraformLosses(patch('a'), patch('b'))).toEqual([]);
  });
});
