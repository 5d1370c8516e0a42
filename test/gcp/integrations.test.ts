import { execFileSync } from 'child_process';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { ContainerImage } from '../../src/core/container-image';
import { Integration, SecretName } from '../../src/core/integrations';
import { Schedule } from '../../src/core/schedule';
import { Serving } from '../../src/core/serving';
import {
  CloudRunServing, ConnectionReach, DataLake, GoogleProject, Grant,
  IConnection, Integrations, IntegrationsProps, ModelSource, Principal, PrivateNetwork,
  ServingEndpointProps, Workspace, WorkspaceProps,
} from '../../src/gcp';
import { startScript } from '../../src/gcp/private/workspace/start-script';
import { DriftWorld } from '../support/google-drift';
import { ServingWorld } from '../support/google-serving';
import { FakeTraining, TrainingScene, TrainingWorld } from '../support/google-training';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';

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
    expect(refusal({ use: [WANDB, WANDB] })).toThrow(said("use must be without repeats, got 'weights-and-biases'"));
    expect(refusal({ use: 'wandb' as any })).toThrow(said("use must be a list of integrations, got 'wandb'"));
    expect(refusal({ use: ['wandb' as any] })).toThrow(said("use must be integrations like Integration.prefect(), got 'wandb'"));
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
    expect(() => setting({ use: [] }).integrations.connectionOf('prefect')).toThrow(said("system must be in use: give it in use, got 'prefect'"));
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

/** A connection as `Integrations` makes it, of a system that answers where nobody knows. */
const OWN = connected({ id: 'own', environment: { OWN_TEAM: 'shop' }, secretReferences: { OWN_KEY: 'projects/my-project/secrets/own/versions/latest' } });
const OWN_REFERENCE = { MLOPS_SECRET_OWN_KEY_REF: 'projects/my-project/secrets/own/versions/latest' };
const ON_INTERNET = connected({ id: 'weights-and-biases', reach: ConnectionReach.INTERNET });
const INSIDE = connected({ id: 'prefect', reach: ConnectionReach.NETWORK });
const NO_WAY_OUT =
  'connections: weights-and-biases answers on the internet, and the network has no way there: '
  + 'leave it out, or give GoogleProject a network of yours, PrivateNetwork.fromAttributes with internetEgress: true';
const IN_GOOGLES =
  'connections: prefect answers in the networks of the project alone, and Vertex AI runs containers in Google\'s: '
  + 'leave it out, or run them where a networkAttachment leads there';
const network = (internetEgress?: boolean) => PrivateNetwork.fromAttributes({
  networkId: 'projects/my-project/global/networks/own', subnetworkId: 'projects/my-project/regions/europe-west4/subnetworks/own', internetEgress,
});

