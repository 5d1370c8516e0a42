import fs from 'node:fs';
import path from 'node:path';
import { immutableOf, SCHEMA_TYPES, schemaProblems } from '../support/provider-schema';

const SRC = path.resolve(__dirname, '..', '..', 'src', 'azure');

test('knows the schema of every type that the constructs import', () => {
  const imported = fs.readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...fs.readFileSync(path.join(SRC, file), 'utf8').matchAll(/provider-azurerm\/lib\/([a-z0-9-]+)'/g)])
    .map(([, folder]) => (folder === 'provider' ? folder : folder.replace(/-/g, '_')))
    .map((name) => (name === 'provider' ? name : name.replace(/^(data_)?(azurerm_)?/, (_, data) => `${data === undefined ? '' : 'data.'}azurerm_`)));
  expect(imported.length).toBeGreaterThan(10);
  expect([...new Set(imported)].filter((type) => !SCHEMA_TYPES.includes(type)).sort()).toEqual([]);
});

const of = (type: string, attributes: object) => schemaProblems({ resource: { [type]: { A: attributes } } }).map((each) => each.replace(`${type}.A: `, ''));
const CONTAINER = { name: 'raw', storage_account_id: '${azurerm_storage_account.Store.id}' };

describe('the schema', () => {
  test('takes a resource that says what it must', () => {
    expect(of('azurerm_storage_container', { ...CONTAINER, depends_on: [], lifecycle: {}, timeouts: { create: '5m' } })).toEqual([]);
  });

  test.each<[string, string, object, string[]]>([
    ['an argument that is not there', 'azurerm_storage_container', { ...CONTAINER, colour: 'red' }, ['colour is unknown']],
    ['what is missing', 'azurerm_storage_container', { storage_account_id: 'a' }, ['name is missing']],
    ['what only the provider says', 'azurerm_storage_container', { ...CONTAINER, has_legal_hold: true }, ['has_legal_hold is computed']],
    ['another kind', 'azurerm_storage_container', { ...CONTAINER, metadata: 'a' }, ['metadata must be a map of string, got "a"']],
    ['a block with an argument that is not there', 'azurerm_storage_account',
      { name: 'a', resource_group_name: 'b', location: 'c', account_tier: 'Standard', account_replication_type: 'LRS', blob_properties: { versions: true } },
      ['blob_properties.versions is unknown']],
    ['a block too many', 'azurerm_storage_account', {
      name: 'a',
      resource_group_name: 'b',
      location: 'c',
      account_tier: 'Standard',
      account_replication_type: 'LRS',
      network_rules: [{ default_action: 'Deny' }, { bypass: [] }],
    }, ['network_rules must be there 0 to 1 times, got 2', 'network_rules.1.default_action is missing']],
    ['text for a block', 'azurerm_machine_learning_workspace', {
      name: 'a', resource_group_name: 'b', location: 'c', application_insights_id: 'd', key_vault_id: 'e', storage_account_id: 'f', identity: ['SystemAssigned'],
    }, ['identity must be a block, got "SystemAssigned"']],
    ['what excludes each other', 'azurerm_storage_blob', {
      name: 'a', storage_container_id: 'b', type: 'Block', source: 'c', source_content: 'd',
    }, ['source conflicts with source_content', 'source_content conflicts with source']],
    ['a body whose response is kept by default', 'azapi_resource', { type: 'a@1', name: 'b', parent_id: 'c' }, ['response_export_values is missing']],
    ['a resource named twice', 'azapi_update_resource', { type: 'a@1', name: 'b', parent_id: 'c', resource_id: 'd', response_export_values: [] },
      ['exactly one of resource_id, name must be given', 'name conflicts with resource_id', 'parent_id conflicts with resource_id']],
    ['a type without a schema', 'azurerm_moon', {}, ['azurerm_moon has no schema: add it as test/support/azure-provider/README.md says']],
  ])('refuses %s', (_, type, attributes, problems) => {
    expect(of(type, attributes).sort()).toEqual([...problems].sort());
  });

  test('looks at providers and data as well', () => {
    const config = { resource: {}, data: { azurerm_client_config: { Login: { who: 1 } } }, provider: { azurerm: [{ features: [{ moon: {} }], alias: 'b' }] } };
    expect(schemaProblems(config)).toEqual(['data.azurerm_client_config.Login: who is unknown', 'provider.azurerm: features.moon is unknown']);
  });

  test('says what replaces a resource', () => {
    expect(immutableOf('azurerm_user_assigned_identity')).toEqual(['location', 'name', 'resource_group_name']);
    expect(immutableOf('azapi_resource')).toEqual(['location', 'name', 'parent_id', 'replace_triggers_external_values']);
    expect(immutableOf('azurerm_moon')).toBeUndefined();
  });
});
