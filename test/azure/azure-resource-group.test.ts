import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { App, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { AzureResourceGroup } from '../../src/azure/azure-resource-group';
import { AzureResourceGroupProps } from '../../src/azure/azure-resource-group-props';
import { ManagedIdentity } from '../../src/azure/managed-identity';
import { azureName, stableUuid } from '../../src/azure/private/base/names';
import { azureStack, onlyResource, SUBSCRIPTION, synthesized, TENANT } from '../support/azure';

const group = (props: Partial<AzureResourceGroupProps> = {}): { stack: TerraformStack; azure: AzureResourceGroup } => {
  const stack = azureStack(props);
  return { stack, azure: AzureResourceGroup.of(stack) };
};

describe('a stack', () => {
  test('has one resource group, which every construct in it finds', () => {
    const { stack, azure } = group();
    expect(AzureResourceGroup.of(new Construct(new Construct(stack, 'A'), 'B'))).toBe(azure);
    expect(() => new AzureResourceGroup(stack, 'Second', { subscriptionId: SUBSCRIPTION, location: 'westeurope' })).toThrow(
      "azure resource group 'Stack/Second': scope must be a stack without an AzureResourceGroup: one stack has one resource group, got 'Stack'");
  });

  test('without a resource group is an error that says what to do', () => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    expect(() => new ManagedIdentity(stack, 'Trainer')).toThrow(
      "managed identity 'Stack/Trainer': the stack has no resource group yet: create new AzureResourceGroup(stack, 'Azure', { subscriptionId, location }) before its constructs");
    expect(() => new AzureResourceGroup(new App(), 'Azure', { subscriptionId: SUBSCRIPTION, location: 'westeurope' })).toThrow(
      "azure resource group 'Azure': this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope 'App'");
  });

  test('makes a group that keeps what is in it, or takes one that exists', () => {
    const made = synthesized(group().stack);
    expect(onlyResource(made, 'azurerm_resource_group')).toMatchObject({ name: expect.stringMatching(/^stack-azure-[0-9a-f]{8}$/), location: 'westeurope' });
    expect(made.provider.azurerm[0].features[0].resource_group).toEqual([{ prevent_deletion_if_contains_resources: true }]);
    const { stack, azure } = group({ resourceGroupName: 'ml-prod' });
    expect(synthesized(stack).resource).toEqual({});
    expect(azure.resourceGroupId).toBe(`/subscriptions/${SUBSCRIPTION}/resourceGroups/ml-prod`);
  });
});

describe('the provider', () => {
  test('is declared in a range of versions, signs in to storage as the deployer, and purges nothing', () => {
    const config = synthesized(group().stack);
    expect(config.terraform.required_providers.azurerm).toEqual({ source: 'hashicorp/azurerm', version: '~> 4.77' });
    expect(config.terraform.required_version).toBe('>= 1.11');
    expect(config.provider.azurerm).toEqual([expect.objectContaining({ subscription_id: SUBSCRIPTION, storage_use_azuread: true })]);
    expect(config.provider.azurerm[0].features[0]).toMatchObject({
      key_vault: [{ purge_soft_delete_on_destroy: false, recover_soft_deleted_key_vaults: true }],
      machine_learning: [{ purge_soft_deleted_workspace_on_destroy: false }],
      storage: [{ data_plane_available: false }],
    });
    // It waits for a rule that Azure may not add, and fails after half an hour.
    expect(config.provider.azurerm[0].features[0]).not.toHaveProperty('application_insights');
    expect(synthesized(group({ providerVersion: '>= 4.77, < 6' }).stack).terraform.required_providers.azurerm.version).toBe('>= 4.77, < 6');
  });

  test('registers the namespaces that are used, and no others', () => {
    const { stack, azure } = group({ resourceGroupName: 'ml' });
    new ManagedIdentity(stack, 'Trainer');
    azure._register('Microsoft.Logic');
    azure._register('Microsoft.Logic', 'Microsoft.App');
    expect(synthesized(stack).provider.azurerm[0]).toMatchObject({
      resource_provider_registrations: 'none', resource_providers_to_register: ['Microsoft.App', 'Microsoft.Logic', 'Microsoft.ManagedIdentity'],
    });
  });

  test('asks who is signed in only where no tenant is given', () => {
    expect(group().azure.tenantId).toBe(TENANT);
    const { stack, azure } = group({ tenantId: undefined });
    expect(synthesized(stack).data).toBeUndefined();
    expect(azure.tenantId).toContain('TfToken');
    expect(synthesized(stack).data.azurerm_client_config).toBeDefined();
  });
});

