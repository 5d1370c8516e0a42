import { DeltaColumnType, DeltaTableSpec, Integration } from '../../../src/core';
import { firstVersion } from '../../../src/core/private/integrations/delta';

const VISITS: DeltaTableSpec = {
  name: 'visits',
  columns: [{ name: 'customer_id', columnType: DeltaColumnType.LONG }, { name: 'day', columnType: DeltaColumnType.DATE }],
  partitionBy: ['day'],
};
const tables = (...each: unknown[]) => () => Integration.deltaLake({ tables: each as DeltaTableSpec[] });

test.each<[string, () => Integration, string]>([
  ['no table', tables(), 'tables must be a list of one table or more, got []'],
  ['what is no list', () => Integration.deltaLake({} as never), 'tables must be a list of one table or more, got undefined'],
  ['a table without a name', tables({ ...VISITS, name: undefined }), 'tables.name must be the name of a table, got undefined'],
  ['a name with another letter', tables({ ...VISITS, name: 'Visits' }), "tables.name must be lower-case letters, digits and underscores, 128 at most, got 'Visits'"],
  ['a table twice', tables(VISITS, VISITS), "tables must be without repeats, got 'visits'"],
  ['no column', tables({ ...VISITS, columns: [], partitionBy: [] }), 'columns must be a list of one column or more, got []'],
  ['a column that is named badly', tables({ ...VISITS, columns: [{ name: '1st', columnType: DeltaColumnType.LONG }] }), "columns.name must be letters, digits and underscores, not a digit first, 128 at most, got '1st'"],
  ['a type that is none', tables({ ...VISITS, columns: [{ name: 'day', columnType: 'int' }] }), "columns.day.columnType must be a DeltaColumnType, got 'int'"],
  ['columns that differ in case', tables({ ...VISITS, partitionBy: [], columns: [...VISITS.columns, { name: 'Day', columnType: DeltaColumnType.DATE }] }), 'columns'],
  ['a partition by no column', tables({ ...VISITS, partitionBy: ['month'] }), "partitionBy must be one of the columns customer_id, day, got 'month'"],
  ['partitions by all columns', tables({ ...VISITS, partitionBy: ['day', 'customer_id'] }), 'partitionBy has every column'],
])('refuses %s', (_, made, fault) => {
  expect(made).toThrow(fault);
  expect(made).toThrow(/^(integration|table) '/);
});

test('the first version has the protocol and the schema, the same at every synthesis, another id for another table', () => {
  const [protocol, { metaData }] = firstVersion(VISITS, 'Stack/visits').trimEnd().split('\n').map((line) => JSON.parse(line));
  expect(protocol).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  expect(metaData.partitionColumns).toEqual(['day']);
  expect(metaData.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(JSON.parse(metaData.schemaString).fields.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`)).toEqual(['customer_id long', 'day date']);
  expect(firstVersion(VISITS, 'Stack/visits')).toBe(firstVersion(VISITS, 'Stack/visits'));
  expect(firstVersion(VISITS, 'Other/visits')).not.toContain(metaData.id);
});
