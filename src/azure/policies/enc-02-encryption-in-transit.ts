import { isTrue, one, ResourceView } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/** Settings that let a resource take requests without TLS, or with an old one, by type; defaults are those of the provider. */
const GAPS: Readonly<Record<string, (resource: ResourceView) => string[]>> = {
  azurerm_container_app: ({ attributes }) =>
    isTrue(one(attributes.ingress)?.allow_insecure_connections) ? ['ingress.allow_insecure_connections is on'] : [],
  azurerm_eventhub_namespace: ({ attributes }) => oldTls(attributes.minimum_tls_version, 'minimum_tls_version'),
  azurerm_managed_redis: ({ attributes }) => {
    const protocol = one(attributes.default_database)?.client_protocol ?? 'Encrypted';
    return protocol === 'Encrypted' ? [] : [`default_database.client_protocol is ${protocol}`];
  },
  azurerm_mssql_server: ({ attributes }) => oldTls(attributes.minimum_tls_version, 'minimum_tls_version'),
  azurerm_redis_cache: ({ attributes }) => [
    ...(isTrue(attributes.non_ssl_port_enabled) ? ['non_ssl_port_enabled is on'] : []),
    ...oldTls(attributes.minimum_tls_version, 'minimum_tls_version'),
  ],
  azurerm_servicebus_namespace: ({ attributes }) => oldTls(attributes.minimum_tls_version, 'minimum_tls_version'),
  azurerm_storage_account: ({ attributes }) => [
    ...(attributes.https_traffic_only_enabled === false ? ['https_traffic_only_enabled is off'] : []),
    ...oldTls(attributes.min_tls_version, 'min_tls_version'),
  ],
};

/** Stores, queues and endpoints refuse requests without TLS 1.2; Azure's own interfaces take none. */
export const encryptionInTransit: Rule = {
  policy: 'MLOPS-ENC-02',
  types: Object.keys(GAPS),
  fix: 'allow TLS 1.2 and later alone',
  reasonedBy: [
    ['CKV_AZURE_3', 'azurerm_storage_account'], ['CKV_AZURE_44', 'azurerm_storage_account'], ['CKV_AZURE_52', 'azurerm_mssql_server'],
    ['CKV_AZURE_91', 'azurerm_redis_cache'], ['CKV_AZURE_148', 'azurerm_redis_cache'], ['CKV_AZURE_205', 'azurerm_servicebus_namespace'],
    ['CKV_AZURE_223', 'azurerm_eventhub_namespace'],
  ],
  check: (resource) => unless(GAPS[resource.type](resource)),
};

/** `TLS1_2`, `1.2` and later; what is left out is 1.2. */
function oldTls(version: unknown, attribute: string): string[] {
  return version === undefined || /^(TLS)?1[_.][23]$/.test(String(version)) ? [] : [`${attribute} is ${version}`];
}
