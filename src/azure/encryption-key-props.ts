import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';

/** A key of the customer's own (CMK) in a Key Vault, that services encrypt with. */
export interface IEncryptionKey extends IConstruct {
  /** URL of the key with its version. */
  readonly keyId: string;
  /**
   * URL of the key without a version, `https://<vault>.vault.azure.net/keys/<name>`: who encrypts with it follows its
   * rotation.
   */
  readonly versionlessKeyId: string;
  /** ARM id of the Key Vault. */
  readonly keyVaultId: string;
  /** Allows a service's identity to wrap and unwrap data keys with the key; what is encrypted depends on the answer. */
  grantCrypto(principal: IPrincipal): Grant;
}

/** A new key, in a vault of its own. */
export interface EncryptionKeyProps {
  /**
   * Days after which a new version of the key takes over, 28 to 1095; what older versions encrypted stays readable.
   * Azure reads it when the key is made: later it is changed with `az keyvault key rotation-policy update`.
   *
   * @default 90
   */
  readonly rotationDays?: number;
  /**
   * Whether the key is protected by a hardware module; the vault is a premium one then.
   *
   * @default false
   */
  readonly hardwareProtected?: boolean;
  /**
   * Removal policy of the vault when it leaves the stack. DESTROY deletes it softly: nobody can purge it for 90 days,
   * and its name is taken as long.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A key that exists. */
export interface EncryptionKeyAttributes {
  /** URL of the key, with or without its version, `https://<vault>.vault.azure.net/keys/<name>`. */
  readonly keyId: string;
  /** ARM id of its Key Vault, which has purge protection and role-based access. */
  readonly keyVaultId: string;
}
