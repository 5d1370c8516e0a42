import { PlaceholderValues } from './placeholders';
import { FeatureGroupSpec, FeatureType } from '../../feature-store';
import { FeastOptions } from '../../integrations/feast-options';
import { Schedule } from '../../schedule';
import { featureGroupSpeaker, resolvedFeatureGroup } from '../resolve/features';
import { refuse, refuseBecause, requireMatch, requireUnique, Speaker } from '../validation';
import { toYaml } from '../yaml';

/** Refuses what Feast would refuse when it applies its definitions. */
export function checkFeast(who: Speaker, options: FeastOptions): void {
  const { endpoint, featureGroups, materializeAt, project, registry } = options;
  requireMatch(who, 'project', project, /^[A-Za-z0-9]\w{0,62}$/, 'letters, digits and underscores, at most 63');
  requireMatch(
    who,
    'registry',
    registry,
    /^(?:(?:s3|gs|az|abfss):\/\/[^\s/]+\/\S+|[a-z0-9.-]+:\d{1,5})$/i,
    'the address of a file like s3://bucket/registry.db, or host and port',
  );
  if (materializeAt !== undefined && !(materializeAt instanceof Schedule)) {
    refuse(who, 'materializeAt', materializeAt, 'a Schedule');
  }
  if (endpoint !== undefined) {
    if (project === undefined) refuse(who, 'project', project, 'the project that the server at endpoint serves');
    const idle = (['featureGroups', 'materializeAt'] as const).find((option) => options[option] !== undefined);
    if (idle !== undefined) refuseBecause(who, `${idle} is of a server that the stack hosts, and endpoint names one that exists: leave it out`);
    return;
  }
  if (registry !== undefined) refuseBecause(who, 'registry is given without endpoint: a server that exists needs both');
  if (!Array.isArray(featureGroups) || featureGroups.length === 0) {
    refuse(who, 'featureGroups', featureGroups, 'a list of one group or more, or left out with the endpoint of a server that exists');
  }
  for (const group of featureGroups) {
    const whose = featureGroupSpeaker(who, group);
    const { offline } = resolvedFeatureGroup(whose, group, Object.values(FeatureType));
    if (!offline) refuseBecause(whose, 'offline is false, and Feast reads the rows that are kept offline: leave it true');
    const { entityKey, eventTime, features } = group;
    if (features.every(({ name }) => name === entityKey || name === eventTime)) {
      refuseBecause(whose, 'features has no feature beside entityKey and eventTime');
    }
  }
  requireUnique(who, 'featureGroups', featureGroups.map(({ name }) => name));
  const other = featureGroups.find((group) =>
    featureGroups.some((each) => each.entityKey === group.entityKey && keyType(each) !== keyType(group)));
  if (other !== undefined) {
    refuseBecause(who, `featureGroups: ${other.entityKey} is a text in one group and a number in another, and Feast knows an entity by its key`);
  }
}

/** Where Feast keeps what it knows, on one cloud. */
export interface FeastStores {
  readonly project: string;
  readonly provider: 'aws' | 'gcp' | 'azure' | 'local';
  readonly registry: { readonly [setting: string]: string | number };
  readonly offlineStore: { readonly [setting: string]: string };
  readonly onlineStore: { readonly [setting: string]: string };
}

/** `feature_store.yaml`. */
export function feastConfiguration({ project, provider, registry, offlineStore, onlineStore }: FeastStores): string {
  return toYaml({
    project,
    provider,
    registry,
    offline_store: offlineStore,
    online_store: onlineStore,
    entity_key_serialization_version: 3,
  });
}

/** What the client of a server that exists is told; nothing fills definitions there. */
export function existingFeast(options: FeastOptions | undefined): PlaceholderValues {
  if (options?.endpoint === undefined) return {};
  const { endpoint, registry, project } = options;
  const isFile = registry!.includes('://');
  return {
    'feast.configuration': feastConfiguration({
      project: project!,
      provider: 'local',
      registry: isFile ? { path: registry!, cache_ttl_seconds: 60 } : { registry_type: 'remote', path: registry! },
      offlineStore: { type: 'dask' },
      onlineStore: { type: 'remote', path: endpoint },
    }),
    'feast.definitions': undefined,
  };
}

/** Where the rows of a group are: the class of Feast's data source, and its arguments in Python. */
export interface FeastSource {
  readonly module: string;
  readonly className: string;
  readonly arguments: { readonly [name: string]: string };
}

/** Definitions of groups as a Python file of a feature repository: an entity, a source and a view each. */
export function feastDefinitions(
  groups: readonly FeatureGroupSpec[],
  sourceOf: (group: FeatureGroupSpec) => FeastSource,
): string {
  const sources = groups.map(sourceOf);
  const imports = sources.map(({ className, module }) => `from ${module} import ${className}`);
  const keys = new Map(groups.map((group) => [group.entityKey, keyType(group)]));
  return [
    'from datetime import timedelta',
    '',
    'from feast import Entity, FeatureView, Field, ValueType',
    'from feast.types import Float64, Int64, String',
    ...new Set(imports),
    '',
    ...[...keys].map(([key, type], index) =>
      `entity_${index} = Entity(name=${text(key)}, join_keys=[${text(key)}], value_type=ValueType.${type})`),
    ...groups.flatMap((group, index) => ['', ...viewOf(group, index, [...keys.keys()].indexOf(group.entityKey), sources[index])]),
    '',
  ].join('\n');
}

function viewOf(group: FeatureGroupSpec, index: number, entity: number, source: FeastSource): string[] {
  const { entityKey, eventTime, features, name, online = true, onlineTtlDays = 0 } = group;
  const values = features.filter((each) => each.name !== entityKey && each.name !== eventTime);
  const given = Object.entries({ name: `${name}_rows`, ...source.arguments });
  return [
    `view_${index} = FeatureView(`,
    `    name=${text(name)},`,
    `    entities=[entity_${entity}],`,
    `    ttl=timedelta(days=${onlineTtlDays}),`,
    '    schema=[',
    ...values.map((each) => `        Field(name=${text(each.name)}, dtype=${FIELD_TYPES[each.valueType]}),`),
    '    ],',
    `    source=${source.className}(`,
    ...given.map(([argument, value]) => `        ${argument}=${text(value)},`),
    '    ),',
    `    online=${online ? 'True' : 'False'},`,
    ')',
  ];
}

function keyType({ entityKey, features }: FeatureGroupSpec): string {
  const { valueType } = features.find(({ name }) => name === entityKey)!;
  return valueType === FeatureType.INTEGER ? 'INT64' : 'STRING';
}

/** Names hold no character that JSON writes otherwise than Python; addresses of the cloud are texts of it, too. */
function text(value: string): string {
  return JSON.stringify(value);
}

const FIELD_TYPES: { readonly [valueType in FeatureType]: string } = {
  [FeatureType.STRING]: 'String',
  [FeatureType.INTEGER]: 'Int64',
  [FeatureType.FLOAT]: 'Float64',
};
