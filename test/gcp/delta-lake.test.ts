import { TerraformOutput } from 'cdktf';
import { DeltaColumnType, Integration } from '../../src/core';
import { DataLake, Integrations, Principal } from '../../src/gcp';
import { googleStack, onlyResource, synthesized } from '../support/terraform';

function scene() {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const { connections: [connection] } = new Integrations(stack, 'Integrations', {
    data,
    use: [Integration.deltaLake({ tables: [{ name: 'visits', columns: [{ name: 'day', columnType: DeltaColumnType.DATE }, { name: 'n', columnType: DeltaColumnType.LONG }] }] })],
  });
  new TerraformOutput(stack, 'tables', { value: connection.environment.DELTA_TABLES_URI });
  return { stack, connection };
}

test('BigQuery lists each table where its clients write it, after its first version is there', () => {
  const config = synthesized(scene().stack);
  const root = config.output.tables.value;
  const table = onlyResource(config, 'google_bigquery_table');
  const [first] = Object.entries<Record<string, unknown>>(config.resource.google_storage_bucket_object);
  expect(table.table_id).toBe('delta_visits');
  expect(table.external_data_configuration).toMatchObject({
    source_format: 'DELTA_LAKE',
    autodetect: true,
    source_uris: [`${root}/visits`],
  });
  expect(table.depends_on).toContain(`google_storage_bucket_object.${first[0]}`);
  expect(`gs://${first[1].bucket}/${first[1].name}`).toBe(`${root}/visits/_delta_log/00000000000000000000.json`);
});

test('a log that writers go on with is never written again', () => {
  const config = synthesized(scene().stack);
  const [object] = Object.values<{ lifecycle: object }>(config.resource.google_storage_bucket_object);
  expect(object.lifecycle).toEqual({ ignore_changes: 'all', prevent_destroy: true });
});

test('the catalog reads the folder of the tables alone, and writers write it', () => {
  const { stack, connection } = scene();
  connection.grantUse(Principal.group('ml@example.com'));
  const members = Object.values<{ member: string; role: string; condition?: { expression: string } }>(
    synthesized(stack).resource.google_storage_bucket_iam_member,
  );
  const catalog = members.filter(({ member }) => member.includes('google_bigquery_connection'));
  expect(catalog.length).toBeGreaterThan(0);
  for (const { condition } of catalog) expect(condition!.expression).toContain('integrations/delta-lake/');
  expect(
    members.some(({ member, role }) => member === 'group:ml@example.com' && role === 'roles/storage.objectUser'),
  ).toBe(true);
});
