import { TerraformStack, Testing } from 'cdktf';
import { ArmRenderer } from '../../src/azure/azure-resource-group-props';
import { DataLake } from '../../src/azure/data-lake';
import { DataLakeProps } from '../../src/azure/data-lake-props';
import { ExperimentTracker } from '../../src/azure/experiment-tracker';
import { ManagedIdentity } from '../../src/azure/managed-identity';
import { ManagedNetwork } from '../../src/azure/managed-network';
import { MlopsPolicies } from '../../src/azure/mlops-policies';
import { NotebookMachine } from '../../src/azure/notebook-machine';
import { Principal } from '../../src/azure/principal';
import { ROLES } from '../../src/azure/private/base/roles';
import { RemovalPolicy } from '../../src/azure/removal-policy';
import { Workspace } from '../../src/azure/workspace';
import { IWorkspace, WorkspaceAttributes, WorkspaceProps } from '../../src/azure/workspace-props';
import { Accelerator } from '../../src/core';
import { azureStack, onlyResource, resourceAt, resourcesOf, SUBSCRIPTION, synthesized, TENANT, TerraformConfig } from '../support/azure';
import { foldersIn } from '../support/azure-parts';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;
const ANA = 'aaaaaaaa-0000-0000-0000-000000000001';

interface Setting { stack: TerraformStack; data: DataLake; workspace: Workspace }
const setting = (props: Partial<WorkspaceProps> = {}, { context = {}, group = {}, lake = {} as DataLakeProps } = {}): Setting => {
  const stack = azureStack({ resourceGroupName: 'ml', ...group }, context);
  const data = new DataLake(stack, 'Data', lake);
  return { stack, data, workspace: new Workspace(stack, 'Work', { data, ...props }) };
};
const config = (props?: Partial<WorkspaceProps>, options?: object): TerraformConfig => synthesized(setting(props, options).stack);
const workspaceOf = (of: TerraformConfig) => onlyResource(of, 'azurerm_machine_learning_workspace');
const notebooks = (of: TerraformConfig) => resourcesOf(of, 'azapi_resource').filter(({ type }) => type.includes('/computes@'));
const instance = (of: TerraformConfig) => notebooks(of)[0].body.properties;
const roleOf = (given: any) => Object.entries(ROLES).find(([, id]) => given.role_definition_id.endsWith(id))?.[0] ?? 'custom';
const rolesOf = (of: TerraformConfig, principal: string) =>
  resourcesOf(of, 'azurerm_role_assignment').filter(({ principal_id }) => principal_id.includes(principal));

