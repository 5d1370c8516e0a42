import { FeatureGroupSpec, FeatureSpec, FeatureType } from '../../../core/feature-store';
import { requireInteger, requireMatch, refuse, refuseBecause, Speaker, speakerForPart } from '../../../core/private/validation';

/** What Feature Store takes: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html */
export const FEATURE_STORE_LIMITS = {
  features: 2500,
  nameLength: 64,
  /** Of one UpdateFeatureGroup: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureGroup.html */
  additionsAtOnce: 100,
  groupsCreatedAtOnce: 4,
  provisionedUnits: 40000,
  reserved: ['is_deleted', 'write_time', 'api_invocation_time'],
} as const;

/** Refuses what CreateFeatureGroup, or the table behind it, would refuse; the error names the group and the prop. */
export function checkFeatureGroup(store: Speaker, group: FeatureGroupSpec): void {
  requireMatch(store, 'featureGroups.name', group.name, NAME, NAME_WORDS);
  if (group.name === 'Role') refuse(store, 'featureGroups.name', group.name, "another id than that of the store's own role, 'role' or 'Roles'");
  const who: Speaker = speakerForPart(store, 'feature group', group.name);
  if (group.features.length < 1 || group.features.length > FEATURE_STORE_LIMITS.features) {
    refuse(who, 'features', group.features.length, `between 1 and ${FEATURE_STORE_LIMITS.features} features`);
  }
  for (const feature of group.features) checkName(who, feature);
  checkDistinct(who, group.features.map((feature) => feature.name));
  checkColumn(who, group, 'entityKey', [FeatureType.STRING, FeatureType.INTEGER]);
  checkColumn(who, group, 'eventTime', [FeatureType.STRING, FeatureType.FLOAT]);
  if (group.entityKey === group.eventTime) refuse(who, 'eventTime', group.eventTime, 'another feature than entityKey');
  if (group.online === false && group.offline === false) refuseBecause(who, 'online and offline are both false, so that no row would be kept: set one of them');
  if (group.online === false && group.onlineTtlDays !== undefined) refuseBecause(who, 'onlineTtlDays needs an online store: leave online true, or remove it');
  requireInteger(who, 'onlineTtlDays', group.onlineTtlDays, 1, 36500);
}

/** Names of tables and columns are lower-case in the catalogue: `Age` and `age` would be one. */
export function checkDistinct(who: Speaker, names: string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) refuseBecause(who, `'${other}' and '${name}' have the same name in the catalogue, where case does not count: rename one`);
    seen.set(name.toLowerCase(), name);
  }
}

function checkName(who: Speaker, feature: FeatureSpec): void {
  requireMatch(who, 'features.name', feature.name, NAME, NAME_WORDS);
  const reserved: readonly string[] = FEATURE_STORE_LIMITS.reserved;
  if (reserved.includes(feature.name.toLowerCase())) refuse(who, 'features.name', feature.name, `none of the columns that Feature Store adds, ${reserved.join(', ')}`);
}

function checkColumn(who: Speaker, group: FeatureGroupSpec, role: 'entityKey' | 'eventTime', types: FeatureType[]): void {
  const column = group.features.find((feature) => feature.name === group[role]);
  if (column === undefined) return refuse(who, role, group[role], 'the name of one of its features');
  if (!types.includes(column.valueType)) refuse(who, role, column.valueType, `a feature of type ${types.join(' or ')}`);
}

const NAME = /^[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}$/;
const NAME_WORDS = 'letters, digits, hyphens and underscores between letters or digits, at most 64';
