import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { Integrations } from '../../src/aws/integrations';
import { DeltaColumnType, Integration } from '../../src/core';
import { strictApp } from '../support/judges';

const TABLES = Integration.deltaLake({
  tables: [{
    name: 'visits',
    columns: [{ name: 'customer_Id', columnType: DeltaColumnType.LONG }, { name: 'day', columnType: DeltaColumnType.DATE }],
    partitionBy: ['day'],
  }],
});
const stackIn = () => new Stack(strictApp(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
function scene() {
  const stack = stackIn();
  const data = new DataLake(stack, 'Data');
  const { connections: [connection] } = new Integrations(stack, 'Integrations', { data, use: [TABLES] });
  return { stack, connection };
}

test('the catalogue lists each table where its clients write it', () => {
  const { stack, connection } = scene();
  const [table] = Object.values(Template.fromStack(stack).findResources('AWS::Glue::Table'));
  expect(table.Properties.DatabaseName).toEqual({ Ref: expect.stringMatching(/^DataDatabase/) });
  const { Parameters, PartitionKeys, StorageDescriptor } = table.Properties.TableInput;
  expect(Parameters).toMatchObject({ 'table_type': 'delta', 'spark.sql.sources.provider': 'delta' });
  expect(StorageDescriptor.Columns).toEqual([{ Name: 'customer_id', Type: 'bigint' }]);
  expect(PartitionKeys).toEqual([{ Name: 'day', Type: 'date' }]);
  const [, parts] = StorageDescriptor.Location['Fn::Join'];
  const root = stack.resolve(connection.environment.DELTA_TABLES_URI)['Fn::Join'][1];
  expect(parts.at(-1)).toBe(`${root.at(-1)}/visits`);
});