describe('a workspace', () => {
  test('knows identities alone, and has its own storage, vault, registry and logs', () => {
    const all = config();
    expect(workspaceOf(all)).toMatchObject({
      name: expect.stringMatching(/^stack-work-[0-9a-f]{8}$/),
      location: 'westeurope',
      kind: 'Default',
      identity: { type: 'UserAssigned', identity_ids: [expect.stringContaining('azurerm_user_assigned_identity.Work_Identity_')] },
      primary_user_assigned_identity: expect.stringContaining('azurerm_user_assigned_identity.Work_Identity_'),
      storage_account_access_type: 'Identity',
      storage_account_id: expect.stringContaining('azurerm_storage_account.Work_Storage'),
      key_vault_id: expect.stringContaining('azurerm_key_vault.Work_Vault'),
      container_registry_id: expect.stringContaining('azurerm_container_registry.Work_Images'),
      application_insights_id: expect.stringContaining('azurerm_application_insights.Work_Insights'),
      v1_legacy_mode_enabled: false,
      high_business_impact: false,
    });
    expect(resourceAt(all, 'azurerm_storage_account', 'Work_Storage')).toMatchObject({
      shared_access_key_enabled: false,
      is_hns_enabled: false,
      account_replication_type: 'ZRS',
      customer_managed_key: { key_vault_key_id: expect.stringContaining('Key-keyUri_') },
    });
    expect(resourceAt(all, 'azurerm_key_vault', 'Work_Vault')).toMatchObject({ rbac_authorization_enabled: true, purge_protection_enabled: true });
  });

  test('keeps older versions of what it writes for a month', () => {
    const all = config();
    expect(resourceAt(all, 'azurerm_storage_account', 'Work_Storage').blob_properties.versioning_enabled).toBe(true);
    expect(resourceAt(all, 'azurerm_storage_management_policy', 'Work_StorageLifecycle').rule[0].actions.version).toEqual({ delete_after_days_since_creation: 30 });
  });

  test('has the name that is asked for', () => {
    expect(workspaceOf(config({ workspaceName: 'churn-2' })).name).toBe('churn-2');
  });

  test('keeps what it stores with Azure Machine Learning encrypted with the key of the lake, unless it should not', () => {
    expect(workspaceOf(config())).toMatchObject({
      encryption: {
        key_id: expect.stringContaining('Key-keyUriWithVersion_'),
        key_vault_id: expect.stringContaining('azurerm_key_vault.Data_Key'),
        user_assigned_identity_id: expect.stringContaining('Work_Identity'),
      },
      service_side_encryption_enabled: true,
    });
    const without = workspaceOf(config({ encryptsMetadata: false }));
    expect([without.encryption, without.service_side_encryption_enabled]).toEqual([undefined, undefined]);
  });

  test('is made after its identity may what it does with its parts, and after that is known everywhere', () => {
    const all = config();
    const own = rolesOf(all, 'Work_Identity_').filter(({ scope }) => /Work_/.test(scope));
    expect(own.map((each) => [/Work_(\w+?)_[0-9A-F]+/.exec(each.scope)![1], roleOf(each)]).sort()).toEqual([
      ['Images', 'contributor'],
      ['Insights', 'contributor'],
      ['Storage', 'contributor'], ['Storage', 'storageBlobDataContributor'], ['Storage', 'storageFileDataPrivilegedContributor'],
      ['Vault', 'contributor'], ['Vault', 'keyVaultAdministrator'],
    ]);
    expect(workspaceOf(all).depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^azurerm_role_assignment\.Work_Grant-own-vault/), expect.stringMatching(/^time_sleep\.Work_OwnRolesSettled/),
      expect.stringMatching(/^time_sleep\.Data_Key_/),
    ]));
  });

  test('reads the lake itself only where Studio should display data to all who use it', () => {
    const lake = (all: TerraformConfig) => rolesOf(all, 'Work_Identity_').filter(({ scope }) => scope.includes('containers'));
    expect(lake(config())).toEqual([]);
    expect(lake(config({ studioDataPreview: true })).map(roleOf)).toEqual(Array(4).fill('storageBlobDataReader'));
  });

  test('has the containers of the lake as datastores without keys', () => {
    const all = config();
    expect(resourcesOf(all, 'azurerm_machine_learning_datastore_blobstorage').map((each) => [
      each.name, /Data_(\w+?)_[0-9A-F]+\.name/.exec(each.storage_container_id)![1], each.service_data_auth_identity, each.account_key, each.is_default,
    ])).toEqual([
      ['lake_artifacts', 'Artifacts', 'WorkspaceUserAssignedIdentity', undefined, false],
      ['lake_captured', 'Captured', 'WorkspaceUserAssignedIdentity', undefined, false],
      ['lake_raw', 'Raw', 'WorkspaceUserAssignedIdentity', undefined, false],
    ]);
    const { workspace } = setting();
    expect([workspace.rawDatastore, workspace.artifactDatastore, workspace.capturedDatastore]).toEqual(['lake_raw', 'lake_artifacts', 'lake_captured']);
  });

  test('writes its logs, and those of its vault and registry', () => {
    const all = config({ logRetentionDays: 30 });
    expect(onlyResource(all, 'azurerm_log_analytics_workspace')).toMatchObject({ retention_in_days: 30, local_authentication_enabled: false, sku: 'PerGB2018' });
    expect(onlyResource(config(), 'azurerm_log_analytics_workspace').retention_in_days).toBe(90);
    expect(resourcesOf(all, 'azurerm_monitor_diagnostic_setting').map(({ target_resource_id, enabled_log, enabled_metric }) => [
      /azurerm_(\w+)\./.exec(target_resource_id)![1], enabled_log, enabled_metric,
    ])).toEqual([
      ['machine_learning_workspace', [{ category_group: 'allLogs' }], [{ category: 'AllMetrics' }]],
      ['container_registry', [{ category_group: 'allLogs' }], [{ category: 'AllMetrics' }]],
      ['key_vault', [{ category_group: 'audit' }], [{ category: 'AllMetrics' }]],
    ]);
  });

  test('takes logs and images of yours', () => {
    const logAnalyticsWorkspaceId = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
    const containerRegistryId = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/images`;
    const { stack, workspace } = setting({ logAnalyticsWorkspaceId, containerRegistryId });
    const all = synthesized(stack);
    expect(resourcesOf(all, 'azurerm_log_analytics_workspace')).toEqual([]);
    expect(resourcesOf(all, 'azurerm_container_registry')).toEqual([]);
    expect(onlyResource(all, 'azurerm_application_insights').workspace_id).toBe(logAnalyticsWorkspaceId);
    expect(workspaceOf(all).container_registry_id).toBe(containerRegistryId);
    expect(workspace.containerRegistryLoginServer).toBe('images.azurecr.io');
    expect(resourcesOf(all, 'azurerm_monitor_diagnostic_setting')).toHaveLength(2);
  });

  test('is found in Studio', () => {
    const { workspace } = setting();
    expect(workspace.studioUrl).toMatch(new RegExp(`^https://ml\\.azure\\.com/\\?wsid=.+&tid=${TENANT}$`));
  });
});

