import { FEATURE_LIMITS } from './checks';
import { FeatureGroupSpec, FeatureType } from '../../../core/feature-store';

/**
 * Columns of the table of a group. Only key and time are required: a column that comes later is empty in the rows that
 * are there.
 */
export function tableSchema(group: FeatureGroupSpec): string {
  return JSON.stringify(group.features.map(({ name, valueType }) => ({
    name,
    type: name === group.eventTime ? 'TIMESTAMP' : COLUMN_TYPES[valueType],
    mode: name === group.entityKey || name === group.eventTime ? 'REQUIRED' : 'NULLABLE',
  })));
}

/**
 * All rows, with the time under the name that Vertex AI reads it by: what the group is registered from, and what
 * training reads.
 */
export function historyQuery(group: FeatureGroupSpec, table: string): string {
  const renamed =
    group.eventTime === FEATURE_LIMITS.timestamp
      ? ''
      : `, ${quoted(group.eventTime)} AS ${quoted(FEATURE_LIMITS.timestamp)}`;
  return `SELECT ${group.features.map(({ name }) => quoted(name)).join(', ')}${renamed} FROM ${quoted(table)}`;
}

/** The latest row of each entity, and none that is older than its time to live: what the online store gets. */
export function latestQuery(group: FeatureGroupSpec, table: string): string {
  const key = quoted(group.entityKey);
  const time = quoted(group.eventTime);
  const columns = [key, ...servedFeatures(group).map(quoted)].join(', ');
  const fresh =
    group.onlineTtlDays === undefined
      ? 'TRUE'
      : `${time} >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${group.onlineTtlDays} DAY)`;
  return `SELECT ${columns} FROM ${quoted(table)} WHERE ${fresh} QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY ${time} DESC) = 1`;
}

/** All columns but the key, which cannot be a feature, and the column whose name is Vertex AI's own. */
export function servedFeatures(group: FeatureGroupSpec): string[] {
  return group.features
    .map(({ name }) => name)
    .filter((name) => name !== group.entityKey && name !== FEATURE_LIMITS.timestamp);
}

function quoted(name: string): string {
  return `\`${name}\``;
}

/**
 * As BigQuery's API spells them.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema
 */
const COLUMN_TYPES: { readonly [valueType in FeatureType]: string } = {
  [FeatureType.STRING]: 'STRING',
  [FeatureType.INTEGER]: 'INTEGER',
  [FeatureType.FLOAT]: 'FLOAT',
};