describe('tags', () => {
  const tagged = (stack: TerraformStack) => synthesized(stack).resource.azurerm_storage_account.Store.tags;
  const account = (stack: TerraformStack, tags?: { [name: string]: string }) => new StorageAccount(stack, 'Store', {
    name: 'store', resourceGroupName: 'ml', location: 'westeurope', accountTier: 'Standard', accountReplicationType: 'ZRS', tags,
  });

  test('are on everything that takes tags, and the own ones of a resource win', () => {
    const { stack, azure } = group({ resourceGroupName: 'ml', tags: { team: 'fraud' } });
    account(stack, { team: 'own', kind: 'lake' });
    azure._addTags({ cost: '42' });
    expect(tagged(stack)).toEqual({ team: 'own', kind: 'lake', cost: '42' });
  });

  test('are text, and no template of Terraform', () => {
    const { stack } = group({ resourceGroupName: 'ml', tags: { team: '${fraud}' } });
    account(stack);
    expect(tagged(stack)).toEqual({ team: '$${fraud}' });
  });

  test.each([
    ['microsoft-x', 'a', /tags must be names/],
    ['a<b', 'a', /tags must be names/],
    ['a', 'x'.repeat(257), /tags\.a must be text of at most 256 characters/],
  ])('%s is refused where Azure refuses it', (name, value, error) => {
    expect(() => group({ tags: { [name]: value } })).toThrow(error);
  });
});

describe('wrong input', () => {
  test.each([
    ['subscriptionId', 'my-subscription', 'the id of a subscription'],
    ['location', 'West Europe', 'a region like westeurope'],
    ['resourceGroupName', 'ends.', '1 to 90 letters'],
    ['tenantId', 'contoso', 'the id of a tenant'],
    ['providerVersion', 'latest', 'a range of versions'],
    ['armRenderer', 'bicep', 'ArmRenderer.AZAPI or ArmRenderer.TEMPLATE'],
  ])('%s %s', (prop, value, want) => {
    expect(() => group({ [prop]: value })).toThrow(new RegExp(`azure resource group 'Stack/Azure': ${prop} must be ${want}`));
  });

  test('a region that the list lacks is a warning, because new ones come', () => {
    const warnings = (location: string) => group({ location }).azure.node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);
    expect(warnings('westeurope')).toEqual([]);
    expect(warnings('marscentral')).toEqual(["azure resource group 'Stack/Azure': region marscentral is not in the library's list: is it spelled as Azure has it?"]);
  });
});

describe('names', () => {
  test('of what is named in all of Azure differ between subscriptions and groups, others only between places in the stack', () => {
    const name = (kind: 'storageAccount' | 'identity', props: Partial<AzureResourceGroupProps>) => azureName(new Construct(group(props).stack, 'Data'), kind);
    const [here, there] = [{ resourceGroupName: 'a' }, { resourceGroupName: 'b' }];
    expect(name('storageAccount', here)).toMatch(/^[a-z][a-z0-9]{2,23}$/);
    expect(name('storageAccount', here)).toBe(name('storageAccount', here));
    expect(name('storageAccount', here)).not.toBe(name('storageAccount', there));
    expect(name('identity', here)).toBe(name('identity', there));
  });

  test('that only Terraform can complete differ between places all the same', () => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    const subscriptionId = new TerraformVariable(stack, 'subscription', {}).stringValue;
    new AzureResourceGroup(stack, 'Azure', { subscriptionId, resourceGroupName: 'ml', location: 'westeurope' });
    const scope = new Construct(stack, 'Data');
    new StorageAccount(stack, 'Store', {
      name: azureName(scope, 'storageAccount'), resourceGroupName: 'ml', location: 'westeurope', accountTier: 'Standard', accountReplicationType: 'ZRS',
    });
    const { name } = synthesized(stack).resource.azurerm_storage_account.Store;
    expect(name).toMatch(/^[a-z][a-z0-9]{10,15}\$\{substr\(sha256\(join\("\/", \[var\.subscription, "ml"\]\)\), 0, 8\)\}$/);
    expect(stableUuid(scope)).toContain('TfToken');
  });

  test('UUIDs are stable and well formed', () => {
    const scope = new Construct(group().stack, 'Dashboard');
    expect(stableUuid(scope, 'a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(stableUuid(scope, 'a')).not.toBe(stableUuid(scope, 'b'));
  });
});