describe('the registry of images', () => {
  const images = (props?: Partial<WorkspaceProps>) => onlyResource(config(props), 'azurerm_container_registry');

  test('has no user with a password, forgets manifests without a tag, and is encrypted with the key of the lake', () => {
    expect(images()).toMatchObject({
      name: expect.stringMatching(/^[a-z0-9]{5,50}$/),
      sku: 'Premium',
      admin_enabled: false,
      anonymous_pull_enabled: false,
      zone_redundancy_enabled: true,
      retention_policy_in_days: 30,
      quarantine_policy_enabled: false,
      identity: { type: 'UserAssigned' },
      encryption: [{ key_vault_key_id: expect.stringContaining('Key-keyUri_'), identity_client_id: expect.stringContaining('Work_Identity') }],
    });
    expect(images({ untaggedImageRetentionDays: 7, quarantineImages: true }))
      .toMatchObject({ retention_policy_in_days: 7, quarantine_policy_enabled: true });
  });

  test('answers at an address that is known before it is made', () => {
    const { stack, workspace } = setting();
    expect(workspace.containerRegistryLoginServer).toBe(`${onlyResource(synthesized(stack), 'azurerm_container_registry').name}.azurecr.io`);
  });
});

describe('the network', () => {
  const rules = (of: TerraformConfig, kind: string) => resourcesOf(of, `azurerm_machine_learning_workspace_network_outbound_rule_${kind}`);

  test('of computes is managed, made with the workspace, and leads to the internet', () => {
    const all = config();
    expect(workspaceOf(all)).toMatchObject({
      managed_network: { isolation_mode: 'AllowInternetOutbound', provision_on_creation_enabled: true }, public_network_access_enabled: true,
    });
    expect(rules(all, 'private_endpoint')).toEqual([]);
    expect(setting().workspace.hasManagedNetwork).toBe(true);
    expect([setting().workspace.isPrivate, setting({ privateEndpoints: true }).workspace.isPrivate]).toEqual([false, true]);
  });

  test('of computes leads to the lake by private endpoints, which the workspace may accept, where nothing else is approved', () => {
    const all = config({ managedNetwork: ManagedNetwork.approvedOutbound({ fqdns: ['pypi.org', '*.example.com'], serviceTags: ['AzureMonitor'] }) });
    expect(workspaceOf(all).managed_network.isolation_mode).toBe('AllowOnlyApprovedOutbound');
    expect(rules(all, 'private_endpoint').map((each) => [
      each.name, /Data_(\w+?)_[0-9A-F]+/.exec(each.service_resource_id)![1], each.sub_resource_target,
    ])).toEqual([
      ['lake-featuresblob', 'Features', 'blob'], ['lake-featuresdfs', 'Features', 'dfs'], ['lake-storeblob', 'Store', 'blob'],
    ]);
    expect(rules(all, 'fqdn').map(({ name, destination_fqdn }) => [name, destination_fqdn])).toEqual([
      ['fqdn-any-example-com', '*.example.com'], ['fqdn-pypi-org', 'pypi.org'],
    ]);
    expect(rules(all, 'service_tag')).toMatchObject([{ name: 'tag-AzureMonitor', service_tag: 'AzureMonitor', protocol: 'TCP', port_ranges: '443' }]);
    expect(rolesOf(all, 'Work_Identity_').filter((each) => roleOf(each) === 'azureAiEnterpriseNetworkConnectionApprover')).toHaveLength(2);
  });

  test('takes one rule at a time, and computes wait for the last', () => {
    const all = config({ managedNetwork: ManagedNetwork.approvedOutbound({ fqdns: ['pypi.org'] }) });
    const rule = 'azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint';
    const order = ['StoreBlob', 'FeaturesBlob', 'FeaturesDfs'].map((id) => resourceAt(all, rule, `Work_Outbound-${id}`));
    expect(order.map(({ depends_on }) => depends_on.filter((each: string) => each.includes('Outbound')).map((each: string) => /Outbound-(\w+?)_/.exec(each)![1])))
      .toEqual([[], ['StoreBlob'], ['FeaturesBlob']]);
    expect(order[0].depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/^time_sleep\.Work_ApprovalSettled/)]));
    expect(rules(all, 'fqdn')[0].depends_on).toEqual([expect.stringContaining('Outbound-FeaturesDfs')]);
    expect(notebooks(all)[0].depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/outbound_rule_fqdn\.Work_Outbound-pypi/)]));
  });

  test('of computes leads to a private lake by private endpoints in any case', () => {
    expect(rules(config({}, { lake: { privateEndpoints: true } }), 'private_endpoint')).toHaveLength(3);
  });

  test('is none where computes have addresses of Azure\'s', () => {
    const all = config({ managedNetwork: ManagedNetwork.disabled() });
    expect(workspaceOf(all).managed_network).toEqual({ isolation_mode: 'Disabled', provision_on_creation_enabled: false });
    expect(instance(all).properties.enableNodePublicIp).toBe(true);
    expect(setting({ managedNetwork: ManagedNetwork.disabled() }).workspace.hasManagedNetwork).toBe(false);
  });

  test('reaches nothing of the workspace from outside where it is private', () => {
    const all = config({ privateEndpoints: true });
    expect(workspaceOf(all).public_network_access_enabled).toBe(false);
    expect(resourceAt(all, 'azurerm_storage_account', 'Work_Storage')).toMatchObject({ public_network_access_enabled: false, network_rules: { default_action: 'Deny' } });
    expect(resourceAt(all, 'azurerm_key_vault', 'Work_Vault')).toMatchObject({ public_network_access_enabled: false, network_acls: { default_action: 'Deny', bypass: 'AzureServices' } });
    expect(onlyResource(all, 'azurerm_container_registry')).toMatchObject({ public_network_access_enabled: false, export_policy_enabled: false });
    expect(resourcesOf(all, 'azurerm_private_endpoint').map(({ private_service_connection: { subresource_names }, private_dns_zone_group }) => [
      subresource_names[0], private_dns_zone_group.private_dns_zone_ids.length,
    ])).toEqual([['registry', 1], ['blob', 1], ['file', 1], ['vault', 1], ['amlworkspace', 2]]);
  });
});

