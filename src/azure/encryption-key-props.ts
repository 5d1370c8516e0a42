import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** A key of the customer's own (CMK) in a Key Vault, that services encrypt with. */
export interface IEncryptionKey extends IConstruct {
  /** URL of the key with its version. */
  readonly keyId: string;
  /** URL of the key without a version, `https://<vault>.vault.azure.net/keys/<name>`: who encrypts with it follows its rotation. */
  readonly versionlessKeyId: string;
  /** ARM id of the Key Vault. */
  readonly keyVaultId: string;
  /** Allows a service's identity to wrap and unwrap data keys with the key; what is encrypted depends on the answer. */
  grantCrypto(principal: IPrincipal): Grant;
}
