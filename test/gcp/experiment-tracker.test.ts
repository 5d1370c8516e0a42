import { TerraformStack } from 'cdktf';
import { DataLake, ExperimentTracker, ExperimentTrackerProps, Principal, RemovalPolicy } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

interface Setting { stack: TerraformStack; tracker: ExperimentTracker }
const setting = (props: Partial<ExperimentTrackerProps> = {}, context = {}): Setting => {
  const stack = googleStack({}, context);
  return { stack, tracker: new ExperimentTracker(stack, 'Tracking', { data: new DataLake(stack, 'Data'), ...props }) };
};
const config = (props?: Partial<ExperimentTrackerProps>, context?: object): TerraformConfig => synthesized(setting(props, context).stack);
const server = (props?: Partial<ExperimentTrackerProps>) => onlyResource(config(props), 'google_cloud_run_v2_service');
const database = (props?: Partial<ExperimentTrackerProps>, context?: object) => onlyResource(config(props, context), 'google_sql_database_instance');
const container = (props?: Partial<ExperimentTrackerProps>) => server(props).template.containers[0];
const environment = (props?: Partial<ExperimentTrackerProps>) => Object.fromEntries(container(props).env.map((each: any) => [each.name, each.value]));
const HOST = /^stack-tracking-[0-9a-f]{8}-123456789012\.europe-west4\.run\.app$/;

describe('the server', () => {
  test('is the image that has the drivers, from a mirror of the registry that MLflow publishes in', () => {
    expect(container().image).toMatch(/^europe-west4-docker\.pkg\.dev\/my-project\/\$\{google_artifact_registry_repository\.Tracking_Images_\w+\.repository_id\}\/mlflow\/mlflow:v3\.15\.1-full$/);
    expect(onlyResource(config(), 'google_artifact_registry_repository')).toMatchObject({
      mode: 'REMOTE_REPOSITORY',
      format: 'DOCKER',
      location: 'europe-west4',
      remote_repository_config: { docker_repository: { custom_repository: { uri: 'https://ghcr.io' } } },
      kms_key_name: expect.stringContaining('google_kms_crypto_key'),
    });
    expect(container({ mlflowVersion: '3.16.0' }).image).toMatch(/mlflow:v3\.16\.0-full$/);
  });

  test('is an image of yours instead, without a mirror', () => {
    const own = config({ image: 'europe-west4-docker.pkg.dev/my-project/images/mlflow:1' });
    expect(onlyResource(own, 'google_cloud_run_v2_service').template.containers[0].image).toBe('europe-west4-docker.pkg.dev/my-project/images/mlflow:1');
    expect(resourcesOf(own, 'google_artifact_registry_repository')).toEqual([]);
  });

  test('brings the schema up to date and then keeps files in the lake, reached through itself', () => {
    expect(container().command).toEqual(['/bin/sh', '-c']);
    expect(container().args).toEqual([
      'mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI" && exec mlflow server --host 0.0.0.0 --port 5000 --workers 2 --serve-artifacts --artifacts-destination "$MLFLOW_ARTIFACTS_DESTINATION"',
    ]);
    expect(environment()).toMatchObject({ MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_DISABLE_TELEMETRY: 'true' });
    expect(environment().MLFLOW_ARTIFACTS_DESTINATION).toMatch(/^gs:\/\/\$\{google_storage_bucket\.Data_Artifacts_\w+\.name\}\/mlflow$/);
  });

  test('answers to its own name alone, which is known before it exists', () => {
    const { tracker } = setting();
    expect(tracker.trackingUri.slice('https://'.length)).toMatch(HOST);
    expect(tracker.environment).toEqual({ MLFLOW_TRACKING_URI: tracker.trackingUri });
    expect(environment().MLFLOW_SERVER_ALLOWED_HOSTS).toMatch(HOST);
    expect(environment().MLFLOW_SERVER_CORS_ALLOWED_ORIGINS).toBe(tracker.trackingUri);
    expect(server().custom_audiences).toEqual([tracker.trackingUri]);
  });

  test('answers inside the networks of the project, and outside only when asked for', () => {
    expect(server()).toMatchObject({ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', invoker_iam_disabled: false });
    expect(server({ publicAddress: true })).toMatchObject({ ingress: 'INGRESS_TRAFFIC_ALL', invoker_iam_disabled: false });
  });

  test('sends everything through the private network', () => {
    expect(server().template.vpc_access).toEqual({
      egress: 'ALL_TRAFFIC',
      network_interfaces: [{
        network: expect.stringContaining('google_compute_network.Google_Network_'),
        subnetwork: expect.stringContaining('google_compute_subnetwork.Google_Network_Subnetwork'),
      }],
    });
  });

  test('has so many copies as said', () => {
    expect(server().template.scaling).toEqual({ min_instance_count: 0, max_instance_count: 2 });
    expect(server({ minInstances: 1, maxInstances: 4 }).template.scaling).toEqual({ min_instance_count: 1, max_instance_count: 4 });
  });

  test('is asked for its health', () => {
    expect(container().startup_probe).toMatchObject({ http_get: { path: '/health', port: 5000 }, failure_threshold: 24 });
    expect(container().liveness_probe).toMatchObject({ http_get: { path: '/health', port: 5000 } });
  });

  test('runs as its own identity, which reaches its files and its password and nothing else', () => {
    const all = config();
    expect(onlyResource(all, 'google_cloud_run_v2_service').template.service_account).toMatch(/Tracking_ServiceAccount_\w+\.email/);
    const roles = ['google_storage_bucket_iam_member', 'google_secret_manager_secret_iam_member', 'google_project_iam_member']
      .flatMap((type) => resourcesOf(all, type)).filter(({ role }) => !role.endsWith('.serviceAgent')).map((member) => [member.role, member.condition?.title]);
    expect(roles).toEqual([
      ['roles/storage.objectUser', 'objects below mlflow/'], ['roles/storage.objectUser', 'objects below mlflow/'], ['roles/secretmanager.secretAccessor', undefined],
    ]);
  });

  test('waits for its permissions, its user and the key', () => {
    expect(server().depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^google_kms_crypto_key_iam_member\.Data_Key_Agent-run/),
      expect.stringMatching(/^google_storage_bucket_iam_member\.Data_Grant-write-mlflow/),
      expect.stringMatching(/^google_sql_user\.Tracking_User/),
      expect.stringMatching(/^google_secret_manager_secret_iam_member\.Tracking_PasswordReader/),
      expect.stringMatching(/^google_artifact_registry_repository\.Tracking_Images/),
    ]));
    expect(server().template.encryption_key).toContain('google_kms_crypto_key.Data_Key');
  });
});

