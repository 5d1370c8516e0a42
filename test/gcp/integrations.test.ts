import { TerraformStack } from 'cdktf';
import { Integration, SecretName } from '../../src/core/integrations';
import { ConnectionReach, DataLake, Grant, IConnection, Integrations, IntegrationsProps, Principal } from '../../src/gcp';
import { FakeTraining, TrainingScene, TrainingWorld } from '../support/google-training';
import { googleStack, onlyResource, resourcesOf, synthesized } from '../support/terraform';

const WANDB = Integration.weightsAndBiases({ entity: 'shop', project: 'churn', apiKey: SecretName.of('wandb-api-key') });
const LATEST = 'projects/my-project/secrets/wandb-api-key/versions/latest';
const KEY_REFERENCE = { MLOPS_SECRET_WANDB_API_KEY_REF: LATEST };
const WANDB_VARIABLES = { WANDB_BASE_URL: 'https://api.wandb.ai', WANDB_ENTITY: 'shop', WANDB_PROJECT: 'churn' };

interface Setting { stack: TerraformStack; integrations: Integrations }
const setting = (props: Partial<IntegrationsProps> = {}): Setting => {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  return { stack, integrations: new Integrations(stack, 'Integrations', { data, use: [WANDB], ...props }) };
};
const refusal = (props: Partial<IntegrationsProps>) => () => setting(props);
const said = (sentence: string) => new Error(`integrations 'Stack/Integrations': ${sentence}`);
const connected = (connection: Partial<IConnection>): IConnection => ({
  id: 'other', environment: {}, secretReferences: {}, grantUse: () => new Grant([]), ...connection,
});

describe('a system that exists', () => {
  test('is variables and the latest version of a secret, by reference', () => {
    const [connection] = setting().integrations.connections;
    expect({ ...connection.environment }).toEqual(WANDB_VARIABLES);
    expect(connection.secretReferences).toEqual({ WANDB_API_KEY: LATEST });
    expect(connection.id).toBe('weights-and-biases');
  });

  test('makes nothing until somebody uses it', () => {
    expect(Object.keys(synthesized(setting().stack).resource)).not.toContain('google_secret_manager_secret_iam_member');
  });

  test('lets who uses it read the one secret, once', () => {
    const { stack, integrations } = setting();
    const [connection] = integrations.connections;
    for (const _ of [1, 2]) connection.grantUse(Principal.group('ml@example.com'));
    expect(onlyResource(synthesized(stack), 'google_secret_manager_secret_iam_member')).toMatchObject({
      project: 'my-project', secret_id: 'wandb-api-key', role: 'roles/secretmanager.secretAccessor', member: 'group:ml@example.com',
    });
  });

  test('may have its secret in another project, and at a version', () => {
    const { stack, integrations } = setting({ secrets: { 'wandb-api-key': 'projects/vault/secrets/wandb/versions/3' } });
    const connection = integrations.connectionOf('weights-and-biases');
    expect(connection.secretReferences).toEqual({ WANDB_API_KEY: 'projects/vault/secrets/wandb/versions/3' });
    connection.grantUse(Principal.group('ml@example.com'));
    expect(onlyResource(synthesized(stack), 'google_secret_manager_secret_iam_member')).toMatchObject({ project: 'vault', secret_id: 'wandb' });
    const latest = setting({ secrets: { 'wandb-api-key': 'projects/vault/secrets/wandb' } }).integrations;
    expect(latest.connections[0].secretReferences).toEqual({ WANDB_API_KEY: 'projects/vault/secrets/wandb/versions/latest' });
  });

  test('answers on the internet where its makers run it, and nobody knows where otherwise', () => {
    expect(setting().integrations.connections[0].reach).toBe(ConnectionReach.INTERNET);
    const own = Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key'), endpoint: 'https://wandb.example.com' });
    expect(setting({ use: [own] }).integrations.connections[0].reach).toBeUndefined();
    const cloud = Integration.prefect({ endpoint: 'https://api.prefect.cloud/api/accounts/a/workspaces/b', apiKey: SecretName.of('prefect-key') });
    const [prefect] = setting({ use: [cloud] }).integrations.connections;
    expect(prefect.reach).toBe(ConnectionReach.INTERNET);
    expect({ ...prefect.environment }).toEqual({ PREFECT_API_URL: 'https://api.prefect.cloud/api/accounts/a/workspaces/b' });
    expect(prefect.secretReferences).toEqual({ PREFECT_API_KEY: 'projects/my-project/secrets/prefect-key/versions/latest' });
  });

  test('may be one that the library has no word for', () => {
    const comet = Integration.of('comet', {
      title: 'Comet', endpoint: 'https://comet.example.com', variables: { COMET_WORKSPACE: 'shop' }, secrets: { COMET_API_KEY: SecretName.of('comet') },
    });
    const [connection] = setting({ use: [comet] }).integrations.connections;
    expect({ ...connection.environment }).toEqual({ COMET_WORKSPACE: 'shop' });
    expect(connection.secretReferences).toEqual({ COMET_API_KEY: 'projects/my-project/secrets/comet/versions/latest' });
  });
});

