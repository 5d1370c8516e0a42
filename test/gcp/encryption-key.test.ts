import { EncryptionKey, EncryptionKeyProps, RemovalPolicy } from '../../src/gcp';
import { SERVICE_AGENTS } from '../../src/gcp/private/base/service-agents';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const config = (props: EncryptionKeyProps = {}, context = {}): TerraformConfig => {
  const stack = googleStack({}, context);
  new EncryptionKey(stack, 'Key', props);
  return synthesized(stack);
};
const key = (props?: EncryptionKeyProps) => onlyResource(config(props), 'google_kms_crypto_key');

describe('a key', () => {
  test('rotates, in software or hardware', () => {
    expect(key()).toMatchObject({
      purpose: 'ENCRYPT_DECRYPT', rotation_period: '7776000s', version_template: { algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION', protection_level: 'SOFTWARE' },
    });
    expect(key({ rotationDays: 30, hardwareProtected: true })).toMatchObject({ rotation_period: '2592000s', version_template: { protection_level: 'HSM' } });
    expect(() => key({ rotationDays: 366 })).toThrow("encryption key 'Stack/Key': rotationDays must be a whole number between 1 and 365, got 366");
  });

  test('is in the region, after its API is on', () => {
    const ring = onlyResource(config(), 'google_kms_key_ring');
    expect(ring).toMatchObject({ project: 'my-project', location: 'europe-west4', name: expect.stringMatching(/^stack-key-[0-9a-f]{8}$/) });
    expect(ring.depends_on).toEqual([expect.stringMatching(/^time_sleep\./)]);
    expect(key().key_ring).toMatch(/^\$\{google_kms_key_ring\.Key_Ring_\w+\.id\}$/);
  });

  test('is kept, because what it encrypted would be lost, unless two keys say otherwise', () => {
    const kept = config();
    expect(onlyResource(kept, 'google_kms_crypto_key').lifecycle).toEqual({ prevent_destroy: true });
    expect(onlyResource(kept, 'google_kms_key_ring').lifecycle).toEqual({ prevent_destroy: true });
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "encryption key 'Stack/Key': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
    const gone = config({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
    expect(onlyResource(gone, 'google_kms_crypto_key').lifecycle).toEqual({ prevent_destroy: false });
    expect(onlyResource(gone, 'google_kms_key_ring').lifecycle).toEqual({ prevent_destroy: false });
  });
});

describe('an agent', () => {
  test.each(Object.entries(SERVICE_AGENTS).filter(([service]) => service !== 'logging'))('%s may encrypt with it once it exists', (service, { email }) => {
    const stack = googleStack();
    new EncryptionKey(stack, 'Key').grantServiceAgent(service);
    const member = onlyResource(synthesized(stack), 'google_kms_crypto_key_iam_member');
    expect(member).toMatchObject({
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: `serviceAccount:${email.replace('#', '123456789012')}`,
      crypto_key_id: expect.stringMatching(/^\$\{google_kms_crypto_key\.Key_\w+\.id\}$/),
    });
    expect(member.depends_on).toHaveLength(1);
  });

  test('of logging is asked of the service, and the permission is not made anew when the answer is not known in a plan', () => {
    const stack = googleStack();
    new EncryptionKey(stack, 'Key').grantServiceAgent('logging');
    expect(onlyResource(synthesized(stack), 'google_kms_crypto_key_iam_member')).toMatchObject({
      member: expect.stringMatching(/^serviceAccount:\$\{data\.google_logging_project_cmek_settings\.[\w-]+\.service_account_id\}$/),
      lifecycle: { ignore_changes: ['member'] },
      depends_on: [expect.stringContaining('data.google_logging_project_cmek_settings.')],
    });
  });

  test('gets the permission once', () => {
    const stack = googleStack();
    const own = new EncryptionKey(stack, 'Key');
    expect(own.grantServiceAgent('pubsub').addresses).toEqual(own.grantServiceAgent('pubsub').addresses);
    expect(resourcesOf(synthesized(stack), 'google_kms_crypto_key_iam_member')).toHaveLength(1);
  });

  test('may use the key a minute later, because whoever encrypts tries it at once', () => {
    const stack = googleStack();
    expect(new EncryptionKey(stack, 'Key').grantServiceAgent('pubsub').addresses).toHaveLength(2);
    expect(resourceAt(synthesized(stack), 'time_sleep', 'Key_AgentSettled-pubsub')).toMatchObject({
      create_duration: '60s', depends_on: [expect.stringMatching(/^google_kms_crypto_key_iam_member\.Key_Agent-pubsub/)],
    });
  });

  test('is refused where nothing is known of it', () => {
    expect(() => new EncryptionKey(googleStack(), 'Key').grantServiceAgent('kafka')).toThrow(
      `encryption key 'Stack/Key': service must be one of ${Object.keys(SERVICE_AGENTS).join(', ')}, got 'kafka'`);
  });
});

describe('a key that exists', () => {
  const ID = 'projects/keys/locations/europe-west4/keyRings/ring/cryptoKeys/key';

  test('is used where it is', () => {
    const stack = googleStack();
    const given = EncryptionKey.fromKeyId(stack, 'Key', ID);
    given.grantServiceAgent('storage');
    expect(given.keyId).toBe(ID);
    expect(onlyResource(synthesized(stack), 'google_kms_crypto_key_iam_member').crypto_key_id).toBe(ID);
    expect(resourcesOf(synthesized(stack), 'google_kms_crypto_key')).toEqual([]);
  });

  test('is refused where it is no key, or one of another region', () => {
    expect(() => EncryptionKey.fromKeyId(googleStack(), 'Key', 'key')).toThrow(
      "encryption key 'Stack/Key': keyId must be projects/<id>/locations/<region>/keyRings/<ring>/cryptoKeys/<name>, got 'key'");
    expect(() => EncryptionKey.fromKeyId(googleStack(), 'Key', ID.replace('europe-west4', 'global'))).toThrow(
      "encryption key 'Stack/Key': keyId must be a key in the region of what it encrypts, europe-west4, got 'projects/keys/locations/global/keyRings/ring/cryptoKeys/key'");
  });
});
