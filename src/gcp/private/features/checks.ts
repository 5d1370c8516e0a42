import { FeatureGroupSpec, FeatureType } from '../../../core/feature-store';
import {
  featureGroupSpeaker,
  ResolvedFeatureGroup,
  resolvedFeatureGroup,
} from '../../../core/private/resolve/features';
import { refuse, refuseBecause, requireMatch, requireUnique, Speaker } from '../../../core/private/validation';
import { FeatureStoreProps } from '../../feature-store-props';

/** What a group may look like. @see https://cloud.google.com/vertex-ai/docs/featurestore/latest/prepare-data-source */
export const FEATURE_LIMITS = {
  /**
   * Of a feature, a group, a view.
   *
   * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureOnlineStores/create
   */
  nameLength: 60,
  /** Of a BigQuery table. @see https://cloud.google.com/bigquery/quotas#standard_tables */
  features: 10_000,
  /** What Vertex AI reads the time from. */
  timestamp: 'feature_timestamp',
} as const;

/**
 * The group with every default; refuses what BigQuery or Vertex AI would refuse; the error names the group and the
 * prop.
 */
export function checkedFeatureGroup(store: Speaker, group: FeatureGroupSpec): ResolvedFeatureGroup {
  const who = featureGroupSpeaker(store, group);
  if (group.features.length < 2 || group.features.length > FEATURE_LIMITS.features) {
    refuse(
      who,
      'features',
      group.features.length,
      `between 2 and ${FEATURE_LIMITS.features} features, entityKey and eventTime among them`,
    );
  }
  for (const feature of group.features) {
    requireMatch(
      who,
      'features.name',
      feature.name,
      /^[a-z][a-z0-9_]{0,59}$/,
      'lower-case letters, digits and underscores, a letter first, at most 60',
    );
    if (feature.name === FEATURE_LIMITS.timestamp && group.eventTime !== feature.name) {
      refuse(
        who,
        'features.name',
        feature.name,
        'another name unless it is the eventTime: Vertex AI reads the time from it',
      );
    }
  }
  requireUnique(who, 'features', group.features.map(({ name }) => name));
  const resolved = resolvedFeatureGroup(who, group, [FeatureType.STRING, FeatureType.INTEGER, FeatureType.FLOAT]);
  if (!resolved.offline && group.onlineTtlDays === undefined) {
    refuseBecause(
      who,
      'offline false needs onlineTtlDays: the online store is filled from the table, whose rows can go only when they are too old to be online',
    );
  }
  return resolved;
}

/** Whether a group has an online store. */
export function isOnline({ online }: ResolvedFeatureGroup): boolean {
  return online;
}

/** Options of groups that exist, each fitting its group. */
export function checkOptions(who: Speaker, props: FeatureStoreProps, specs: readonly ResolvedFeatureGroup[]): void {
  for (const [name, options] of Object.entries(props.groupOptions ?? {})) {
    const spec = specs.find((each) => each.name === name) ??
      refuse(who, 'groupOptions', name, 'the name of one of the featureGroups');
    if (!isOnline(spec) && options.syncSchedule !== undefined) {
      refuseBecause(who, `syncSchedule of '${name}' needs an online store: leave online true, or remove it`);
    }
  }
  if (props.onlineStorage !== undefined && specs.length > 0 && !specs.some(isOnline)) {
    refuseBecause(who, 'onlineStorage needs a group that is online: leave online true, or remove it');
  }
}
