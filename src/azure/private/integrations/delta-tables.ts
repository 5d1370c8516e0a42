import { Construct } from 'constructs';
import { DeltaTableSpec } from '../../../core/integrations/delta-table';
import { IWorkspace } from '../../workspace-props';
import { armResource } from '../base/arm';

/** Tables of Delta Lake in the lake. */
export interface DeltaTablesInput {
  readonly tables: readonly DeltaTableSpec[];
  readonly workspace: IWorkspace;
  /** Folder of the tables, `abfss://…`. */
  readonly address: string;
}

/**
 * Entries of Delta Lake tables in the workspace's catalogue of data: what a job takes as the input
 * `azureml:<name>@latest`, and what the studio lists. An entry may be there before the first row is written.
 *
 * Children: `Table-<name>` and `Version-<name>` for each table.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-create-data-assets
 */
export function newDeltaTables(scope: Construct, { address, tables, workspace }: DeltaTablesInput): void {
  for (const table of tables) {
    const { columns, partitionBy = [] } = table;
    const asset = armResource(scope, `Table-${table.name}`, {
      type: 'Microsoft.MachineLearningServices/workspaces/data',
      name: `delta-${table.name.replace(/_/g, '-')}`,
      parentId: workspace.workspaceId,
      body: { properties: { dataType: 'uri_folder', description: `Delta Lake table ${table.name}` } },
    });
    armResource(scope, `Version-${table.name}`, {
      type: 'Microsoft.MachineLearningServices/workspaces/data/versions',
      name: '1',
      parentId: asset.id,
      body: {
        properties: {
          dataType: 'uri_folder',
          dataUri: `${address}/${table.name}`,
          description: `Delta Lake table ${table.name}`,
          // Tags may change, properties of a version may not.
          tags: {
            columns: columns.map(({ columnType, name }) => `${name} ${columnType}`).join(', '),
            ...(partitionBy.length === 0 ? {} : { partitionBy: partitionBy.join(', ') }),
          },
        },
      },
    });
  }
}
