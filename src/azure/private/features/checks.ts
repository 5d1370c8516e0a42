import { FeatureGroupSpec, FeatureType } from '../../../core/feature-store';
import { Cloud, Parity } from '../../../core/parity';
import {
  featureGroupSpeaker,
  ResolvedFeatureGroup,
  resolvedFeatureGroup,
} from '../../../core/private/resolve/features';
import {
  refuse,
  refuseBecause,
  requireEmails,
  requireInteger,
  requireMatch,
  requireUnique,
  Speaker,
} from '../../../core/private/validation';
import { FeatureGroupOptions, FeatureStoreProps } from '../../feature-store-props';
import { requireIpRange } from '../data/network-rules';

/**
 * What a feature set may look like.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/reference-yaml-featureset-spec
 */
export const FEATURE_LIMITS = {
  /** No page names a limit: what a review can still read. */
  features: 2000,
} as const;

/**
 * Sizes of serverless Spark.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/apache-spark-azure-ml-concepts#serverless-spark-compute
 */
const INSTANCE_TYPES = [
  'Standard_E4s_v3',
  'Standard_E8s_v3',
  'Standard_E16s_v3',
  'Standard_E32s_v3',
  'Standard_E64s_v3',
];

/**
 * The group with every default; refuses what the feature store would refuse; the error names the group and the prop.
 */
export function checkedFeatureGroup(store: Speaker, group: FeatureGroupSpec): ResolvedFeatureGroup {
  const who = featureGroupSpeaker(store, group);
  if (group.features.length < 3 || group.features.length > FEATURE_LIMITS.features) {
    refuse(
      who,
      'features',
      group.features.length,
      `between 3 and ${FEATURE_LIMITS.features} features, entityKey and eventTime among them: a feature set serves what is beside them`,
    );
  }
  for (const { name } of group.features) {
    requireMatch(
      who,
      'features.name',
      name,
      /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
      'letters, digits and underscores, no digit first, at most 128',
    );
  }
  // Spark compares the names of columns so.
  requireUnique(who, 'features', group.features.map(({ name }) => name.toLowerCase()));
  const resolved = resolvedFeatureGroup(who, group, [FeatureType.STRING, FeatureType.INTEGER, FeatureType.FLOAT]);
  Parity._refuse(who, 'FeatureGroupSpec', Cloud.AZURE, { offline: resolved.offline ? undefined : false });
  return resolved;
}

/** Refuses options of groups that are not there, or do not go together. */
export function checkOptions(
  who: Speaker,
  props: FeatureStoreProps,
  specs: readonly ResolvedFeatureGroup[],
  isPublic: boolean,
): void {
  for (const [name, options] of Object.entries(props.groupOptions ?? {})) {
    if (!specs.some((each) => each.name === name)) {
      refuse(who, 'groupOptions', name, 'the name of one of the featureGroups');
    }
    checkGroupOptions(who, name, options);
  }
  if (props.onlineStorage !== undefined && specs.length > 0 && !specs.some(({ online }) => online)) {
    refuseBecause(who, 'onlineStorage needs a group that is online: leave online true, or remove it');
  }
  requireEmails(who, 'alertEmails', props.alertEmails);
  for (const range of props.allowedIpRanges ?? []) requireIpRange(who, 'allowedIpRanges', range);
  if (isPublic && props.allowedIpRanges !== undefined) {
    refuseBecause(
      who,
      'allowedIpRanges is for a feature store without publicNetworkAccess, which all addresses reach: remove it, or set publicNetworkAccess to false',
    );
  }
  requireMatch(
    who,
    'materializationInstanceType',
    props.materializationInstanceType,
    new RegExp(`^(${INSTANCE_TYPES.join('|')})$`, 'i'),
    INSTANCE_TYPES.join(', '),
  );
}

function checkGroupOptions(
  who: Speaker,
  name: string,
  { transformation, sourceDelayMinutes }: FeatureGroupOptions,
): void {
  const prop = (member: string) => `groupOptions.${name}.${member}`;
  requireInteger(who, prop('sourceDelayMinutes'), sourceDelayMinutes, 0, 525_600);
  requireInteger(who, prop('transformation.lookbackDays'), transformation?.lookbackDays, 0, 3650);
  requireMatch(
    who,
    prop('transformation.file'),
    transformation?.file,
    /(^|\/)[A-Za-z_]\w*\.py$/,
    'a Python file whose name can be imported, like features/customers.py',
  );
  requireMatch(
    who,
    prop('transformation.className'),
    transformation?.className,
    /^[A-Za-z_]\w*$/,
    'the name of a class',
  );
}
