import { KeyVaultSecret } from '@cdktf/provider-azurerm/lib/key-vault-secret';
import { Fn, ITerraformDependable, Token } from 'cdktf';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { ephemeralPassword } from '../../../terraform/ephemeral-password';
import { stableName } from '../../../terraform/names';

/** A secret in a vault, by its name. */
export interface VaultSecret {
  readonly name: string;
  /** Address without a version, `https://<vault>.vault.azure.net/secrets/<name>`. */
  readonly reference: string;
  /** Address of the version that is live. */
  readonly versionedId: string;
  readonly resource: ITerraformDependable;
}

/** A secret whose value is made while applying. */
export interface NewSecret {
  readonly keyVaultId: string;
  /** Text that exists while Terraform applies. */
  readonly value: string;
  /** A higher number writes the value anew. */
  readonly version: number;
  readonly isKept?: boolean;
  readonly dependsOn?: ITerraformDependable[];
}

/** Writes a secret whose value is in neither template nor state; whoever applies needs Key Vault Secrets Officer. */
export function newSecret(scope: Construct, id: string, secret: NewSecret): VaultSecret {
  const name = stableName(scope, id, { maxLength: 127, separator: '-' });
  const resource = new KeyVaultSecret(scope, id, {
    keyVaultId: secret.keyVaultId,
    name,
    contentType: 'text/plain',
    valueWo: secret.value,
    valueWoVersion: secret.version,
    lifecycle: secret.isKept ? { preventDestroy: true } : undefined,
    dependsOn: secret.dependsOn,
  });
  acknowledge(
    resource,
    'CKV_AZURE_41',
    'a server that runs would lose its database on that day: a higher passwordVersion or secretVersion makes a new one',
  );
  return {
    name,
    reference: `${vaultUrl(secret.keyVaultId)}/secrets/${name}`,
    versionedId: resource.id,
    resource,
  };
}

/** A secret of a server's own, kept with its database. */
export function madeSecret(
  scope: Construct,
  id: string,
  settings: { readonly keyVaultId: string; readonly version: number; readonly isDestroyable: boolean },
): VaultSecret {
  const { isDestroyable, keyVaultId, version } = settings;
  return newSecret(scope, id, { keyVaultId, version, value: ephemeralPassword(scope, id), isKept: !isDestroyable });
}

/** Address of a vault, which its name makes. */
export function vaultUrl(keyVaultId: string): string {
  const name = Token.isUnresolved(keyVaultId) ? Fn.element(Fn.split('/', keyVaultId), 8) : keyVaultId.split('/')[8];
  return `https://${name}.vault.azure.net`;
}