describe('notebooks', () => {
  const workspace = (props: Partial<WorkspaceProps>, internetEgress?: boolean) => {
    const stack = googleStack({ network: network(internetEgress) });
    new Workspace(stack, 'Notebooks', { data: new DataLake(stack, 'Data'), ...props });
    return stack;
  };

  test('have the variables, and read the secrets when a terminal or a kernel starts', () => {
    const { content } = onlyResource(synthesized(workspace({ connections: [OWN] })), 'google_storage_bucket_object');
    expect(content).toContain("export OWN_TEAM='shop'");
    expect(content).toContain(`export MLOPS_SECRET_OWN_KEY_REF='${OWN_REFERENCE.MLOPS_SECRET_OWN_KEY_REF}'`);
    expect(content).toContain('/usr/local/bin/mlops-secret projects/my-project/secrets/own/versions/latest');
    expect(onlyResource(synthesized(workspace({})), 'google_storage_bucket_object').content).not.toContain('mlops-secret');
  });

  test('each may read the secret', () => {
    const stack = googleStack({ network: network(true) });
    const data = new DataLake(stack, 'Data');
    const { connections } = new Integrations(stack, 'Integrations', { data, use: [WANDB] });
    new Workspace(stack, 'Notebooks', { data, connections, users: ['ana', 'bo'] });
    expect(resourcesOf(synthesized(stack), 'google_secret_manager_secret_iam_member').map(({ member }) => member).sort()).toEqual([
      expect.stringContaining('Notebooks_ServiceAccount-ana'), expect.stringContaining('Notebooks_ServiceAccount-bo'),
    ]);
  });

  test('refuse a system on the internet where the network has no way there', () => {
    const message = new Error(`workspace 'Stack/Notebooks': ${NO_WAY_OUT}`);
    expect(() => workspace({ connections: [ON_INTERNET] })).toThrow(message);
    const closed = googleStack();
    expect(() => new Workspace(closed, 'Notebooks', { data: new DataLake(closed, 'Data'), connections: [ON_INTERNET] })).toThrow(message);
    expect(() => workspace({ connections: [ON_INTERNET, INSIDE] }, true)).not.toThrow();
  });

  test('refuse a variable that two set', () => {
    expect(() => workspace({ connections: [OWN], environment: { OWN_TEAM: 'x' } })).toThrow(
      new Error("workspace 'Stack/Notebooks': OWN_TEAM is set by both environment and the connection own: leave one of them out"),
    );
  });

  describe('start with a script', () => {
    const reference = 'projects/my-project/secrets/own/versions/latest';
    const script = startScript({ MLOPS_FILES_DVC: 'gs://lake/integrations/dvc/' }, { secrets: { OWN_KEY: reference } });
    const part = (file: string) => new RegExp(`cat > ${file} <<'MLOPS_END'\n([^]*?)MLOPS_END`).exec(script)![1];
    const answers = (data: string) => `curl() { case "$*" in
      *metadata*) echo '{"access_token": "token"}';;
      *"Bearer token https://secretmanager.googleapis.com/v1/${reference}:access"*) echo '{"payload": {"data": "${data}"}}';;
      *) return 22;;
    esac; }\nset -- ${reference}\n`;
    const read = (data: string, value = reference) => execFileSync(
      'bash', { input: answers(data).replace(`set -- ${reference}`, `set -- ${value}`) + part('/usr/local/bin/mlops-secret'), encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] },
    );

    test('that bash reads, and that copies the files of clients', () => {
      execFileSync('bash', ['-n'], { input: script });
      expect(script).toContain("gcloud storage rsync --recursive 'gs://lake/integrations/dvc/' /home/jupyter");
      expect(startScript({})).not.toMatch(/gcloud|mlops-secret/);
    });

    test('whose command prints the value of a secret, or fails', () => {
      expect(read(Buffer.from('wörd $x\n').toString('base64'))).toBe('wörd $x\n');
      expect(() => read('', 'projects/other/secrets/x/versions/1')).toThrow();
    });

    test('that sets the variable in a terminal, or says that it could not', () => {
      const terminal = (command: string) => execFileSync('bash', {
        input: `mlops_secret() { ${command}; }\n${part('/etc/profile.d/mlops.sh').replaceAll('/usr/local/bin/mlops-secret', 'mlops_secret')}\necho "\${OWN_KEY-unset}"`,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      expect(terminal('echo "value of $1"')).toBe(`value of ${reference}\n`);
      expect(terminal('return 1')).toBe('unset\n');
    });

    test('that sets the variable in a kernel, or says that it could not', () => {
      const kernel = (status: number) => JSON.parse(execFileSync('python3', ['-c', `
import json, os, subprocess, sys, types
subprocess.run = lambda command, **_: types.SimpleNamespace(returncode=${status}, stdout=" ".join(command) + "\\n")
exec(compile(sys.stdin.read(), "start", "exec"))
print(json.dumps(os.environ.get("OWN_KEY")))
`], { input: part('/etc/ipython/startup/50-mlops.py'), encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }));
      expect(kernel(0)).toBe(`/usr/local/bin/mlops-secret ${reference}`);
      expect(kernel(1)).toBeNull();
    });
  });
});

describe('an endpoint', () => {
  const IMAGE = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn:1');
  const grants: string[] = [];
  const granting = connected({ ...OWN, grantUse: ({ principalId }) => { grants.push(principalId); return new Grant(['google_project_service.used']); } });
  const serverless = (props: Partial<ServingEndpointProps> = {}) => new ServingWorld({ serving: Serving.serverless(), image: IMAGE, ...props });
  const deployed = (world: ServingWorld) => JSON.stringify(world.definition());

  test('of Cloud Run has the variables, and secrets by reference', () => {
    const definition = deployed(serverless({ connections: [OWN] }));
    expect(definition).toContain(JSON.stringify([
      { name: 'OWN_TEAM', value: 'shop' },
      { name: 'OWN_KEY', valueSource: { secretKeyRef: { secret: 'own', version: 'latest' } } },
    ]).slice(1, -1));
    expect(definition).not.toContain('MLOPS_SECRET_OWN_KEY_REF');
    const elsewhere = connected({ id: 'own', secretReferences: { OWN_KEY: 'projects/vault/secrets/own/versions/3' } });
    expect(deployed(serverless({ connections: [elsewhere] }))).toContain('"secretKeyRef":{"secret":"projects/vault/secrets/own","version":"3"}');
  });

  test('of Cloud Run brings the live version to other systems', () => {
    const settings = (world: ServingWorld) => JSON.parse(resourceAt(world.config, 'google_storage_bucket_object', 'SettingsObject').content).settings;
    expect(settings(serverless({ connections: [OWN] }))).not.toBe(settings(serverless()));
    expect(settings(serverless({ connections: [] }))).toBe(settings(serverless()));
  });

  test('of any mode lets its identity use them, before it starts', () => {
    const modes: Partial<ServingEndpointProps>[] = [
      { serving: Serving.realTime() }, { serving: Serving.batch({ schedule: Schedule.daily() }) }, { serving: Serving.serverless(), image: IMAGE },
    ];
    for (const props of modes) {
      grants.length = 0;
      const { config } = new ServingWorld({ ...props, connections: [granting] });
      expect(grants).toEqual(['/Serving/Runtime']);
      const waiting = [...resourcesOf(config, 'google_vertex_ai_endpoint'), ...resourcesOf(config, 'google_workflows_workflow')];
      expect(waiting.filter(({ depends_on: needs }) => needs.includes('google_project_service.used')).length).toBeGreaterThan(0);
    }
  });

  test('whose files the stack declares registers them with the variables', () => {
    const model = ModelSource.artifact({ artifactUri: 'gs://models/churn', image: IMAGE, environment: { MODE: 'fast' } });
    const env = JSON.stringify(Object.entries({ OWN_TEAM: 'shop', ...OWN_REFERENCE, MODE: 'fast' }).map(([name, value]) => ({ name, value })));
    expect(deployed(new ServingWorld({ model, connections: [OWN] }))).toContain(`"env":${env}`);
    expect(deployed(new ServingWorld({ model }))).not.toContain('OWN_TEAM');
    const other = ModelSource.artifact({ artifactUri: 'gs://models/churn', image: IMAGE });
    expect(deployed(new ServingWorld({ model: other, serving: Serving.serverless(), connections: [OWN] }))).not.toContain('MLOPS_SECRET_OWN');
  });

  const serving = (sentence: string) => new Error(`serving endpoint 'Stack/Serving': ${sentence}`);

  test('refuses a variable that two set', () => {
    const model = ModelSource.artifact({ artifactUri: 'gs://models/churn', image: IMAGE, environment: { OWN_TEAM: 'x' } });
    expect(() => new ServingWorld({ model, connections: [OWN] })).toThrow(
      serving('OWN_TEAM is set by both model.environment and the connection own: leave one of them out'),
    );
    const run = CloudRunServing.service({ environment: { OWN_TEAM: 'x' } });
    expect(() => serverless({ serving: run, connections: [OWN] })).toThrow(
      serving('OWN_TEAM is set by both serving.environment and the connection own: leave one of them out'),
    );
  });

  test('refuses what it does not reach', () => {
    expect(() => serverless({ connections: [ON_INTERNET] })).toThrow(serving(NO_WAY_OUT));
    expect(() => serverless({ connections: [INSIDE] })).not.toThrow();
    expect(() => new ServingWorld({ connections: [INSIDE] })).toThrow(serving(IN_GOOGLES));
    expect(() => new ServingWorld({ connections: [ON_INTERNET] })).not.toThrow();
  });
});

describe('monitoring', () => {
  test('gives the job of a drift run the variables and the right to read the secret', () => {
    const principals: string[] = [];
    const grantUse: IConnection['grantUse'] = ({ principalId }) => {
      principals.push(principalId);
      return new Grant([]);
    };
    const world = new DriftWorld({ connections: [{ ...OWN, grantUse }] });
    const env = JSON.stringify(world.workflow('Monitoring_Drift_Workflow'));
    expect(env).toContain('{"name":"OWN_TEAM","value":"shop"}');
    expect(env).toContain(JSON.stringify({ name: 'MLOPS_SECRET_OWN_KEY_REF', value: OWN_REFERENCE.MLOPS_SECRET_OWN_KEY_REF }));
    expect(principals).toEqual(['/Monitoring/Drift/Job']);
  });

  test('refuses what the job does not reach, and connections without a job', () => {
    expect(() => new DriftWorld({ connections: [INSIDE] })).toThrow(new Error(`monitoring stack 'Stack/Monitoring': ${IN_GOOGLES}`));
    expect(() => new DriftWorld({ connections: [OWN], drift: undefined })).toThrow(/^monitoring stack 'Stack\/Monitoring': connections /);
  });
});

test('a project that is a variable of Terraform stays one in references and addresses', () => {
  const app = Testing.app();
  const stack = new TerraformStack(app, 'Stack');
  const project = new TerraformVariable(stack, 'project', {});
  new GoogleProject(stack, 'Google', { projectId: project.stringValue, region: 'europe-west4', network: network(true) });
  const data = new DataLake(stack, 'Data');
  const { connections } = new Integrations(stack, 'Integrations', { data, use: [WANDB, Integration.prefect()] });
  new Workspace(stack, 'Notebooks', { data, connections });
  const all = synthesized(stack);
  const { content } = resourceAt(all, 'google_storage_bucket_object', 'Notebooks_Start');
  expect(content).toContain("export MLOPS_SECRET_WANDB_API_KEY_REF='projects/${var.project}/secrets/wandb-api-key/versions/latest'");
  expect(content).toMatch(/export PREFECT_API_URL='https:\/\/stack-integrations-prefect-[0-9a-f]{8}-\$\{data\.google_project\.\w+\.number\}\.europe-west4/);
  const grants = Object.keys(all.resource.google_secret_manager_secret_iam_member).sort();
  const members = resourcesOf(all, 'google_secret_manager_secret_iam_member');
  expect(members.find(({ secret_id: id }) => id === 'wandb-api-key')).toMatchObject({ project: '${var.project}' });
  // The addresses of grants do not depend on how many tokens came before.
  expect(grants).toContainEqual(expect.stringMatching(/^Integrations_weights-and-biases_Grant-read-WANDB-API-KEY-[0-9a-f]{8}_/));
});
