import { Token } from 'aws-cdk-lib';
import { resolvedWorkspace } from '../../../../src/core/private/resolve/workspace';
import { WorkspaceIntent } from '../../../../src/core/workspace';

const workspace = (input: WorkspaceIntent = {}) => resolvedWorkspace({ what: 'workspace', name: 'W' }, input);

test('one notebook that stops after two idle hours', () => {
  expect(workspace()).toEqual({ users: ['data-scientist'], idleShutdownMinutes: 120 });
  const given = { users: ['alice', 'bob'], idleShutdownMinutes: 60 };
  expect(workspace(given)).toEqual(given);
});

const USERS = 'users must be letters, digits and hyphens between them, at most 63';

test.each<[WorkspaceIntent, string]>([
  [{ idleShutdownMinutes: 59 }, 'idleShutdownMinutes must be a whole number between 60 and 525600, got 59'],
  [{ idleShutdownMinutes: 525_601 }, 'idleShutdownMinutes must be a whole number between 60 and 525600, got 525601'],
  [{ users: ['a b'] }, `${USERS}, got 'a b'`],
  [{ users: [`a${'-'.repeat(62)}b`] }, `${USERS}, got 'a${'-'.repeat(62)}b'`],
  [{ users: ['alice', 'alice'] }, "users must be without repeats, got 'alice'"],
])('refuses %j', (input, message) => {
  expect(() => workspace(input)).toThrow(new Error(`workspace 'W': ${message}`));
});

test('users are known at synthesis, because notebooks have their names', () => {
  expect(() => workspace({ users: [Token.asString({ Ref: 'User' })] })).toThrow(/users must be known at synthesis/);
});
