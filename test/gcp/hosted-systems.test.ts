import { TerraformStack } from 'cdktf';
import { Integration, SecretName } from '../../src/core/integrations';
import { ConnectionReach, DataLake, Integrations, IntegrationsProps, Principal, RemovalPolicy } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const SERVICE = 'google_cloud_run_v2_service';
const DATABASE = 'google_sql_database_instance';
const HOSTED: readonly Integration[] = [
  Integration.prefect(), Integration.mlflow(), Integration.lakeFs(), Integration.zenMl(), Integration.grafana(), Integration.phoenix(),
];

interface Setting { stack: TerraformStack; integrations: Integrations }
const setting = (props: Partial<IntegrationsProps> = {}, context = {}): Setting => {
  const stack = googleStack({}, context);
  const data = new DataLake(stack, 'Data');
  return { stack, integrations: new Integrations(stack, 'Integrations', { data, use: [Integration.prefect()], ...props }) };
};
const config = (props?: Partial<IntegrationsProps>, context?: object): TerraformConfig => synthesized(setting(props, context).stack);
const service = (props?: Partial<IntegrationsProps>) => onlyResource(config(props), SERVICE);
const container = (props?: Partial<IntegrationsProps>) => service(props).template.containers[0];
const refusal = (props: Partial<IntegrationsProps>) => () => setting(props);
const said = (sentence: string) => new Error(`integrations 'Stack/Integrations': ${sentence}`);
const host = /^stack-integrations-prefect-[0-9a-f]{8}-123456789012\.europe-west4\.run\.app$/;

