import { Principal } from '../../../../src/gcp';
import { grantOnce, once } from '../../../../src/gcp/private/base/once';
import { after } from '../../../../src/gcp/private/base/ordering';
import { pause } from '../../../../src/terraform/pause';
import { googleStack, synthesized } from '../../../support/terraform';

test('a child is made once, under the id that it is asked for by', () => {
  const stack = googleStack();
  const make = jest.fn((id: string) => pause(stack, id, 1, {}));
  const first = once(stack, 'Reader', make);
  expect(first.node.id).toBe('Reader');
  expect(once(stack, 'Reader', make)).toBe(first);
  expect(once(stack, 'Writer', make)).not.toBe(first);
  expect(make).toHaveBeenCalledTimes(2);
});

test('a permission is given once to each principal for each purpose', () => {
  const stack = googleStack();
  const grant = (email: string, purpose: string) => grantOnce(stack, Principal.user(email), purpose, (scope, id) => pause(scope, id, 1, {}));
  const both = [grant('ada@example.com', 'read'), grant('ada@example.com', 'read')];
  grant('ada@example.com', 'write');
  grant('eve@example.com', 'read');
  pause(stack, 'Ready', 1, { dependsOn: after(...both) });
  const { Ready, ...given } = synthesized(stack).resource.time_sleep;
  expect(Object.keys(given).map((id) => id.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['Grant-read', 'Grant-read', 'Grant-write']);
  expect(Ready.depends_on).toEqual([expect.stringMatching(/^time_sleep\.Grant-read-/)]);
});
