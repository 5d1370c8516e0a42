import { Lazy } from 'cdktf';
import { Principal, ServiceAccount } from '../../src/gcp';
import { googleStack, onlyResource, resourcesOf, synthesized } from '../support/terraform';

describe('a service account', () => {
  test('has a name that never moves, within what Google allows', () => {
    const stack = googleStack();
    new ServiceAccount(stack, 'A'.repeat(200), { displayName: 'x'.repeat(120) });
    const account = onlyResource(synthesized(stack), 'google_service_account');
    expect(account.account_id).toMatch(/^stack-a+-[0-9a-f]{8}$/);
    expect(account.account_id).toHaveLength(30);
    expect(account.display_name).toHaveLength(100);
    expect(account).toMatchObject({ project: 'my-project', depends_on: ['time_sleep.Google_ApisReady_DA7A4A1A'].map(() => expect.stringMatching(/^time_sleep\.Google_ApisReady/)) });
  });

  test('is known by its address, its member and its resource name', () => {
    const stack = googleStack();
    const account = new ServiceAccount(stack, 'Trainer', { displayName: 'Trains' });
    account.grantActAs(Principal.user('ana@example.com'));
    const [, id] = /google_service_account\.(\w+)\.name/.exec(onlyResource(synthesized(stack), 'google_service_account_iam_member').service_account_id)!;
    expect(synthesized(stack).resource.google_service_account[id]).toBeDefined();
    expect(account.principalId).toBe('/Trainer');
  });

  test('can be acted as by whom it was given to, once', () => {
    const stack = googleStack();
    const account = new ServiceAccount(stack, 'Trainer', { displayName: 'Trains' });
    const caller = new ServiceAccount(stack, 'Caller', { displayName: 'Calls' });
    expect(account.grantActAs(caller).addresses).toEqual(account.grantActAs(caller).addresses);
    account.grantActAs(account);
    const members = resourcesOf(synthesized(stack), 'google_service_account_iam_member');
    expect(members.map(({ role }) => role)).toEqual(['roles/iam.serviceAccountUser', 'roles/iam.serviceAccountUser']);
    expect(members.map(({ member }) => member)).toEqual(expect.arrayContaining([expect.stringContaining('Caller'), expect.stringContaining('Trainer')]));
  });
});

describe('a service account that exists', () => {
  test('is known by its address', () => {
    const stack = googleStack();
    const account = ServiceAccount.fromEmail(stack, 'Ci', 'ci@other.iam.gserviceaccount.com');
    expect([account.member, account.resourceName]).toEqual([
      'serviceAccount:ci@other.iam.gserviceaccount.com', 'projects/-/serviceAccounts/ci@other.iam.gserviceaccount.com',
    ]);
    account.grantActAs(Principal.group('ml@example.com'));
    expect(onlyResource(synthesized(stack), 'google_service_account_iam_member')).toMatchObject({
      service_account_id: 'projects/-/serviceAccounts/ci@other.iam.gserviceaccount.com', member: 'group:ml@example.com',
    });
  });

  test('is the same principal however it was named, so that it is not granted the same twice', () => {
    const stack = googleStack();
    const email = 'ci@other.iam.gserviceaccount.com';
    expect(ServiceAccount.fromEmail(stack, 'Ci', email).principalId).toBe(Principal.serviceAccount(email).principalId);
    const unknown = ServiceAccount.fromEmail(stack, 'Later', Lazy.stringValue({ produce: () => email }));
    expect(unknown.principalId).toBe('/Later');
  });

  test('is refused where it is none', () => {
    expect(() => ServiceAccount.fromEmail(googleStack(), 'Ci', 'ci@example.com')).toThrow(
      "service account 'Stack/Ci': email must be the mail address of a service account, got 'ci@example.com'");
  });
});

describe('a principal', () => {
  test('is a person, a group or a service account', () => {
    expect([Principal.user('a@example.com'), Principal.group('b@example.com'), Principal.serviceAccount('c@p.iam.gserviceaccount.com')].map(({ member }) => member))
      .toEqual(['user:a@example.com', 'group:b@example.com', 'serviceAccount:c@p.iam.gserviceaccount.com']);
  });

  test('is refused where it has no address', () => {
    for (const email of ['ana', 'user:ana@example.com']) {
      expect(() => Principal.user(email)).toThrow(`principal '${email}': email must be a mail address, without user: or group:, got '${email}'`);
    }
  });
});
