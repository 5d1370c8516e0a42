import { Construct } from 'constructs';
import { Integrations, IntegrationsProps } from '../../src/azure';
import { ROLES } from '../../src/azure/private/base/roles';
import { Integration, Serving } from '../../src/core';
import { azureStack, resourcesOf, SUBSCRIPTION, synthesized } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { ServingWorld } from '../support/azure-serving';
import { TrainingWorld } from '../support/azure-training';
import { schemaProblems } from '../support/provider-schema';

const VAULT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/shop-keys`;
const TEAM = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.Insights/actionGroups/team`;

function integrations(stack: Construct, props: Partial<IntegrationsProps> = {}): Integrations {
  return new Integrations(stack, 'Integrations', {
    use: [Integration.prefect()],
    data: new PlainLake(stack, 'HostedLake'),
    workspace: new PlainWorkspace(stack, 'HostedWorkspace'),
    keyVaultId: VAULT,
    ...props,
  });
}

function configOf(props: Partial<IntegrationsProps> = {}): any {
  const stack = azureStack({ resourceGroupName: 'ml' });
  integrations(stack, props);
  return synthesized(stack);
}

const only = (config: any, type: string): any => {
  const found = resourcesOf(config, type);
  expect(found).toHaveLength(1);
  return found[0];
};

test('Prefect is a container with its health path, one replica, and no address on the internet', () => {
  const config = configOf();
  expect(only(config, 'azurerm_container_app_environment')).toMatchObject({ internal_load_balancer_enabled: true });
  const app = only(config, 'azurerm_container_app');
  expect(app).toMatchObject({
    revision_mode: 'Single',
    ingress: { target_port: 4200, allow_insecure_connections: false },
    template: { min_replicas: 1, max_replicas: 1 },
  });
  const [container] = app.template.container;
  expect(container).toMatchObject({
    image: 'docker.io/prefecthq/prefect:3.8.3-python3.12',
    cpu: 1,
    memory: '2Gi',
    command: ['/bin/sh'],
    liveness_probe: [{ path: '/api/health', port: 4200, transport: 'HTTP' }],
    startup_probe: [{ path: '/api/health', port: 4200, transport: 'HTTP' }],
  });
  expect(container.args[1]).toContain('prefect server database upgrade -y\nexec prefect server start');
  expect(only(config, 'azurerm_private_dns_a_record')).toMatchObject({ name: '*' });
  expect(schemaProblems(config)).toEqual([]);
});

test('its database is private, kept, backed up, grows, and takes the extension of its migration', () => {
  const config = configOf();
  expect(only(config, 'azurerm_postgresql_flexible_server')).toMatchObject({
    public_network_access_enabled: false,
    auto_grow_enabled: true,
    backup_retention_days: 14,
    sku_name: 'B_Standard_B1ms',
    lifecycle: { prevent_destroy: true },
  });
  const extensions = only(config, 'azurerm_postgresql_flexible_server_configuration');
  expect(extensions).toMatchObject({ name: 'azure.extensions' });
  expect(extensions.value.split(',')).toContain('PG_TRGM');
  expect(only(config, 'azurerm_private_endpoint').private_service_connection).toMatchObject({
    subresource_names: ['postgresqlServer'],
  });
});

test('no secret has a value: each is ephemeral, and the container reads it from the vault as itself', () => {
  const config = configOf();
  const server = only(config, 'azurerm_postgresql_flexible_server');
  expect(server.administrator_password).toBeUndefined();
  expect(server.administrator_password_wo).toMatch(/^\$\{ephemeral\.random_password\.[\w-]+\.result\}$/);
  const secrets = resourcesOf(config, 'azurerm_key_vault_secret');
  expect(secrets).toHaveLength(2);
  for (const secret of secrets) {
    expect(secret.value).toBeUndefined();
    expect(secret.value_wo).toMatch(/^\$\{ephemeral\.random_password\.[\w-]+\.result\}$/);
  }
  // The server and the vault get the same one.
  expect(secrets.map((each: any) => each.value_wo)).toContain(server.administrator_password_wo);
  const app = only(config, 'azurerm_container_app');
  expect(app.secret).toHaveLength(2);
  for (const secret of app.secret) {
    expect(secret.value).toBeUndefined();
    expect(secret.key_vault_secret_id).toMatch(/^\$\{azurerm_key_vault_secret\.[\w-]+\.id\}$/);
  }
  const readers = resourcesOf(config, 'azurerm_role_assignment')
    .filter((each: any) => each.role_definition_id.endsWith(ROLES.keyVaultSecretsUser));
  expect(readers.map((each: any) => each.scope).sort()).toEqual(
    secrets.map((each: any) => `${VAULT}/secrets/${each.name}`).sort(),
  );
});

