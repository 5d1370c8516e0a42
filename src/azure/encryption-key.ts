import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { Construct } from 'constructs';
import { EncryptionKeyAttributes, EncryptionKeyProps, IEncryptionKey } from './encryption-key-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { requireKnown } from '../core/private/known-values';
import { requireInteger, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { acknowledge } from '../terraform/acknowledge';
import { grantId } from '../terraform/grants';
import { mayDestroy } from '../terraform/removal';
import { armAction, ArmCall, armResource } from './private/base/arm';
import { KeyBody } from './private/base/arm-bodies/key';
import { grantRole, settled } from './private/base/grants';
import { azureName } from './private/base/names';
import { requireProps } from './private/base/require-props';
import { resourceGroupOf } from './private/base/resource-group-of';

/**
 * A Key Vault with one key that rotates automatically. The vault has role-based access, purge protection (what is
 * deleted can be restored for 90 days, and nobody can shorten that), and answers Azure's own services alone. The key is
 * made through the resource manager, so that the deployer needs no permission for what the vault holds.
 *
 * Children: `Vault`, `Key`. Costs: about 1 USD a month for each version of a hardware-protected key, 0.03 USD for
 * 10,000 operations.
 *
 * @see https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation
 */
export class EncryptionKey extends Construct implements IEncryptionKey {
  /** A key that exists. Its vault must let Azure's trusted services in. */
  public static fromAttributes(scope: Construct, id: string, attributes: EncryptionKeyAttributes): IEncryptionKey {
    return new ImportedKey(scope, id, attributes);
  }

  public readonly keyId: string;
  public readonly versionlessKeyId: string;
  public readonly keyVaultId: string;

  public constructor(scope: Construct, id: string, props: EncryptionKeyProps = {}) {
    super(scope, id);
    const who: Speaker = speakerFor('encryption key', scope, id);
    requireProps(who, 'EncryptionKeyProps', props);
    requireKnown(who, props);
    requireInteger(who, 'rotationDays', props.rotationDays, 28, 1095);
    const group = resourceGroupOf(this);
    const vault = new KeyVault(this, 'Vault', {
      name: azureName(this, 'keyVault'),
      location: group.location,
      resourceGroupName: group.resourceGroupName,
      tenantId: group.tenantId,
      skuName: props.hardwareProtected ? 'premium' : 'standard',
      rbacAuthorizationEnabled: true,
      purgeProtectionEnabled: true,
      softDeleteRetentionDays: 90,
      publicNetworkAccessEnabled: false,
      networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' },
      lifecycle: { preventDestroy: !mayDestroy(this, who, props.removalPolicy) },
    });
    group._register('Microsoft.KeyVault');
    acknowledge(
      vault,
      'CKV2_AZURE_32',
      "Azure's own services alone ask for the key, past the closed address; nothing in a network of the stack does",
    );
    const key = this.newKey(vault.id, props, group.armRenderer);
    this.keyVaultId = vault.id;
    this.keyId = key.exported('properties.keyUriWithVersion');
    this.versionlessKeyId = key.exported('properties.keyUri');
  }

  public grantCrypto(principal: IPrincipal): Grant {
    return grantCrypto(this, principal);
  }

  /** A key cannot be deleted through the resource manager: it goes with its vault. */
  private newKey(
    vaultId: string,
    { rotationDays = 90, hardwareProtected = false }: EncryptionKeyProps,
    armRenderer: string,
  ): ArmCall {
    const type = 'Microsoft.KeyVault/vaults/keys';
    const name = azureName(this, 'mlAsset', 'Key');
    const body: KeyBody = {
      properties: {
        kty: hardwareProtected ? 'RSA-HSM' : 'RSA',
        keySize: 3072,
        keyOps: ['wrapKey', 'unwrapKey'],
        attributes: { enabled: true, exportable: false },
        rotationPolicy: {
          // A version stays good for years after the next one took over: nothing that it encrypted becomes unreadable.
          lifetimeActions: [{ trigger: { timeAfterCreate: `P${rotationDays}D` }, action: { type: 'rotate' } }],
        },
      },
    };
    if (armRenderer === 'template') {
      return armResource(this, 'Key', { type, name, parentId: vaultId, body, lifecycle: { preventDestroy: true } });
    }
    // Read when the key is made: a body that changed would make the key's address unknown, and with it all that is
    // encrypted.
    const lifecycle = { ignoreChanges: ['body'] };
    return armAction(this, 'Key', { type, resourceId: `${vaultId}/keys/${name}`, method: 'PUT', body, lifecycle });
  }
}

class ImportedKey extends Construct implements IEncryptionKey {
  public readonly keyId: string;
  public readonly versionlessKeyId: string;
  public readonly keyVaultId: string;

  public constructor(scope: Construct, id: string, attributes: EncryptionKeyAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('encryption key', scope, id);
    requireProps(who, 'EncryptionKeyAttributes', attributes);
    const { keyId, keyVaultId } = attributes;
    requireMatch(
      who,
      'keyId',
      keyId,
      /^https:\/\/[^/]+\/keys\/[^/]+(\/[^/]+)?$/,
      'the URL of a key, https://<vault>.vault.azure.net/keys/<name>',
    );
    requireMatch(
      who,
      'keyVaultId',
      keyVaultId,
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/i,
      'the ARM id of a Key Vault',
    );
    this.keyId = keyId;
    this.versionlessKeyId = keyId.replace(/(\/keys\/[^/]+)\/[^/]+$/, '$1');
    this.keyVaultId = keyVaultId;
  }

  public grantCrypto(principal: IPrincipal): Grant {
    return grantCrypto(this, principal);
  }
}

function grantCrypto(key: IEncryptionKey, principal: IPrincipal): Grant {
  const grant = grantRole(key, principal, 'crypto', {
    scope: key.keyVaultId,
    role: 'keyVaultCryptoServiceEncryptionUser',
  });
  // Whoever encrypts tries the key when it is made, and a role takes a while to arrive everywhere.
  return settled(key as Construct & IEncryptionKey, grantId(principal, 'settled'), [grant]);
}
