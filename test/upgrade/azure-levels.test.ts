import { TerraformConfig } from '../support/terraform-json';
import { stateful, terraformLosses } from '../support/terraform-replacement';

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
