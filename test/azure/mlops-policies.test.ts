import { KeyVaultKey } from '@cdktf/provider-azurerm/lib/key-vault-key';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { ArmRenderer, AzureResourceGroup, DataLake, MlopsPolicies } from '../../src/azure';
import { armResource } from '../../src/azure/private/base/arm';
import { PROOFS } from '../../src/azure/private/policy/maturity-evidence';
import { SUBSCRIPTION, TENANT } from '../support/azure';
import { appOf, newApp, reportOf, provePolicies } from '../support/mlops-policies';

function newStack(id = 'Stack', app = newApp(), armRenderer = ArmRenderer.AZAPI): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope', tags: { team: 'churn' }, armRenderer });
  return stack;
}

function key(scope: Construct, id = 'Key'): KeyVaultKey {
  return new KeyVaultKey(scope, id, {
    name: 'k',
    keyVaultId: 'v',
    keyType: 'RSA',
    keyOpts: ['wrapKey', 'unwrapKey'],
    rotationPolicy: { automatic: { timeAfterCreation: 'P90D' } },
    lifecycle: { preventDestroy: true },
  });
}

/** An account with one fault only: it has no versions. */
function unversioned(scope: Construct, id = 'Account'): StorageAccount {
  return new StorageAccount(scope, id, {
    name: 'a',
    resourceGroupName: 'g',
    location: 'westeurope',
    accountTier: 'Standard',
    accountReplicationType: 'ZRS',
    allowNestedItemsToBePublic: false,
    sharedAccessKeyEnabled: false,
    customerManagedKey: { keyVaultKeyId: 'k', userAssignedIdentityId: 'i' },
    lifecycle: { preventDestroy: true },
  });
}

provePolicies({
  policies: MlopsPolicies,
  newStack: (id, app) => newStack(id, app),
  key,
  keyType: 'azurerm_key_vault_key',
  unversioned: (scope) => unversioned(scope),
  store: {
    path: 'Stack/Account',
    resourceType: 'azurerm_storage_account',
    detail: 'blob_properties.versioning_enabled is off',
    fix: 'set blob_properties.versioning_enabled;',
    argument: 'blob_properties.versioning_enabled',
  },
  noBudget: 'no azurerm_consumption_budget with a notification that somebody gets',
  noSetting: 'Azure Machine Learning has no setting for what nodes of a cluster say to each other; they are in one virtual network that nobody else is in',
  violations: 1,
  proofs: PROOFS,
});

describe('exceptions', () => {
  test('that were given to checkov for the same are enough', () => {
    const stack = newStack();
    const account = unversioned(stack);
    account.addOverride('allow_nested_items_to_be_public', true);
    account.addOverride('blob_properties.versioning_enabled', true);
    MlopsPolicies.acknowledge(account, 'CKV_AZURE_190', 'a site that everybody reads');
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-NET-01'].resources[0]).toMatchObject({ verdict: 'exception', reasons: ['a site that everybody reads'] });
  });

  test('for one role leave the others', () => {
    const stack = newStack();
    for (const role of ['Contributor', 'Owner']) new RoleAssignment(stack, role, { scope: `/subscriptions/${SUBSCRIPTION}`, roleDefinitionName: role, principalId: 'p' });
    for (const id of ['MLOPS-IAM-01', 'MLOPS-IAM-02']) MlopsPolicies.acknowledge(stack, `${id}[Role::Contributor]`, 'why');
    MlopsPolicies.applyTo(stack);
    expect(() => appOf(stack).synth()).toThrow('Owner can give every role');
    expect(reportOf(stack).policies['MLOPS-IAM-01'].resources.map((each: any) => each.verdict).sort()).toEqual(['exception', 'violation']);
  });
});

describe('what is looked at', () => {
  test('has the tags of the resource group', () => {
    const stack = newStack();
    unversioned(stack).addOverride('blob_properties.versioning_enabled', true);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-TAG-01'].verdict).toBe('compliant');
  });

  test.each([ArmRenderer.AZAPI, ArmRenderer.TEMPLATE])('is what Azure sees of a body, rendered as %s', (renderer) => {
    const stack = newStack('Stack', undefined, renderer);
    armResource(stack, 'Workspace', {
      type: 'Microsoft.MachineLearningServices/workspaces',
      name: 'w',
      parentId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/g`,
      location: 'westeurope',
      body: { properties: { managedNetwork: { isolationMode: 'AllowInternetOutbound' } } },
    });
    MlopsPolicies.applyTo(stack);
    expect(() => appOf(stack).synth()).toThrow('managedNetwork.isolationMode is AllowInternetOutbound');
    expect(reportOf(stack).policies['MLOPS-TAG-01'].resources).toEqual([
      { resource: 'Stack/Workspace', resourceType: 'Microsoft.MachineLearningServices/workspaces', verdict: 'compliant', details: [], reasons: [] },
    ]);
  });
});

test('a lake passes what is checked of it', () => {
  const stack = newStack();
  const data = new DataLake(stack, 'Data');
  MlopsPolicies.applyTo(data);
  MlopsPolicies.acknowledge(data, 'MLOPS-IAM-04', 'guardrails assign policies');
  appOf(stack).synth();
  const { policies, summary } = reportOf(stack);
  expect(summary).toMatchObject({ undecided: 0 });
  // Records of reads and a budget are for guardrails to make.
  expect(Object.keys(policies).filter((id) => policies[id].verdict === 'violation')).toEqual(['MLOPS-LOG-03', 'MLOPS-CST-02']);
  expect(policies['MLOPS-ENC-04'].resources).toMatchObject([{ resourceType: 'Microsoft.KeyVault/vaults/keys', verdict: 'compliant' }]);
  expect(policies['MLOPS-DAT-01'].verdict).toBe('exception');
});
