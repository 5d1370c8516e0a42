import { createHash } from 'crypto';
import { DeltaColumnType, DeltaTableSpec } from '../../integrations/delta-table';
import { refuse, refuseBecause, requireMatch, requireUnique, Speaker, speakerForPart } from '../validation';

/** Refuses tables that no engine could read. */
export function checkDeltaTables(who: Speaker, tables: readonly DeltaTableSpec[]): void {
  if (!Array.isArray(tables) || tables.length === 0) refuse(who, 'tables', tables, 'a list of one table or more');
  for (const table of tables) checkTable(who, table);
  requireUnique(who, 'tables', tables.map(({ name }) => name));
}

function checkTable(who: Speaker, table: DeltaTableSpec): void {
  const { columns, name, partitionBy = [] } = table;
  const tableName = typeof name === 'string' ? name : undefined;
  if (tableName === undefined) refuse(who, 'tables.name', name, 'the name of a table');
  requireMatch(who, 'tables.name', name, /^[a-z][a-z0-9_]{0,127}$/, 'lower-case letters, digits and underscores, 128 at most');
  const whose = speakerForPart(who, 'table', name);
  if (!Array.isArray(columns) || columns.length === 0) refuse(whose, 'columns', columns, 'a list of one column or more');
  for (const column of columns) {
    if (typeof column.name !== 'string') refuse(whose, 'columns.name', column.name, 'the name of a column');
    requireMatch(
      whose,
      'columns.name',
      column.name,
      /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
      'letters, digits and underscores, not a digit first, 128 at most',
    );
    if (!Object.values(DeltaColumnType).includes(column.columnType)) {
      refuse(whose, `columns.${column.name}.columnType`, column.columnType, 'a DeltaColumnType');
    }
  }
  // Engines take names of columns without their case.
  requireUnique(whose, 'columns', columns.map((column) => column.name.toLowerCase()));
  requireUnique(whose, 'partitionBy', partitionBy);
  const missing = partitionBy.find((column) => !columns.some((each) => each.name === column));
  if (missing !== undefined) {
    refuse(whose, 'partitionBy', missing, `one of the columns ${columns.map((each) => each.name).join(', ')}`);
  }
  if (partitionBy.length === columns.length) {
    refuseBecause(whose, 'partitionBy has every column: one at least must be in the files themselves');
  }
}

/**
 * First version of an empty table: the content of `_delta_log/00000000000000000000.json`.
 *
 * @param address address of the table, which makes its id
 * @see https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions
 */
export function firstVersion({ columns, name, partitionBy = [] }: DeltaTableSpec, address: string): string {
  const fields = columns.map((column) => ({
    name: column.name,
    type: column.columnType,
    nullable: true,
    metadata: {},
  }));
  const actions = [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: idOf(address),
        name,
        format: { provider: 'parquet', options: {} },
        schemaString: JSON.stringify({ type: 'struct', fields }),
        partitionColumns: partitionBy,
        configuration: {},
      },
    },
  ];
  return actions.map((action) => `${JSON.stringify(action)}\n`).join('');
}

/** Object of the first version, below the folder of a table. */
export const FIRST_VERSION = '_delta_log/00000000000000000000.json';

/** A UUID that is the same at every synthesis. */
function idOf(address: string): string {
  const hex = createHash('sha256').update(address).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
