import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import {
  AzureResourceGroup, DataLake, GovernanceGuardrails, GovernanceGuardrailsProps, Grant, GuardrailPolicy, GuardrailRemediation, IModelRegistry,
  IPrincipal, MlopsPolicies, Principal, RemovalPolicy,
} from '../../src/azure';
import { RiskRating } from '../../src/core/governance-guardrails';
import { azureStack, onlyResource, resourceAt, resourcesOf, SUBSCRIPTION, synthesized, TENANT } from '../support/azure';
import { PlainWorkspace, foldersIn } from '../support/azure-parts';
import { RememberingRegistry } from '../support/remembering-registry';

type Options = Partial<GovernanceGuardrailsProps>;

const budget = { monthlyUsd: 500, alertEmails: ['ml@example.com'] };
const modelCard = { intendedUse: 'ranks customers by their risk to leave', owner: 'churn team' };
const group = (digit: number) => Principal.group(`${String(digit).repeat(8)}-0000-0000-0000-000000000000`);
const [scientists, engineers, approvers, auditors] = [1, 2, 3, 4].map(group);
const NAMES: { readonly [objectId: string]: string } = {
  [scientists.objectId]: 'scientists', [engineers.objectId]: 'engineers', [approvers.objectId]: 'approvers', [auditors.objectId]: 'auditors',
};

class FakeRegistry extends RememberingRegistry<IPrincipal, Grant> implements IModelRegistry {
  public readonly workspaceId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/work';
  public readonly modelContainerId = `${this.workspaceId}/models/churn`;
  public readonly approvalQueueId = 'queue';
  public readonly approvalQueueUrl = 'https://store.queue.core.windows.net/approvals';
  public readonly versionNumbersUrl = 'https://store.blob.core.windows.net/artifacts/registry/churn';
  public readonly imageRepositoryUri = 'images.azurecr.io/churn';

  protected nameOf({ objectId }: IPrincipal): string {
    return NAMES[objectId];
  }

  protected grant(): Grant {
    return new Grant([]);
  }
}

/** Guardrails that make nothing by themselves, beside a lake and a workspace. */
function guarded(options: Options | ((stack: TerraformStack) => Options) = {}, stack = azureStack(), privateEndpoints?: boolean) {
  const data = new DataLake(stack, 'Data', { privateEndpoints });
  const workspace = new PlainWorkspace(stack, 'Workspace');
  const governance = new GovernanceGuardrails(stack, 'Governance', {
    data, workspace, auditLog: false, cloudGuardrails: false, policyChecks: false, ...(typeof options === 'function' ? options(stack) : options),
  });
  return { stack, data, governance, config: () => synthesized(stack) };
}

const failing = (options: Options | ((stack: TerraformStack) => Options)) => () => {
  guarded(options);
};

describe('tags', () => {
  test('are those of everything that takes tags', () => {
    const { config } = guarded({ tags: { team: 'churn' } });
    for (const account of resourcesOf(config(), 'azurerm_storage_account')) expect(account.tags).toEqual({ team: 'churn' });
    expect(resourcesOf(guarded().config(), 'azurerm_storage_account')[0].tags).toBeUndefined();
  });

  test.each([
    [{ 'microsoft-team': 'x' }, 'tags must be names of at most 128 characters without <>%&\\?/ that do not start with microsoft, azure or windows, got \'microsoft-team\''],
    [{ team: 'x'.repeat(257) }, 'tags.team must be text of at most 256 characters, got \'x'],
    [Object.fromEntries([...Array(51).keys()].map((each) => [`t${each}`, 'x'])), 'tags must be at most 50, got \'51 tags\''],
  ])('refuses %j', (tags, message) => {
    expect(failing({ tags: tags as { [key: string]: string } })).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });

  test('of two guardrails in a stack cannot differ', () => {
    const { stack, data } = guarded({ tags: { team: 'churn' } });
    const workspace = new PlainWorkspace(stack, 'Other');
    expect(() => new GovernanceGuardrails(stack, 'Second', { data, workspace, tags: { team: 'fraud' }, policyChecks: false }))
      .toThrow("governance guardrails 'Stack/Second': tags.team: all resources of the stack have the same: 'Stack/Governance' of the same stack says otherwise");
  });
});

