import { QualityGate } from '../../../../src/core';
import { ContainerImage } from '../../../../src/core/container-image';
import { Level2Blueprint } from '../../../../src/gcp';
import { googleStack, synthesized, TerraformConfig } from '../../../support/terraform';

/** Everything of a level 2, and what a name of it is called in each type that keeps names taken. */
function product(nameGeneration?: number): TerraformConfig {
  const stack = googleStack({ nameGeneration });
  new Level2Blueprint(stack, 'Mlops', {
    modelName: 'churn',
    image: ContainerImage.fromUri('image:1'),
    delivery: { repository: 'example/churn', stateBucketName: 'state' },
    serving: { capture: {} },
    monitoring: { logRetentionDays: 30, drift: {}, modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)] } },
  });
  return synthesized(stack);
}

const NAMES = {
  google_iam_workload_identity_pool: 'workload_identity_pool_id',
  google_project_iam_custom_role: 'role_id',
  google_logging_project_bucket_config: 'bucket_id',
  google_sql_database_instance: 'name',
  google_kms_key_ring: 'name',
  google_kms_crypto_key: 'name',
} as const;

const namesOf = (config: TerraformConfig) => Object.fromEntries(Object.entries(NAMES).map(([type, argument]) =>
  [type, Object.fromEntries(Object.entries(config.resource[type]).map(([id, { [argument]: name }]) => [id, name]))]));

describe('a stack that is applied again after it was destroyed', () => {
  const [first, second, third] = [product(), product(2), product(3)];

  test('has other names, of its next generation, where Google keeps the old ones taken', () => {
    for (const type of Object.keys(NAMES)) {
      const all = [first, second, third].flatMap((config) => Object.values<string>(namesOf(config)[type] as any));
      expect(all.length).toBeGreaterThanOrEqual(3);
      expect(new Set(all).size).toBe(all.length);
      expect(Object.keys(namesOf(second)[type])).toEqual(Object.keys(namesOf(first)[type]));
    }
  });

  test('has the same names everywhere else', () => {
    expect(product(1)).toEqual(first);
    const others = Object.keys(first.resource).filter((type) => !(type in NAMES) && !/_iam_member$/.test(type));
    const named = (config: TerraformConfig) => others.map((type) => Object.values<any>(config.resource[type])
      .map((each) => [type, each.name, each.account_id, each.dataset_id, each.repository_id]));
    expect(named(second)).toEqual(named(first));
  });

  test.each([0, 1000, 1.5, '2' as any])('has no generation %j', (nameGeneration) => {
    expect(() => googleStack({ nameGeneration })).toThrow(/google project 'Stack\/Google': nameGeneration must be a whole number between 1 and 999, got /);
  });
});
