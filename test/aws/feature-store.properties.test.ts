import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { DataLake } from '../../src/aws/data-lake';
import { FeatureStore } from '../../src/aws/feature-store';
import { FeatureGroupSpec, FeatureType } from '../../src/core/feature-store';
import { judge, strictApp } from '../support/judges';

const synthesize = (featureGroups: FeatureGroupSpec[]) => {
  const stack = new Stack(strictApp(), 'S');
  const store = new FeatureStore(stack, 'Features', { data: new DataLake(stack, 'Data'), featureGroups });
  return { stack, store };
};

const legalName = fc.stringMatching(/^[a-zA-Z0-9]([-_]?[a-zA-Z0-9]){0,20}$/)
  .filter((name) => !['is_deleted', 'write_time', 'api_invocation_time', '__proto__'].includes(name.toLowerCase()));
const distinct = { selector: (name: string) => name.toLowerCase() };
const legalColumns = fc.uniqueArray(legalName, { ...distinct, minLength: 2, maxLength: 8 });
const legalGroup = (name: string): fc.Arbitrary<FeatureGroupSpec> => legalColumns.chain((names) =>
  fc.record({
    keyType: fc.constantFrom(FeatureType.STRING, FeatureType.INTEGER),
    timeType: fc.constantFrom(FeatureType.STRING, FeatureType.FLOAT),
    others: fc.array(fc.constantFrom(FeatureType.STRING, FeatureType.INTEGER, FeatureType.FLOAT), { minLength: 8, maxLength: 8 }),
    stores: fc.constantFrom({}, { online: true }, { offline: false }, { online: false }, { online: true, offline: true, onlineTtlDays: 30 }),
  }).map(({ keyType, timeType, others, stores }) => ({
    name,
    entityKey: names[0],
    eventTime: names[1],
    features: names.map((each, index) => ({ name: each, valueType: [keyType, timeType, ...others][index] })),
    ...stores,
  })));
const legalGroups = fc.uniqueArray(legalName, { ...distinct, maxLength: 6 }).chain((names) => fc.tuple(...names.map(legalGroup)));

test('whatever is legal synthesizes to one valid group each, under distinct legal names', () => {
  fc.assert(fc.property(legalGroups, (groups) => {
    const { stack, store } = synthesize(groups);
    const found = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::FeatureGroup'));
    expect(found).toHaveLength(groups.length);
    const names = found.map((each) => each.Properties.FeatureGroupName as string);
    expect(new Set(names).size).toBe(groups.length);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}$/);
    for (const group of groups) expect(names).toContain(store.featureGroup(group.name).featureGroupName);
    expect(judge(stack)).toEqual([]);
  }), { numRuns: 12 });
});

test('whatever else throws an error of ours that names the store', () => {
  const anyName = fc.oneof(legalName, fc.string({ maxLength: 70 }));
  const anyGroup: fc.Arbitrary<FeatureGroupSpec> = fc.record({
    name: anyName,
    entityKey: anyName,
    eventTime: anyName,
    features: fc.array(fc.record({ name: anyName, valueType: fc.constantFrom(...Object.values(FeatureType)) }), { maxLength: 5 }),
    online: fc.option(fc.boolean(), { nil: undefined }),
    offline: fc.option(fc.boolean(), { nil: undefined }),
    onlineTtlDays: fc.option(fc.double(), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(anyGroup, { maxLength: 3 }), (groups) => {
    try {
      synthesize(groups);
    } catch (error) {
      expect((error as Error).message).toMatch(/^feature store 'S\/Features': /);
    }
  }), { numRuns: 100 });
});
