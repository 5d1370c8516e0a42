import { TerraformResource, TerraformStack } from 'cdktf';
import { INAPPLICABLE, PRESENCE_RULES, RULES } from '../../../src/azure/policies';
import { seenAsArm } from '../../../src/azure/private/policy/arm-view';
import { Policies } from '../../../src/core/policies';
import { Landscape } from '../../../src/terraform/policy/resource-view';
import { Verdict } from '../../../src/terraform/policy/rule';
import { jsonText } from '../../../src/terraform/text';
import { azureStack } from '../../support/azure';

type Attributes = { readonly [name: string]: unknown };
/** Builds something in a stack and returns the resource that the policy is asked about. */
type Build = (stack: TerraformStack) => TerraformResource;

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly build: Build;
  /** What the rule says: a kind, or what it finds. */
  readonly says: 'compliant' | 'notApplicable' | 'undecided' | string[];
}

const cases: Case[] = [];

function policy(id: string, builds: { [name: string]: [Build, Case['says']] }): void {
  for (const [name, [build, says]] of Object.entries(builds)) cases.push({ policy: id, name, build, says });
}

/** Any resource, in Terraform's own words. */
function raw(resourceType: string, attributes: Attributes = {}, id = 'Raw'): Build {
  return (stack) => {
    const resource = new TerraformResource(stack, id, { terraformResourceType: resourceType, terraformGeneratorMetadata: { providerName: 'azurerm' } });
    for (const [name, value] of Object.entries(attributes)) resource.addOverride(name, value);
    return resource;
  };
}

/** Several resources, of which the last is asked about. */
function among(...builds: Build[]): Build {
  return (stack) => builds.map((build) => build(stack)).pop()!;
}

const ML = 'Microsoft.MachineLearningServices';
const PARENT = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';

/** A resource by the body of its API, through azapi. */
function arm(armType: string, body: Attributes = {}, around: Attributes = {}, id = 'Arm'): Build {
  return raw('azapi_resource', { type: `${armType}@2025-06-01`, name: 'n', parent_id: PARENT, body, ...around }, id);
}

/** The same through a template. */
function template(armType: string, body: Attributes = {}): Build {
  const content = { resources: [{ type: armType, apiVersion: '2025-06-01', name: 'w/n', location: '[parameters(\'location\')]', ...body }] };
  return raw('azurerm_resource_group_template_deployment', { template_content: jsonText(content), parameters_content: '${jsonencode({})}' });
}

/** A workflow with these actions, as the constructs write them. */
function workflow(actions: object, more: Attributes = {}, id = 'Flow'): Build {
  const first = { type: 'Compose', inputs: '@{concat(\'a\', workflow().run.name)}' };
  return arm('Microsoft.Logic/workflows', {
    properties: { state: 'Enabled', definition: { contentVersion: '1.0.0.0', triggers: {}, actions: { First: first, ...actions } }, ...more },
  }, {}, id);
}

const elsewhere = arm('Microsoft.Logic/workflows', { properties: { definition: '${jsondecode(file("flow.json"))}' } });
const call = (method: string, uri: string, body: object = {}, more: object = {}) => ({
  type: 'Http', inputs: { method, uri, body, authentication: { type: 'ManagedServiceIdentity', audience: 'https://management.azure.com/' }, ...more },
});
const azure = (path: string) => `https://management.azure.com${path}`;
const get = { Get: call('GET', azure('/subscriptions/s')) };
const registration = (properties: object = {}) =>
  call('PUT', azure(`${PARENT}/models/churn/versions/@{variables('number')}`), { properties: { modelUri: 'azureml://datastores/lake/paths/run', ...properties } });
const deployment = (properties: object = {}) =>
  call('PUT', azure(`${PARENT}/onlineEndpoints/churn/deployments/v@{variables('number')}`), { location: 'l', properties: { endpointComputeType: 'Managed', ...properties } });
const job = (properties: object = {}) => call('PUT', azure(`${PARENT}/jobs/train-1`), { properties: { jobType: 'Command', command: 'python -m work train', ...properties } });
const approval = call('POST', 'https://lake.queue.core.windows.net/churn-approvals/messages', {});
const DIGEST = `registry.azurecr.io/churn@sha256:${'a'.repeat(64)}`;

policy('MLOPS-ENC-01', {
  'an account with a key': [raw('azurerm_storage_account', { customer_managed_key: { key_vault_key_id: 'k' } }), 'compliant'],
  'an account whose block stands in a list': [raw('azurerm_storage_account', { customer_managed_key: [{ key_vault_key_id: 'k' }] }), 'compliant'],
  'an account whose key is a resource of its own': [among(
    raw('azurerm_storage_account_customer_managed_key', { storage_account_id: '${azurerm_storage_account.Raw.id}' }, 'Key'), raw('azurerm_storage_account'),
  ), 'compliant'],
  'an account beside one whose key is a resource of its own': [among(
    raw('azurerm_storage_account_customer_managed_key', { storage_account_id: '${azurerm_storage_account.RawTwo.id}' }, 'Key'), raw('azurerm_storage_account'),
  ), ['customer_managed_key.key_vault_key_id is missing']],
  'an account without': [raw('azurerm_storage_account'), ['customer_managed_key.key_vault_key_id is missing']],
  'a key that is null': [raw('azurerm_storage_account', { customer_managed_key: { key_vault_key_id: null } }), ['customer_managed_key.key_vault_key_id is missing']],
  'a registry with a key': [raw('azurerm_container_registry', { encryption: [{ key_vault_key_id: 'k', identity_client_id: 'i' }] }), 'compliant'],
  'a registry without': [raw('azurerm_container_registry'), ['encryption.key_vault_key_id is missing']],
  'a workspace with a key': [raw('azurerm_machine_learning_workspace', { encryption: { key_id: 'k' } }), 'compliant'],
  'a workspace without': [raw('azurerm_machine_learning_workspace'), ['encryption.key_id is missing']],
  'a workspace by its body with a key': [arm(`${ML}/workspaces`, { properties: { encryption: { keyVaultProperties: { keyIdentifier: 'k' } } } }), 'compliant'],
  'a workspace by its body without': [arm(`${ML}/workspaces`, { properties: {} }), ['properties.encryption.keyVaultProperties.keyIdentifier is missing']],
  'a workspace in a template without': [template(`${ML}/workspaces`, { properties: {} }), ['properties.encryption.keyVaultProperties.keyIdentifier is missing']],
  'a workspace in a template whose key is a parameter': [
    template(`${ML}/workspaces`, { properties: { encryption: { keyVaultProperties: { keyIdentifier: '[parameters(\'keyIdentifier\')]' } } } }), 'compliant',
  ],
  'a cache with a key': [raw('azurerm_managed_redis', { customer_managed_key: [{ key_vault_key_id: 'k' }] }), 'compliant'],
  'a cache without': [raw('azurerm_managed_redis'), ['customer_managed_key.key_vault_key_id is missing']],
  'a cache of the kind that takes none': [raw('azurerm_redis_cache'), ['this kind of cache takes no key of the customer: use azurerm_managed_redis']],
  'a namespace of queues without': [raw('azurerm_servicebus_namespace', { sku: 'Premium' }), ['customer_managed_key.key_vault_key_id is missing']],
  'a namespace of queues of a tier that takes no key': [raw('azurerm_servicebus_namespace', { sku: 'Standard' }), 'notApplicable'],
  'a disk without': [raw('azurerm_managed_disk'), ['disk_encryption_set_id is missing']],
  'a database with a key': [raw('azurerm_postgresql_flexible_server', { customer_managed_key: { key_vault_key_id: 'k' } }), 'compliant'],
});