describe('budget', () => {
  test('counts the resource group, tells at 50, 80 and 100 percent, and when 100 percent are foreseen', () => {
    const made = onlyResource(guarded({ budget }).config(), 'azurerm_consumption_budget_resource_group');
    const at = (threshold: number, kind: string) =>
      ({ enabled: true, threshold, threshold_type: kind, operator: 'GreaterThanOrEqualTo', contact_emails: ['ml@example.com'] });
    expect(made).toMatchObject({
      amount: 500,
      time_grain: 'Monthly',
      resource_group_id: expect.stringMatching(/^\$\{azurerm_resource_group\.\w+\.id\}$/),
      notification: [at(50, 'Actual'), at(80, 'Actual'), at(100, 'Actual'), at(100, 'Forecasted')],
    });
    expect(made.filter).toBeUndefined();
  });

  test('starts in the month in which it is made, by Terraform\'s clock, and never again', () => {
    const made = onlyResource(guarded({ budget }).config(), 'azurerm_consumption_budget_resource_group');
    expect(made.time_period).toEqual({ start_date: '${formatdate("YYYY-MM-\'01T00:00:00Z\'", plantimestamp())}' });
    expect(made.lifecycle).toEqual({ ignore_changes: ['time_period'] });
  });

  test('takes its own shares, cents and tag', () => {
    const made = onlyResource(guarded({
      tags: { team: 'churn ${x}' }, budgetTag: 'team', budget: { monthlyUsd: 99.25, alertEmails: ['a@example.com', 'b+${x}@example.com'], alertAtPercent: [90, 40] },
    }).config(), 'azurerm_consumption_budget_resource_group');
    expect(made).toMatchObject({ amount: 99.25, filter: { tag: [{ name: 'team', values: ['churn $${x}'] }] } });
    expect(made.notification.map((each: any) => [each.threshold, each.threshold_type])).toEqual([[40, 'Actual'], [90, 'Actual'], [90, 'Forecasted']]);
    expect(made.notification[0].contact_emails).toEqual(['a@example.com', 'b+$${x}@example.com']);
  });

  test.each<[string, Options, string]>([
    ['no money', { budget: { ...budget, monthlyUsd: 0 } }, 'budget.monthlyUsd must be between 1 and 1000000000, got 0'],
    ['nobody', { budget: { ...budget, alertEmails: [] } }, 'budget.alertEmails must be 1 to 50 addresses, got 0'],
    ['a name', { budget: { ...budget, alertEmails: ['ml'] } }, 'budget.alertEmails must be e-mail addresses like ml@example.com, got \'ml\''],
    ['five shares', { budget: { ...budget, alertAtPercent: [1, 2, 3, 4, 5] } },
      'budget.alertAtPercent must be 1 to 4 shares: Azure notifies at five, one of them by forecast, got 5'],
    ['no share', { budget: { ...budget, alertAtPercent: [] } }, 'budget.alertAtPercent must be 1 to 4 shares: Azure notifies at five, one of them by forecast, got 0'],
    ['an unknown tag', { budget, budgetTag: 'team' }, 'budgetTag must be the name of one of the tags, got \'team\''],
    ['a tag of nothing', { tags: { team: 'churn' }, budgetTag: 'team' }, 'budgetTag is about the budget, and there is none'],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('audit log', () => {
  const audited = (options: Options = {}, stack = azureStack(), privateEndpoints?: boolean) =>
    guarded({ auditLog: true, ...options }, stack, privateEndpoints).config();
  const settings = (config: ReturnType<typeof audited>) => Object.fromEntries(resourcesOf(config, 'azurerm_monitor_diagnostic_setting')
    .map((each) => [each.target_resource_id, each.enabled_log.map(({ category }: { category: string }) => category)]));

  test('is there unless it is declined: who changed what, who read and wrote which blobs, who used the key', () => {
    const config = audited({ auditLog: undefined });
    const recorded = settings(config);
    expect(recorded[`/subscriptions/${SUBSCRIPTION}`]).toEqual(['Administrative', 'Policy', 'Security']);
    expect(Object.entries(recorded).map(([target, categories]) => [target.replace(/_[0-9A-F]{8}/, ''), categories])).toEqual(expect.arrayContaining([
      ['${azurerm_storage_account.Data_Store.id}/blobServices/default', ['StorageRead', 'StorageWrite', 'StorageDelete']],
      ['${azurerm_storage_account.Data_Features.id}/blobServices/default', ['StorageRead', 'StorageWrite', 'StorageDelete']],
      ['${azurerm_key_vault.Data_Key_Vault.id}', ['AuditEvent']],
    ]));
    expect(Object.keys(recorded).find((each) => each.endsWith('/workspaces/work'))).toBeDefined();
    expect(guarded().config().resource.azurerm_monitor_diagnostic_setting).toBeUndefined();
    expect(guarded().governance.auditAccountName).toBeUndefined();
  });

  test('is in an account of its own under the key of the lake, in containers that nobody changes, and goes a day later', () => {
    const config = audited();
    const account = resourceAt(config, 'azurerm_storage_account', 'Audit_Records');
    expect(account).toMatchObject({
      shared_access_key_enabled: false,
      allow_nested_items_to_be_public: false,
      lifecycle: { prevent_destroy: true },
      customer_managed_key: { key_vault_key_id: expect.stringContaining('Key-keyUri_') },
    });
    const names = ['insights-activity-logs', 'insights-logs-auditevent', 'insights-logs-datastorechangeevent', 'insights-logs-modelsactionevent', 'insights-logs-modelschangeevent',
      'insights-logs-storagedelete', 'insights-logs-storageread', 'insights-logs-storagewrite'];
    const containers = resourcesOf(config, 'azurerm_storage_container').filter(({ name }) => name.startsWith('insights-'));
    expect(containers.map(({ name }) => name).sort()).toEqual(names);
    expect(containers.every(({ container_access_type: access, lifecycle }) => access === 'private' && lifecycle.prevent_destroy)).toBe(true);
    const policies = resourcesOf(config, 'azurerm_storage_container_immutability_policy');
    expect(policies).toHaveLength(names.length);
    for (const each of policies) {
      expect(each).toMatchObject({ immutability_period_in_days: 365, locked: false, protected_append_writes_enabled: true });
    }
    const [{ filters, actions }] = resourceAt(config, 'azurerm_storage_management_policy', 'Audit_Expiration').rule;
    expect(filters.prefix_match.map((each: string) => each.slice(0, -1)).sort()).toEqual(names);
    expect(filters.blob_types).toEqual(['appendBlob']);
    expect(actions.base_blob).toEqual({ delete_after_days_since_modification_greater_than: 366 });
  });

  test('is written when its containers have their policies, and the activity log can be asked in Log Analytics as well', () => {
    const config = audited();
    for (const each of resourcesOf(config, 'azurerm_monitor_diagnostic_setting')) {
      expect(each.storage_account_id).toMatch(/^\$\{azurerm_storage_account\.Governance_Audit_Records_\w+\.id\}$/);
      expect(each.depends_on.filter((need: string) => need.startsWith('azurerm_storage_container_immutability_policy.'))).toHaveLength(8);
    }
    const asked = resourcesOf(config, 'azurerm_monitor_diagnostic_setting').filter((each) => each.log_analytics_workspace_id !== undefined);
    expect(asked.map((each) => each.target_resource_id)).toEqual([`/subscriptions/${SUBSCRIPTION}`]);
  });

  test('leaves out the activity log where somebody else keeps it, and vaults where there is no key', () => {
    const config = audited({ auditActivityLog: false });
    expect(settings(config)[`/subscriptions/${SUBSCRIPTION}`]).toBeUndefined();
    expect(resourcesOf(config, 'azurerm_storage_container').map(({ name }) => name)).not.toContain('insights-activity-logs');
  });

  test('is kept as long as is said, and locked where that is said', () => {
    const config = audited({ auditRetentionDays: 400, auditLocked: true });
    for (const each of resourcesOf(config, 'azurerm_storage_container_immutability_policy')) {
      expect(each).toMatchObject({ immutability_period_in_days: 400, locked: true });
    }
  });

  test('is in the private network where the lake is', () => {
    const config = audited({}, azureStack(), true);
    expect(resourceAt(config, 'azurerm_storage_account', 'Audit_Records').network_rules.default_action).toBe('Deny');
    expect(resourceAt(config, 'azurerm_private_endpoint', 'Audit_RecordsEndpoint').private_service_connection.subresource_names).toEqual(['blob']);
  });

  test('goes with the stack when both keys are turned', () => {
    const stack = azureStack({}, { 'mlops:allowDestroy': true });
    const config = audited({ removalPolicy: RemovalPolicy.DESTROY }, stack);
    expect(resourceAt(config, 'azurerm_storage_account', 'Audit_Records').lifecycle).toEqual({ prevent_destroy: false });
    expect(failing({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      'governance guardrails \'Stack/Governance\': removalPolicy DESTROY would delete data with the stack: set the context flag \'mlops:allowDestroy\' to true as well, or keep RETAIN');
  });

  test.each<[string, Options, string]>([
    ['a short memory', { auditLog: true, auditRetentionDays: 30 }, 'auditRetentionDays must be a whole number between 180 and 3650, got 30'],
    ['a locked log that can be destroyed', { auditLog: true, auditLocked: true, removalPolicy: RemovalPolicy.DESTROY },
      'removalPolicy DESTROY and auditLocked exclude each other: a locked container cannot be deleted until its last blob is free'],
    ['settings of nothing', { auditRetentionDays: 400 }, 'auditRetentionDays is about the audit log, and auditLog is false'],
    ['a lock of nothing', { auditLocked: true }, 'auditLocked is about the audit log, and auditLog is false'],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('model card', () => {
  const workflowOf = (config: ReturnType<typeof synthesized>) =>
    resourcesOf(config, 'azapi_resource').find(({ type }) => type.startsWith('Microsoft.Logic/workflows'))!.body.properties.definition;
  const putsIn = (value: any): any[] => (typeof value !== 'object' || value === null ? [] : [
    ...(value.type === 'Http' && value.inputs.method === 'PUT' ? [value.inputs] : []), ...Object.values(value).flatMap(putsIn),
  ]);

  test('lies in the container of artifacts, for machines and for people, written by a workflow that may write nothing else', () => {
    const { governance, config, stack } = guarded((inside) => ({
      registry: new FakeRegistry(inside), modelCard: { ...modelCard, riskRating: RiskRating.MEDIUM, limitations: 'not for ${newcomers} or @{admins}' },
    }));
    const [json, markdown] = putsIn(workflowOf(config()));
    expect(json.uri).toMatch(/\.blob\.core\.windows\.net\/\$\{azurerm_storage_container\.Data_Artifacts_\w+\.name\}\/governance\/churn\/model-card\.json$/);
    expect(json.headers).toMatchObject({ 'x-ms-blob-type': 'BlockBlob', 'Content-Type': 'application/json', 'x-ms-meta-content': expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(markdown.uri).toMatch(/\/governance\/churn\/model-card\.md$/);
    expect(markdown.body).toContain('not for $${newcomers} or @{\'@\'}{admins}');
    expect(governance.modelCardUri).toMatch(/\/governance\/churn\/model-card\.md$/);
    new TerraformOutput(stack, 'Card', { value: governance.modelCardWorkflowId });
    expect(config().output.Card.value).toMatch(/^\$\{azapi_resource\.\w+\.id\}$/);
    const [given] = resourcesOf(config(), 'azurerm_role_assignment').filter(({ principal_id: who }) => who.includes('ModelCard'));
    expect(given.scope).toMatch(/\/containers\/\$\{azurerm_storage_container\.Data_Artifacts_\w+\.name\}$/);
    expect(given.condition).toContain("StringStartsWith 'governance/churn/'");
  });

  test('is written when the stack changes it and not each day anew', () => {
    const definitionOf = (owner: string) => JSON.stringify(workflowOf(guarded({ modelCard: { ...modelCard, owner } }).config()));
    expect(definitionOf('churn team')).toBe(definitionOf('churn team'));
    expect(definitionOf('others')).not.toBe(definitionOf('churn team'));
    const definition = workflowOf(guarded({ modelCard }).config());
    expect(Object.values<any>(definition.triggers)[0].recurrence).toEqual({ frequency: 'Day', interval: 1 });
    expect(JSON.stringify(definition)).toContain("['headers']?['x-ms-meta-content']");
  });

  test('says so when little is known', () => {
    const [json, markdown] = putsIn(workflowOf(guarded({ modelCard }).config()));
    expect(JSON.parse(json.body)).toEqual({
      schema_version: '0.0.2',
      model_details: { name: 'Stack', overview: modelCard.intendedUse, owners: [{ name: 'churn team' }] },
      considerations: { use_cases: [{ description: modelCard.intendedUse }], ethical_considerations: [{ name: 'Risk of a wrong answer: Unknown' }] },
    });
    expect(markdown.body).toContain('## What it is not for, and where it fails\n\nNot said.\n');
    expect(guarded().governance.modelCardUri).toBeUndefined();
    expect(guarded().governance.modelCardWorkflowId).toBeUndefined();
  });

  test.each<[string, Options, string]>([
    ['no purpose', { modelCard: { ...modelCard, intendedUse: '' } }, 'modelCard.intendedUse must be 1 to 2048 characters, got \'\''],
    ['no owner', { modelCard: { ...modelCard, owner: '' } }, 'modelCard.owner must be 1 to 1024 characters, got \'\''],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('guardrails in the cloud', () => {
  const cloud = (options: Options = {}, stack = azureStack()) => guarded({ cloudGuardrails: true, ...options }, stack).config();
  const policies = (config: ReturnType<typeof cloud>): { readonly [name: string]: any } => Object.fromEntries(resourcesOf(config, 'azurerm_resource_group_policy_assignment')
    .map((each) => [each.display_name.split(' ')[0], each]));
  const parametersOf = (assignment: any) =>
    Object.fromEntries(Object.entries<any>(JSON.parse(assignment.parameters)).map(([name, { value }]) => [name, value]));
  const effects = (config: ReturnType<typeof cloud>) =>
    Object.fromEntries(Object.entries(policies(config)).map(([name, each]) => [name, parametersOf(each).effect]));

  test('alert on every breach that the activity log knows', () => {
    const config = cloud({ cloudGuardrails: undefined, guardrailEmails: ['sec+${x}@example.com'] });
    const alerts = resourcesOf(config, 'azurerm_monitor_activity_log_alert');
    expect(alerts.map(({ criteria, scopes }) => [criteria.operation_name, scopes[0].replace(/_[0-9A-F]{8}/, '')]).sort()).toEqual([
      ['Microsoft.Authorization/locks/delete', '${azurerm_resource_group.Azure_Group.id}'],
      ['Microsoft.Authorization/policyAssignments/delete', '${azurerm_resource_group.Azure_Group.id}'],
      ['Microsoft.Insights/diagnosticSettings/delete', '${azurerm_resource_group.Azure_Group.id}'],
      ['Microsoft.Insights/diagnosticSettings/delete', `/subscriptions/${SUBSCRIPTION}`],
      ['Microsoft.KeyVault/vaults/delete', '${azurerm_resource_group.Azure_Group.id}'],
      ['Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write', '${azurerm_resource_group.Azure_Group.id}'],
      ['Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete', '${azurerm_resource_group.Azure_Group.id}'],
      ['Microsoft.Storage/storageAccounts/listKeys/action', '${azurerm_resource_group.Azure_Group.id}'],
    ]);
    const people = onlyResource(config, 'azurerm_monitor_action_group');
    expect(people.short_name.length).toBeLessThanOrEqual(12);
    expect(people.email_receiver).toMatchObject([{ email_address: 'sec+$${x}@example.com' }]);
    for (const { action } of alerts) expect(action).toEqual([{ action_group_id: expect.stringContaining('azurerm_monitor_action_group.Governance_Watch_People') }]);
    expect(guarded().config().resource.azurerm_monitor_activity_log_alert).toBeUndefined();
  });

  test('ask the activity log which role was given, where Log Analytics has it', () => {
    expect(cloud().resource.azurerm_monitor_scheduled_query_rules_alert_v2).toBeUndefined();
    expect(cloud({ auditLog: true, auditActivityLog: false }).resource.azurerm_monitor_scheduled_query_rules_alert_v2).toBeUndefined();
    const alert = onlyResource(cloud({ auditLog: true }), 'azurerm_monitor_scheduled_query_rules_alert_v2');
    const [{ query, threshold }] = alert.criteria;
    for (const role of ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'b24988ac-6180-42a0-ab88-20f7382dd24c', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9']) expect(query).toContain(role);
    expect(query).toContain('Microsoft.Authorization/roleAssignments/write');
    expect(alert).toMatchObject({ skip_query_validation: true, scopes: [expect.stringMatching(/\/workspaces\/logs$/)], window_duration: 'PT30M' });
    expect(threshold).toBe(0);
  });

  test('tell those whom the budget tells, and nobody where nobody is known', () => {
    expect(onlyResource(cloud({ budget }), 'azurerm_monitor_action_group').email_receiver).toMatchObject([{ email_address: 'ml@example.com' }]);
    expect(onlyResource(cloud(), 'azurerm_monitor_action_group').email_receiver).toEqual([]);
  });

  test('assign Azure\'s own policies to the group: what all constructs comply with is denied to others', () => {
    const config = cloud();
    expect(effects(config)).toEqual({
      'allowed-locations': 'Deny',
      'approved-outbound': 'Audit',
      'compute-local-users': 'Audit',
      'customer-managed-keys': 'Audit',
      'idle-shutdown': 'Audit',
      'minimum-tls': 'Deny',
      'private-link': 'Audit',
      'public-blobs': 'Deny',
      'public-workspaces': 'Audit',
      'purge-protection': 'Deny',
      'resource-logs': 'AuditIfNotExists',
      'shared-keys': 'Deny',
      'user-assigned-identities': 'Deny',
    });
    const assigned = policies(config);
    for (const each of Object.values(assigned)) {
      expect(each).toMatchObject({
        enforce: true,
        resource_group_id: expect.stringContaining('azurerm_resource_group.'),
        policy_definition_id: expect.stringMatching(/^\/providers\/Microsoft\.Authorization\/policyDefinitions\/[0-9a-f-]{36}$/),
        non_compliance_message: [{ content: expect.any(String) }],
      });
      expect(each.identity).toBeUndefined();
      expect(each.name.length).toBeLessThanOrEqual(64);
    }
    expect(parametersOf(assigned['allowed-locations'])).toEqual({ effect: 'Deny', listOfAllowedLocations: ['westeurope'] });
    expect(parametersOf(assigned['approved-outbound']).isolationMode).toBe('AllowOnlyApprovedOutbound');
    expect(parametersOf(assigned['minimum-tls']).minimumTlsVersion).toBe('TLS1_2');
    expect(assigned['public-workspaces'].policy_definition_id).toContain('438c38d2-3772-465a-a9cc-7a6666a275ce');
  });

  test('deny, leave out and try what is said', () => {
    const config = cloud({
      deniedPolicies: [GuardrailPolicy.PUBLIC_WORKSPACES],
      policyExemptions: [GuardrailPolicy.PRIVATE_LINK],
      policyDryRun: true,
      allowedLocations: ['westeurope', 'northeurope'],
      allowedModelPublishers: ['Microsoft'],
    });
    const assigned = policies(config);
    expect(Object.entries(effects(config)).filter(([, effect]) => effect === 'Deny')).toEqual([['public-workspaces', 'Deny']]);
    expect(assigned['private-link']).toBeUndefined();
    expect(Object.values(assigned).every(({ enforce }) => enforce === false)).toBe(true);
    expect(parametersOf(assigned['allowed-locations']).listOfAllowedLocations).toEqual(['westeurope', 'northeurope']);
    expect(parametersOf(assigned['approved-models'])).toEqual({ effect: 'Audit', allowedPublishers: ['Microsoft'] });
  });

  test('change what is made against them, as an identity with the roles that the definition names', () => {
    const stack = azureStack();
    const config = cloud({ remediations: [GuardrailRemediation.PUBLIC_WORKSPACES, GuardrailRemediation.RESOURCE_LOGS] }, stack);
    const assigned = policies(config);
    expect(parametersOf(assigned['remediate-public-workspaces'])).toEqual({ effect: 'Modify' });
    expect(parametersOf(assigned['remediate-resource-logs'])).toEqual({ effect: 'DeployIfNotExists', logAnalytics: expect.stringMatching(/\/workspaces\/logs$/) });
    for (const name of ['remediate-public-workspaces', 'remediate-resource-logs']) {
      expect(assigned[name]).toMatchObject({
        location: 'westeurope', identity: { type: 'UserAssigned', identity_ids: [expect.stringContaining('azurerm_user_assigned_identity.Governance_Policies_Remediator')] },
      });
      expect(assigned[name].depends_on).toHaveLength(3);
    }
    const roles = resourcesOf(config, 'azurerm_role_assignment').filter(({ principal_id: who }) => who.includes('Remediator'));
    expect(roles.map(({ role_definition_id: role }) => role.split('/').pop()).sort()).toEqual([
      '749f88d5-cbae-40b8-bcfc-e573ddc772fa', '92aaf0da-9dab-42b6-94a3-d43ce8d16293', 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    ]);
  });

  test('lock what holds data against deletion, and not the workspace, below which rollouts delete', () => {
    expect(cloud().resource.azurerm_management_lock).toBeUndefined();
    const locks = resourcesOf(cloud({ auditLog: true, deletionLocks: true }), 'azurerm_management_lock');
    expect(locks.map(({ scope }) => scope.replace(/_[0-9A-F]{8}/, '')).sort()).toEqual([
      '${azurerm_key_vault.Data_Key_Vault.id}', '${azurerm_storage_account.Data_Features.id}', '${azurerm_storage_account.Data_Store.id}',
      '${azurerm_storage_account.Governance_Audit_Records.id}',
    ]);
    expect(locks.every(({ lock_level: level }) => level === 'CanNotDelete')).toBe(true);
  });

  test('switch plans of Defender on', () => {
    expect(cloud().resource.azurerm_security_center_subscription_pricing).toBeUndefined();
    const plans = resourcesOf(cloud({ defenderPlans: ['StorageAccounts', 'CloudPosture'] }), 'azurerm_security_center_subscription_pricing');
    expect(plans.map(({ tier, resource_type: kind, subplan }) => [tier, kind, subplan]).sort()).toEqual([
      ['Standard', 'CloudPosture', undefined], ['Standard', 'StorageAccounts', 'DefenderForStorageV2'],
    ]);
  });

  test('register the namespaces that they need', () => {
    const config = cloud({ auditLog: true, budget, defenderPlans: ['Arm'] });
    expect(config.provider.azurerm[0].resource_providers_to_register).toEqual(expect.arrayContaining([
      'Microsoft.Consumption', 'Microsoft.Insights', 'Microsoft.PolicyInsights', 'Microsoft.Security',
    ]));
  });

  test.each<[string, Options, string]>([
    ['a name to tell', { guardrailEmails: ['sec'] }, 'guardrailEmails must be e-mail addresses like ml@example.com, got \'sec\''],
    ['a policy that nobody knows', { deniedPolicies: ['firewall' as GuardrailPolicy] },
      'deniedPolicies must be GuardrailPolicy.ALLOWED_LOCATIONS, GuardrailPolicy.APPROVED_MODELS, GuardrailPolicy.APPROVED_OUTBOUND, GuardrailPolicy.COMPUTE_LOCAL_USERS, '],
    ['a policy that cannot deny', { deniedPolicies: [GuardrailPolicy.PRIVATE_LINK] },
      'deniedPolicies must be policies that can deny: Azure lets this one only mark what does not comply, got \'private-link\''],
    ['a policy that is not assigned', { deniedPolicies: [GuardrailPolicy.SHARED_KEYS], policyExemptions: [GuardrailPolicy.SHARED_KEYS] },
      'deniedPolicies has \'shared-keys\', and so has policyExemptions: it is not assigned'],
    ['models that are not named', { deniedPolicies: [GuardrailPolicy.APPROVED_MODELS] },
      'deniedPolicies has \'approved-models\', and allowedModelPublishers does not say which models are'],
    ['a remediation that nobody knows', { remediations: ['all' as GuardrailRemediation] },
      'remediations must be GuardrailRemediation.COMPUTE_LOCAL_USERS, GuardrailRemediation.PUBLIC_WORKSPACES or GuardrailRemediation.RESOURCE_LOGS, got \'all\''],
    ['no region', { allowedLocations: [] }, 'allowedLocations must be at least one region, got \'[]\''],
    ['a strange region', { allowedLocations: ['West Europe'] }, 'allowedLocations must be regions like westeurope, got \'West Europe\''],
    ['regions without the stack\'s own', { allowedLocations: ['northeurope'] },
      'allowedLocations must be such that westeurope is among them, or the stack\'s next apply is refused itself, got'],
    ['no publisher', { allowedModelPublishers: [] }, 'allowedModelPublishers must be at least one publisher, got \'[]\''],
    ['a plan that nobody knows', { defenderPlans: ['Storage'] }, 'defenderPlans must be among Arm, CloudPosture, Containers, KeyVaults, StorageAccounts, got \'Storage\''],
    ['a plan twice', { defenderPlans: ['Arm', 'Arm'] }, 'defenderPlans must be without repeats, got \'Arm\''],
    ['what is off', { cloudGuardrails: false, deletionLocks: true }, 'deletionLocks is a guardrail in the cloud, and cloudGuardrails is false'],
    ['policies that are off', { cloudGuardrails: false, policyDryRun: true }, 'policyDryRun is a guardrail in the cloud, and cloudGuardrails is false'],
  ])('refuse %s', (_, options, message) => {
    expect(() => cloud(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

test('everything that the guardrails make passes the policies that they check', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'guardrails-'));
  const app = new App({ outdir });
  const stack = new TerraformStack(app, 'Stack');
  new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
  const { governance } = guarded({
    auditLog: true, cloudGuardrails: true, budget, modelCard, tags: { team: 'churn' }, remediations: Object.values(GuardrailRemediation), deletionLocks: true,
  }, stack);
  MlopsPolicies.applyTo(governance);
  app.synth();
  const { policies, summary } = JSON.parse(readFileSync(join(outdir, 'stacks', 'Stack', 'compliance.json'), 'utf8'));
  expect(summary).toMatchObject({ violation: 0, undecided: 0 });
  expect(Object.keys(policies).filter((id) => policies[id].verdict === 'compliant')).toEqual(expect.arrayContaining([
    'MLOPS-ENC-01', 'MLOPS-DAT-01', 'MLOPS-NET-01', 'MLOPS-LOG-02', 'MLOPS-LOG-03', 'MLOPS-IAM-04', 'MLOPS-CST-02', 'MLOPS-TAG-01',
  ]));
  expect(policies['MLOPS-IAM-01'].verdict).toBe('exception');
});

describe('duties', () => {
  test('are apart: who reads, who makes, who approves, who audits', () => {
    const stack = azureStack();
    const registry = new FakeRegistry(stack);
    const roles = { dataScientist: scientists, mlEngineer: engineers, approver: approvers, auditor: auditors };
    const config = guarded({ auditLog: true, registry, roles }, stack).config();
    expect(registry.asked).toEqual(['read scientists', 'register engineers', 'pull engineers', 'read approvers', 'approve approvers']);
    const role = (each: any) => ({ [GUIDS.reader]: 'reads', [GUIDS.writer]: 'writes', [GUIDS.scientist]: 'works', [GUIDS.readerOfAll]: 'looks' })[each.role_definition_id.split('/').pop()] ?? 'audits';
    const given = resourcesOf(config, 'azurerm_role_assignment').filter(({ principal_id: who }) => NAMES[who] !== undefined)
      .map((each) => `${NAMES[each.principal_id]} ${role(each)} ${placeOf(each.scope)}${foldersIn(each.condition).map((folder) => ` ${folder}`).join('')}`);
    expect(given.sort()).toEqual([
      'auditors audits group', 'auditors reads Records',
      'engineers reads Artifacts', 'engineers reads Captured', 'engineers reads FeatureData', 'engineers reads Raw',
      'engineers works workspace',
      // What pipelines have made stays what somebody approved.
      'engineers writes Artifacts notebooks/ training/notebooks/', 'engineers writes Raw',
      'scientists looks workspace', 'scientists reads Artifacts', 'scientists reads Captured', 'scientists reads FeatureData', 'scientists reads Raw',
    ]);
    expect(onlyResource(config, 'azurerm_role_definition').permissions[0].actions.filter((action: string) => !action.endsWith('/read'))).toEqual([]);
  });

  test('an auditor without an audit log reads who may do what', () => {
    const given = resourcesOf(guarded({ roles: { auditor: auditors } }).config(), 'azurerm_role_assignment').filter(({ principal_id: who }) => who === auditors.objectId);
    expect(given).toHaveLength(1);
  });

  test.each<[string, (stack: TerraformStack) => Options, string]>([
    ['approval by itself of a model of high risk', (stack) => ({ registry: new FakeRegistry(stack, true), modelCard: { ...modelCard, riskRating: RiskRating.HIGH } }),
      'modelCard.riskRating is High, and the registry approves automatically: a model of high risk needs a manual approval'],
    ['an approver of nothing', () => ({ roles: { approver: approvers } }), 'roles.approver approves versions, and there is no registry'],
    ['an approver who makes models', (stack) => ({ registry: new FakeRegistry(stack), roles: { approver: engineers, mlEngineer: engineers } }),
      'roles.approver is the same as roles.mlEngineer: who makes a model must not approve it'],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

const GUIDS = {
  reader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  writer: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  scientist: 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
  readerOfAll: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
};

function placeOf(scope: string): string {
  return /azurerm_storage_container\.Data_([A-Za-z]+)_/.exec(scope)?.[1] ?? /Audit_(Records)_/.exec(scope)?.[1] ?? (scope.endsWith('/workspaces/work') ? 'workspace' : 'group');
}
