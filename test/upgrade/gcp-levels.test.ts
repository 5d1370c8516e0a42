import { TerraformStack } from 'cdktf';
import * as gcp from '../../src/gcp';
import { BASE } from '../parity/samples';
import { terraformOf } from '../support/examples';
import immutable from '../support/google-provider/immutable.json';
import { googleStack, synthesized, TerraformConfig } from '../support/terraform';
import { stateful, terraformLosses } from '../support/terraform-replacement';

describe('going up a level on Google Cloud', () => {
  const [level0, level1, level2] = [0, 1, 2].map((level) => terraformOf(`gcp-level${level}`));

  test('level 0 has something to lose', () => {
    expect(stateful(level0).map(([resourceType]) => resourceType)).toEqual(expect.arrayContaining([
      'google_artifact_registry_repository', 'google_bigquery_dataset', 'google_kms_crypto_key', 'google_sql_database_instance', 'google_storage_bucket',
      'google_workbench_instance',
    ]));
  });

  test('level 0 to 1 loses nothing', () => {
    expect(terraformLosses(level0, level1)).toEqual([]);
  });

  test('level 1 to 2 loses nothing', () => {
    expect(terraformLosses(level1, level2)).toEqual([]);
  });

  test('level 0 to 2 loses nothing', () => {
    expect(terraformLosses(level0, level2)).toEqual([]);
  });

  test.each([
    ['0 to 1', level0, level1],
    ['1 to 2', level1, level2],
    ['0 to 2', level0, level2],
  ])('a grant keeps its address from level %s: one that moved would be deleted after it was made again', (_, before, after) => {
    const [given, kept] = [grants(before), grants(after)];
    expect(given.size).toBeGreaterThan(5);
    expect([...given].filter(([grant, id]) => kept.has(grant) && kept.get(grant) !== id)).toEqual([]);
  });
});

describe('going up a level with what is one\'s own', () => {
  /** The three levels of a product, which says the same at each of them. */
  const LEVELS = [gcp.Level0Blueprint, gcp.Level1Blueprint, gcp.Level2Blueprint];
  const levels = (props: (stack: TerraformStack) => gcp.BlueprintProps) => LEVELS.map((Level) => {
    const stack = googleStack();
    new Level(stack, 'Mlops', props(stack));
    return synthesized(stack);
  });

  test.each<[string, (stack: TerraformStack) => gcp.BlueprintProps]>([
    ['props of Google Cloud in the sections', (stack) => ({
      ...BASE,
      encryptionKey: new gcp.EncryptionKey(stack, 'Key'),
      data: { rawBucketName: 'raw-of-mine', coldStorageClass: 'ARCHIVE' },
      workspace: { dataDiskSizeGb: 200, owners: { 'data-scientist': 'ada@example.com' } },
      tracking: { databaseTier: 'db-custom-2-7680', tensorboard: true },
      features: { ...BASE.features!, onlineStorage: gcp.OnlineStorage.bigtable({ maxNodes: 7 }) },
      registry: { modelName: 'churn-of-mine', keepRecentCount: 9 },
      training: { ...BASE.training, labels: { team: 'risk' } },
      monitoring: { ...BASE.monitoring, driftMachineType: 'n2-standard-8', logRetentionDays: 77 },
      delivery: { ...BASE.delivery!, stateBucketName: 'state' },
      governance: { ...BASE.governance, auditRetentionDays: 400, guardrailEmails: ['guards@example.com'] },
    })],
    ['a platform of the same stack', (stack) => {
      const data = new gcp.DataLake(stack, 'Data');
      const tracking = new gcp.ExperimentTracker(stack, 'Tracking', { data });
      const workspace = new gcp.Workspace(stack, 'Workspace', { data, tracking });
      const features = new gcp.FeatureStore(stack, 'Features', { ...BASE.features!, data });
      const registry = new gcp.ModelRegistry(stack, 'Registry', { data });
      const delivery = { ...BASE.delivery!, stateBucketName: 'state' };
      return { ...BASE, features: undefined, delivery, platform: { data, tracking, workspace, features, registry } };
    }],
  ])('and %s loses nothing', (_, props) => {
    const [level0, level1, level2] = levels(props);
    expect(stateful(level0).map(([resourceType]) => resourceType)).toEqual(expect.arrayContaining([
      'google_bigquery_dataset', 'google_kms_crypto_key', 'google_sql_database_instance', 'google_workbench_instance',
    ]));
    expect([...terraformLosses(level0, level1), ...terraformLosses(level1, level2)]).toEqual([]);
  });
});