policy('MLOPS-ENC-02', {
  'an account as the provider makes it': [raw('azurerm_storage_account'), 'compliant'],
  'an account with TLS 1.3 alone': [raw('azurerm_storage_account', { min_tls_version: 'TLS1_3' }), 'compliant'],
  'an account with an old TLS': [raw('azurerm_storage_account', { min_tls_version: 'TLS1_0' }), ['min_tls_version is TLS1_0']],
  'an account without TLS': [raw('azurerm_storage_account', { https_traffic_only_enabled: false }), ['https_traffic_only_enabled is off']],
  'an app that takes plain requests': [raw('azurerm_container_app', { ingress: [{ allow_insecure_connections: true }] }), ['ingress.allow_insecure_connections is on']],
  'an app that does not': [raw('azurerm_container_app', { ingress: { target_port: 8080 } }), 'compliant'],
  'a cache in clear': [raw('azurerm_managed_redis', { default_database: { client_protocol: 'Plaintext' } }), ['default_database.client_protocol is Plaintext']],
  'a cache as the provider makes it': [raw('azurerm_managed_redis', { default_database: {} }), 'compliant'],
  'a cache of the older kind in clear': [raw('azurerm_redis_cache', { non_ssl_port_enabled: true, minimum_tls_version: '1.0' }), ['non_ssl_port_enabled is on', 'minimum_tls_version is 1.0']],
  'a namespace of queues': [raw('azurerm_servicebus_namespace', { minimum_tls_version: '1.2' }), 'compliant'],
  'a namespace of queues with an old TLS': [raw('azurerm_servicebus_namespace', { minimum_tls_version: '1.1' }), ['minimum_tls_version is 1.1']],
});

const rotating = (trigger: object, type = 'rotate') => ({ properties: { rotationPolicy: { lifetimeActions: [{ trigger, action: { type } }] } } });
policy('MLOPS-ENC-04', {
  'a key that rotates': [raw('azurerm_key_vault_key', { rotation_policy: { automatic: { time_after_creation: 'P90D' } } }), 'compliant'],
  'a key that rotates each year': [raw('azurerm_key_vault_key', { rotation_policy: [{ automatic: [{ time_after_creation: 'P1Y' }] }] }), 'compliant'],
  'a key that rotates before it expires': [raw('azurerm_key_vault_key', { rotation_policy: { expire_after: 'P6M', automatic: { time_before_expiry: 'P30D' } } }), 'compliant'],
  'a key that does not': [raw('azurerm_key_vault_key'), ['nothing rotates it automatically']],
  'a key that only expires': [raw('azurerm_key_vault_key', { rotation_policy: { expire_after: 'P90D' } }), ['nothing rotates it automatically']],
  'a key that rotates too late': [raw('azurerm_key_vault_key', { rotation_policy: { automatic: { time_after_creation: 'P2Y' } } }),
    ['the time after which it rotates is P2Y, longer than a year']],
  'a key that rotates before it never expires': [raw('azurerm_key_vault_key', { rotation_policy: { automatic: { time_before_expiry: 'P30D' } } }),
    ['the time after which it expires is missing']],
  'a period that is none': [raw('azurerm_key_vault_key', { rotation_policy: { automatic: { time_after_creation: '90' } } }), ['the time after which it rotates is 90']],
  'a period of a variable': [raw('azurerm_key_vault_key', { rotation_policy: { automatic: { time_after_creation: '${var.period}' } } }), 'undecided'],
  'a key by its body that rotates': [arm('Microsoft.KeyVault/vaults/keys', rotating({ timeAfterCreate: 'P90D' })), 'compliant'],
  'a key by its body that only notifies': [arm('Microsoft.KeyVault/vaults/keys', rotating({ timeBeforeExpiry: 'P30D' }, 'notify')), ['nothing rotates it automatically']],
  'a key that is put once': [raw('azapi_resource_action', {
    type: 'Microsoft.KeyVault/vaults/keys@2024-11-01', resource_id: 'v/keys/k', method: 'PUT', body: rotating({ timeAfterCreate: 'P3Y' }),
  }), ['the time after which it rotates is P3Y, longer than a year']],
});