describe('the database', () => {
  test('is small, without a public address, encrypted in transit and at rest, and backed up', () => {
    expect(database()).toMatchObject({
      database_version: 'POSTGRES_18',
      region: 'europe-west4',
      encryption_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key'),
      settings: {
        tier: 'db-g1-small',
        edition: 'ENTERPRISE',
        availability_type: 'ZONAL',
        ip_configuration: { ipv4_enabled: false, private_network: expect.stringContaining('google_compute_network'), ssl_mode: 'ENCRYPTED_ONLY' },
        backup_configuration: { enabled: true, location: 'europe-west4', point_in_time_recovery_enabled: true, transaction_log_retention_days: 7 },
      },
    });
    expect(database().depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^google_kms_crypto_key_iam_member\.Data_Key_Agent-sqladmin/), expect.stringMatching(/^google_service_networking_connection\./),
    ]));
  });

  test('logs what changes its structure and who connects', () => {
    const flags = Object.fromEntries(database().settings.database_flags.map(({ name, value }: any) => [name, value]));
    expect(flags).toMatchObject({ 'log_connections': 'on', 'log_statement': 'ddl', 'cloudsql.enable_pgaudit': 'on', 'pgaudit.log': 'ddl,role' });
  });

  test('is of another size, or twice there, when said', () => {
    expect(database({ databaseTier: 'db-custom-2-7680', highlyAvailable: true }).settings).toMatchObject({ tier: 'db-custom-2-7680', edition: 'ENTERPRISE', availability_type: 'REGIONAL' });
    expect(database({ databaseTier: 'db-perf-optimized-N-2' }).settings.edition).toBe('ENTERPRISE_PLUS');
  });

  test('is kept by Terraform and by Cloud SQL itself, unless two keys say otherwise', () => {
    expect(database())
      .toMatchObject({ deletion_protection: true, settings: { deletion_protection_enabled: true }, lifecycle: { prevent_destroy: true } });
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "experiment tracker 'Stack/Tracking': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
    expect(database({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true }))
      .toMatchObject({ deletion_protection: false, settings: { deletion_protection_enabled: false }, lifecycle: { prevent_destroy: false } });
  });
});