describe('refuses', () => {
  test('a system twice', () => {
    expect(refusal({ use: [WANDB, WANDB] })).toThrow(said('use names weights-and-biases twice: leave one of them out'));
  });

  test('a secret that no system has', () => {
    expect(refusal({ secrets: { other: 'projects/vault/secrets/wandb' } })).toThrow(
      said("secrets must be named by a system: wandb-api-key, got 'other'"),
    );
    expect(refusal({ use: [], secrets: { other: 'projects/vault/secrets/wandb' } })).toThrow(
      said("secrets must be left out: no system has a secret, got 'other'"),
    );
  });

  test('a secret that is no name of Secret Manager', () => {
    expect(refusal({ secrets: { 'wandb-api-key': 'wandb' } })).toThrow(
      said("secrets.wandb-api-key must be projects/<id>/secrets/<name>, with /versions/<number> behind it or without, got 'wandb'"),
    );
  });

  test('variables that are the library’s or the service’s', () => {
    const taken = Integration.of('taken', { title: 'Taken', variables: { AIP_MODEL_DIR: 'x' } });
    expect(refusal({ use: [taken] })).toThrow(
      said("taken must be named with letters, digits and _, and not MLOPS_…, AIP_… or what Vertex AI sets for clusters, got 'AIP_MODEL_DIR'"),
    );
    const secret = Integration.of('taken', { title: 'Taken', secrets: { AIP_KEY: SecretName.of('key') } });
    expect(refusal({ use: [secret] })).toThrow(/^integrations 'Stack\/Integrations': taken must be named/);
  });

  test('to find a system that is not there', () => {
    expect(() => setting().integrations.connectionOf('prefect')).toThrow(said("system must be one of weights-and-biases, got 'prefect'"));
  });
});

describe('a training pipeline', () => {
  const world = (props: object = {}, scene?: TrainingScene) => new TrainingWorld(({ stack, data }) => ({
    connections: new Integrations(stack, 'Integrations', { data, use: [WANDB] }).connections, ...props,
  }), scene);

  test('has the variables in every container, and the references of secrets instead of secrets', () => {
    const vertex = new FakeTraining();
    vertex.run(world({ prepare: true }));
    for (const verb of ['prepare', 'train', 'evaluate']) {
      expect(vertex.variables(verb)).toMatchObject({ ...WANDB_VARIABLES, ...KEY_REFERENCE });
      expect(vertex.variables(verb)).not.toHaveProperty('WANDB_API_KEY');
    }
    expect(vertex.uploads[0].model.containerSpec.env).toEqual([]);
  });

  test('lets the identity of its jobs read the secret', () => {
    const members = resourcesOf(world().config, 'google_secret_manager_secret_iam_member');
    expect(members).toHaveLength(1);
    expect(members[0]).toMatchObject({ secret_id: 'wandb-api-key', member: expect.stringContaining('Training_JobAccount') });
  });

  test('gives its versions the variables of servingConnections', () => {
    const vertex = new FakeTraining();
    vertex.run(new TrainingWorld(({ stack, data }) => ({
      servingConnections: new Integrations(stack, 'Integrations', { data, use: [WANDB] }).connections, servingEnvironment: { MODE: 'fast' },
    })));
    expect(vertex.uploads[0].model.containerSpec.env).toEqual(
      Object.entries({ ...WANDB_VARIABLES, ...KEY_REFERENCE, MODE: 'fast' }).map(([name, value]) => ({ name, value })),
    );
    expect(vertex.variables('train')).not.toHaveProperty('WANDB_ENTITY');
  });

  const training = (sentence: string) => new Error(`training pipeline 'Stack/Training': ${sentence}`);

  test('refuses a variable that two set', () => {
    expect(() => world({ environment: { WANDB_PROJECT: 'other' } })).toThrow(
      training('WANDB_PROJECT is set by both environment and the connection weights-and-biases: leave one of them out'),
    );
    const both = [connected({ id: 'one', environment: { SHARED: '1' } }), connected({ id: 'two', secretReferences: { SHARED: LATEST } })];
    expect(() => new TrainingWorld({ connections: both })).toThrow(
      training('SHARED is set by both the connection one and the connection two: leave one of them out'),
    );
    expect(() => new TrainingWorld({ servingConnections: both, servingEnvironment: {} })).toThrow(
      training('SHARED is set by both the connection one and the connection two: leave one of them out'),
    );
  });

  test('knows the files of each client', () => {
    const vertex = new FakeTraining();
    vertex.run(new TrainingWorld({ connections: [connected({ environment: { MLOPS_FILES_DVC: 'gs://a/integrations/dvc/client' } })] }));
    expect(vertex.variables('train')).toMatchObject({ MLOPS_FILES_DVC: 'gs://a/integrations/dvc/client' });
  });

  test('refuses what Workflows would compute', () => {
    expect(() => new TrainingWorld({ connections: [connected({ environment: { A: '${sys.now()}' } })] })).toThrow(
      training("connections other.A must be text without ${, which Workflows would compute, got '${sys.now()}'"),
    );
  });

  test('refuses a system of the private network, unless an attachment leads there', () => {
    const inside = [connected({ id: 'prefect', reach: ConnectionReach.NETWORK })];
    const sentence = training(
      'connections: prefect answers in the networks of the project alone, and Vertex AI runs containers in Google\'s: '
      + 'leave it out, or run them where a networkAttachment leads there',
    );
    expect(() => new TrainingWorld({ connections: inside })).toThrow(sentence);
    expect(() => new TrainingWorld({ servingConnections: inside })).toThrow(sentence);
    const networkAttachment = 'projects/my-project/regions/europe-west4/networkAttachments/jobs';
    expect(() => new TrainingWorld({ connections: inside, networkAttachment })).not.toThrow();
  });
});