function grants(config: TerraformConfig): Map<string, string> {
  return new Map(Object.entries(config.resource)
    .filter(([resourceType]) => resourceType.endsWith('_iam_member'))
    .flatMap(([resourceType, ofType]) => Object.entries<any>(ofType).map(([id, { depends_on: _, '//': __, ...given }]): [string, string] =>
      [`${resourceType} ${JSON.stringify(given)}`, id])));
}

describe('the check itself', () => {
  const bucket = (attributes: object): TerraformConfig => ({ resource: { google_storage_bucket: { Raw: attributes } } });
  const notebook = (kmsKey: string, machineType: string): TerraformConfig => ({
    resource: { google_workbench_instance: { Ana: { gce_setup: { boot_disk: { kms_key: kmsKey }, machine_type: machineType } } } },
  });

  test('sees a resource that is gone', () => {
    expect(terraformLosses(bucket({}), { resource: {} })).toEqual(['google_storage_bucket.Raw is gone']);
  });

  test('sees an attribute that replaces', () => {
    expect(terraformLosses(bucket({ location: 'EU' }), bucket({ location: 'US' }))).toEqual([
      'google_storage_bucket.Raw is replaced: location changes from "EU" to "US"',
    ]);
  });

  test('sees one that replaces deep in a block, of what is not stateful too', () => {
    expect(terraformLosses(notebook('a', 'e2-small'), notebook('b', 'e2-medium'))).toEqual([
      'google_workbench_instance.Ana is replaced: gce_setup.boot_disk.kms_key changes from "a" to "b"',
    ]);
    const rule = (direction: string): TerraformConfig => ({ resource: { google_compute_firewall: { Deny: { direction } } } });
    expect(terraformLosses(rule('EGRESS'), rule('INGRESS'))).toEqual(['google_compute_firewall.Deny is replaced: direction changes from "EGRESS" to "INGRESS"']);
  });

  test('sees a block that comes', () => {
    expect(terraformLosses(bucket({}), bucket({ custom_placement_config: [{ data_locations: ['EU-1', 'EU-2'] }] }))).toEqual([
      'google_storage_bucket.Raw is replaced: custom_placement_config.data_locations changes from undefined to ["EU-1","EU-2"]',
    ]);
  });

  test('takes every argument for one that replaces where the schema is unknown', () => {
    const password = (length: number): TerraformConfig => ({ resource: { random_password: { Password: { length } } } });
    expect(terraformLosses(password(20), password(30))).toEqual(['random_password.Password is replaced: length changes from 20 to 30']);
  });

  test('takes a name for one that replaces, even where the schema forgets it', () => {
    const group = (name: string): TerraformConfig => ({ resource: { google_vertex_ai_feature_group: { Patients: { name } } } });
    expect(immutable.google_vertex_ai_feature_group).not.toContain('name');
    expect(terraformLosses(group('a'), group('b'))).toEqual(['google_vertex_ai_feature_group.Patients is replaced: name changes from "a" to "b"']);
  });

  test('lets an attribute change in place', () => {
    expect(terraformLosses(bucket({ lifecycle_rule: [] }), bucket({ lifecycle_rule: [{ action: { type: 'Delete' } }] }))).toEqual([]);
  });

  test('lets a pause begin anew', () => {
    const pause = (apis: string): TerraformConfig => ({ resource: { time_sleep: { Ready: { triggers: { apis } } } } });
    expect(terraformLosses(pause('run'), pause('run sql'))).toEqual([]);
  });

  test('knows the schema of every type that the blueprints make, but for those that only the beta provider has', () => {
    const types = new Set([0, 1, 2].flatMap((level) => Object.keys(terraformOf(`gcp-level${level}`).resource)));
    expect([...types].filter((each) => !(each in immutable)).sort()).toEqual(['google_project_service_identity', 'google_storage_notification', 'time_sleep']);
  });
});