describe('a notebook', () => {
  test('stops when it stands idle, has no public address and no way in but the browser', () => {
    const all = config({ idleShutdownMinutes: 60, owners: { 'data-scientist': ANA } });
    const [notebook] = notebooks(all);
    expect(notebook).toMatchObject({
      type: 'Microsoft.MachineLearningServices/workspaces/computes@2025-12-01',
      name: expect.stringMatching(/^[a-z][a-z0-9-]{2,23}$/),
      location: 'westeurope',
      identity: [{ type: 'UserAssigned', identity_ids: [expect.stringContaining('Work_Identity-data-scientist')] }],
      body: {
        properties: {
          computeType: 'ComputeInstance',
          disableLocalAuth: true,
          properties: {
            vmSize: 'Standard_D4ds_v4',
            applicationSharingPolicy: 'Personal',
            computeInstanceAuthorizationType: 'personal',
            personalComputeInstanceSettings: { assignedUser: { objectId: ANA, tenantId: TENANT } },
            enableNodePublicIp: false,
            idleTimeBeforeShutdown: 'PT60M',
            sshSettings: { sshPublicAccess: 'Disabled' },
          },
        },
      },
    });
    expect(notebook.tags).toBeUndefined();
    expect(instance(config()).properties.idleTimeBeforeShutdown).toBe('PT120M');
  });

  test('is created again when what Azure reads once changes', () => {
    const triggers = (props?: Partial<WorkspaceProps>) => JSON.stringify(notebooks(config(props))[0].replace_triggers_external_values);
    const same = triggers();
    expect(same).toBe(triggers({ logRetentionDays: 30 }));
    for (const props of [
      { idleShutdownMinutes: 61 }, { machine: NotebookMachine.cpu('Standard_D8ds_v4') }, { owners: { 'data-scientist': ANA } }, { startupScript: 'echo hello' },
    ]) expect(triggers(props)).not.toBe(same);
  });

  test('starts with a script of yours', () => {
    expect(instance(config({ startupScript: 'echo "${HOME}"\n' })).properties.setupScripts.scripts.startupScript).toEqual({
      scriptSource: 'inline', scriptData: Buffer.from('echo "${HOME}"\n').toString('base64'), timeout: '15m',
    });
    expect(instance(config()).properties.setupScripts).toBeUndefined();
  });

  test('is one for each user, with an identity of its own', () => {
    const { stack, workspace } = setting({ users: ['ana', 'bo'] });
    expect(notebooks(synthesized(stack)).map(({ name }) => name)).toEqual([workspace.computeNameOf('ana'), workspace.computeNameOf('bo')]);
    expect(workspace.identities).toHaveLength(2);
    expect(workspace.identityOf('bo')).toBe(workspace.identities[1]);
    expect(() => workspace.identityOf('eve')).toThrow("workspace 'Stack/Work': user must be one of ana, bo, got 'eve'");
  });

  test('and its owner work in the workspace, read the lake and write folders that are theirs', () => {
    const all = config({ owners: { 'data-scientist': ANA } });
    const given = (principal: string) => rolesOf(all, principal).map((each) => [roleOf(each), foldersIn(each.condition).join(' ')]).sort();
    const expected = [
      ['azureMlDataScientist', ''],
      ...Array(4).fill(['storageBlobDataReader', '']),
      ['storageBlobDataContributor', ''],
      ...Array(2).fill(['storageBlobDataContributor', 'dataset/ notebooks/ training/notebooks/']),
      ['storageFileDataPrivilegedContributor', ''],
    ].sort();
    expect(given('Work_Identity-data-scientist')).toEqual(expected);
    expect(given(ANA)).toEqual(expected);
    expect(rolesOf(all, ANA).map(({ principal_type }) => principal_type)).toEqual(Array(expected.length).fill('User'));
  });

  test('is there after its permissions', () => {
    expect(notebooks(config())[0].depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^azurerm_role_assignment\.Work_Grant-use-/), expect.stringMatching(/^azurerm_role_assignment\.Data_Grant-read-raw-/),
      expect.stringMatching(/^azurerm_machine_learning_workspace\.Work_Workspace_/),
    ]));
  });

  test('without an owner is said to be whose it will be', () => {
    const warnings = (props?: Partial<WorkspaceProps>) => setting(props).workspace.node.metadata.map(({ data }) => data);
    expect(warnings()).toEqual([
      "workspace 'Stack/Work': the notebook of 'data-scientist' has no owner, so that whoever applies alone can open it: say owners: { 'data-scientist': '<object id>' }",
    ]);
    expect(warnings({ owners: { 'data-scientist': ANA } })).toEqual([]);
    expect(warnings({ owners: { 'data-scientist': ANA }, machine: NotebookMachine.cpu('Standard_D4s_v9') })).toEqual([
      "workspace 'Stack/Work': vmSize Standard_D4s_v9 is not in the library's table: neither that it exists nor what it takes of the quotas is checked",
    ]);
  });

  test('is in a template where the stack has no azapi', () => {
    const all = config({}, { group: { armRenderer: ArmRenderer.TEMPLATE } });
    const templates = resourcesOf(all, 'azurerm_resource_group_template_deployment').map(({ template_content }) => template_content);
    expect(templates.filter((text) => text.includes('idleTimeBeforeShutdown'))).toHaveLength(1);
    expect(resourcesOf(all, 'azapi_resource')).toEqual([]);
  });
});

