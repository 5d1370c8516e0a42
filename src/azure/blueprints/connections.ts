import { Construct } from 'constructs';
import { BlueprintProps } from './blueprint-props';
import { given } from '../../core/private/level-defaults';
import { IDataLake } from '../data-lake-props';
import { Integrations } from '../integrations';
import { IWorkspace } from '../workspace-props';

/** The integrations of a product, which its notebooks may use; undefined where it has none. */
export function integrationsOf(
  blueprint: Construct,
  { integrations: section }: BlueprintProps,
  parts: { readonly data: IDataLake; readonly workspace: IWorkspace },
): Integrations | undefined {
  if (section === undefined) return undefined;
  const integrations = new Integrations(blueprint, 'Integrations', { use: [], ...given(section), ...parts });
  for (const connection of integrations.connections) {
    for (const notebook of parts.workspace.identities) connection.grantUse(notebook);
  }
  return integrations;
}
