import { IDataLake } from './data-lake-props';
import { IWorkspace } from './workspace-props';
import { IntegrationsIntent } from '../core/integrations/integrations';

/** Systems that are used on Azure, without lake and workspace, which a blueprint gives them. */
export interface IntegrationsOptions extends IntegrationsIntent {
  /**
   * ARM id of the vault that holds the secrets, with permissions by role. Whoever operates the stack writes them there;
   * what runs with a connection gets the role Key Vault Secrets User on the secrets that it names.
   *
   * @default - the vault of the workspace, where that is made in this app; asked for otherwise
   */
  readonly keyVaultId?: string;
}

/** Systems that are used on Azure. */
export interface IntegrationsProps extends IntegrationsOptions {
  /** The lake, whose container of artifacts holds what clients keep under `integrations/`. */
  readonly data: IDataLake;
  /** The workspace, whose vault holds the secrets. */
  readonly workspace: IWorkspace;
}
