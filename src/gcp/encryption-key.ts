import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { Construct } from 'constructs';
import { EncryptionKeyProps, IEncryptionKey } from './encryption-key-props';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { requireKnown } from '../core/private/known-values';
import { refuse, requireInteger, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { once, onceInStack } from '../terraform/once';
import { pause } from '../terraform/pause';
import { mayDestroy } from '../terraform/removal';
import { lastingName } from './private/base/lasting-names';
import { after } from './private/base/ordering';
import { AgentApi, SERVICE_AGENTS } from './private/base/service-agents';

/**
 * A key ring with one key that rotates automatically. Neither can ever be deleted, so their names cannot be used again:
 * the key stays with the project.
 *
 * Children: `Ring`, `Key`. Costs: 0.06 USD a month for each version of the key.
 *
 * @see https://cloud.google.com/kms/docs/cmek
 */
export class EncryptionKey extends Construct implements IEncryptionKey {
  /** A key that exists, in the region of the stack. */
  public static fromKeyId(scope: Construct, id: string, keyId: string): IEncryptionKey {
    return new ImportedKey(scope, id, keyId);
  }

  public readonly keyId: string;

  public constructor(scope: Construct, id: string, props: EncryptionKeyProps = {}) {
    super(scope, id);
    const who: Speaker = speakerFor('encryption key', scope, id);
    requireKnown(who, props);
    requireInteger(who, 'rotationDays', props.rotationDays, 1, 365);
    const lifecycle = { preventDestroy: !mayDestroy(this, who, props.removalPolicy) };
    const project = GoogleProject.of(this);
    const name = lastingName(this, undefined, { maxLength: 63, separator: '-' });

    const ring = new KmsKeyRing(this, 'Ring', {
      name, project: project.projectId, location: project.region, dependsOn: after(project._api('cloudkms')), lifecycle,
    });
    const key = new KmsCryptoKey(this, 'Key', {
      name,
      keyRing: ring.id,
      purpose: 'ENCRYPT_DECRYPT',
      rotationPeriod: `${(props.rotationDays ?? 90) * 86400}s`,
      versionTemplate: { algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION', protectionLevel: props.hardwareProtected ? 'HSM' : 'SOFTWARE' },
      lifecycle,
    });
    this.keyId = key.id;
  }

  public grantServiceAgent(service: string): Grant {
    return grantAgent(this, service);
  }
}

class ImportedKey extends Construct implements IEncryptionKey {
  public constructor(scope: Construct, id: string, public readonly keyId: string) {
    super(scope, id);
    const who: Speaker = speakerFor('encryption key', scope, id);
    requireMatch(who, 'keyId', keyId, KEY_ID, 'projects/<id>/locations/<region>/keyRings/<ring>/cryptoKeys/<name>');
    const region = KEY_ID.exec(keyId)?.[1];
    const project = GoogleProject.of(this);
    if (region !== undefined && region !== project.region) {
      refuse(who, 'keyId', keyId, `a key in the region of what it encrypts, ${project.region}`);
    }
  }

  public grantServiceAgent(service: string): Grant {
    return grantAgent(this, service);
  }
}

const KEY_ID = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

function grantAgent(key: IEncryptionKey, service: string): Grant {
  const who: Speaker = speakerFor('encryption key', key);
  if (!(service in SERVICE_AGENTS)) refuse(who, 'service', service, `one of ${Object.keys(SERVICE_AGENTS).join(', ')}`);
  const project = GoogleProject.of(key);
  const member = onceInStack(
    key,
    ['key', key.keyId, service],
    () =>
      new KmsCryptoKeyIamMember(key, `Agent-${service}`, {
        cryptoKeyId: key.keyId,
        role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
        member: project._agent(service as AgentApi),
        // It is unknown in every plan that switches an API on, and must not be made anew then.
        lifecycle: SERVICE_AGENTS[service as AgentApi].madeBy === 'logging' ? { ignoreChanges: ['member'] } : undefined,
        dependsOn: after(project._agentReady(service as AgentApi)),
      }),
  );
  // Whoever encrypts tries the key when it is made, and a grant takes a while to arrive everywhere.
  const settled = once(key, `AgentSettled-${service}`, (id) => pause(key, id, 60, { dependsOn: [member] }));
  return new Grant([member.fqn, settled.fqn]);
}
