import { Attributes, Landscape, one, ResourceView, valuesOf } from '../../terraform/policy/resource-view';
import { COMPLIANT, NOT_APPLICABLE, Rule, Verdict, violation } from '../../terraform/policy/rule';

/** The attribute that holds the key, and when it is asked for. */
type KeyAttribute = readonly [path: string, when?: (attributes: Attributes) => boolean];

const WORKSPACE = 'Microsoft.MachineLearningServices/workspaces';

/**
 * Log Analytics is not among them: it takes a key only in a cluster of 100 GB a day and more. Registries of Azure ML
 * neither: their storage is Microsoft's.
 *
 * @see https://learn.microsoft.com/azure/security/fundamentals/encryption-customer-managed-keys-support
 */
const RESOURCES: Readonly<Record<string, KeyAttribute>> = {
  azurerm_cognitive_account: ['customer_managed_key.key_vault_key_id'],
  azurerm_container_registry: ['encryption.key_vault_key_id'],
  azurerm_cosmosdb_account: ['key_vault_key_id'],
  azurerm_machine_learning_workspace: ['encryption.key_id'],
  azurerm_managed_disk: ['disk_encryption_set_id'],
  azurerm_managed_redis: ['customer_managed_key.key_vault_key_id'],
  azurerm_postgresql_flexible_server: ['customer_managed_key.key_vault_key_id'],
  azurerm_servicebus_namespace: ['customer_managed_key.key_vault_key_id', ({ sku }) => sku === 'Premium'],
  azurerm_storage_account: ['customer_managed_key.key_vault_key_id'],
  [WORKSPACE]: ['properties.encryption.keyVaultProperties.keyIdentifier'],
};

/** Every store has a key of the customer's own (CMK), not Microsoft's default one. */
export const encryptionAtRest: Rule = {
  policy: 'MLOPS-ENC-01',
  types: [...Object.keys(RESOURCES), 'azurerm_redis_cache'],
  fix: 'give the resource the key of the lake: data.encryptionKey.versionlessKeyId, after data.encryptionKey.grantCrypto(identity)',
  reasonedBy: ['CKV_AZURE_93', 'CKV2_AZURE_1', ['CKV_AZURE_124', 'azurerm_container_registry']],
  check(resource, around) {
    if (resource.type === 'azurerm_redis_cache') {
      return violation('this kind of cache takes no key of the customer: use azurerm_managed_redis');
    }
    const [path, when] = RESOURCES[resource.type];
    if (when !== undefined && !when(resource.attributes)) return NOT_APPLICABLE;
    return checkKey(resource, path, around);
  },
};

function checkKey(resource: ResourceView, path: string, around: Landscape): Verdict {
  const missing = valuesOf(resource.attributes, path).some((value) => value === undefined || value === '');
  if (!missing || givenApart(resource, around)) return COMPLIANT;
  return violation(`${path} is missing`);
}

/**
 * A storage account may have its key from a resource of its own, which breaks the circle of account, identity and key.
 */
function givenApart({ type, address }: ResourceView, around: Landscape): boolean {
  return type === 'azurerm_storage_account' && around.ofType('azurerm_storage_account_customer_managed_key')
    .some(({ attributes }) => String(one(attributes.storage_account_id)).includes(`${address}.`));
}
