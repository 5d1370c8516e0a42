import { ArmRenderer } from '../../src/azure/azure-resource-group-props';
import { EncryptionKey } from '../../src/azure/encryption-key';
import { EncryptionKeyProps } from '../../src/azure/encryption-key-props';
import { ManagedIdentity } from '../../src/azure/managed-identity';
import { azureStack, onlyResource, SUBSCRIPTION, synthesized } from '../support/azure';

const config = (props?: EncryptionKeyProps, context = {}, group = {}) => {
  const stack = azureStack(group, context);
  new EncryptionKey(stack, 'Key', props);
  return synthesized(stack);
};

test('a vault with role-based access that nobody can purge, open to Azure\'s own services alone', () => {
  expect(onlyResource(config(), 'azurerm_key_vault')).toMatchObject({
    name: expect.stringMatching(/^[a-z][a-z0-9-]{2,23}$/),
    sku_name: 'standard',
    rbac_authorization_enabled: true,
    purge_protection_enabled: true,
    soft_delete_retention_days: 90,
    public_network_access_enabled: false,
    network_acls: { default_action: 'Deny', bypass: 'AzureServices' },
    lifecycle: { prevent_destroy: true },
  });
});

test('the key is made by the resource manager, and rotates', () => {
  const action = onlyResource(config({ rotationDays: 30 }), 'azapi_resource_action');
  expect(action).toMatchObject({ type: 'Microsoft.KeyVault/vaults/keys@2023-07-01', method: 'PUT', resource_id: expect.stringMatching(/^\$\{azurerm_key_vault\..*\.id\}\/keys\//) });
  expect(action.body.properties).toMatchObject({
    kty: 'RSA', keyOps: ['wrapKey', 'unwrapKey'], rotationPolicy: { lifetimeActions: [{ trigger: { timeAfterCreate: 'P30D' }, action: { type: 'rotate' } }] },
  });
});

test('hardware protection takes a premium vault', () => {
  const made = config({ hardwareProtected: true });
  expect(onlyResource(made, 'azurerm_key_vault').sku_name).toBe('premium');
  expect(onlyResource(made, 'azapi_resource_action').body.properties.kty).toBe('RSA-HSM');
});

test('as a template it is a resource that stays, because a key cannot be deleted through the resource manager', () => {
  const made = config({}, {}, { armRenderer: ArmRenderer.TEMPLATE });
  expect(made.resource.azapi_resource_action).toBeUndefined();
  expect(onlyResource(made, 'azurerm_resource_group_template_deployment').lifecycle).toEqual({ prevent_destroy: true });
});

test('deleting it takes two keys', () => {
  const props = { removalPolicy: 'destroy' as EncryptionKeyProps['removalPolicy'] };
  expect(() => config(props)).toThrow(/encryption key 'Stack\/Key': removalPolicy DESTROY would delete data with the stack/);
  expect(onlyResource(config(props, { 'mlops:allowDestroy': true }), 'azurerm_key_vault').lifecycle).toEqual({ prevent_destroy: false });
});

test('who encrypts with it may wrap and unwrap, once, and waits until that is known everywhere', () => {
  const stack = azureStack();
  const key = new EncryptionKey(stack, 'Key');
  const identity = new ManagedIdentity(stack, 'Store');
  expect(key.grantCrypto(identity).addresses).toHaveLength(2);
  key.grantCrypto(identity);
  const made = synthesized(stack);
  expect(onlyResource(made, 'azurerm_role_assignment')).toMatchObject({
    role_definition_id: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/e147488a-f6f5-4113-8e2d-b22465e65bf6`,
    principal_type: 'ServicePrincipal',
    scope: expect.stringMatching(/azurerm_key_vault/),
  });
  expect(onlyResource(made, 'time_sleep')).toMatchObject({ create_duration: '120s', depends_on: [expect.stringMatching(/^azurerm_role_assignment\./)] });
});

describe('a key that exists', () => {
  const keyVaultId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/security/providers/Microsoft.KeyVault/vaults/keys`;

  test('is followed through its rotation', () => {
    const key = EncryptionKey.fromAttributes(azureStack(), 'Key', { keyId: 'https://keys.vault.azure.net/keys/lake/0123', keyVaultId });
    expect(key.versionlessKeyId).toBe('https://keys.vault.azure.net/keys/lake');
  });

  test.each([
    ['keyId', { keyId: 'lake', keyVaultId }],
    ['keyVaultId', { keyId: 'https://keys.vault.azure.net/keys/lake', keyVaultId: 'keys' }],
  ])('with a wrong %s is refused', (prop, attributes) => {
    expect(() => EncryptionKey.fromAttributes(azureStack(), 'Key', attributes)).toThrow(new RegExp(`encryption key 'Stack/Key': ${prop} must be `));
  });
});

test.each([27, 1096, 30.5])('rotation after %s days is refused', (rotationDays) => {
  expect(() => config({ rotationDays })).toThrow(/rotationDays must be a whole number between 28 and 1095/);
});
