import { IDataLake } from './data-lake-props';
import { RemovalPolicy } from './removal-policy';
import { IWorkspace } from './workspace-props';
import { IntegrationsIntent } from '../core/integrations/integrations';

/** How Azure hosts one system: a container on Container Apps, a database of Azure Database for PostgreSQL. */
export interface HostedSystemOptions {
  /**
   * Memory of the container in GiB, 0.5 to 8 in steps of a half; it has half as many vCPUs.
   *
   * @default - what the system needs at least
   */
  readonly memoryGiB?: number;
  /**
   * Version to run, as the image's tag has it. A newer one changes the schema of the database when it starts; an older
   * one may not read it any more.
   *
   * @default - the version that the library knows
   */
  readonly version?: string;
  /**
   * Machine of the database, as the provider names it: `GP_Standard_D2ds_v5`.
   *
   * @default 'B_Standard_B1ms' - about 13 USD a month, 4 more for its disk
   * @see https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-compute
   */
  readonly databaseSku?: string;
  /**
   * Whether the database has a twin in a second zone that takes over; doubles its price, and needs a machine that is
   * not burstable.
   *
   * @default false
   */
  readonly highlyAvailable?: boolean;
  /**
   * A higher number gives the database a new password, which is never displayed.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * A higher number makes the secrets of the server new, which clients fetch when they start next.
   *
   * @default 1
   */
  readonly secretVersion?: number;
}

/** Systems that are used on Azure, without lake and workspace, which a blueprint gives them. */
export interface IntegrationsOptions extends IntegrationsIntent {
  /**
   * ARM id of the vault that holds the secrets, with permissions by role. Whoever operates the stack writes them there;
   * what runs with a connection gets the role Key Vault Secrets User on the secrets that it names.
   *
   * @default - the vault of the workspace, where that is made in this app; asked for otherwise
   */
  readonly keyVaultId?: string;
  /**
   * How the systems that the stack hosts run, by their id: `prefect`.
   *
   * @default - the defaults of `HostedSystemOptions`
   */
  readonly hosted?: { [system: string]: HostedSystemOptions };
  /**
   * Removal policy of databases and secrets of hosted systems when these leave the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * ARM ids of action groups that are notified of the alerts on hosted systems.
   *
   * @default - no one is notified: alerts are in the portal alone
   */
  readonly actionGroupIds?: string[];
}

/** Systems that are used on Azure. */
export interface IntegrationsProps extends IntegrationsOptions {
  /** The lake, whose container of artifacts holds what clients keep under `integrations/`. */
  readonly data: IDataLake;
  /** The workspace, whose vault holds the secrets. */
  readonly workspace: IWorkspace;
}
