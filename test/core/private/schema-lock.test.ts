import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Construct } from 'constructs';
import { FeatureGroupSpec, FeatureType } from '../../../src/core/feature-store';
import { enforceSchemaLock, Evolution, UPDATE_SCHEMA_LOCK } from '../../../src/core/private/schema-lock';

const group: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }, { name: 'age', valueType: FeatureType.INTEGER }],
};
const adding = (...names: string[]): FeatureGroupSpec =>
  ({ ...group, features: [...group.features, ...names.map((name) => ({ name, valueType: FeatureType.FLOAT }))] });

let file: string;
beforeEach(() => { file = join(mkdtempSync(join(tmpdir(), 'schema-')), 'lock.json'); });

class Root extends Construct {
  constructor() { super(undefined as any, ''); }
}
const enforce = (groups: FeatureGroupSpec[], update?: unknown, evolution: Partial<Evolution> = {}) => {
  const scope = new Root();
  if (update !== undefined) scope.node.setContext(UPDATE_SCHEMA_LOCK, update);
  enforceSchemaLock(scope, { what: 'feature store', name: 'F' }, file, groups, { storesCanBeAdded: true, mostAdditions: 100, ...evolution });
};
const forbidden = (loss: string) =>
  `feature store 'F': schemaLock '${file}' forbids to lose history: ${loss} (to give it up on purpose, remove it from the file)`;
const behind = (news: string) =>
  `feature store 'F': schemaLock '${file}' is behind: ${news}; synthesize once with the context flag 'mlops:updateSchemaLock' and commit the file`;

test.each([true, 'true'])('the file is written when the flag is %p, the same whatever the order of groups and features', (flag) => {
  enforce([{ ...group, name: 'b' }, group], flag);
  const first = readFileSync(file, 'utf8');
  enforce([{ ...group, features: [...group.features].reverse() }, { ...group, name: 'b' }]);
  expect(readFileSync(file, 'utf8')).toBe(first);
  expect(JSON.parse(first).customers).toEqual({
    entityKey: 'id', eventTime: 'at', online: true, offline: true, features: { age: 'integer', at: 'string', id: 'string' },
  });
  expect(first.endsWith('}\n')).toBe(true);
});

test('without the flag nothing is written, and what the file does not know is an error', () => {
  expect(() => enforce([group])).toThrow(behind('there is no such file'));
  expect(() => enforce([group], false)).toThrow('is behind');
  expect(existsSync(file)).toBe(false);
  enforce([group], true);
  expect(() => enforce([adding('height'), { ...group, name: 'b' }])).toThrow(behind("it does not know group 'b', feature 'customers.height'"));
});

test('additions are taken into the file', () => {
  enforce([group], true);
  enforce([adding('height')], true);
  enforce([adding('height')]);
  expect(() => enforce([group])).toThrow(forbidden("feature 'customers.height' is gone"));
});

test.each<[string, FeatureGroupSpec[], string]>([
  ['a group that is gone', [], "group 'customers' is gone"],
  ['a feature that is gone', [{ ...group, features: group.features.slice(0, 2) }], "feature 'customers.age' is gone"],
  ['a feature of another type', [{ ...group, features: [...group.features.slice(0, 2), { name: 'age', valueType: FeatureType.FLOAT }] }],
    "feature 'customers.age' changed from integer to float"],
  ['another entity key', [{ ...group, entityKey: 'age' }], "entityKey of group 'customers' changed from 'id' to 'age'"],
  ['another event time', [{ ...group, eventTime: 'age' }], "eventTime of group 'customers' changed from 'at' to 'age'"],
  ['a store that is gone', [{ ...group, online: false }], "online of group 'customers' changed from true to false"],
  ['several at once', [{ ...group, offline: false, features: group.features.slice(0, 2) }],
    "offline of group 'customers' changed from true to false; feature 'customers.age' is gone"],
])('refuses %s, flag or not', (_, groups, loss) => {
  enforce([group], true);
  const before = readFileSync(file, 'utf8');
  expect(() => enforce(groups)).toThrow(forbidden(loss));
  expect(() => enforce(groups, true)).toThrow(forbidden(loss));
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('what is taken out of the file by hand is given up', () => {
  enforce([group, { ...group, name: 'b' }], true);
  const { b } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ b }));
  enforce([{ ...group, name: 'b' }]);
});

test('a store can be added later only where the cloud can', () => {
  enforce([{ ...group, online: false }], true);
  expect(() => enforce([group], true, { storesCanBeAdded: false })).toThrow(forbidden("online of group 'customers' changed from false to true"));
  expect(() => enforce([group])).toThrow(behind("it does not know the online store of group 'customers'"));
  enforce([group], true);
});

test('no more features are added at once than the cloud takes, except to a new group', () => {
  enforce([group], true, { mostAdditions: 1 });
  expect(() => enforce([adding('a', 'b')], true, { mostAdditions: 1 })).toThrow(
    forbidden("group 'customers' gets 2 features at once, at most 1 can be added"));
  enforce([adding('a')], true, { mostAdditions: 1 });
});

test.each(['not json', '[1]', '{"customers":{}}', 'null'])('a file with %j is no lock', (text) => {
  writeFileSync(file, text);
  expect(() => enforce([group], true)).toThrow(`feature store 'F': schemaLock '${file}' is not a schema lock: restore it from version control`);
});

test('a group or a feature may have the name of something that every object has', () => {
  enforce([group], true);
  const added = { ...adding('constructor'), eventTime: 'at' };
  expect(() => enforce([added, { ...group, name: 'toString' }])).toThrow(behind("it does not know feature 'customers.constructor', group 'toString'"));
  enforce([added, { ...group, name: 'toString' }], true);
  expect(() => enforce([group, { ...group, name: 'toString' }])).toThrow(forbidden("feature 'customers.constructor' is gone"));
  expect(() => enforce([added])).toThrow(forbidden("group 'toString' is gone"));
});