describe('what happens to it', () => {
  const stateful = (of: TerraformConfig) => ['machine_learning_workspace', 'storage_account', 'key_vault', 'container_registry', 'log_analytics_workspace', 'application_insights']
    .flatMap((each) => resourcesOf(of, `azurerm_${each}`));

  test('is nothing, unless two keys say otherwise', () => {
    for (const each of stateful(config())) expect(each.lifecycle).toEqual({ prevent_destroy: true });
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow("workspace 'Stack/Work': removalPolicy DESTROY would delete data with the stack");
  });

  test('is that all of it goes', () => {
    const gone = config({ removalPolicy: RemovalPolicy.DESTROY }, { context: { 'mlops:allowDestroy': true }, lake: { removalPolicy: RemovalPolicy.DESTROY } });
    for (const each of stateful(gone)) expect(each.lifecycle).toEqual({ prevent_destroy: false });
  });

  describe('is that what Azure adds to Application Insights goes after it', () => {
    const gone = (group: object) => config({ removalPolicy: RemovalPolicy.DESTROY }, { group, context: { 'mlops:allowDestroy': true }, lake: { removalPolicy: RemovalPolicy.DESTROY } });
    const removed = (of: TerraformConfig) => Object.entries<any>(of.resource.azapi_resource_action ?? {}).filter(([, each]) => each.when === 'destroy');

    test('where the stack makes the group, which would not be deleted else', () => {
      const all = gone({ resourceGroupName: undefined });
      const [[groupId, group], [ruleId, rule]] = removed(all);
      expect([group, rule]).toMatchObject([
        { method: 'DELETE', ignore_not_found: true, resource_id: expect.stringMatching(/^\$\{azurerm_resource_group\.\w+\.id\}\/providers\/Microsoft\.Insights\/actionGroups\/Application Insights Smart Detection$/) },
        {
          method: 'DELETE',
          ignore_not_found: true,
          depends_on: [`azapi_resource_action.${groupId}`],
          resource_id: expect.stringMatching(/\/providers\/Microsoft\.AlertsManagement\/smartDetectorAlertRules\/Failure Anomalies - stack-work-[0-9a-f]{8}$/),
        },
      ]);
      expect(onlyResource(all, 'azurerm_application_insights').depends_on).toEqual([`azapi_resource_action.${ruleId}`]);
    });

    test('and not from a group of another', () => {
      expect(removed(gone({}))).toEqual([]);
    });

    test('by hand where a template cannot delete it', () => {
      const { workspace } = setting({ removalPolicy: RemovalPolicy.DESTROY }, {
        context: { 'mlops:allowDestroy': true }, lake: { removalPolicy: RemovalPolicy.DESTROY }, group: { resourceGroupName: undefined, armRenderer: ArmRenderer.TEMPLATE },
      });
      expect(workspace.node.metadata.map(({ data }) => data)).toContainEqual(expect.stringMatching(
        /^Stack\/Work: a template cannot delete what Azure adds to Application Insights: before terraform destroy, delete the rule 'Failure Anomalies - stack-work-[0-9a-f]{8}' and the action group 'Application Insights Smart Detection'$/));
    });
  });
});

