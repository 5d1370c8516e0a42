import { terraformOf } from '../support/examples';
import { TerraformConfig } from '../support/terraform';
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

  test('a grant keeps its address: one that moved would be deleted after it was made again', () => {
    const grants = (config: TerraformConfig) => new Map(Object.entries(config.resource)
      .filter(([resourceType]) => resourceType.endsWith('_iam_member'))
      .flatMap(([resourceType, ofType]) => Object.entries<any>(ofType).map(([id, { depends_on: _, '//': __, ...given }]): [string, string] =>
        [`${resourceType} ${JSON.stringify(given)}`, id])));
    const [before, after] = [grants(level0), grants(level2)];
    expect(before.size).toBeGreaterThan(5);
    expect([...before].filter(([given, id]) => after.has(given) && after.get(given) !== id)).toEqual([]);
  });
});

describe('the check itself', () => {
  const bucket = (attributes: object): TerraformConfig => ({ resource: { google_storage_bucket: { Raw: attributes } } });

  test('sees a resource that is gone', () => {
    expect(terraformLosses(bucket({}), { resource: {} })).toEqual(['google_storage_bucket.Raw is gone']);
  });

  test('sees an attribute that replaces', () => {
    expect(terraformLosses(bucket({ location: 'EU' }), bucket({ location: 'US' }))).toEqual([
      'google_storage_bucket.Raw is replaced: location changes from "EU" to "US"',
    ]);
  });

  test('lets an attribute change in place', () => {
    expect(terraformLosses(bucket({ lifecycle_rule: [] }), bucket({ lifecycle_rule: [{}] }))).toEqual([]);
  });
});
