import { Integration, IntegrationHosting, SecretName } from '../../../src/core';

const apiKey = SecretName.of('wandb-api-key');

test('a secret is named, and its value is refused without showing it', () => {
  expect(SecretName.of('wandb-api-key').value).toBe('wandb-api-key');
  const key = '0123456789abcdef0123456789abcdef01234567';
  expect(() => SecretName.of(key)).toThrow('this looks like the secret itself');
  expect(() => SecretName.of(key)).not.toThrow(key);
  expect(() => SecretName.of('wandb_api_key')).toThrow(
    "secret name: it must be letters, digits and hyphens, starting with a letter, at most 127, got 'wandb_api_key'",
  );
});

test('refuses a key where the name of a secret belongs, without showing it', () => {
  const inPlace = () => Integration.weightsAndBiases({ entity: 'shop', apiKey: 'hunter22hunter22' as unknown as SecretName });
  expect(inPlace).toThrow("integration 'weights-and-biases': apiKey must be the name of a secret, as SecretName.of makes it, got a string");
  expect(inPlace).not.toThrow('hunter22');
});

test('refuses an option that is missing', () => {
  expect(() => Integration.weightsAndBiases({ entity: '', apiKey })).toThrow("integration 'weights-and-biases': entity must be a text");
});

test.each([
  ['wandb.example.com', 'endpoint must be an address'],
  ['https://wandb.example.com/', 'endpoint must be an address'],
  ['https://me:hunter2@wandb.example.com', 'endpoint has a user or a password in it'],
])('refuses the address %s', (endpoint, error) => {
  expect(() => Integration.weightsAndBiases({ entity: 'shop', apiKey, endpoint })).toThrow(error);
});

test('refuses a place for a server that exists', () => {
  const both = () => Integration.prefect({ endpoint: 'https://prefect.example.com/api', hosting: IntegrationHosting.SERVICE });
  expect(both).toThrow("integration 'prefect': endpoint names a server that exists, and hosting makes one: leave one of them out");
});

test('a system without a word of its own has variables and secrets', () => {
  const comet = Integration.of('comet', { title: 'Comet', variables: { COMET_WORKSPACE: 'shop' }, secrets: { COMET_API_KEY: SecretName.of('comet-key') } });
  expect([comet.id, comet.title]).toEqual(['comet', 'Comet']);
});

test.each([
  [{ variables: { COMET_API_KEY: 'x' } }, 'COMET_API_KEY looks like a secret: give it in secrets, as a SecretName'],
  [{ variables: { 'comet-workspace': 'x' } }, "variable must be the name of an environment variable like WANDB_ENTITY, got 'comet-workspace'"],
  [{ variables: { COMET: 'x' }, secrets: { COMET: SecretName.of('comet') } }, 'COMET is both a variable and a secret: leave one of them out'],
])('refuses %j', (options, error) => {
  expect(() => Integration.of('comet', { title: 'Comet', ...options })).toThrow(`integration 'comet': ${error}`);
});
