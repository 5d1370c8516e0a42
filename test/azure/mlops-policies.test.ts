import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { KeyVaultKey } from '@cdktf/provider-azurerm/lib/key-vault-key';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { App, Aspects, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ArmRenderer, AzureResourceGroup, DataLake, MlopsPolicies } from '../../src/azure';
import { armResource } from '../../src/azure/private/base/arm';
import { PROOFS } from '../../src/azure/private/policy/maturity-evidence';
import { MaturityModel } from '../../src/core/maturity';
import { SUBSCRIPTION, TENANT } from '../support/azure';

function newStack(id = 'Stack', app = new App({ outdir: mkdtempSync(join(tmpdir(), 'policies-')) }), armRenderer = ArmRenderer.AZAPI): TerraformStack {
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

const appOf = (node: IConstruct) => node.node.root as App;
const read = (stack: TerraformStack, name: string) => readFileSync(join(appOf(stack).outdir, 'stacks', stack.node.id, name), 'utf8');
const reportOf = (stack: TerraformStack) => JSON.parse(read(stack, 'compliance.json'));
const annotationsOf = (stack: TerraformStack): { level: string; message: string; constructPath: string; stacktrace?: unknown }[] =>
  JSON.parse(readFileSync(join(appOf(stack).outdir, 'manifest.json'), 'utf8')).stacks[stack.node.id].annotations;

describe('a violation', () => {
  test('of an error policy stops synthesis, names its resource and the way out, and stands in the report', () => {
    const stack = newStack();
    unversioned(stack);
    MlopsPolicies.applyTo(stack);
    expect(() => appOf(stack).synth()).toThrow('[Stack/Account] MLOPS-DAT-01 data is versioned: blob_properties.versioning_enabled is off (set blob_properties.versioning_enabled;');
    expect(reportOf(stack).policies['MLOPS-DAT-01'].resources).toEqual([
      { resource: 'Stack/Account', resourceType: 'azurerm_storage_account', verdict: 'violation', details: ['blob_properties.versioning_enabled is off'], reasons: [] },
    ]);
  });

  test('of a warning policy is a warning, without the place where the code lies', () => {
    const stack = newStack();
    key(stack);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    const [warning] = annotationsOf(stack);
    expect(warning).toEqual({
      level: '@cdktf/warn', constructPath: 'Stack', message: 'MLOPS-CST-02 a budget notifies before it is exceeded: no azurerm_consumption_budget with a notification that somebody gets (give the guardrails a budget)',
    });
    expect(annotationsOf(stack).every(({ level, stacktrace }) => level === '@cdktf/warn' && stacktrace === undefined)).toBe(true);
  });

  test('is told once, however often the stack is synthesized', () => {
    const stack = newStack();
    key(stack);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    const once = annotationsOf(stack).length;
    appOf(stack).synth();
    expect(annotationsOf(stack)).toHaveLength(once);
  });
});

describe('exceptions', () => {
  const acknowledging = (id: string, reason: string, on: (stack: TerraformStack, made: StorageAccount) => IConstruct = (_, made) => made) => {
    const stack = newStack();
    const account = unversioned(stack);
    MlopsPolicies.acknowledge(on(stack, account), id, reason);
    MlopsPolicies.applyTo(stack);
    return stack;
  };
  const versionsOf = (stack: TerraformStack) => {
    appOf(stack).synth();
    return reportOf(stack).policies['MLOPS-DAT-01'].resources;
  };

  test('with a reason are accepted and stand in the report', () => {
    const stack = acknowledging('MLOPS-DAT-01', 'a cache that is built again every night');
    expect(versionsOf(stack)).toEqual([{
      resource: 'Stack/Account',
      resourceType: 'azurerm_storage_account',
      verdict: 'exception',
      details: ['blob_properties.versioning_enabled is off'],
      reasons: ['a cache that is built again every night'],
    }]);
    expect(read(stack, 'compliance.md')).toContain('| MLOPS-DAT-01 | Stack/Account | blob_properties.versioning_enabled is off | a cache that is built again every night |');
    expect(reportOf(stack).policies['MLOPS-EXC-01'].resources).toEqual([{
      resource: 'Stack/Account', resourceType: 'azurerm_storage_account', verdict: 'compliant', details: ['MLOPS-DAT-01'], reasons: ['a cache that is built again every night'],
    }]);
  });

  test('count for what is below', () => {
    expect(versionsOf(acknowledging('MLOPS-DAT-01', 'why', (stack) => stack))[0].verdict).toBe('exception');
  });

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

  test('without a reason are none, and violations themselves', () => {
    expect(() => appOf(acknowledging('MLOPS-DAT-01', ' ')).synth()).toThrow(
      'MLOPS-EXC-01 every exception names a policy that exists and gives a reason: MLOPS-DAT-01 has no reason '
      + '(MlopsPolicies.acknowledge(construct, id, reason) with the id of a policy and a reason that a reader can judge)');
  });

  test('from nothing are violations', () => {
    expect(() => appOf(acknowledging('MLOPS-DAT-99', 'a slip of the pen')).synth()).toThrow('MLOPS-DAT-99 is no policy that can have exceptions');
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
  test('is what aspects and overrides have made of it', () => {
    const stack = newStack();
    const account = unversioned(stack);
    Aspects.of(stack).add({ visit: (node) => node === account && account.addOverride('blob_properties.versioning_enabled', true) });
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-DAT-01'].verdict).toBe('compliant');
  });

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

  test('is the scopes alone', () => {
    const stack = newStack();
    unversioned(stack);
    const product = new Construct(stack, 'Product');
    key(product);
    MlopsPolicies.applyTo(product);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-DAT-01'].verdict).toBe('not applicable');
    expect(reportOf(stack).policies['MLOPS-ENC-04'].verdict).toBe('compliant');
  });

  test('is looked at once, however many scopes it is in', () => {
    const stack = newStack();
    const product = new Construct(stack, 'Product');
    key(product);
    const policies = MlopsPolicies.applyTo(product);
    expect(MlopsPolicies.applyTo(stack)).toBe(policies);
    appOf(stack).synth();
    expect(reportOf(stack).policies['MLOPS-ENC-04'].resources).toHaveLength(1);
  });

  test('is each stack for itself', () => {
    const one = newStack('One');
    const two = newStack('Two', appOf(one));
    key(one);
    key(two);
    MlopsPolicies.applyTo(one);
    MlopsPolicies.applyTo(two);
    appOf(one).synth();
    expect(reportOf(one).policies['MLOPS-ENC-04'].resources.map((each: any) => each.resource)).toEqual(['One/Key']);
    expect(reportOf(two).policies['MLOPS-ENC-04'].resources.map((each: any) => each.resource)).toEqual(['Two/Key']);
  });

  test('must be in a stack', () => {
    expect(() => MlopsPolicies.applyTo(new App({ outdir: mkdtempSync(join(tmpdir(), 'policies-')) }))).toThrow(
      'mlops policies \'App\': this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope \'App\'');
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

describe('the report', () => {
  const inOrder = (ids: string[]) => {
    const stack = newStack();
    for (const id of ids) key(stack, id);
    MlopsPolicies.applyTo(stack);
    appOf(stack).synth();
    return stack;
  };

  test('is the same, byte for byte, from run to run', () => {
    const bytes = (stack: TerraformStack) => ['compliance.json', 'compliance.md'].map((name) => read(stack, name));
    expect(bytes(inOrder(['A', 'B']))).toEqual(bytes(inOrder(['B', 'A'])));
  });

  test('goes from controls to policies to resources, and says what means nothing here and why', () => {
    const stack = inOrder(['A']);
    const report = reportOf(stack);
    expect(report.controls['NIST-800-53-r5:SC-12']).toEqual({ verdict: 'compliant', policies: ['MLOPS-ENC-01', 'MLOPS-ENC-04'] });
    expect(report.policies['MLOPS-ENC-04'].resources).toEqual([
      { resource: 'Stack/A', resourceType: 'azurerm_key_vault_key', verdict: 'compliant', details: [], reasons: [] },
    ]);
    expect(report.policies['MLOPS-ENC-03']).toMatchObject({
      verdict: 'not applicable',
      resources: [],
      reason: 'Azure Machine Learning has no setting for what nodes of a cluster say to each other; '
        + 'they are in one virtual network that nobody else is in',
    });
    expect(read(stack, 'compliance.md')).toContain('| error | not applicable: Azure Machine Learning has no setting');
    expect(report.summary).toEqual({ compliant: 2, exception: 0, undecided: 0, violation: 1 });
  });

  test('grades the maturity of what it sees', () => {
    const report = reportOf(inOrder(['A']));
    expect(report.maturity.level).toBeUndefined();
    expect(report.maturity.practices[0]).toEqual({ practice: 'data versioning and lineage', fromLevel: 0, evidence: [] });
  });

  test('has a proof of every practice of the model', () => {
    expect(Object.keys(PROOFS).sort()).toEqual(MaturityModel.PRACTICES.map(({ name }) => name).sort());
  });
});