test.each<[string, object, string, object]>([
  ['memory', { memoryGiB: 4 }, 'azurerm_container_app', { template: { container: [{ cpu: 2, memory: '4Gi' }] } }],
  ['version', { version: '3.9.0' }, 'azurerm_container_app',
    { template: { container: [{ image: 'docker.io/prefecthq/prefect:3.9.0' }] } }],
  ['machine', { databaseSku: 'GP_Standard_D2ds_v5' }, 'azurerm_postgresql_flexible_server', { sku_name: 'GP_Standard_D2ds_v5' }],
  ['twin', { databaseSku: 'GP_Standard_D2ds_v5', highlyAvailable: true }, 'azurerm_postgresql_flexible_server',
    { high_availability: { mode: 'ZoneRedundant' } }],
  ['password', { passwordVersion: 2 }, 'azurerm_postgresql_flexible_server', { administrator_password_wo_version: 2 }],
])('the %s is what the user says', (_, options, type, want) => {
  expect(only(configOf({ hosted: { prefect: options } }), type)).toMatchObject(want);
});

test('a new version changes the container app alone', () => {
  const [before, after] = [configOf(), configOf({ hosted: { prefect: { version: '3.9.0' } } })];
  const types = Object.keys(before.resource).filter(
    (type) => JSON.stringify(before.resource[type]) !== JSON.stringify(after.resource[type]),
  );
  expect(types).toEqual(['azurerm_container_app']);
});

test('secretVersion writes the secret of the server anew, and leaves the password', () => {
  const versions = resourcesOf(configOf({ hosted: { prefect: { secretVersion: 3 } } }), 'azurerm_key_vault_secret')
    .map((each: any) => each.value_wo_version);
  expect(versions.sort()).toEqual([1, 3]);
});

test('alerts notify the action groups: restarts, no replica, disk and CPU of the database', () => {
  const alerts = resourcesOf(configOf({ actionGroupIds: [TEAM] }), 'azurerm_monitor_metric_alert');
  expect(alerts.map(({ criteria: [{ metric_name: metric }] }: any) => metric).sort()).toEqual(
    ['Replicas', 'RestartCount', 'cpu_percent', 'storage_percent'],
  );
  for (const { action } of alerts) expect(action).toEqual([{ action_group_id: TEAM }]);
});

test('a serverless endpoint is in the network, and gets address and secret', () => {
  const scene: { made?: Integrations } = {};
  const world = new ServingWorld(
    { serving: Serving.serverless(), get connections() { return scene.made?.connections; } } as object,
    {
      workspace: (stack) => {
        scene.made = integrations(stack);
        return new PlainWorkspace(stack, 'Workspace');
      },
    },
  );
  const text = JSON.stringify(world.config);
  expect(text).toContain('PREFECT_API_URL');
  expect(text).toContain('MLOPS_SECRET_PREFECT_API_AUTH_STRING_REF');
});

describe('refuses', () => {
  test.each<[string, Partial<IntegrationsProps>, string]>([
    ['half a step of memory', { hosted: { prefect: { memoryGiB: 1.3 } } }, 'hosted.prefect.memoryGiB must be in steps of a half, got 1.3'],
    ['too much memory', { hosted: { prefect: { memoryGiB: 9 } } }, 'hosted.prefect.memoryGiB'],
    ['a tag that moves', { hosted: { prefect: { version: 'latest' } } }, 'hosted.prefect.version'],
    ['another cloud\'s machine', { hosted: { prefect: { databaseSku: 'db.t4g.small' } } }, 'hosted.prefect.databaseSku'],
    ['a twin of a burstable machine', { hosted: { prefect: { highlyAvailable: true } } }, 'hosted.prefect.highlyAvailable'],
    ['a version below one', { hosted: { prefect: { passwordVersion: 0 } } }, 'hosted.prefect.passwordVersion'],
    ['what is not hosted', { hosted: { grafana: {} } }, 'hosted must be one of prefect, got \'grafana\''],
    ['what is no action group', { actionGroupIds: ['team'] }, 'actionGroupIds must be ARM ids of action groups'],
    ['a server without a vault', { keyVaultId: undefined }, 'give keyVaultId'],
  ])('%s', (_, props, error) => {
    expect(() => configOf(props)).toThrow(error);
  });

  test('a training outside of the network', () => {
    expect(() => new TrainingWorld(({ stack }) => ({ connections: integrations(stack).connections }))).toThrow(
      "training pipeline 'Stack/Training': connection 'prefect' is a server in the network of the stack, and this runs outside of it",
    );
  });

  test.each([['real-time', Serving.realTime()], ['batch', Serving.batch({})]])('a %s endpoint', (_, serving) => {
    const scene: { made?: Integrations } = {};
    expect(() => new ServingWorld(
      { serving, get connections() { return scene.made?.connections; } } as object,
      {
        workspace: (stack) => {
          scene.made = integrations(stack);
          return new PlainWorkspace(stack, 'Workspace');
        },
      },
    )).toThrow("connection 'prefect' is a server in the network of the stack");
  });
});
