import { System } from '../system';

/**
 * Delta Lake: tables with versions in the lake, listed in the cloud's catalog.
 *
 * @see https://github.com/delta-io/delta/blob/master/PROTOCOL.md
 */
export const DELTA_LAKE: System = {
  id: 'delta-lake',
  title: 'Delta Lake',
  purposes: ['data versioning'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '1.6.6',
  readOn: '2026-12-01',
  home: 'https://delta.io',
  client: { variables: { DELTA_TABLES_URI: '{store}' }, packages: ['deltalake>=1.6,<2'], store: true },
  clouds: {
    aws: { as: 'connected', how: 'AWS::Glue::Table for each table; writers take turns by conditional writes of Amazon S3' },
    gcp: { as: 'connected', how: 'google_bigquery_table for each table, by a google_bigquery_connection' },
    azure: { as: 'connected', how: 'azapi_resource: a data asset of the Azure ML workspace for each table' },
  },
};
