import { BigqueryConnection } from '@cdktf/provider-google/lib/bigquery-connection';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { storeFolderOf } from './folders';
import { DeltaTableSpec } from '../../../core/integrations/delta-table';
import { FIRST_VERSION, firstVersion } from '../../../core/private/integrations/delta';
import { acknowledge } from '../../../terraform/acknowledge';
import { stableName } from '../../../terraform/names';
import { literal } from '../../../terraform/text';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** Tables of Delta Lake in the lake. */
export interface DeltaTablesInput {
  readonly tables: readonly DeltaTableSpec[];
  readonly data: IDataLake;
  readonly isDestroyable: boolean;
}

/**
 * Entries of Delta Lake tables in the lake's dataset of features, by a connection that reads their folders.
 *
 * BigQuery reads the log of a table when the entry is made, so the first version of each table, which has no row, is
 * written with it; it is never written again.
 *
 * Children: `Catalog`, and `FirstVersion-<name>` and `Table-<name>` for each table.
 *
 * @see https://cloud.google.com/bigquery/docs/create-delta-lake-table
 */
export function newDeltaTables(scope: Construct, { data, isDestroyable, tables }: DeltaTablesInput): void {
  const project = GoogleProject.of(scope);
  const connection = new BigqueryConnection(scope, 'Catalog', {
    project: project.projectId,
    location: project.region,
    connectionId: stableName(scope, 'Catalog', { maxLength: 100, separator: '_' }),
    friendlyName: 'Delta Lake',
    description: `Reads the Delta Lake tables of ${scope.node.path}`.slice(0, 300),
    cloudResource: {},
    dependsOn: after(project._api('bigqueryconnection')),
  });
  const folder = storeFolderOf(scope);
  const reader = {
    member: `serviceAccount:${connection.cloudResource.serviceAccountId}`,
    principalId: `${scope.node.path}/Catalog`,
  };
  const mayRead = data.grantRead(reader, folder);
  for (const table of tables) {
    const address = `gs://${data.artifactBucketName}/${folder}${table.name}`;
    const first = new StorageBucketObject(scope, `FirstVersion-${table.name}`, {
      bucket: data.artifactBucketName,
      name: `${folder}${table.name}/${FIRST_VERSION}`,
      content: literal(firstVersion(table, `${scope.node.path}/${table.name}`)),
      contentType: 'application/json',
      // The log of a table is written once: its later versions are those of the writers.
      lifecycle: { ignoreChanges: 'all', preventDestroy: !isDestroyable },
    });
    const entry = new BigqueryTable(scope, `Table-${table.name}`, {
      project: project.projectId,
      datasetId: data.featureDatasetId,
      tableId: `delta_${table.name}`,
      description: `Delta Lake table ${address}`,
      deletionProtection: false,
      externalDataConfiguration: {
        sourceFormat: 'DELTA_LAKE',
        sourceUris: [address],
        autodetect: true,
        connectionId: connection.name,
      },
      // The engine follows the schema of the table's log.
      lifecycle: { ignoreChanges: ['schema', 'external_data_configuration[0].schema'] },
      dependsOn: after(first, mayRead),
    });
    acknowledge(entry, 'CKV_GCP_121', 'an entry of the catalog: the rows are files of the lake, which deleting it leaves alone');
    acknowledge(entry, 'CKV_GCP_80', 'it holds no rows: those of the lake are encrypted with the key of the lake');
  }
}
