import { aws_glue as glue, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeltaColumnType, DeltaTableSpec } from '../../../core/integrations/delta-table';
import { IDataLake } from '../../data-lake-props';

/** Tables of Delta Lake in the lake. */
export interface DeltaTablesInput {
  readonly tables: readonly DeltaTableSpec[];
  readonly data: IDataLake;
  /** Folder of the tables: `s3://<bucket>/<folder>`. */
  readonly address: string;
}

/**
 * Entries of Delta Lake tables in the lake's database of the Glue catalogue.
 *
 * Engines read columns and files from the log of a table; the catalogue tells them where it is. So an entry may be there
 * before the first row is written. Writers take turns by S3's own conditional writes.
 *
 * Children: `Table-<name>` for each table.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables.html
 */
export function newDeltaTables(scope: Construct, { address, data, tables }: DeltaTablesInput): void {
  for (const table of tables) newEntry(scope, table, `${address}/${table.name}`, data.databaseName);
}

function newEntry(scope: Construct, table: DeltaTableSpec, location: string, databaseName: string): void {
  const { columns, name, partitionBy = [] } = table;
  const entry = ({ columnType, name: columnName }: DeltaTableSpec['columns'][number]) => ({
    name: columnName.toLowerCase(),
    type: GLUE_TYPES[columnType],
  });
  new glue.CfnTable(scope, `Table-${name}`, {
    catalogId: Stack.of(scope).account,
    databaseName,
    tableInput: {
      name,
      description: `Delta Lake table of ${scope.node.path}`.slice(0, 2048),
      tableType: 'EXTERNAL_TABLE',
      parameters: {
        'EXTERNAL': 'TRUE',
        'classification': 'delta',
        'table_type': 'delta',
        'spark.sql.sources.provider': 'delta',
        'spark.sql.partitionProvider': 'catalog',
      },
      storageDescriptor: {
        location,
        columns: columns.filter((column) => !partitionBy.includes(column.name)).map(entry),
        inputFormat: 'org.apache.hadoop.mapred.SequenceFileInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat',
        serdeInfo: {
          serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          parameters: { 'serialization.format': '1', 'path': location },
        },
      },
      partitionKeys: partitionBy.map((column) => entry(columns.find((each) => each.name === column)!)),
    },
  });
}

/** @see https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables-supported-data-types-non-partition-columns.html */
const GLUE_TYPES: { readonly [type in DeltaColumnType]: string } = {
  [DeltaColumnType.STRING]: 'string',
  [DeltaColumnType.LONG]: 'bigint',
  [DeltaColumnType.DOUBLE]: 'double',
  [DeltaColumnType.BOOLEAN]: 'boolean',
  [DeltaColumnType.DATE]: 'date',
  [DeltaColumnType.TIMESTAMP]: 'timestamp',
};
