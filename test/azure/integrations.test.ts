import { TerraformStack } from 'cdktf';
import { DataLake, IConnection, Integrations, IntegrationsProps, ManagedNetwork, TrainingPipeline, Workspace } from '../../src/azure';
import { ROLES } from '../../src/azure/private/base/roles';
import { ContainerImage, Integration, SecretName, Serving } from '../../src/core';
import { azureStack, resourcesOf, SUBSCRIPTION, synthesized } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { ServingWorld } from '../support/azure-serving';
import { TrainingWorld } from '../support/azure-training';
import { watchedBy } from '../support/azure-watched';
import { workflowDefinition } from '../support/azure-workflow';

const VAULT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/shop-keys`;
const REFERENCE = 'https://shop-keys.vault.azure.net/secrets/wandb-api-key';
const wandb = () => Integration.weightsAndBiases({ entity: 'shop', project: 'churn', apiKey: SecretName.of('wandb-api-key') });
const VARIABLES = {
  WANDB_BASE_URL: 'https://api.wandb.ai',
  WANDB_ENTITY: 'shop',
  WANDB_PROJECT: 'churn',
  MLOPS_SECRET_WANDB_API_KEY_REF: REFERENCE,
};

interface Scene {
  readonly stack: TerraformStack;
  readonly data: PlainLake;
  readonly workspace: PlainWorkspace;
}

function connected({ stack, data, workspace }: Scene, use = [wandb()]): IConnection[] {
  return new Integrations(stack, 'Integrations', { use, data, workspace, keyVaultId: VAULT }).connections;
}

/** Every job and deployment in a definition that has variables. */
function variablesIn(definition: any): any[] {
  const found: any[] = [];
  JSON.stringify(definition, (key, value) => {
    if (key === 'environmentVariables' && typeof value === 'object') found.push(value);
    return value;
  });
  return found;
}

function readersOf(config: any): string[] {
  return resourcesOf(config, 'azurerm_role_assignment')
    .filter((each: any) => each.role_definition_id.endsWith(ROLES.keyVaultSecretsUser))
    .map((each: any) => each.scope);
}

test('a training has the variables in every job, the place of the secret, and its jobs may read that one secret', () => {
  const world = new TrainingWorld((scene) => ({ connections: connected(scene), prepare: true }));
  const jobs = variablesIn(world.definition());
  expect(jobs).toHaveLength(3);
  for (const job of jobs) expect(job).toMatchObject({ ...VARIABLES, AZURE_CLIENT_ID: 'training-jobidentity-client-id' });
  expect(readersOf(world.config)).toEqual([`${VAULT}/secrets/wandb-api-key`]);
});

test.each([['real-time', Serving.realTime()], ['serverless', Serving.serverless()], ['batch', Serving.batch({})]])(
  'a %s endpoint has them, and its identity may read the secret',
  (_, serving) => {
    const world = servingWorld(serving);
    expect(JSON.stringify(world.config)).toContain(REFERENCE);
    expect(JSON.stringify(world.config)).toContain('WANDB_ENTITY');
    expect(readersOf(world.config)).toEqual([`${VAULT}/secrets/wandb-api-key`]);
  },
);

/** The connection stands in the workspace's stack, which is made before the endpoint. */
function servingWorld(serving: Serving): ServingWorld {
  const scene: { made?: IConnection[] } = {};
  return new ServingWorld(
    { serving, get connections() { return scene.made; } } as object,
    {
      workspace: (stack) => {
        const workspace = new PlainWorkspace(stack, 'Workspace');
        scene.made = new Integrations(stack, 'Integrations', { use: [wandb()], data: stack.node.findChild('Data') as PlainLake, workspace, keyVaultId: VAULT }).connections;
        return workspace;
      },
    },
  );
}

test('a drift run has them', () => {
  const stack = azureStack({ resourceGroupName: 'ml' });
  watchedBy(stack, {
    drift: {},
    connections: new Integrations(stack, 'Integrations', {
      use: [wandb()], data: new PlainLake(stack, 'OtherLake'), workspace: new PlainWorkspace(stack, 'OtherWorkspace'), keyVaultId: VAULT,
    }).connections,
  });
  const [job] = variablesIn(workflowDefinition(synthesized(stack), 'Drift_Workflow')).filter((each) => 'MLOPS_CAPTURE_FORMAT' in each);
  expect(job).toMatchObject(VARIABLES);
});

test('a client that keeps files in the lake reads and writes its folder alone, and gets its configuration', () => {
  const world = new TrainingWorld((scene) => ({ connections: connected(scene, [Integration.dvc()]) }));
  const [job] = variablesIn(world.definition());
  const files = JSON.parse(job.MLOPS_FILES_DVC);
  expect(files['.config/dvc/config']).toContain(`url = azure://${world.data.artifactContainer}/integrations/dvc`);
  expect(readersOf(world.config)).toEqual([]);
  expect(JSON.stringify(world.config.resource.azurerm_role_assignment)).toContain('integrations/dvc/');
});

