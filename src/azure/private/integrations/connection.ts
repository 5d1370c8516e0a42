import { Fn, Token } from 'cdktf';
import { Construct } from 'constructs';
import { newDeltaTables } from './delta-tables';
import { PrometheusWorkspace } from './prometheus-workspace';
import { clientSettings, filesVariable, hostOf, IntegrationPlan, isOnInternet } from '../../../core/private/integrations/plan';
import { IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { IWorkspace } from '../../workspace-props';
import { grantRole } from '../base/grants';

/** Parts of a connection. */
export interface ConnectionInput {
  readonly plan: IntegrationPlan;
  readonly data: IDataLake;
  /** ARM id of the vault of the secrets; undefined where the system has none. */
  readonly keyVaultId?: string;
  readonly workspace: IWorkspace;
}

/** A system of `Integrations`, by its id. */
export class SystemConnection extends Construct implements IConnection {
  public readonly id: string;
  public readonly environment: { [name: string]: string };
  public readonly secretReferences: { [variable: string]: string };
  public readonly internetDomains: string[];
  public readonly metricsWorkspaceId?: string;
  private readonly metrics?: PrometheusWorkspace;
  private readonly input: ConnectionInput;

  public constructor(scope: Construct, id: string, input: ConnectionInput) {
    super(scope, id);
    const { plan, data, keyVaultId, workspace } = input;
    this.id = id;
    this.input = input;
    const path = `integrations/${id}`;
    const store = `abfss://${data.artifactContainer}@${data.storeAccountName}.dfs.core.windows.net/${path}`;
    if (plan.tables !== undefined) newDeltaTables(this, { tables: plan.tables, workspace, address: store });
    // Prometheus is what is managed here.
    this.metrics = plan.isManaged ? new PrometheusWorkspace(this) : undefined;
    this.metricsWorkspaceId = this.metrics?.workspaceId;
    const endpoint = this.metrics?.remoteWriteUrl ?? plan.endpoint;
    const { files, variables } = clientSettings(plan, {
      ...(endpoint === undefined ? {} : { endpoint, host: hostOf(endpoint) }),
      'region': workspace.location,
      store,
      'store.account': data.storeAccountName,
      'store.container': data.artifactContainer,
      'store.path': path,
    });
    // Small files travel in the variable itself: whoever applies needs no way into the lake.
    const held = Object.keys(files).length === 0 ? {} : { [filesVariable(id)]: JSON.stringify(files) };
    this.environment = { ...variables, ...held };
    this.secretReferences = Object.fromEntries(
      Object.entries(plan.secrets).map(([variable, { value }]) => [
        variable,
        `${vaultUrl(keyVaultId!)}/secrets/${value}`,
      ]),
    );
    this.internetDomains = isOnInternet(plan) ? [...(plan.client.serviceDomains ?? [])] : [];
  }

  public grantUse(principal: IPrincipal): Grant {
    const { data, keyVaultId, plan } = this.input;
    const secrets = Object.values(plan.secrets).map(({ value }) => grantRole(this, principal, `read ${value}`, {
      scope: `${keyVaultId}/secrets/${value}`,
      role: 'keyVaultSecretsUser',
      description: `Reads the secret of ${plan.system.title}`,
    }));
    return Grant.all([
      ...secrets,
      ...(this.metrics === undefined ? [] : [this.metrics.grantWrite(principal)]),
      ...(plan.client.store ? [data.grantWriteArtifacts(principal, `integrations/${this.id}/`)] : []),
    ]);
  }
}

/** Address of a vault, which its name makes. */
function vaultUrl(keyVaultId: string): string {
  const name = Token.isUnresolved(keyVaultId) ? Fn.element(Fn.split('/', keyVaultId), 8) : keyVaultId.split('/')[8];
  return `https://${name}.vault.azure.net`;
}