describe('the server', () => {
  test('is the image of its makers, from a mirror that systems of one registry share', () => {
    expect(container().image).toMatch(
      /^europe-west4-docker\.pkg\.dev\/my-project\/\$\{google_artifact_registry_repository\.Integrations_Images-docker-io_\w+\.repository_id\}\/prefecthq\/prefect:3\.8\.3-python3\.12$/,
    );
    const mirrors = resourcesOf(config({ use: [...HOSTED] }), 'google_artifact_registry_repository');
    expect(mirrors.map((each) => each.remote_repository_config.docker_repository)).toEqual([
      { public_repository: 'DOCKER_HUB' }, { custom_repository: { uri: 'https://ghcr.io' } },
    ]);
  });

  test('is an image of yours instead, without a mirror', () => {
    const image = 'europe-west4-docker.pkg.dev/my-project/images/prefect:3';
    const own = config({ hosted: { prefect: { image } } });
    expect(onlyResource(own, SERVICE).template.containers[0].image).toBe(image);
    expect(resourcesOf(own, 'google_artifact_registry_repository')).toEqual([]);
  });

  test('answers inside the networks of the project alone, and asks for its own secret', () => {
    expect(service()).toMatchObject({ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', invoker_iam_disabled: true, deletion_protection: false });
    expect(service().template.vpc_access.egress).toBe('ALL_TRAFFIC');
    expect(resourcesOf(config(), 'google_cloud_run_v2_service_iam_member')).toEqual([]);
  });

  test('migrates its database at each start, before it serves', () => {
    const { command, args } = container();
    expect([command, args[0]]).toEqual([['/bin/sh'], '-c']);
    const lines = args[1].split('\n');
    expect(lines).toEqual([
      'set -e',
      expect.stringMatching(/^export PREFECT_SERVER_DATABASE_CONNECTION_URL=.*"\$DATABASE_PASSWORD"/),
      'prefect server database upgrade -y',
      'exec prefect server start --host 0.0.0.0 --port 4200',
    ]);
  });

  test('has its secrets by reference, and no value of one anywhere', () => {
    const secrets = container().env.filter((each: any) => each.value_source);
    expect(secrets.map(({ name }: any) => name).sort()).toEqual(['DATABASE_PASSWORD', 'PREFECT_SERVER_API_AUTH_STRING']);
    for (const { value_source: source } of secrets) {
      expect(source.secret_key_ref).toEqual({
        secret: expect.stringMatching(/^\$\{google_secret_manager_secret\./), version: expect.stringMatching(/^\$\{google_secret_manager_secret_version\./),
      });
    }
    for (const version of resourcesOf(config(), 'google_secret_manager_secret_version')) {
      expect(version.secret_data).toBeUndefined();
      expect(version.secret_data_wo).toMatch(/^\$\{ephemeral\.random_password\.[\w-]+\.result\}$/);
    }
    expect(JSON.stringify(config())).not.toMatch(/"(password|secret_data)":/);
  });

  test('is checked where it says that it is well', () => {
    const httpGet = { path: '/api/health', port: 4200 };
    expect(container()).toMatchObject({
      ports: { container_port: 4200 },
      startup_probe: { http_get: httpGet, failure_threshold: 24 },
      liveness_probe: { http_get: httpGet, failure_threshold: 3 },
    });
  });

  test('is one instance that never sleeps, unless it may', () => {
    expect(service().template).toMatchObject({ scaling: { min_instance_count: 1, max_instance_count: 1 }, timeout: '3600s' });
    expect(container().resources).toEqual({ limits: { cpu: '1', memory: '2Gi' }, cpu_idle: false, startup_cpu_boost: true });
    const mlflow = { use: [Integration.mlflow()] };
    expect(service(mlflow).template.scaling).toEqual({ min_instance_count: 0, max_instance_count: 1 });
    expect(container(mlflow).resources.cpu_idle).toBe(true);
  });

  test('has more where it is asked for, and never less than one vCPU', () => {
    expect(container({ hosted: { prefect: { cpu: 4, memoryGiB: 8 } } }).resources.limits).toEqual({ cpu: '4', memory: '8Gi' });
    expect(container({ use: [Integration.grafana()] }).resources.limits).toEqual({ cpu: '1', memory: '1Gi' });
  });

  test('of an image with an entry point of its own runs that', () => {
    expect(container({ use: [Integration.grafana()] })).not.toHaveProperty('command');
    expect(container({ use: [Integration.grafana()] })).not.toHaveProperty('args');
  });

  test('keeps files in a folder of its own in the lake, where it keeps some', () => {
    const lake = config({ use: [Integration.mlflow()] });
    const { args } = onlyResource(lake, SERVICE).template.containers[0];
    expect(args[1]).toMatch(/--artifacts-destination '?gs:\/\/\$\{google_storage_bucket\.Data_Artifacts_\w+\.name\}\/integrations\/mlflow\/stack-integrations-[0-9a-f]{8}\/store'?/);
    const written = (all: TerraformConfig) => resourcesOf(all, 'google_storage_bucket_iam_member').filter(({ condition }) => /integrations\/mlflow\//.test(condition?.expression));
    expect(written(lake).map(({ member }) => member)).toContainEqual(expect.stringContaining('Integrations_mlflow_ServiceAccount'));
    expect(JSON.stringify(config())).not.toContain('integrations/prefect');
  });

  test('of every system that is hosted gets a service, an identity and what it needs', () => {
    const all = config({ use: [...HOSTED] });
    expect(resourcesOf(all, SERVICE).map(({ template }) => template.containers[0].name).sort()).toEqual(
      ['grafana', 'lakefs', 'mlflow', 'phoenix', 'prefect', 'zenml'],
    );
    expect(resourcesOf(all, DATABASE).map(({ database_version: version }) => version).sort()).toEqual(
      ['MYSQL_8_4', 'POSTGRES_18', 'POSTGRES_18', 'POSTGRES_18', 'POSTGRES_18', 'POSTGRES_18'],
    );
    expect(JSON.stringify(all)).not.toMatch(/"(password|secret_data)":/);
  });
});

describe('the database', () => {
  const instance = (props?: Partial<IntegrationsProps>, context?: object) => onlyResource(config(props, context), DATABASE);

  test('is private, encrypted, backed up and kept', () => {
    expect(instance()).toMatchObject({
      encryption_key_name: expect.stringContaining('google_kms_crypto_key'),
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
      settings: {
        tier: 'db-g1-small',
        availability_type: 'ZONAL',
        ip_configuration: { ipv4_enabled: false, ssl_mode: 'ENCRYPTED_ONLY' },
        backup_configuration: { enabled: true, point_in_time_recovery_enabled: true },
      },
    });
    expect(onlyResource(config(), 'google_sql_database').name).toBe('prefect');
    expect(onlyResource(config(), 'google_sql_user')).toMatchObject({ name: 'prefect', password_wo_version: 1 });
  });

  test('of MySQL recovers by its binary log', () => {
    const zenml = instance({ use: [Integration.zenMl()] });
    expect(zenml.settings.backup_configuration).toMatchObject({ enabled: true, binary_log_enabled: true });
    expect(zenml.settings.backup_configuration).not.toHaveProperty('point_in_time_recovery_enabled');
    expect(zenml.settings.database_flags).toEqual([{ name: 'local_infile', value: 'off' }, { name: 'skip_show_database', value: 'on' }]);
    expect(zenml.settings.insights_config).toBeUndefined();
  });

  test('is larger, twofold, or with a new password', () => {
    const own = config({ hosted: { prefect: { databaseTier: 'db-custom-2-7680', highlyAvailable: true, passwordVersion: 2 } } });
    expect(onlyResource(own, DATABASE).settings).toMatchObject({ tier: 'db-custom-2-7680', availability_type: 'REGIONAL' });
    expect(onlyResource(own, 'google_sql_user').password_wo_version).toBe(2);
    expect(resourceAt(own, 'google_secret_manager_secret_version', 'prefect_PasswordVersion').secret_data_wo_version).toBe(2);
  });

  test('goes with the stack only where that is said twice, and so do its secrets', () => {
    const gone = config({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
    expect(onlyResource(gone, DATABASE)).toMatchObject({ deletion_protection: false, lifecycle: { prevent_destroy: false } });
    expect(resourceAt(gone, 'google_secret_manager_secret', 'prefect_Secret-auth').deletion_protection).toBe(false);
    expect(resourceAt(config(), 'google_secret_manager_secret', 'prefect_Secret-auth')).toMatchObject({
      deletion_protection: true, lifecycle: { prevent_destroy: true },
    });
    expect(refusal({ removalPolicy: RemovalPolicy.DESTROY })).toThrow();
  });
});

describe('a client', () => {
  test('has the address and the reference of the secret, before either exists', () => {
    const { integrations } = setting();
    const [connection] = integrations.connections;
    expect(connection.environment.PREFECT_API_URL).toMatch(/^https:\/\/.+\/api$/);
    expect(connection.environment.PREFECT_API_URL.slice('https://'.length, -'/api'.length)).toMatch(host);
    expect(connection.secretReferences.PREFECT_API_AUTH_STRING).toMatch(
      /^projects\/my-project\/secrets\/stack-integrations-prefect-secret-auth-[0-9a-f]{8}\/versions\/latest$/,
    );
    expect(connection.reach).toBe(ConnectionReach.NETWORK);
  });

  test('may read the secret of the server once it is there, and not the password of the database', () => {
    const { stack, integrations } = setting();
    integrations.connections[0].grantUse(Principal.group('ml@example.com'));
    const own = resourcesOf(synthesized(stack), 'google_secret_manager_secret_iam_member').filter(({ member }) => member === 'group:ml@example.com');
    expect(own).toEqual([expect.objectContaining({
      secret_id: expect.stringMatching(/^stack-integrations-prefect-secret-auth-/),
      depends_on: expect.arrayContaining([expect.stringMatching(/^google_secret_manager_secret_version\.Integrations_prefect_Secret-authVersion_/)]),
    })]);
  });

  test('of DVC has its configuration as a file, and writes its folder of the lake', () => {
    const { stack, integrations } = setting({ use: [Integration.dvc()] });
    const [dvc] = integrations.connections;
    dvc.grantUse(Principal.group('ml@example.com'));
    const all = synthesized(stack);
    const file = onlyResource(all, 'google_storage_bucket_object');
    expect(file.name).toMatch(/^integrations\/dvc\/stack-integrations-[0-9a-f]{8}\/client\/\.config\/dvc\/config$/);
    expect(file.content).toMatch(/ {4}url = gs:\/\/\$\{google_storage_bucket\.Data_Artifacts_\w+\.name\}\/integrations\/dvc\/stack-integrations-[0-9a-f]{8}\/store\n/);
    expect(Object.keys(dvc.environment)).toEqual(['MLOPS_FILES_DVC']);
    const conditions = resourcesOf(all, 'google_storage_bucket_iam_member').filter(({ member }) => member === 'group:ml@example.com')
      .map(({ role, condition }) => [role, /integrations\/dvc\/[^"]*/.exec(condition.expression)![0]]);
    expect(conditions).toContainEqual(['roles/storage.objectViewer', expect.stringMatching(/\/client\/$/)]);
    expect(conditions).toContainEqual(['roles/storage.objectUser', expect.stringMatching(/\/store\/$/)]);
  });
});

describe('alerts', () => {
  const ids = (props?: Partial<IntegrationsProps>) => resourcesOf(config(props), 'google_monitoring_alert_policy')
    .map(({ documentation }) => documentation.subject.replace(/^.*(failed|instance|started|full|CPU).*$/, '$1')).sort();

  test('are on the server, its starts and its database', () => {
    expect(ids()).toEqual(['CPU', 'failed', 'full', 'instance', 'started']);
    expect(ids({ use: [Integration.mlflow()] })).toEqual(['CPU', 'failed', 'full']);
    expect(setting().integrations.alertPolicies).toHaveLength(5);
  });

  test('name the service and the database', () => {
    const queries = JSON.stringify(resourcesOf(config(), 'google_monitoring_alert_policy').map(({ conditions }) => conditions));
    expect(queries).toMatch(/service_name=\\"\$\{google_cloud_run_v2_service\.Integrations_prefect_Server_\w+\.name\}/);
    expect(queries).toMatch(/database_id=\\"my-project:\$\{google_sql_database_instance\.Integrations_prefect_Database_\w+\.name\}/);
  });

  test('notify the channels', () => {
    const notificationChannels = ['projects/my-project/notificationChannels/7'];
    for (const policy of resourcesOf(config({ notificationChannels }), 'google_monitoring_alert_policy')) {
      expect(policy.notification_channels).toEqual(notificationChannels);
    }
  });
});

describe('an upgrade', () => {
  /** Addresses and attributes of what holds data. */
  const stateful = (all: TerraformConfig) => JSON.stringify([DATABASE, 'google_sql_database', 'google_sql_user', 'google_secret_manager_secret', 'google_secret_manager_secret_version']
    .map((each) => all.resource[each]));

  test('of the version changes the image alone', () => {
    const [before, after] = [config(), config({ hosted: { prefect: { version: '3.9.0-python3.12' } } })];
    expect(onlyResource(after, SERVICE).template.containers[0].image).toMatch(/:3\.9\.0-python3\.12$/);
    expect(JSON.stringify(after).replace(':3.9.0-python3.12', ':3.8.3-python3.12')).toBe(JSON.stringify(before));
  });

  test('of a secret leaves the database', () => {
    const after = config({ hosted: { prefect: { secretVersion: 2 } } });
    expect(resourceAt(after, 'google_secret_manager_secret_version', 'Secret-authVersion').secret_data_wo_version).toBe(2);
    expect(after.resource[DATABASE]).toEqual(config().resource[DATABASE]);
  });

  test('that brings or takes another system changes nothing of the first, whatever the order', () => {
    const one = config();
    const wandb = Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') });
    const two = config({ use: [wandb, Integration.mlflow(), Integration.prefect()] });
    for (const [resourceType, resources] of Object.entries(one.resource)) {
      expect({ resourceType, ...two.resource[resourceType] }).toMatchObject({ resourceType, ...resources });
    }
    expect(stateful(config({ use: [Integration.prefect(), wandb] }))).toBe(stateful(one));
  });

  test('of nothing is the same bytes', () => {
    expect(JSON.stringify(config({ use: [...HOSTED] }))).toBe(JSON.stringify(config({ use: [...HOSTED] })));
  });
});

test.each<[Partial<IntegrationsProps>, string]>([
  [{ hosted: { mlflow: {} } }, "hosted must be one of prefect, got 'mlflow'"],
  [{ use: [Integration.dvc()], hosted: { dvc: {} } }, "hosted must be left out: no system is hosted, got 'dvc'"],
  [{ hosted: { prefect: { cpu: 3 } } }, 'hosted.prefect.cpu must be one of 1, 2, 4, 6, 8, got 3'],
  [{ hosted: { prefect: { memoryGiB: 5 } } }, 'hosted.prefect.memoryGiB must be between 1 and 4, got 5'],
  [{ hosted: { prefect: { cpu: 8, memoryGiB: 3 } } }, 'hosted.prefect.memoryGiB must be between 4 and 32, got 3'],
  [{ hosted: { prefect: { version: 'latest' } } },
    "hosted.prefect.version must be a tag of docker.io/prefecthq/prefect that stands for one version, like 3.8.3-python3.12, got 'latest'"],
  [{ hosted: { prefect: { image: 'prefect' } } },
    "hosted.prefect.image must be the address of an image, europe-west4-docker.pkg.dev/my-project/images/prefect:3, got 'prefect'"],
  [{ hosted: { prefect: { image: 'a/b:1', version: '3' } } },
    "hosted.prefect.version must be left out where image is given: it is the image that has a version, got '3'"],
  [{ hosted: { prefect: { passwordVersion: 0 } } }, 'hosted.prefect.passwordVersion must be a whole number between 1 and 1000000, got 0'],
  [{ hosted: { prefect: { secretVersion: 0 } } }, 'hosted.prefect.secretVersion must be a whole number between 1 and 1000000, got 0'],
  [{ use: [Integration.mlflow()], hosted: { mlflow: { secretVersion: 2 } } },
    'hosted.mlflow.secretVersion must be left out: MLflow has no secrets of its own, got 2'],
  [{ hosted: { prefect: { databaseTier: 'db-custom-3-7680' } } },
    "hosted.prefect.databaseTier must be 1 vCPU or an even number of them up to 96, got 'db-custom-3-7680'"],
  [{ use: [Integration.zenMl()], hosted: { zenml: { databaseTier: 'large' } } },
    "hosted.zenml.databaseTier must be a machine of Cloud SQL for MySQL like db-custom-2-7680, got 'large'"],
  [{ notificationChannels: ['mail'] }, "notificationChannels must be names like projects/<id>/notificationChannels/<number>, got 'mail'"],
])('refuses %j', (props, sentence) => {
  expect(refusal(props)).toThrow(said(sentence));
});
