import { branchSubject, DeliveryInput, environmentSubject, resolvedDelivery } from '../../../../src/core/private/resolve/delivery';

const who = { what: 'delivery pipeline', name: 'D' };

test.each(['main', 'release/v1.2', '2026'])('delivers the branch %s', (branch) => {
  expect(resolvedDelivery(who, { repository: 'acme/churn', branch }).repository.branch).toBe(branch);
});

test.each(['', '/main', '.main', 'a b', 'a..b', 'a//b', 'a~1', 'a:b', 'refs/heads/main'])("refuses the branch '%s', which git would", (branch) => {
  expect(() => resolvedDelivery(who, { repository: 'acme/churn', branch })).toThrow(new Error(`delivery pipeline 'D': branch must be the name of a branch, without refs/heads/, got '${branch}'`));
});

test('reads a repository with and without the ids that GitHub writes into identities', () => {
  expect(resolvedDelivery(who, { repository: 'acme/churn' }).repository).toEqual({ name: 'acme/churn', subject: 'repo:acme/churn', branch: 'main' });
  expect(resolvedDelivery(who, { repository: 'acme@1/churn@22' }).repository).toEqual({ name: 'acme/churn', subject: 'repo:acme@1/churn@22', branch: 'main' });
});

test.each(['churn', 'acme/', 'acme@1/churn', 'acme/churn@2', 'acme/churn/x'])("refuses the repository '%s'", (repository) => {
  expect(() => resolvedDelivery(who, { repository }))
    .toThrow(new Error(`delivery pipeline 'D': repository must be a repository on GitHub as 'owner/name', or as 'owner@<id>/name@<id>', got '${repository}'`));
});

test('only the last stage waits for a person, unless said otherwise', () => {
  expect(resolvedDelivery(who, { repository: 'acme/churn' }).stages).toEqual([
    { name: 'dev', approval: false }, { name: 'staging', approval: false }, { name: 'prod', approval: true },
  ]);
  expect(resolvedDelivery(who, { repository: 'acme/churn', stages: [{ name: 'a', approval: true }, { name: 'b', approval: false }] }).stages).toEqual([
    { name: 'a', approval: true }, { name: 'b', approval: false },
  ]);
});

test('fills every default', () => {
  expect(resolvedDelivery(who, { repository: 'acme/churn' })).toEqual({
    repository: { name: 'acme/churn', subject: 'repo:acme/churn', branch: 'main' },
    stages: expect.any(Array),
    workingDirectory: '.',
    workflowFile: 'deliver.yml',
    nodeVersion: '22',
    install: 'npm ci',
    test: 'npm test',
  });
});

test('keeps what is given', () => {
  const given = { workingDirectory: 'infra/app', nodeVersion: '24', installCommand: 'yarn', testCommand: 'yarn test' };
  expect(resolvedDelivery(who, { repository: 'acme/churn', ...given })).toMatchObject({
    workingDirectory: 'infra/app', nodeVersion: '24', install: 'yarn', test: 'yarn test',
  });
});

test('the identity of a job is that of its environment, or of the branch', () => {
  const { repository } = resolvedDelivery(who, { repository: 'acme@1/churn@2' });
  expect(environmentSubject(repository, 'prod')).toBe('repo:acme@1/churn@2:environment:prod');
  expect(branchSubject(repository)).toBe('repo:acme@1/churn@2:ref:refs/heads/main');
});

test.each<[string, Partial<DeliveryInput>, string]>([
  ['no stage', { stages: [] }, 'stages must be at least one stage, got []'],
  ['the name of a stage', { stages: [{ name: '1st' }] }, "stages must be names of letters, digits and hyphens that start with a letter, at most 32, got '1st'"],
  ['two stages of one name', { stages: [{ name: 'dev' }, { name: 'Dev' }] }, "stages must be without repeats, got 'dev'"],
  ['a version of Node.js', { nodeVersion: '22.1' }, "nodeVersion must be a major version like '22', got '22.1'"],
  ['a folder outside', { workingDirectory: '../x' }, "workingDirectory must be a folder inside the repository, got '../x'"],
  ['an install command', { installCommand: ' ' }, "installCommand must be a command on one line, got ' '"],
  ['a test command', { testCommand: 'a\nb' }, "testCommand must be a command on one line, got 'a\nb'"],
])('refuses %s', (_, input, message) => {
  expect(() => resolvedDelivery(who, { repository: 'acme/churn', ...input })).toThrow(new Error(`delivery pipeline 'D': ${message}`));
});

describe('the name of the workflow file', () => {
  test.each([
    ['.', undefined, 'deliver.yml'], ['apps/churn', undefined, 'deliver-apps-churn.yml'], ['.', 'Churn', 'deliver-Churn.yml'],
    ['./infra/', 'Churn', 'deliver-infra-Churn.yml'],
  ])('in the folder %s and of the stack %s is %s', (workingDirectory, stack, file) => {
    const input = { repository: 'acme/churn', workingDirectory };
    expect(resolvedDelivery(who, input, { stack }).workflowFile).toBe(file);
    expect(resolvedDelivery(who, input, { stack, file: 'ship.yaml' }).workflowFile).toBe('ship.yaml');
  });

  test.each(['', 'deliver', '../deliver.yml', '.github/workflows/deliver.yml', 'a b.yml'])('is not %j', (file) => {
    expect(() => resolvedDelivery(who, { repository: 'acme/churn' }, { file })).toThrow(
      new Error(`delivery pipeline 'D': workflowFile must be the name of a file in .github/workflows, like 'deliver-churn.yml', got '${file}'`));
  });
});
