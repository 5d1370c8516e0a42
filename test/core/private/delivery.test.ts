import { deliveryStages, gitHubRepository } from '../../../src/core/private/delivery';

const who = { what: 'delivery pipeline', name: 'D' };

test.each(['main', 'release/v1.2', '2026'])('delivers the branch %s', (branch) => {
  expect(gitHubRepository(who, { repository: 'acme/churn', branch }).branch).toBe(branch);
});

test.each(['', '/main', '.main', 'a b', 'a..b', 'a//b', 'a~1', 'a:b'])("refuses the branch '%s', which git would", (branch) => {
  expect(() => gitHubRepository(who, { repository: 'acme/churn', branch })).toThrow(new Error(`delivery pipeline 'D': branch must be the name of a branch, got '${branch}'`));
});

test('reads a repository with and without the ids that GitHub writes into identities', () => {
  expect(gitHubRepository(who, { repository: 'acme/churn' })).toEqual({ name: 'acme/churn', subject: 'repo:acme/churn', branch: 'main' });
  expect(gitHubRepository(who, { repository: 'acme@1/churn@22' })).toEqual({ name: 'acme/churn', subject: 'repo:acme@1/churn@22', branch: 'main' });
});

test.each(['churn', 'acme/', 'acme@1/churn', 'acme/churn@2', 'acme/churn/x'])("refuses the repository '%s'", (repository) => {
  expect(() => gitHubRepository(who, { repository }))
    .toThrow(new Error(`delivery pipeline 'D': repository must be a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>', got '${repository}'`));
});

test('only the last stage waits for a person, unless said otherwise', () => {
  expect(deliveryStages(who, { repository: 'acme/churn' })).toEqual([
    { name: 'dev', approval: false }, { name: 'staging', approval: false }, { name: 'prod', approval: true },
  ]);
  expect(deliveryStages(who, { repository: 'acme/churn', stages: [{ name: 'a', approval: true }, { name: 'b', approval: false }] })).toEqual([
    { name: 'a', approval: true }, { name: 'b', approval: false },
  ]);
});