const closed = { allow_nested_items_to_be_public: false, shared_access_key_enabled: false };
policy('MLOPS-NET-01', {
  'a closed account': [raw('azurerm_storage_account', closed), 'compliant'],
  'an account as the provider makes it': [
    raw('azurerm_storage_account'), ['allow_nested_items_to_be_public is not off', 'shared_access_key_enabled lets whoever has a link in'],
  ],
  'an account with SFTP': [raw('azurerm_storage_account', { ...closed, sftp_enabled: true }), ['it is opened to SFTP or NFS, which know no identity of Azure']],
  'a public container': [raw('azurerm_storage_container', { container_access_type: 'blob' }), ['container_access_type is blob']],
  'a container': [raw('azurerm_storage_container', { name: 'raw' }), 'compliant'],
  'a registry that everybody reads': [raw('azurerm_container_registry', { anonymous_pull_enabled: true }), ['anonymous_pull_enabled lets everybody read its images']],
  'a registry with a password': [raw('azurerm_container_registry', { admin_enabled: true }), ['admin_enabled gives it a password of its own']],
  'a registry': [raw('azurerm_container_registry', { admin_enabled: false }), 'compliant'],
  'an app that everybody calls': [raw('azurerm_container_app', { ingress: { external_enabled: true } }), ['ingress.external_enabled lets everybody call it']],
  'an app for its environment': [raw('azurerm_container_app', { ingress: { external_enabled: false } }), 'compliant'],
  'an app without a door': [raw('azurerm_container_app'), 'compliant'],
  'an app for some addresses': [raw('azurerm_container_app', { ingress: { external_enabled: true, ip_security_restriction: [{ action: 'Allow' }] } }), 'compliant'],
  'an app that some addresses may not call': [
    raw('azurerm_container_app', { ingress: { external_enabled: true, ip_security_restriction: [{ action: 'Deny' }] } }), ['ingress.external_enabled lets everybody call it'],
  ],
  'an app that asks who calls': [among(
    arm('Microsoft.App/containerApps/authConfigs', { properties: {} }, { parent_id: '${azurerm_container_app.Raw.id}' }), raw('azurerm_container_app', { ingress: { external_enabled: true } }),
  ), 'compliant'],
  'an app in an environment that is inside a network': [among(
    raw('azurerm_container_app_environment', { internal_load_balancer_enabled: true }, 'Environment'),
    raw('azurerm_container_app', { ingress: { external_enabled: true }, container_app_environment_id: '${azurerm_container_app_environment.Environment.id}' }),
  ), 'compliant'],
  'a cluster with an open port': [raw('azurerm_machine_learning_compute_cluster', { ssh_public_access_enabled: true }), ['ssh_public_access_enabled opens a port of its nodes']],
  'a cluster': [raw('azurerm_machine_learning_compute_cluster'), 'compliant'],
  'a cache with a public address': [raw('azurerm_managed_redis'), ['public_network_access is not Disabled']],
  'a cache without': [raw('azurerm_managed_redis', { public_network_access: 'Disabled' }), 'compliant'],
  'a cache of the older kind with a public address': [raw('azurerm_redis_cache'), ['public_network_access_enabled gives it a public address']],
  'a database without': [raw('azurerm_postgresql_flexible_server', { public_network_access_enabled: false }), 'compliant'],
  'a group of rules that lets the world in': [raw('azurerm_network_security_group', {
    security_rule: [{ direction: 'Inbound', access: 'Allow', source_address_prefix: '*' }],
  }), ['connections from * are allowed']],
  'a rule that lets the world in': [raw('azurerm_network_security_rule', { direction: 'Inbound', access: 'Allow', source_address_prefixes: ['10.0.0.0/8', 'Internet'] }),
    ['connections from Internet are allowed']],
  'a rule that lets half of the world in': [raw('azurerm_network_security_rule', { direction: 'Inbound', access: 'Allow', source_address_prefix: '128.0.0.0/1' }),
    ['connections from 128.0.0.0/1 are allowed']],
  'a rule that denies the world': [raw('azurerm_network_security_rule', { direction: 'Inbound', access: 'Deny', source_address_prefix: '*' }), 'compliant'],
  'a rule for what goes out': [raw('azurerm_network_security_rule', { direction: 'Outbound', access: 'Allow', source_address_prefix: '*' }), 'compliant'],
  'a rule for a service of Azure': [raw('azurerm_network_security_rule', { direction: 'Inbound', access: 'Allow', source_address_prefix: 'AzureMachineLearning' }), 'compliant'],
  'a machine with an address': [raw('azurerm_network_interface', { ip_configuration: [{ public_ip_address_id: 'p' }] }), ['public_ip_address_id gives it a public address']],
  'a machine without': [raw('azurerm_network_interface', { ip_configuration: [{ subnet_id: 's' }] }), 'compliant'],
  'machines with addresses': [raw('azurerm_linux_virtual_machine_scale_set', { network_interface: [{ ip_configuration: [{ public_ip_address: [{ name: 'p' }] }] }] }),
    ['public_ip_address gives its machines public addresses']],
});

