import { FeatureGroupSpec, FeatureSpec, FeatureType } from '../../../core/feature-store';
import {
  FEATURE_NAME,
  FEATURE_NAME_IN_WORDS,
  featureGroupSpeaker,
  ResolvedFeatureGroup,
  resolvedFeatureGroup,
} from '../../../core/private/resolve/features';
import { requireMatch, refuse, refuseBecause, Speaker } from '../../../core/private/validation';

/** What Feature Store takes: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html */
export const FEATURE_STORE_LIMITS = {
  features: 2500,
  nameLength: 64,
  /**
   * Of one UpdateFeatureGroup: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureGroup.html
   */
  additionsAtOnce: 100,
  groupsCreatedAtOnce: 4,
  provisionedUnits: 40000,
  reserved: ['is_deleted', 'write_time', 'api_invocation_time'],
} as const;

/**
 * The group with every default; refuses what CreateFeatureGroup, or the table behind it, would refuse; the error names
 * the group and the prop.
 */
export function checkedFeatureGroup(store: Speaker, group: FeatureGroupSpec): ResolvedFeatureGroup {
  const who = featureGroupSpeaker(store, group);
  if (group.name === 'Role') {
    refuse(store, 'featureGroups.name', group.name, "another id than that of the store's own role, 'role' or 'Roles'");
  }
  if (group.features.length < 1 || group.features.length > FEATURE_STORE_LIMITS.features) {
    refuse(who, 'features', group.features.length, `between 1 and ${FEATURE_STORE_LIMITS.features} features`);
  }
  for (const feature of group.features) checkName(who, feature);
  checkDistinct(who, group.features.map((feature) => feature.name));
  return resolvedFeatureGroup(who, group, [FeatureType.STRING, FeatureType.FLOAT]);
}

/** Names of tables and columns are lower-case in the catalogue: `Age` and `age` would be one. */
export function checkDistinct(who: Speaker, names: string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      refuseBecause(
        who,
        `'${other}' and '${name}' have the same name in the catalogue, where case does not count: rename one`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}

function checkName(who: Speaker, feature: FeatureSpec): void {
  requireMatch(who, 'features.name', feature.name, FEATURE_NAME, FEATURE_NAME_IN_WORDS);
  const reserved: readonly string[] = FEATURE_STORE_LIMITS.reserved;
  if (reserved.includes(feature.name.toLowerCase())) {
    refuse(who, 'features.name', feature.name, `none of the columns that Feature Store adds, ${reserved.join(', ')}`);
  }
}
