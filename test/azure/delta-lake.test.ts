import { TerraformOutput } from 'cdktf';
import { DataLake } from '../../src/azure/data-lake';
import { Integrations } from '../../src/azure/integrations';
import { Workspace } from '../../src/azure/workspace';
import { DeltaColumnType, Integration } from '../../src/core';
import { azureStack } from '../support/azure';
import { synthesized } from '../support/terraform';

test('the workspace lists each table where its clients write it', () => {
  const stack = azureStack({ resourceGroupName: 'ml' });
  const data = new DataLake(stack, 'Data');
  const workspace = new Workspace(stack, 'Workspace', { data });
  const { connections: [connection] } = new Integrations(stack, 'Integrations', {
    data,
    workspace,
    use: [Integration.deltaLake({
      tables: [{
        name: 'site_visits',
        columns: [{ name: 'day', columnType: DeltaColumnType.DATE }, { name: 'n', columnType: DeltaColumnType.LONG }],
        partitionBy: ['day'],
      }],
    })],
  });
  new TerraformOutput(stack, 'tables', { value: connection.environment.DELTA_TABLES_URI });
  const config = synthesized(stack);
  const assets = Object.values<{ type: string; name: string; body: { properties: object } }>(config.resource.azapi_resource);
  const version = assets.find(({ type }) => type.startsWith('Microsoft.MachineLearningServices/workspaces/data/versions@'))!;
  expect(version.body.properties).toEqual({
    dataType: 'uri_folder',
    dataUri: `${config.output.tables.value}/site_visits`,
    description: 'Delta Lake table site_visits',
    tags: { columns: 'day date, n long', partitionBy: 'day' },
  });
  expect(assets.some(({ name, type }) => name === 'delta-site-visits' && type.startsWith('Microsoft.MachineLearningServices/workspaces/data@'))).toBe(true);
  expect(connection.environment).not.toHaveProperty('AWS_S3_LOCKING_PROVIDER');
});
