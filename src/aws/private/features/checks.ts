import { FeatureGroupSpec, FeatureSpec, FeatureType } from '../../../core/feature-store';
import {
  FEATURE_NAME,
  FEATURE_NAME_IN_WORDS,
  featureGroupSpeaker,
  ResolvedFeatureGroup,
  resolvedFeatureGroup,
} from '../../../core/private/resolve/features';
import {
  refuse,
  refuseBecause,
  requireInteger,
  requireMatch,
  Speaker,
  speakerForPart,
} from '../../../core/private/validation';
import { FeatureGroupOptions, FeatureStoreProps, OnlineStorage } from '../../feature-store-props';

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

/** Options of groups that exist, each fitting its group. */
export function checkOptions(store: Speaker, props: FeatureStoreProps, specs: readonly ResolvedFeatureGroup[]): void {
  for (const [name, options] of Object.entries(props.groupOptions ?? {})) {
    const spec = specs.find((each) => each.name === name);
    if (spec === undefined) return refuse(store, 'groupOptions', name, 'the name of one of the featureGroups');
    checkGroupOptions(speakerForPart(store, 'feature group', name), spec, options);
  }
}

function checkGroupOptions(who: Speaker, spec: ResolvedFeatureGroup, options: FeatureGroupOptions): void {
  const { online, offline } = spec;
  const inMemory = options.onlineStorage === OnlineStorage.IN_MEMORY;
  if (!online && options.onlineStorage !== undefined) {
    refuseBecause(who, 'onlineStorage needs an online store: leave online true, or remove it');
  }
  if (!online && options.onlineTtl !== undefined) {
    refuseBecause(who, 'onlineTtl needs an online store: leave online true, or remove it');
  }
  if (!offline && options.tableFormat !== undefined) {
    refuseBecause(who, 'tableFormat needs an offline store: leave offline true, or remove it');
  }
  if (inMemory && offline) {
    refuseBecause(who, 'onlineStorage InMemory excludes an offline store: set offline to false, or use Standard');
  }
  if (options.onlineTtl !== undefined && spec.onlineTtlDays !== undefined) {
    refuseBecause(who, 'onlineTtl and onlineTtlDays say the same thing twice: remove one');
  }
  if (options.onlineTtl?.isUnresolved()) {
    refuseBecause(who, 'onlineTtl must be known at synthesis: SageMaker wants it in the largest unit that fits');
  }
  const seconds = options.onlineTtl?.toSeconds({ integral: false });
  requireInteger(who, 'onlineTtl in seconds', seconds, 1, Number.MAX_SAFE_INTEGER);

  if (options.throughput?.units === undefined) return;
  const { readUnits, writeUnits } = options.throughput.units;
  if (inMemory) refuseBecause(who, 'throughput is on demand with onlineStorage InMemory: remove it, or use Standard');
  if (!online && readUnits !== undefined) {
    refuseBecause(who, 'throughput has readUnits, which need an online store: remove them');
  }
  requireInteger(who, 'throughput.readUnits', readUnits, 0, FEATURE_STORE_LIMITS.provisionedUnits);
  requireInteger(who, 'throughput.writeUnits', writeUnits, 1, FEATURE_STORE_LIMITS.provisionedUnits);
}