const imported = (attributes: Partial<WorkspaceAttributes> = {}): { stack: TerraformStack; workspace: IWorkspace } => {
  const stack = azureStack({ resourceGroupName: 'apps' });
  return {
    stack,
    workspace: Workspace.fromAttributes(stack, 'Work', {
      workspaceId: `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/churn`,
      storageAccountId: `${GROUP}/providers/Microsoft.Storage/storageAccounts/churn`,
      logAnalyticsWorkspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/churn`,
      applicationInsightsId: `${GROUP}/providers/Microsoft.Insights/components/churn`,
      containerRegistryId: `${GROUP}/providers/Microsoft.ContainerRegistry/registries/churn`,
      ...attributes,
    }),
  };
};

describe.each<[string, () => { stack: TerraformStack; workspace: IWorkspace }]>([['a new workspace', setting], ['a workspace that exists', imported]])('%s', (_, make) => {
  const rolesGiven = (grant: (workspace: IWorkspace, job: ManagedIdentity) => void) => {
    const { stack, workspace } = make();
    grant(workspace, new ManagedIdentity(stack, 'Job'));
    const all = synthesized(stack);
    return { all, roles: rolesOf(all, '.Job_') };
  };

  test('lets an identity be what jobs run as', () => {
    const { roles } = rolesGiven((workspace, job) => workspace.grantRunAs(job));
    expect(roles.map((each) => [roleOf(each), /churn$|(Images|Storage|Workspace)_/.test(each.scope)]).sort())
      .toEqual([['acrPull', true], ['azureMlMetricsWriter', true], ['storageBlobDataContributor', true]]);
  });

  test('lets workflows run jobs, and nothing else, in the group of the workspace', () => {
    const { all, roles } = rolesGiven((workspace, job) => [workspace.grantRunJobs(job), workspace.grantRunJobs(job)]);
    expect(roles.map(roleOf)).toEqual(['custom']);
    const definition = onlyResource(all, 'azurerm_role_definition');
    expect(definition).toMatchObject({ scope: GROUP, assignable_scopes: [GROUP] });
    expect(definition.permissions[0].actions).toContain('Microsoft.MachineLearningServices/workspaces/jobs/*');
    expect(definition.permissions[0].actions.filter((each: string) => /computes|Endpoints|models|listKeys|Authorization/.test(each))).toEqual([]);
  });

  test('lets others look, and people work', () => {
    expect(rolesGiven((workspace, job) => workspace.grantReadWorkspace(job)).roles.map(roleOf)).toEqual(['reader']);
    expect(rolesGiven((workspace, job) => workspace.grantUse(job)).roles.map(roleOf).sort())
      .toEqual(['azureMlDataScientist', 'storageBlobDataContributor', 'storageFileDataPrivilegedContributor']);
  });

  test('lets people in by their object id', () => {
    const { stack, workspace } = make();
    workspace.grantUse(Principal.group(ANA));
    expect(new Set(rolesOf(synthesized(stack), ANA).map(({ principal_type }) => principal_type))).toEqual(new Set(['Group']));
  });
});

test('a workspace that exists is known by its ids', () => {
  const { workspace } = imported({ location: 'northeurope', rawDatastore: 'raw', hasManagedNetwork: false });
  expect(workspace).toMatchObject({
    workspaceName: 'churn',
    location: 'northeurope',
    hasManagedNetwork: false,
    containerRegistryLoginServer: 'churn.azurecr.io',
    identities: [],
    rawDatastore: 'raw',
    artifactDatastore: 'lake_artifacts',
    capturedDatastore: 'lake_captured',
  });
  expect(imported().workspace).toMatchObject({ location: 'westeurope', hasManagedNetwork: true, isPrivate: false });
  expect(imported({ isPrivate: true }).workspace.isPrivate).toBe(true);
});

test.each<[Partial<WorkspaceAttributes>, string]>([
  [{ workspaceId: 'churn' }, "workspaceId must be an ARM id, /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>, got 'churn'"],
  [{ containerRegistryId: 'churn.azurecr.io' }, "containerRegistryId must be an ARM id, /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.ContainerRegistry/registries/<name>, got 'churn.azurecr.io'"],
  [{ rawDatastore: 'a-b' }, "rawDatastore must be the name of a datastore, lower-case letters, digits and underscores, got 'a-b'"],
])('a workspace that exists refuses %j', (attributes, message) => {
  expect(() => imported(attributes)).toThrow(`workspace 'Stack/Work': ${message}`);
});

test('the namespaces of what it makes are registered', () => {
  expect(config().provider.azurerm[0].resource_providers_to_register).toEqual([
    'Microsoft.ContainerRegistry', 'Microsoft.Insights', 'Microsoft.KeyVault', 'Microsoft.MachineLearningServices', 'Microsoft.ManagedIdentity',
    'Microsoft.OperationalInsights', 'Microsoft.Storage',
  ]);
});

test.each<[Partial<WorkspaceProps>, string]>([
  [{ idleShutdownMinutes: 59 }, 'idleShutdownMinutes must be a whole number between 60 and 525600, got 59'],
  [{ idleShutdownMinutes: 4321 }, 'idleShutdownMinutes must be a whole number between 60 and 4320, got 4321'],
  [{ users: ['a_b'] }, "users must be letters, digits and hyphens between them, at most 63, got 'a_b'"],
  [{ owners: { eve: ANA } }, "owners must be named by one of the users, data-scientist, got 'eve'"],
  [{ owners: { 'data-scientist': 'ana@example.com' } }, "owners.data-scientist must be an object id of Microsoft Entra ID, 00000000-0000-0000-0000-000000000000, got 'ana@example.com'"],
  [{ writablePrefixes: ['training'] }, "writablePrefixes must be a folder like training/, with a slash at its end only and without quotation marks and backslashes, got 'training'"],
  [{ startupScript: 'x'.repeat(8193) }, "startupScript must be at most 8192 bytes: have it fetch the rest, got '8193 bytes'"],
  [{ logRetentionDays: 29 }, 'logRetentionDays must be a whole number between 30 and 730, got 29'],
  [{ untaggedImageRetentionDays: 366 }, 'untaggedImageRetentionDays must be a whole number between 0 and 365, got 366'],
  [{ workspaceName: '-a' }, "workspaceName must be 3 to 33 letters, digits, hyphens and underscores, starting with a letter or digit, got '-a'"],
  [{ containerRegistryId: 'images' }, "containerRegistryId must be an ARM id, /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.ContainerRegistry/registries/<name>, got 'images'"],
  [
    { containerRegistryId: `${GROUP}/providers/Microsoft.ContainerRegistry/registries/images`, quarantineImages: true },
    'quarantineImages must be left out with containerRegistryId, whose settings are yours, got true',
  ],
  [
    { logAnalyticsWorkspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`, logRetentionDays: 30 },
    'logRetentionDays must be left out with logAnalyticsWorkspaceId, whose settings are yours, got 30',
  ],
  [{ privateEndpoints: true, managedNetwork: ManagedNetwork.disabled() }, "managedNetwork must be another one with privateEndpoints, because computes without it reach nothing private, got 'disabled'"],
])('refuses %j', (props, message) => {
  expect(() => setting(props)).toThrow(`workspace 'Stack/Work': ${message}`);
});

