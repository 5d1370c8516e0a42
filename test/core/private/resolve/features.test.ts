import { FeatureGroupSpec, FeatureType } from '../../../../src/core/feature-store';
import { featureGroupSpeaker, resolvedFeatureGroup, storesOf } from '../../../../src/core/private/resolve/features';

const store = { what: 'feature store', name: 'Features' };
const GROUP: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: [
    { name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }, { name: 'score', valueType: FeatureType.FLOAT },
  ],
};
const group = (more: Partial<FeatureGroupSpec> = {}) => {
  const spec = { ...GROUP, ...more };
  return resolvedFeatureGroup(featureGroupSpeaker(store, spec), spec, [FeatureType.STRING]);
};

test('a group is online and offline unless one is switched off', () => {
  expect(group()).toEqual({ ...GROUP, online: true, offline: true });
  expect(group({ online: false })).toMatchObject({ online: false, offline: true });
  expect(storesOf({ ...GROUP, offline: false })).toEqual({ online: true, offline: false });
});

test('an id of a feature group has at most 64 characters, hyphens included', () => {
  const words = 'letters, digits, hyphens and underscores between letters or digits, at most 64';
  for (const name of ['', '-a', 'a b', 'a'.repeat(65), `a${'-'.repeat(63)}b`]) {
    expect(() => group({ name })).toThrow(new Error(`feature store 'Features': featureGroups.name must be ${words}, got '${name}'`));
  }
  expect(group({ name: `a${'-'.repeat(62)}b` }).name).toHaveLength(64);
});

test.each<[Partial<FeatureGroupSpec>, string]>([
  [{ entityKey: 'none' }, "entityKey must be the name of one of its features, got 'none'"],
  [{ entityKey: 'score' }, "entityKey must be a feature of type string or integer, got 'float'"],
  [{ eventTime: 'none' }, "eventTime must be the name of one of its features, got 'none'"],
  [{ eventTime: 'score' }, "eventTime must be a feature of type string, got 'float'"],
  [{ eventTime: 'id' }, "eventTime must be another feature than entityKey, got 'id'"],
  [{ online: false, offline: false }, 'online and offline are both false, so that no row would be kept: set one of them'],
  [{ online: false, onlineTtlDays: 1 }, 'onlineTtlDays needs an online store: leave online true, or remove it'],
  [{ onlineTtlDays: 0 }, 'onlineTtlDays must be a whole number between 1 and 36500, got 0'],
])('refuses %j', (more, message) => {
  expect(() => group(more)).toThrow(new Error(`feature store 'Features': feature group 'customers': ${message}`));
});