policy('MLOPS-NET-02', {
  'a workspace that reaches what is approved': [raw('azurerm_machine_learning_workspace', { managed_network: { isolation_mode: 'AllowOnlyApprovedOutbound' } }), 'compliant'],
  'a workspace that reaches the internet': [raw('azurerm_machine_learning_workspace', { managed_network: [{ isolation_mode: 'AllowInternetOutbound' }] }),
    ['managed_network.isolation_mode is AllowInternetOutbound']],
  'a workspace without a network': [raw('azurerm_machine_learning_workspace'), ['managed_network.isolation_mode is missing']],
  'a workspace by its body': [arm(`${ML}/workspaces`, { properties: { managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } } }), 'compliant'],
  'a workspace in a template': [template(`${ML}/workspaces`, { properties: { managedNetwork: { isolationMode: 'Disabled' } } }), ['managedNetwork.isolationMode is Disabled']],
  'a workspace whose network is a parameter': [template(`${ML}/workspaces`, { properties: { managedNetwork: { isolationMode: '[parameters(\'mode\')]' } } }), 'undecided'],
  'a rule for a name': [raw('azurerm_machine_learning_workspace_network_outbound_rule_fqdn', { destination_fqdn: '*.pypi.org' }), 'compliant'],
  'a rule for every name': [raw('azurerm_machine_learning_workspace_network_outbound_rule_fqdn', { destination_fqdn: '*' }), ['* is everything']],
  'a rule for every name of a country': [arm(`${ML}/workspaces/outboundRules`, { properties: { type: 'FQDN', destination: '*.com' } }), ['*.com is everything']],
  'a rule for a service': [raw('azurerm_machine_learning_workspace_network_outbound_rule_service_tag', { service_tag: 'AzureMonitor' }), 'compliant'],
  'a rule for the internet': [raw('azurerm_machine_learning_workspace_network_outbound_rule_service_tag', { service_tag: 'Internet' }), ['the service tag Internet is everything']],
  'a rule by its body for the internet': [arm(`${ML}/workspaces/outboundRules`, { properties: { type: 'ServiceTag', destination: { serviceTag: 'Internet' } } }),
    ['the service tag Internet is everything']],
  'a rule for a private endpoint': [arm(`${ML}/workspaces/outboundRules`, { properties: { type: 'PrivateEndpoint', destination: {} } }), 'compliant'],
  'an environment in a network': [raw('azurerm_container_app_environment', { infrastructure_subnet_id: 's' }), 'compliant'],
  'an environment without': [raw('azurerm_container_app_environment'), ['infrastructure_subnet_id is missing']],
  'a NAT': [raw('azurerm_nat_gateway'), ['machines of the network reach the internet']],
  'a deployment in the network of the workspace': [workflow({ Deploy: deployment() }), 'compliant'],
  'a deployment that reaches the internet': [workflow({ Deploy: deployment({ egressPublicNetworkAccess: 'Enabled' }) }), ['egressPublicNetworkAccess of a deployment is Enabled']],
  'no deployment': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

const notebook = (properties: object) => ({ properties: { computeType: 'ComputeInstance', properties } });
policy('MLOPS-NET-03', {
  'a locked notebook': [arm(`${ML}/workspaces/computes`, notebook({ enableNodePublicIp: false, enableRootAccess: false })), 'compliant'],
  'an open one': [arm(`${ML}/workspaces/computes`, notebook({ sshSettings: { sshPublicAccess: 'Enabled' } })),
    ['enableNodePublicIp is not off', 'sshSettings.sshPublicAccess is Enabled', 'enableRootAccess is not off']],
  'one in a template': [template(`${ML}/workspaces/computes`, notebook({ enableNodePublicIp: false })), ['enableRootAccess is not off']],
  'a cluster': [arm(`${ML}/workspaces/computes`, { properties: { computeType: 'AmlCompute' } }), 'notApplicable'],
  'a compute that is not known': [arm(`${ML}/workspaces/computes`, { properties: '${var.compute}' }), 'undecided'],
  'one of azurerm': [raw('azurerm_machine_learning_compute_instance', { node_public_ip_enabled: false }), ['whoever opens it is root: azurerm has no attribute against it']],
  'one of azurerm with everything open': [raw('azurerm_machine_learning_compute_instance', { ssh: [{ public_key: 'k' }] }),
    ['node_public_ip_enabled is not off', 'ssh is open', 'whoever opens it is root: azurerm has no attribute against it']],
});

policy('MLOPS-DAT-01', {
  'an account with versions': [raw('azurerm_storage_account', { blob_properties: { versioning_enabled: true } }), 'compliant'],
  'an account versioned in words': [raw('azurerm_storage_account', { blob_properties: [{ versioning_enabled: 'true' }] }), 'compliant'],
  'an account without': [raw('azurerm_storage_account', { blob_properties: {} }), ['blob_properties.versioning_enabled is off']],
  'an account that cannot': [raw('azurerm_storage_account', { is_hns_enabled: true }), ['a hierarchical namespace (is_hns_enabled) keeps no versions']],
});

policy('MLOPS-DAT-02', {
  'an account that stays': [raw('azurerm_storage_account', { lifecycle: { prevent_destroy: true } }), 'compliant'],
  'an account that goes': [raw('azurerm_storage_account'), ['lifecycle.prevent_destroy is off']],
  'a container that stays': [raw('azurerm_storage_container', { lifecycle: [{ prevent_destroy: true }] }), 'compliant'],
  'a vault that goes': [raw('azurerm_key_vault'), ['lifecycle.prevent_destroy is off']],
  'a workspace that goes': [raw('azurerm_machine_learning_workspace'), ['lifecycle.prevent_destroy is off']],
  'a workspace by its body that stays': [arm(`${ML}/workspaces`, {}, { lifecycle: { prevent_destroy: true } }), 'compliant'],
  'a workspace by its body that goes': [arm(`${ML}/workspaces`), ['lifecycle.prevent_destroy is off']],
  'a workspace in a template that goes': [template(`${ML}/workspaces`), ['lifecycle.prevent_destroy is off']],
  'logs that go': [raw('azurerm_log_analytics_workspace'), ['lifecycle.prevent_destroy is off']],
});

const GROUP = '/subscriptions/s/resourceGroups/g';
const definition = (id: string) => `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const [OWNER, CONTRIBUTOR, BLOB_CONTRIBUTOR, QUEUE_SENDER] =
  ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'b24988ac-6180-42a0-ab88-20f7382dd24c', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'].map(definition);
const assignment = (role: string, scope: string, more: Attributes = {}) => raw('azurerm_role_assignment', { role_definition_id: role, scope, ...more });

policy('MLOPS-IAM-01', {
  'everything in a group': [assignment(CONTRIBUTOR, GROUP), ['Contributor opens everything in the resource group']],
  'everything in a group that Terraform names': [assignment(CONTRIBUTOR, '${azurerm_resource_group.G.id}'), ['Contributor opens everything in the resource group']],
  'everything in the subscription': [assignment(CONTRIBUTOR, '/subscriptions/s'), ['Contributor opens everything in the subscription']],
  'everything in a management group, by name': [raw('azurerm_role_assignment', { role_definition_name: 'Reader', scope: '/providers/Microsoft.Management/managementGroups/m' }),
    ['Reader opens everything in the subscription']],
  'everything on one resource': [assignment(CONTRIBUTOR, `${GROUP}/providers/Microsoft.Logic/workflows/w`), 'compliant'],
  'whoever gives roles on one resource': [assignment(OWNER, `${GROUP}/providers/Microsoft.Logic/workflows/w`), ['Owner can give every role']],
  'whoever gives some roles': [raw('azurerm_role_assignment', {
    role_definition_name: 'Role Based Access Control Administrator', scope: GROUP, condition: '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {x}',
  }), 'compliant'],
  'blobs of a whole group': [assignment(BLOB_CONTRIBUTOR, GROUP), ['Storage Blob Data Contributor is given in the whole resource group, and the container can carry it']],
  'blobs of a whole group under a condition': [assignment(BLOB_CONTRIBUTOR, GROUP, { condition: '@Resource[x:path] StringLike \'a/*\'' }), 'compliant'],
  'a condition that always holds': [assignment(QUEUE_SENDER, GROUP, { condition: ' true ' }),
    ['Storage Queue Data Message Sender is given in the whole resource group, and the queue can carry it']],
  'blobs of a container': [assignment(BLOB_CONTRIBUTOR, '${azurerm_storage_account.A.id}/blobServices/default/containers/raw'), 'compliant'],
  'a role of the stack\'s own': [assignment('${azurerm_role_definition.R.role_definition_resource_id}', GROUP), 'compliant'],
  'a role that is not known': [assignment('${var.role}', GROUP), 'undecided'],
  'a scope that is not known': [assignment(BLOB_CONTRIBUTOR, '${var.scope}'), 'undecided'],
  'a role that nothing smaller can carry': [raw('azurerm_role_assignment', { role_definition_name: 'Monitoring Reader', scope: GROUP }), 'compliant'],
  'a role of its own that names what it allows': [raw('azurerm_role_definition', { permissions: [{ actions: [`${ML}/workspaces/jobs/write`] }] }), 'compliant'],
  'a role of its own with a wildcard': [raw('azurerm_role_definition', { permissions: { actions: [`${ML}/workspaces/*`], data_actions: ['*'] } }),
    [`${ML}/workspaces/* allows more than one operation`, '* allows more than one operation']],
});

policy('MLOPS-IAM-02', {
  'an administrator of storage': [raw('azurerm_role_assignment', { role_definition_name: 'Storage Account Contributor', scope: GROUP }),
    ['Storage Account Contributor is given in the whole resource group']],
  'an administrator by id': [assignment(CONTRIBUTOR, '/subscriptions/s'), ['Contributor is given in the whole subscription']],
  'an administrator of one vault': [raw('azurerm_role_assignment', { role_definition_name: 'Key Vault Administrator', scope: '${azurerm_key_vault.V.id}' }), 'compliant'],
  'an administrator under a condition': [assignment(OWNER, GROUP, { condition: 'x' }), 'compliant'],
  'a reader': [raw('azurerm_role_assignment', { role_definition_name: 'Monitoring Reader', scope: GROUP }), 'compliant'],
  'a role that is not known': [assignment('${var.role}', GROUP), 'undecided'],
  'a role of the stack\'s own': [assignment('${azurerm_role_definition.R.role_definition_resource_id}', GROUP), 'compliant'],
  'a scope that is not known': [assignment(CONTRIBUTOR, '${local.scope}'), 'undecided'],
});

const GITHUB = { issuer: 'https://token.actions.githubusercontent.com', audience: ['api://AzureADTokenExchange'] };
policy('MLOPS-IAM-03', {
  'one environment of one repository': [raw('azurerm_federated_identity_credential', { ...GITHUB, subject: 'repo:a/b:environment:prod' }), 'compliant'],
  'no subject': [raw('azurerm_federated_identity_credential', GITHUB), ['any token of the issuer is taken: subject is missing']],
  'pull requests': [raw('azurerm_federated_identity_credential', { ...GITHUB, subject: 'repo:a/b:pull_request' }),
    ['repo:a/b:pull_request lets whoever opens a pull request take the identity']],
  'an issuer without a certificate': [raw('azurerm_federated_identity_credential', { ...GITHUB, issuer: 'http://issuer', subject: 'x' }),
    ['issuer is http://issuer, which no certificate proves']],
  'no audience': [raw('azurerm_federated_identity_credential', { ...GITHUB, audience: [], subject: 'x' }), ['audience is missing']],
  'a subject that is not known': [raw('azurerm_federated_identity_credential', { ...GITHUB, subject: '${var.subject}' }), 'undecided'],
  'a pattern of subjects': [arm('Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials', {
    properties: { issuer: GITHUB.issuer, audiences: GITHUB.audience, claimsMatchingExpression: { value: 'claims[\'sub\'] matches \'repo:a/*\'', languageVersion: 1 } },
  }), ['repo:a/* lets more than one subject take the identity']],
  'an exact subject by its body': [arm('Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials', {
    properties: { issuer: GITHUB.issuer, audiences: GITHUB.audience, subject: 'system:serviceaccount:a:b' },
  }), 'compliant'],
});

const container = (env: object[], more: Attributes = {}) => ({ template: { container: [{ name: 'c', env }] }, ...more });
policy('MLOPS-SEC-01', {
  'an app with a reference': [raw('azurerm_container_app', container([{ name: 'DB_PASSWORD', secret_name: 'db' }], { secret: [{ name: 'db', key_vault_secret_id: 'v' }] })), 'compliant'],
  'an app with a password': [raw('azurerm_container_app', container([{ name: 'DB_PASSWORD', value: 'hunter2' }])), ['DB_PASSWORD is named like a secret and its value is in the stack']],
  'an app with a secret that is written down': [raw('azurerm_container_app', { secret: [{ name: 'db', value: 'hunter2' }] }), ['secret db has its value in the stack']],
  'an app with a key of another cloud': [raw('azurerm_container_app_job', container([{ name: 'X', value: 'AKIAIOSFODNN7EXAMPLE' }])), ['X holds what looks like a secret']],
  'an app with the name of a secret': [raw('azurerm_container_app', container([{ name: 'SECRET_NAME', value: 'db' }])), 'compliant'],
  'an app without variables': [raw('azurerm_container_app', container([])), 'notApplicable'],
  'a secret of a vault that is written down': [raw('azurerm_key_vault_secret', { value: 'hunter2' }), ['secret_value is named like a secret and its value is in the stack']],
  'a secret of a vault that is made elsewhere': [raw('azurerm_key_vault_secret', { value: '${random_password.x.result}' }), 'compliant'],
  'a write-only secret of a vault': [raw('azurerm_key_vault_secret', { value_wo: '${ephemeral.x.y}' }), 'notApplicable'],
  'a database with a password': [raw('azurerm_postgresql_flexible_server', { administrator_password: 'hunter2' }),
    ['administrator_password is named like a secret and its value is in the stack']],
  'a function': [raw('azurerm_linux_function_app', { app_settings: { API_KEY: 'x' } }), ['API_KEY is named like a secret and its value is in the stack']],
  'a job with a password': [workflow({ Train: job({ environmentVariables: { API_KEY: 'hunter2', MLOPS_HYPERPARAMETERS: '{}' } }) }), ['API_KEY is named like a secret and its value is in the stack']],
  'a job whose value the workflow has': [workflow({ Train: job({ environmentVariables: { API_KEY: '@{variables(\'key\')}' } }) }), 'compliant'],
  'a parameter of a workflow': [workflow(get, { parameters: { api_key: { value: 'hunter2' } } }), ['api_key is named like a secret and its value is in the stack']],
  'a token in a header': [workflow({ Call: call('GET', 'https://x', {}, { headers: { Authorization: 'Bearer abc' } }) }), ['auth_token is named like a secret and its value is in the stack']],
  'a workflow without variables': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a connection with a key': [arm(`${ML}/workspaces/connections`, { properties: { authType: 'ApiKey', credentials: { access_key: 'hunter2' } } }),
    ['access_key is named like a secret and its value is in the stack']],
  'a connection by identity': [arm(`${ML}/workspaces/connections`, { properties: { authType: 'ManagedIdentity', credentials: { clientId: 'c', resourceId: 'r' } } }), 'compliant'],
  'a deployment with a password': [arm(`${ML}/workspaces/onlineEndpoints/deployments`, { properties: { environmentVariables: { DB_PASSWORD: 'x' } } }),
    ['DB_PASSWORD is named like a secret and its value is in the stack']],
  'a deployment that is not known': [arm(`${ML}/workspaces/onlineEndpoints/deployments`, { properties: '${var.deployment}' }), 'undecided'],
});

const environment = (image: string) => arm(`${ML}/workspaces/environments/versions`, { properties: { image, osType: 'Linux' } });
policy('MLOPS-REP-01', {
  'a digest': [environment(DIGEST), 'compliant'],
  'a tag of one build': [environment('registry.azurecr.io/churn:2026-11-30'), 'compliant'],
  'a tag that moves': [environment('registry.azurecr.io/churn:latest'), ['image registry.azurecr.io/churn:latest moves']],
  'no tag': [raw('azurerm_container_app', { template: { container: [{ image: 'registry.azurecr.io/churn' }] } }), ['image registry.azurecr.io/churn moves']],
  'an app\'s job': [raw('azurerm_container_app_job', { template: [{ container: [{ image: DIGEST }] }] }), 'compliant'],
  'a tag of one build of a registry that Terraform names': [environment('${azurerm_container_registry.x.login_server}/churn:v3.1'), 'compliant'],
  'a tag that moves in a template': [template(`${ML}/workspaces/environments/versions`, { properties: { image: 'churn:latest' } }), ['image churn:latest moves']],
  'an image that only the deployment knows': [template(`${ML}/workspaces/environments/versions`, { properties: { image: '[parameters(\'image\')]' } }), 'undecided'],
  'what the workflow puts together': [workflow({ Deploy: call('PUT', 'https://x', { properties: { image: '@{variables(\'image\')}' } }) }), 'undecided'],
  'no image': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-LOG-01', {
  'logs with an end': [raw('azurerm_log_analytics_workspace', { retention_in_days: 90 }), 'compliant'],
  'logs without': [raw('azurerm_log_analytics_workspace'), ['retention_in_days is missing']],
  'a component in a workspace of logs': [raw('azurerm_application_insights', { workspace_id: 'w' }), 'compliant'],
  'a component of its own': [raw('azurerm_application_insights'), ['retention_in_days is missing']],
});

const trail = (immutability: Attributes | undefined, more: Attributes = {}, account: Attributes = {}, containerName = 'insights-activity-logs'): Build => (stack) => {
  raw('azurerm_storage_account', account, 'Records')(stack);
  raw('azurerm_storage_container', { name: containerName, storage_account_id: '${azurerm_storage_account.Records.id}' }, 'Container')(stack);
  if (immutability !== undefined) {
    raw('azurerm_storage_container_immutability_policy', { storage_container_resource_manager_id: '${azurerm_storage_container.Container.id}', ...immutability }, 'Immutable')(stack);
  }
  return raw('azurerm_monitor_diagnostic_setting', {
    target_resource_id: '/subscriptions/s', storage_account_id: '${azurerm_storage_account.Records.id}', enabled_log: [{ category: 'Administrative' }], ...more,
  })(stack);
};

policy('MLOPS-LOG-02', {
  'an activity log that nobody changes': [trail({ immutability_period_in_days: 365, protected_append_writes_enabled: true }), 'compliant'],
  'an activity log in an account that nobody changes': [trail(undefined, {}, { immutability_policy: { state: 'Unlocked', allow_protected_append_writes: true } }), 'compliant'],
  'an account whose policy is off': [trail(undefined, {}, { immutability_policy: { state: 'Disabled', allow_protected_append_writes: true } }),
    ['what the storage account has can be changed: no immutability policy']],
  'an activity log that can be changed': [trail(undefined), ['what the storage account has can be changed: no immutability policy']],
  'a policy of another container': [trail({ protected_append_writes_enabled: true }, {}, {}, 'other'), ['what the storage account has can be changed: no immutability policy']],
  'a policy under which nothing is appended': [trail({ immutability_period_in_days: 365 }),
    ['the immutability policy allows no protected appends, so that the activity log cannot be written']],
  'a log without changes': [trail({ protected_append_writes_all_enabled: true }, { enabled_log: [{ category: 'Alert' }] }), ['the category Administrative is off']],
  'a log that goes elsewhere': [raw('azurerm_monitor_diagnostic_setting', { target_resource_id: '/subscriptions/s', enabled_log: [{ category_group: 'allLogs' }] }),
    ['the destination is no storage account of the stack']],
  'a second copy for a team that watches': [among(trail({ protected_append_writes_enabled: true }),
    raw('azurerm_monitor_diagnostic_setting', { target_resource_id: '${data.azurerm_subscription.S.id}', log_analytics_workspace_id: 'l' }, 'Second')), 'notApplicable'],
  'logs of a resource': [raw('azurerm_monitor_diagnostic_setting', { target_resource_id: '/subscriptions/s/resourceGroups/g/providers/a/b/c' }), 'notApplicable'],
});

const collects = (samplingRate: number | undefined, mode = 'Enabled') =>
  ({ dataCollector: { collections: { request: { dataCollectionMode: mode, samplingRate }, response: { dataCollectionMode: mode, samplingRate } } } });
policy('MLOPS-SRV-01', {
  'a deployment that records': [workflow({ Deploy: deployment(collects(1)) }), 'compliant'],
  'a deployment that does not': [workflow({ Deploy: deployment() }), ['dataCollector is missing']],
  'a deployment whose collections are off': [workflow({ Deploy: deployment(collects(1, 'Disabled')) }), ['dataCollector collects nothing: no collection is Enabled']],
  'a deployment that records none': [workflow({ Deploy: deployment(collects(0)) }), ['dataCollector.collections: samplingRate is 0']],
  'a deployment that the workflow decides about': [workflow({ Deploy: deployment({ dataCollector: '@variables(\'collector\')' }) }), 'undecided'],
  'a deployment of the stack': [arm(`${ML}/workspaces/onlineEndpoints/deployments`, { properties: { endpointComputeType: 'Managed', ...collects(undefined) } }), 'compliant'],
  'no deployment': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-SRV-02', {
  'a rollout that goes back': [workflow({ Deploy: deployment(), Fail: { type: 'Terminate', inputs: { runStatus: 'Failed', runError: { message: 'version 3 was rolled back: too slow' } } } }), 'compliant'],
  'a rollout that does not': [workflow({ Deploy: deployment() }), ['the workflow deploys versions and takes none back']],
  'an app that is not taken back': [workflow({ Deploy: call('PATCH', azure('/subscriptions/s/resourceGroups/g/providers/Microsoft.App/containerApps/churn')) }),
    ['the workflow deploys versions and takes none back']],
  'who only reads deployments': [workflow({ Look: call('GET', azure(`${PARENT}/onlineEndpoints/churn/deployments/v1`)) }), 'notApplicable'],
  'no rollout': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-REG-01', {
  'a registration': [workflow({ Register: registration() }), 'compliant'],
  'a registration that approves': [workflow({ Register: registration(), Approve: approval }), ['registers a version and approves it']],
  'no registration': [workflow({ Approve: approval }), 'notApplicable'],
  'a promotion that a person has asked for': [workflow({ Register: registration({ tags: { mlops_training_version: '3' } }), Approve: approval }), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-REG-02', {
  'a registration behind a gate': [workflow({
    Gate: { type: 'If', expression: { and: [{ greaterOrEquals: ['@body(\'Evaluation\')?[\'metrics\']?[\'auc\']', 0.8] }] }, actions: { Register: registration() } },
  }), 'compliant'],
  'a registration behind gates as data': [workflow({ Gates: { type: 'Compose', inputs: [{ metric: 'auc', threshold: 0.8 }] }, Register: registration() }), 'compliant'],
  'a registration behind gates in an expression': [workflow({
    Gates: { type: 'Compose', inputs: '@createArray(if(less(float(coalesce(variables(\'e\')?[\'metrics\']?[\'auc\'], 0)), float(\'0.8\')), \'no\', \'\'))' },
    Register: registration(),
  }), 'compliant'],
  'a registration behind something else': [workflow({ Gate: { type: 'If', expression: { and: [{ equals: ['@variables(\'a\')', 1] }] } }, Register: registration() }),
    ['no threshold of a metric stands before the registration']],
  'a registration without': [workflow({ Register: registration() }), ['no threshold of a metric stands before the registration']],
  'a promotion of what has passed its gate': [workflow({ Register: registration({ tags: { mlops_training_version: '3' } }) }), 'notApplicable'],
  'no registration': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-REG-03', {
  'a version with its run': [workflow({ Register: registration({ tags: { mlops_run: '@{workflow().run.name}' } }) }), 'compliant'],
  'a version with its job': [workflow({ Register: registration({ jobName: 'train-1' }) }), 'compliant'],
  'a version whose tags are put together': [workflow({
    Tags: { type: 'Compose', inputs: { mlops_run: '@{workflow().run.name}' } },
    Register: registration({ tags: '@union(outputs(\'Tags\'), json(\'{}\'))' }),
  }), 'compliant'],
  'a version whose tags are put together without its run': [workflow({ Register: registration({ tags: '@json(\'{}\')' }) }),
    ['the version has no tag mlops_run beside its modelUri']],
  'a version without': [workflow({ Register: registration() }), ['the version has no tag mlops_run beside its modelUri']],
  'no version': [workflow(get), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-TAG-01', {
  'a tag of its own': [raw('azurerm_storage_account', { tags: { team: 'churn' } }), 'compliant'],
  'no tag': [raw('azurerm_storage_account'), ['has no tag']],
  'an endpoint with a tag': [arm(`${ML}/workspaces/onlineEndpoints`, {}, { tags: { team: 'churn' } }), 'compliant'],
  'a workflow without': [workflow(get), ['has no tag']],
  'an endpoint in a template with a tag': [template(`${ML}/workspaces/onlineEndpoints`, { tags: { team: 'churn' } }), 'compliant'],
});

policy('MLOPS-TAG-02', {
  'a datastore without tags': [raw('azurerm_machine_learning_datastore_blobstorage'), 'compliant'],
  'a datastore with tags': [raw('azurerm_machine_learning_datastore_blobstorage', { tags: { team: 'churn' } }), ['has tags, and a change of them replaces it']],
  'a datastore whose tags are let be': [raw('azurerm_machine_learning_datastore_blobstorage', { tags: { team: 'churn' }, lifecycle: { ignore_changes: ['tags'] } }), 'compliant'],
  'a notebook of which all is let be': [raw('azurerm_machine_learning_compute_instance', { tags: { team: 'churn' }, lifecycle: { ignore_changes: 'all' } }), 'compliant'],
});

policy('MLOPS-CST-01', {
  'a notebook that stops': [arm(`${ML}/workspaces/computes`, notebook({ idleTimeBeforeShutdown: 'PT60M' })), 'compliant'],
  'a notebook that does not': [arm(`${ML}/workspaces/computes`, notebook({})), ['idleTimeBeforeShutdown is missing']],
  'a notebook in a template that a parameter stops': [template(`${ML}/workspaces/computes`, notebook({ idleTimeBeforeShutdown: '[parameters(\'idle\')]' })), 'undecided'],
  'a cluster': [arm(`${ML}/workspaces/computes`, { properties: { computeType: 'AmlCompute' } }), 'notApplicable'],
  'a notebook of azurerm': [raw('azurerm_machine_learning_compute_instance'),
    ['azurerm_machine_learning_compute_instance has no attribute that stops it: make it as a compute of the resource manager']],
});

function said(verdict: Verdict): Case['says'] | 'exception' {
  return verdict.kind === 'violation' ? verdict.findings.map((each) => each.text) : verdict.kind;
}

function landscapeOf(stack: TerraformStack): Landscape {
  return new Landscape(stack, undefined, seenAsArm);
}

function ask(policyId: string, build: Build, stack = azureStack()): Verdict {
  const resource = build(stack);
  const around = landscapeOf(stack);
  const rule = RULES.find((each) => each.policy === policyId)!;
  const view = around.resources.find((each) => each.node === resource)!;
  expect([view.type, rule.types.includes(view.type) || rule.typesLike?.test(view.type)]).toEqual([view.type, true]);
  return rule.check(view, around);
}

test.each(cases)('$policy of $name', ({ policy: id, build, says }) => {
  expect(said(ask(id, build))).toEqual(says);
});


test('the context flag that allows deletion is the reason for it', () => {
  const stack = azureStack({}, { 'mlops:allowDestroy': true });
  expect(ask('MLOPS-DAT-02', raw('azurerm_storage_account'), stack)).toEqual({ kind: 'exception', reason: 'the context flag mlops:allowDestroy is set' });
});

test('a template that is not known at synthesis is seen as what carries it', () => {
  const stack = azureStack();
  raw('azurerm_resource_group_template_deployment', { template_content: '${file("template.json")}' })(stack);
  expect(landscapeOf(stack).resources.map(({ type }) => type)).toContain('azurerm_resource_group_template_deployment');
});

test('a body is seen the same through both renderers', () => {
  const body = { kind: 'Managed', properties: { authMode: 'AADToken', description: '[not an expression]' } };
  const seen = (build: Build) => {
    const stack = azureStack();
    const node = build(stack);
    const { type, attributes: { kind, properties, name } } = landscapeOf(stack).resources.find((each) => each.node === node)!;
    return { type, kind, properties, name };
  };
  const inTemplate = { ...body, properties: { ...body.properties, description: '[[not an expression]' } };
  expect(seen(template(`${ML}/workspaces/onlineEndpoints`, inTemplate))).toEqual(seen(arm(`${ML}/workspaces/onlineEndpoints`, body)));
  expect(seen(arm(`${ML}/workspaces/onlineEndpoints`, body)).type).toBe(`${ML}/workspaces/onlineEndpoints`);
});

describe('what must be there', () => {
  const present = (id: string, ...builds: Build[]) => {
    const stack = azureStack();
    builds.forEach((build) => build(stack));
    return said(PRESENCE_RULES.find((each) => each.policy === id)!.checkAll(landscapeOf(stack)));
  };
  const identity = raw('azurerm_user_assigned_identity', {}, 'Identity');
  const account = raw('azurerm_storage_account', {}, 'Account');
  const denies = (more: Attributes = {}) => raw('azurerm_resource_group_policy_assignment', { parameters: JSON.stringify({ effect: { value: 'Deny' } }), ...more }, 'Assignment');
  const records = (target: string, ...categories: string[]) =>
    raw('azurerm_monitor_diagnostic_setting', { target_resource_id: target, enabled_log: categories.map((category) => ({ category })) }, 'Diagnostics');
  const BLOBS = '${azurerm_storage_account.Account.id}/blobServices/default';
  const noTrail = ['no azurerm_monitor_diagnostic_setting records reads and writes of blobs'];
  const budget = (notification: object | undefined) => raw('azurerm_consumption_budget_resource_group', notification === undefined ? {} : { notification: [notification] });

  test.each<[string, string, Build[], Case['says']]>([
    ['MLOPS-IAM-04', 'identities and a policy that denies', [identity, denies()], 'compliant'],
    ['MLOPS-IAM-04', 'identities alone', [identity], ['no assignment of a policy denies anything']],
    ['MLOPS-IAM-04', 'a policy that only audits', [identity, denies({ parameters: JSON.stringify({ effect: { value: 'Audit' } }) })], ['no assignment of a policy denies anything']],
    ['MLOPS-IAM-04', 'a policy that is not enforced', [identity, denies({ enforce: false })], ['no assignment of a policy denies anything']],
    ['MLOPS-IAM-04', 'no identities', [], 'notApplicable'],
    ['MLOPS-LOG-03', 'blobs that are watched', [account, records(BLOBS, 'StorageRead', 'StorageWrite', 'StorageDelete')], 'compliant'],
    ['MLOPS-LOG-03', 'only writes', [account, records(BLOBS, 'StorageWrite')], noTrail],
    ['MLOPS-LOG-03', 'everything watched', [account, raw('azurerm_monitor_diagnostic_setting', { target_resource_id: BLOBS, enabled_log: { category_group: 'allLogs' } })], 'compliant'],
    ['MLOPS-LOG-03', 'another service', [account, records('${azurerm_storage_account.Account.id}/queueServices/default', 'StorageRead', 'StorageWrite', 'StorageDelete')], noTrail],
    ['MLOPS-LOG-03', 'no accounts', [], 'notApplicable'],
    ['MLOPS-REG-04', 'a workflow that registers and a card', [workflow({ Register: registration() }), raw('azurerm_storage_blob', { name: 'governance/model-card.json' }, 'Card')], 'compliant'],
    ['MLOPS-REG-04', 'a workflow that registers, and one that writes the card', [
      workflow({ Register: registration() }), workflow({ Write: call('PUT', 'https://lake.blob.core.windows.net/artifacts/governance/churn/model-card.json') }, {}, 'Card'),
    ], 'compliant'],
    ['MLOPS-REG-04', 'a workflow that registers', [workflow({ Register: registration() })], ['no blob model-card.json']],
    ['MLOPS-REG-04', 'a registry of Azure ML', [arm(`${ML}/registries`)], ['no blob model-card.json']],
    ['MLOPS-REG-04', 'nothing registered', [workflow(get)], 'notApplicable'],
    ['MLOPS-CST-02', 'a budget', [budget({ contact_emails: ['a@example.com'] })], 'compliant'],
    ['MLOPS-CST-02', 'a budget of the subscription', [raw('azurerm_consumption_budget_subscription', { notification: { contact_roles: ['Owner'] } })], 'compliant'],
    ['MLOPS-CST-02', 'a budget that notifies nobody', [budget({ threshold: 80 })], ['no azurerm_consumption_budget with a notification that somebody gets']],
    ['MLOPS-CST-02', 'a budget whose notification is off', [budget({ enabled: false, contact_emails: ['a@example.com'] })], ['no azurerm_consumption_budget with a notification that somebody gets']],
    ['MLOPS-CST-02', 'no budget', [], ['no azurerm_consumption_budget with a notification that somebody gets']],
  ])('%s with %s', (id, _, builds, says) => {
    expect(present(id, ...builds)).toEqual(says);
  });
});

test('every policy has one rule, or a reason why Azure has nothing to check', () => {
  const ruled = [...RULES, ...PRESENCE_RULES].map((each) => each.policy).concat(Object.keys(INAPPLICABLE), 'MLOPS-EXC-01');
  expect(ruled.sort()).toEqual(Policies.ALL.map((each) => each.id).sort());
});

test('every rule has a case that it accepts and one that it does not', () => {
  for (const { policy: id } of RULES) {
    const says = cases.filter((each) => each.policy === id).map((each) => each.says);
    expect([id, says.includes('compliant'), says.some(Array.isArray)]).toEqual([id, true, true]);
  }
});