test('refuses what does not go with its lake', () => {
  expect(() => setting({ managedNetwork: ManagedNetwork.disabled() }, { lake: { privateEndpoints: true } })).toThrow(
    "workspace 'Stack/Work': managedNetwork must be another one with a private lake, because computes without it do not reach the lake, got 'disabled'");
  const stack = azureStack();
  const account = (name: string) => `${GROUP}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const data = DataLake.fromAttributes(stack, 'Data', { storeAccountId: account('store'), featuresAccountId: account('features') });
  expect(() => new Workspace(stack, 'Work', { data, encryptsMetadata: true })).toThrow("workspace 'Stack/Work': encryptsMetadata must be left out: the lake has no key, got true");
});

test('breaks no policy, with a network that approves where computes connect to', () => {
  const { stack, workspace, data } = setting({ managedNetwork: ManagedNetwork.approvedOutbound(), owners: { 'data-scientist': ANA } });
  MlopsPolicies.applyTo(stack);
  new ExperimentTracker(stack, 'Tracking', { workspace }).grantUse(workspace.identities[0]);
  workspace.grantRunJobs(workspace.identities[0]);
  expect(data.node.path).toBe('Stack/Data');
  Testing.fullSynth(stack);
  const errors = stack.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type.endsWith('error')).map((each) => `${node.path}: ${each.data}`));
  expect(errors).toEqual([]);
});

test('a lake without a key leaves Microsoft\'s keys', () => {
  const stack = azureStack();
  const account = (name: string) => `${GROUP}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const data = DataLake.fromAttributes(stack, 'Data', { storeAccountId: account('store'), featuresAccountId: account('features') });
  new Workspace(stack, 'Work', { data });
  const all = synthesized(stack);
  expect(workspaceOf(all).encryption).toBeUndefined();
  expect(onlyResource(all, 'azurerm_container_registry').encryption).toBeUndefined();
  expect(onlyResource(all, 'azurerm_storage_account').customer_managed_key).toBeUndefined();
});

