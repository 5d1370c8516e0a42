import { FeatureGroupSpec, FeatureType } from '../../feature-store';
import { requireKnownText } from '../known-values';
import { requireText, requireTexts } from '../texts';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker, speakerForPart } from '../validation';

/** A feature group with every neutral choice made. */
export interface ResolvedFeatureGroup extends FeatureGroupSpec {
  readonly online: boolean;
  readonly offline: boolean;
}

/** The stores of a group: both unless one is switched off. */
export function storesOf({
  online = true,
  offline = true,
}: FeatureGroupSpec): Pick<ResolvedFeatureGroup, 'online' | 'offline'> {
  return { online, offline };
}

/** Refuses the name that no cloud takes, and makes the subject of the group's errors. */
export function featureGroupSpeaker(store: Speaker, group: FeatureGroupSpec): Speaker {
  const { name } = group;
  requireMatch(store, 'featureGroups.name', name, FEATURE_NAME, FEATURE_NAME_IN_WORDS);
  requireTexts(store, group, { name: 'text', entityKey: 'text', eventTime: 'text' }, 'featureGroups.');
  requireKnownText(store, 'featureGroups.name', name);
  return speakerForPart(store, 'feature group', name);
}

/**
 * Fills every default and refuses what no cloud takes.
 *
 * @param eventTimes types that the cloud takes for the time of a row
 */
export function resolvedFeatureGroup(
  who: Speaker,
  group: FeatureGroupSpec,
  eventTimes: readonly FeatureType[],
): ResolvedFeatureGroup {
  group.features.forEach(({ name }, index) => {
    requireText(who, `features[${index}].name`, name);
    requireKnownText(who, `features[${index}].name`, name);
  });
  requireColumn(who, group, 'entityKey', [FeatureType.STRING, FeatureType.INTEGER]);
  requireColumn(who, group, 'eventTime', eventTimes);
  if (group.entityKey === group.eventTime) refuse(who, 'eventTime', group.eventTime, 'another feature than entityKey');
  const stores = storesOf(group);
  if (!stores.online && !stores.offline) {
    refuseBecause(who, 'online and offline are both false, so that no row would be kept: set one of them');
  }
  if (!stores.online && group.onlineTtlDays !== undefined) {
    refuseBecause(who, 'onlineTtlDays needs an online store: leave online true, or remove it');
  }
  requireInteger(who, 'onlineTtlDays', group.onlineTtlDays, 1, 36_500);
  return { ...group, ...stores };
}

function requireColumn(
  who: Speaker,
  group: FeatureGroupSpec,
  role: 'entityKey' | 'eventTime',
  types: readonly FeatureType[],
): void {
  const column =
    group.features.find(({ name }) => name === group[role]) ??
    refuse(who, role, group[role], 'the name of one of its features');
  if (!types.includes(column.valueType)) refuse(who, role, column.valueType, `a feature of type ${types.join(' or ')}`);
}

export const FEATURE_NAME = /^(?=.{1,64}$)[a-zA-Z0-9]([-_]*[a-zA-Z0-9])*$/;
export const FEATURE_NAME_IN_WORDS = 'letters, digits, hyphens and underscores between letters or digits, at most 64';
