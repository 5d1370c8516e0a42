import { listed } from '../../core/private/listed';
import { Attributes, isTrue, Landscape, one, ResourceView } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

const CONTAINER_APP_AUTH = 'Microsoft.App/containerApps/authConfigs';

/** Settings that make a resource of a type public; defaults are those of the provider. */
const OPENINGS: Readonly<Record<string, (resource: ResourceView, around: Landscape) => string[]>> = {
  azurerm_container_app: (resource, around) => {
    const ingress = one(resource.attributes.ingress);
    if (
      !isTrue(ingress?.external_enabled) ||
      listed(ingress.ip_security_restriction).some(({ action }) => action === 'Allow')
    ) {
      return [];
    }
    const asksWho = around
      .ofType(CONTAINER_APP_AUTH)
      .some(({ attributes }) => String(attributes.parent_id).includes(`${resource.address}.`));
    return asksWho || isInternal(resource, around) ? [] : ['ingress.external_enabled lets everybody call it'];
  },
  azurerm_container_registry: ({ attributes }) => [
    ...(isTrue(attributes.anonymous_pull_enabled) ? ['anonymous_pull_enabled lets everybody read its images'] : []),
    ...(isTrue(attributes.admin_enabled) ? ['admin_enabled gives it a password of its own'] : []),
  ],
  azurerm_linux_virtual_machine_scale_set: ofScaleSet,
  azurerm_machine_learning_compute_cluster: ({ attributes }) =>
    isTrue(attributes.ssh_public_access_enabled) ? ['ssh_public_access_enabled opens a port of its nodes'] : [],
  azurerm_managed_redis: ({ attributes }) =>
    attributes.public_network_access === 'Disabled' ? [] : ['public_network_access is not Disabled'],
  azurerm_mssql_server: databaseOf,
  azurerm_network_interface: ({ attributes }) =>
    listed(attributes.ip_configuration).some((each) => each.public_ip_address_id !== undefined)
      ? ['public_ip_address_id gives it a public address']
      : [],
  azurerm_network_security_group: ({ attributes }) => listed(attributes.security_rule).flatMap(ofSecurityRule),
  azurerm_network_security_rule: ({ attributes }) => ofSecurityRule(attributes),
  azurerm_postgresql_flexible_server: databaseOf,
  azurerm_redis_cache: databaseOf,
  azurerm_storage_account: ({ attributes }) => [
    ...(attributes.allow_nested_items_to_be_public === false ? [] : ['allow_nested_items_to_be_public is not off']),
    ...(attributes.shared_access_key_enabled === false ? [] : ['shared_access_key_enabled lets whoever has a link in']),
    ...(isTrue(attributes.sftp_enabled) || isTrue(attributes.nfsv3_enabled)
      ? ['it is opened to SFTP or NFS, which know no identity of Azure']
      : []),
  ],
  azurerm_storage_container: ({ attributes: { container_access_type: access } }) =>
    ['blob', 'container'].includes(access) ? [`container_access_type is ${access}`] : [],
};

function databaseOf({ attributes }: ResourceView): string[] {
  return attributes.public_network_access_enabled === false
    ? []
    : ['public_network_access_enabled gives it a public address'];
}

function ofScaleSet({ attributes }: ResourceView): string[] {
  const addresses = listed(attributes.network_interface)
    .flatMap((each) => listed(each.ip_configuration)).flatMap((each) => listed(each.public_ip_address));
  return addresses.length > 0 ? ['public_ip_address gives its machines public addresses'] : [];
}

function ofSecurityRule(rule: Attributes): string[] {
  if (rule.direction !== 'Inbound' || rule.access !== 'Allow') return [];
  return [...listed(rule.source_address_prefix), ...listed(rule.source_address_prefixes)]
    .filter((each) => /^(\*|Internet|Any|(0\.0\.0\.0|128\.0\.0\.0|::|8000::)\/[01])$/i.test(each))
    .map((each) => `connections from ${each} are allowed`);
}

/** External in an environment with an internal load balancer is external to the environment, and inside its network. */
function isInternal({ attributes }: ResourceView, around: Landscape): boolean {
  return around
    .inStack('azurerm_container_app_environment')
    .some(
      (each) =>
        String(attributes.container_app_environment_id).includes(`${each.address}.`) &&
        isTrue(each.attributes.internal_load_balancer_enabled),
    );
}

/**
 * No store, registry, database, machine, service or port is open to everybody. A role of Azure cannot be given to
 * everybody.
 */
export const noPublicAccess: Rule = {
  policy: 'MLOPS-NET-01',
  types: Object.keys(OPENINGS),
  fix: 'close public access; open it to identities by roles',
  reasonedBy: [
    ['CKV2_AZURE_40', 'azurerm_storage_account'], ['CKV_AZURE_190', 'azurerm_storage_account'],
    ['CKV_AZURE_34', 'azurerm_storage_container'], ['CKV_AZURE_137', 'azurerm_container_registry'], ['CKV_AZURE_138', 'azurerm_container_registry'],
    ['CKV_AZURE_89', 'azurerm_redis_cache'], ['CKV_AZURE_119', 'azurerm_network_interface'],
  ],
  check: (resource, around) => unless(OPENINGS[resource.type](resource, around)),
};
