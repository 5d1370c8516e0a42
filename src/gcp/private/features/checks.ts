import { FeatureGroupSpec, FeatureType } from '../../../core/feature-store';
import { refuse, refuseBecause, requireInteger, requireMatch, requireUnique, Speaker, speakerForPart } from '../../../core/private/validation';

/** What a group may look like. @see https://cloud.google.com/vertex-ai/docs/featurestore/latest/prepare-data-source */
export const FEATURE_LIMITS = {
  /** Of a feature, a group, a view. @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureOnlineStores/create */
  nameLength: 60,
  /** Of a BigQuery table. @see https://cloud.google.com/bigquery/quotas#standard_tables */
  features: 10_000,
  /** What Vertex AI reads the time from. */
  timestamp: 'feature_timestamp',
} as const;

/** Refuses what BigQuery or Vertex AI would refuse; the error names the group and the prop. */
export function checkFeatureGroup(store: Speaker, group: FeatureGroupSpec): void {
  requireMatch(store, 'featureGroups.name', group.name, /^[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}$/, 'letters, digits, hyphens and underscores between letters or digits, at most 64');
  const who: Speaker = speakerForPart(store, 'feature group', group.name);
  if (group.features.length < 2 || group.features.length > FEATURE_LIMITS.features) {
    refuse(who, 'features', group.features.length, `between 2 and ${FEATURE_LIMITS.features} features, entityKey and eventTime among them`);
  }
  for (const feature of group.features) {
    requireMatch(who, 'features.name', feature.name, /^[a-z][a-z0-9_]{0,59}$/, 'lower-case letters, digits and underscores, a letter first, at most 60');
    if (feature.name === FEATURE_LIMITS.timestamp && group.eventTime !== feature.name) {
      refuse(who, 'features.name', feature.name, 'another name unless it is the eventTime: Vertex AI reads the time from it');
    }
  }
  requireUnique(who, 'features', group.features.map(({ name }) => name));
  checkColumn(who, group, 'entityKey', [FeatureType.STRING, FeatureType.INTEGER]);
  checkColumn(who, group, 'eventTime', [FeatureType.STRING, FeatureType.INTEGER, FeatureType.FLOAT]);
  if (group.entityKey === group.eventTime) refuse(who, 'eventTime', group.eventTime, 'another feature than entityKey');
  checkStores(who, group);
}

function checkStores(who: Speaker, group: FeatureGroupSpec): void {
  const { online = true, offline = true } = group;
  requireInteger(who, 'onlineTtlDays', group.onlineTtlDays, 1, 36500);
  if (!online && !offline) refuseBecause(who, 'online and offline are both false, so that no row would be kept: set one of them');
  if (!online && group.onlineTtlDays !== undefined) refuseBecause(who, 'onlineTtlDays needs an online store: leave online true, or remove it');
  if (!offline && group.onlineTtlDays === undefined) {
    refuseBecause(who, 'offline false needs onlineTtlDays: the online store is filled from the table, whose rows can go only when they are too old to be online');
  }
}

function checkColumn(who: Speaker, group: FeatureGroupSpec, role: 'entityKey' | 'eventTime', types: FeatureType[]): void {
  const column = group.features.find(({ name }) => name === group[role]) ?? refuse(who, role, group[role], 'the name of one of its features');
  if (!types.includes(column.valueType)) refuse(who, role, column.valueType, `a feature of type ${types.join(' or ')}`);
}