test('the vault of a workspace of this app is the default', () => {
  const stack = azureStack({ resourceGroupName: 'ml' });
  const data = new DataLake(stack, 'Data');
  const workspace = new Workspace(stack, 'Workspace', { data });
  const { connections } = new Integrations(stack, 'Integrations', { use: [wandb()], data, workspace });
  connections[0].grantUse(workspace.identities[0] ?? workspace.identity);
  const [scope] = readersOf(synthesized(stack));
  expect(scope).toMatch(/^\$\{azurerm_key_vault\.Workspace_Vault_\w+\.id\}\/secrets\/wandb-api-key$/);
});

describe('refuses', () => {
  const refused = (props: Partial<IntegrationsProps>) => () => {
    const stack = azureStack({ resourceGroupName: 'ml' });
    return new Integrations(stack, 'Integrations', {
      use: [wandb()], data: new PlainLake(stack, 'Data'), workspace: new PlainWorkspace(stack, 'Workspace'), ...props,
    });
  };

  test.each<[string, Partial<IntegrationsProps>, string]>([
    ['a secret without a vault', {}, 'Weights & Biases has a secret, and the workspace is of another stack: give keyVaultId, the vault that holds it'],
    ['what is no vault', { keyVaultId: 'shop-keys' }, "keyVaultId must be the ARM id of a Key Vault, got 'shop-keys'"],
    ['a system twice', { keyVaultId: VAULT, use: [wandb(), wandb()] }, "use must be without repeats, got 'weights-and-biases'"],
    ['a server that would have to be hosted', { use: [Integration.phoenix()] }, 'Arize Phoenix: this cloud hosts no server of it: give the endpoint of one that exists'],
  ])('%s', (_, props, error) => {
    expect(refused(props)).toThrow(`integrations 'Stack/Integrations': ${error}`);
  });

  test('a variable that the user says too', () => {
    expect(() => new TrainingWorld((scene) => ({ connections: connected(scene), environment: { WANDB_API_KEY: 'x' } }))).toThrow(
      "training pipeline 'Stack/Training': WANDB_API_KEY is a variable of connection 'weights-and-biases' and of environment: leave one of them out",
    );
  });

  test('a service on the internet where the workspace reaches what is approved alone', () => {
    const train = (managedNetwork: ManagedNetwork) => {
      const stack = azureStack({ resourceGroupName: 'ml' });
      const data = new DataLake(stack, 'Data');
      const workspace = new Workspace(stack, 'Workspace', { data, managedNetwork });
      const { connections } = new Integrations(stack, 'Integrations', { use: [wandb()], data, workspace });
      const { registry } = new TrainingWorld();
      return () => new TrainingPipeline(stack, 'Training', { data, workspace, registry, connections, image: ContainerImage.fromUri('images.azurecr.io/churn:1') });
    };
    expect(train(ManagedNetwork.approvedOutbound())).toThrow(
      "connection 'weights-and-biases' is a service on the internet, and the workspace reaches what is approved alone: " +
        "say ManagedNetwork.approvedOutbound({ fqdns: ['*.wandb.ai'] }), or give the endpoint of a server inside",
    );
    expect(train(ManagedNetwork.approvedOutbound({ fqdns: ['*.wandb.ai'] }))).not.toThrow('a service on the internet');
  });
});