describe('a managed network', () => {
  test.each<[() => ManagedNetwork, string]>([
    [() => ManagedNetwork.approvedOutbound({ fqdns: ['https://pypi.org'] }), "fqdns must be names like pypi.org or *.example.com, got 'https://pypi.org'"],
    [() => ManagedNetwork.approvedOutbound({ serviceTags: ['azure monitor'] }), "serviceTags must be service tags like AzureMonitor, got 'azure monitor'"],
  ])('refuses what is no name', (make, message) => {
    expect(make).toThrow(`managed network 'approvedOutbound': ${message}`);
  });
});

describe('a machine', () => {
  test.each<[Accelerator, number | undefined, string | undefined, string]>([
    [Accelerator.NVIDIA_T4, undefined, undefined, 'Standard_NC4as_T4_v3'],
    [Accelerator.NVIDIA_T4, undefined, 'Standard_NC8as_T4_v3', 'Standard_NC8as_T4_v3'],
    [Accelerator.NVIDIA_T4, 4, undefined, 'Standard_NC64as_T4_v3'],
    [Accelerator.NVIDIA_A100_80GB, 2, undefined, 'Standard_NC48ads_A100_v4'],
  ])('carries %s', (accelerator, count, vmSize, expected) => {
    expect(NotebookMachine.gpu(accelerator, { count, vmSize }).vmSize).toBe(expected);
    expect(instance(config({ machine: NotebookMachine.gpu(accelerator, { count, vmSize }) })).properties.vmSize).toBe(expected);
  });

  test('is refused where it is retired, has GPUs that nobody asked for, or lacks those that somebody did', () => {
    expect(() => NotebookMachine.cpu('Standard_NC6')).toThrow("notebook machine 'Standard_NC6': vmSize must be a size that Azure still has");
    expect(() => NotebookMachine.cpu('Standard_NC4as_T4_v3')).toThrow('vmSize Standard_NC4as_T4_v3 has 1 x nvidia-t4: say compute.accelerator as well');
    expect(() => NotebookMachine.gpu(Accelerator.NVIDIA_T4, { count: 3 })).toThrow(/acceleratorCount must be 1 or 4 for nvidia-t4/);
    expect(() => NotebookMachine.gpu(Accelerator.NVIDIA_T4, { vmSize: 'Standard_D4ds_v4' })).toThrow('vmSize Standard_D4ds_v4 has no GPU');
    expect(() => NotebookMachine.gpu(Accelerator.NVIDIA_T4, { count: 0.5 })).toThrow("notebook machine 'nvidia-t4': count must be a whole number between 1 and 16, got 0.5");
  });
});