describe('the password', () => {
  test('is made while applying and given to write-only attributes alone', () => {
    const all = config();
    const [name] = Object.keys(all.ephemeral.random_password);
    const made = `\${ephemeral.random_password.${name}.result}`;
    expect(all.ephemeral.random_password[name]).toEqual({ length: 40, special: false });
    expect(onlyResource(all, 'google_secret_manager_secret_version')).toMatchObject({ secret_data_wo: made, secret_data_wo_version: 1 });
    expect(onlyResource(all, 'google_sql_user')).toMatchObject({ name: 'mlflow', password_wo: made, password_wo_version: 1 });
    expect(JSON.stringify(all).split(made)).toHaveLength(3);
    expect(all.terraform.required_providers.random).toEqual({ source: 'hashicorp/random', version: '~> 3.7' });
  });

  test('reaches the server from the secret, in its newest version', () => {
    expect(container().env.find((each: any) => each.name === 'PGPASSWORD').value_source.secret_key_ref).toEqual({
      secret: expect.stringMatching(/^\$\{google_secret_manager_secret\.Tracking_Password_\w+\.secret_id\}$/),
      version: expect.stringMatching(/^\$\{google_secret_manager_secret_version\.Tracking_PasswordVersion_\w+\.version\}$/),
    });
    expect(environment().MLFLOW_BACKEND_STORE_URI).toMatch(/^postgresql\+psycopg2:\/\/mlflow@\$\{google_sql_database_instance\.Tracking_Database_\w+\.private_ip_address\}:5432\/mlflow\?sslmode=require$/);
  });

  test('is new when its number rises, in both places', () => {
    const all = config({ passwordVersion: 2 });
    expect(onlyResource(all, 'google_secret_manager_secret_version').secret_data_wo_version).toBe(2);
    expect(onlyResource(all, 'google_sql_user').password_wo_version).toBe(2);
  });

  test('lies in the region, encrypted with the key of the lake', () => {
    expect(onlyResource(config(), 'google_secret_manager_secret').replication).toEqual({
      user_managed: { replicas: [{ location: 'europe-west4', customer_managed_encryption: { kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key') } }] },
    });
  });

  test('is taken by the user only after the secret has it, and by both only when the database is there', () => {
    const all = config();
    expect(onlyResource(all, 'google_secret_manager_secret_version').depends_on).toEqual([expect.stringMatching(/^google_sql_database_instance\./)]);
    expect(onlyResource(all, 'google_sql_user').depends_on).toEqual([expect.stringMatching(/^google_secret_manager_secret_version\./)]);
  });
});

test('whoever may use it may call the service, once', () => {
  const { stack, tracker } = setting();
  const ana = Principal.user('ana@example.com');
  expect(tracker.grantUse(ana).addresses).toEqual(tracker.grantUse(ana).addresses);
  expect(onlyResource(synthesized(stack), 'google_cloud_run_v2_service_iam_member')).toMatchObject({
    role: 'roles/run.invoker', member: 'user:ana@example.com', location: 'europe-west4', name: expect.stringContaining('google_cloud_run_v2_service.Tracking_Server'),
  });
});

test('a TensorBoard stands beside it when asked for, encrypted and kept', () => {
  expect(resourcesOf(config(), 'google_vertex_ai_tensorboard')).toEqual([]);
  expect(setting().tracker.tensorboardName).toBeUndefined();
  const { stack, tracker } = setting({ tensorboard: true });
  expect(tracker.tensorboardName).toBeDefined();
  expect(resourceAt(synthesized(stack), 'google_vertex_ai_tensorboard', 'Tracking_TensorBoard')).toMatchObject({
    region: 'europe-west4', encryption_spec: { kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key') }, lifecycle: { prevent_destroy: true },
  });
});

test('a tracker of another stack can be used', () => {
  const stack = googleStack();
  const tracker = ExperimentTracker.fromAttributes(stack, 'Tracking', { trackingUri: 'https://mlflow-1.europe-west4.run.app', serviceName: 'mlflow' });
  expect(tracker.environment).toEqual({ MLFLOW_TRACKING_URI: 'https://mlflow-1.europe-west4.run.app' });
  tracker.grantUse(Principal.group('ml@example.com'));
  expect(onlyResource(synthesized(stack), 'google_cloud_run_v2_service_iam_member'))
    .toMatchObject({ name: 'mlflow', member: 'group:ml@example.com', project: 'my-project' });
  expect(() => ExperimentTracker.fromAttributes(stack, 'Other', { trackingUri: 'mlflow.example.com', serviceName: 'mlflow' })).toThrow(
    "experiment tracker 'Stack/Other': trackingUri must be the address of the service, https://….run.app, got 'mlflow.example.com'");
});

test.each<[Partial<ExperimentTrackerProps>, string]>([
  [{ registersModels: true }, 'registersModels is refused on gcp: MLflow on Cloud Run knows nothing of the Vertex AI registry: register with the training pipeline'],
  [{ mlflowVersion: '2.1' }, "mlflowVersion must be a version of MLflow 3 like 3.15.1, got '2.1'"],
  [{ databaseTier: 'db-custom-3-7680' }, "databaseTier must be 1 vCPU or an even number of them up to 96, got 'db-custom-3-7680'"],
  [{ databaseTier: 'db-custom-98-98304' }, "databaseTier must be 1 vCPU or an even number of them up to 96, got 'db-custom-98-98304'"],
  [{ databaseTier: 'db-custom-2-100' }, "databaseTier must be 3840 to 13312 MiB of memory for 2 vCPUs, in steps of 256, got 'db-custom-2-100'"],
  [{ databaseTier: 'db-custom-2-7681' }, "databaseTier must be 3840 to 13312 MiB of memory for 2 vCPUs, in steps of 256, got 'db-custom-2-7681'"],
  [{ databaseTier: 'db-custom-8-3840' }, "databaseTier must be 7424 to 53248 MiB of memory for 8 vCPUs, in steps of 256, got 'db-custom-8-3840'"],
  [{ databaseTier: 'db-perf-optimized-N-3' }, "databaseTier must be a machine of Cloud SQL for PostgreSQL like db-custom-2-7680, got 'db-perf-optimized-N-3'"],
  [{ databaseTier: 'small' }, "databaseTier must be a machine of Cloud SQL for PostgreSQL like db-custom-2-7680, got 'small'"],
  [{ image: 'mlflow' }, "image must be the address of an image, europe-west4-docker.pkg.dev/my-project/images/mlflow:3.15.1, got 'mlflow'"],
  [{ image: 'eu.pkg.dev/a/b:1', mlflowVersion: '3.15.1' }, "mlflowVersion must be left out where image is given: it is the image that has a version, got '3.15.1'"],
  [{ minInstances: 11 }, 'minInstances must be a whole number between 0 and 10, got 11'],
  [{ maxInstances: 0 }, 'maxInstances must be a whole number between 1 and 10, got 0'],
  [{ minInstances: 3 }, 'minInstances must be at most maxInstances, 2, got 3'],
  [{ passwordVersion: 0 }, 'passwordVersion must be a whole number between 1 and 1000000, got 0'],
])('refuses %j', (props, message) => {
  expect(() => setting(props)).toThrow(`experiment tracker 'Stack/Tracking': ${message}`);
});
