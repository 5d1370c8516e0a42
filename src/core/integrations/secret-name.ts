import { MlopsError } from '../private/errors';
import { looksLikeSecret } from '../private/secrets';
import { show } from '../private/validation';

/**
 * Name of a secret in the secret store of the cloud: AWS Secrets Manager, Google Secret Manager, Azure Key Vault.
 *
 * An app holds names only. Whoever operates the stack writes the value into the store, before or after the first
 * deployment, and rotates it there: what runs fetches the current value when it starts.
 */
export class SecretName {
  /**
   * A secret by its name; letters, digits and hyphens, starting with a letter, at most 127, which every cloud takes.
   *
   * @example
   * import { Integration, SecretName } from 'mlops-constructs';
   *
   * const tracking = Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') });
   */
  public static of(name: string): SecretName {
    if (typeof name === 'string' && isKeyLike(name)) {
      throw new MlopsError(
        'Invalid secret name',
        'secret name: it must be the name of a secret, and this looks like the secret itself: ' +
          'write the value into the secret store of the cloud and give its name',
      );
    }
    if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9-]{0,126}$/.test(name)) {
      throw new MlopsError(
        'Invalid secret name',
        `secret name: it must be letters, digits and hyphens, starting with a letter, at most 127, got ${show(name)}`,
      );
    }
    return new SecretName(name);
  }

  private constructor(
    /** The name in the secret store. */
    public readonly value: string,
  ) {}
}

/** A known shape of key, or a long run of letters and digits that no one would choose as a name. */
function isKeyLike(text: string): boolean {
  return (
    looksLikeSecret(text) ||
    text.split(/[-_.]/).some((part) => part.length >= 20 && /\d/.test(part) && /[A-Za-z]/.test(part))
  );
}
