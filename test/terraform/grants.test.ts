import { App, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { givenOnce, Grantee, grantId, grantPlace } from '../../src/terraform/grants';
import { dependencies } from '../../src/terraform/ordering';
import { pause } from '../../src/terraform/pause';

class Identity extends Construct implements Grantee {
  public readonly principalId = 'identity';
}

const person = (name: string): Grantee => ({ principalId: `user:${name}` });
const newStack = (app: App = Testing.app(), id = 'Stack') => new TerraformStack(app, id);
const config = (stack: TerraformStack) => JSON.parse(Testing.synth(stack));

test('a grant has one id for each principal and purpose, and purposes that read alike are kept apart', () => {
  expect(grantId(person('ana'), 'read-training/')).toMatch(/^Grant-read-training--[0-9a-f]{8}$/);
  expect(grantId(person('ana'), 'read-training/')).toBe(grantId(person('ana'), 'read-training/'));
  expect(grantId(person('ana'), 'read-training/')).not.toBe(grantId(person('eve'), 'read-training/'));
  expect(grantId(person('ana'), 'read-training/')).not.toBe(grantId(person('ana'), 'read-training_'));
});

test('a permission is given once to each principal for each purpose, and waited for once', () => {
  const stack = newStack();
  const grant = (name: string, purpose: string) => givenOnce(stack, person(name), purpose, (scope, id) => pause(scope, id, 1, {}));
  const both = { addresses: [grant('ada', 'read'), grant('ada', 'read')] };
  grant('ada', 'write');
  grant('eve', 'read');
  pause(stack, 'Ready', 1, { dependsOn: dependencies([undefined, both]) });
  const { Ready, ...given } = config(stack).resource.time_sleep;
  expect(Object.keys(given).map((id) => id.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['Grant-read', 'Grant-read', 'Grant-write']);
  expect(Ready.depends_on).toEqual([expect.stringMatching(/^time_sleep\.Grant-read-/)]);
});

test('a permission lies beside what it opens, and in the later of two stacks where another one makes the identity', () => {
  const app = Testing.app();
  const [first, second] = ['First', 'Second'].map((id) => newStack(app, id));
  const [mine, theirs] = [new Identity(first, 'Identity'), new Identity(second, 'Identity')];
  expect(grantPlace(first, mine, 'read')).toEqual({ scope: first, id: grantId(mine, 'read') });
  expect(grantPlace(first, theirs, 'read')).toEqual({ scope: theirs, id: grantId(theirs, 'read First') });
  expect(grantPlace(second, mine, 'read')).toEqual({ scope: second, id: grantId(mine, 'read First/Identity') });
});
