import { ContainerAppEnvironment } from '@cdktf/provider-azurerm/lib/container-app-environment';
import { Construct } from 'constructs';
import { newDeltaTables } from './delta-tables';
import { HostedSystem, newHostedSystem } from './hosted-system';
import { PrometheusWorkspace } from './prometheus-workspace';
import { vaultUrl } from './secrets';
import {
  clientEndpoint, clientSettings, filesVariable, hostOf, IntegrationPlan, isOnInternet,
} from '../../../core/private/integrations/plan';
import { IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { HostedSystemOptions } from '../../integrations-props';
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
  /** How the system runs, where the stack hosts it. */
  readonly options: HostedSystemOptions;
  /** The environment of the stack's container apps; asked for where a system is hosted. */
  readonly environment: () => ContainerAppEnvironment;
  readonly isDestroyable: boolean;
}

/** A system of `Integrations`, by its id. */
export class SystemConnection extends Construct implements IConnection {
  public readonly id: string;
  public readonly environment: { [name: string]: string };
  public readonly secretReferences: { [variable: string]: string };
  public readonly internetDomains: string[];
  public readonly metricsWorkspaceId?: string;
  private readonly metrics?: PrometheusWorkspace;
  public readonly isInNetwork: boolean;
  public readonly hosted?: HostedSystem;
  private readonly input: ConnectionInput;

  public constructor(scope: Construct, id: string, input: ConnectionInput) {
    super(scope, id);
    const { plan, data, keyVaultId, workspace } = input;
    const { server } = plan;
    this.id = id;
    this.input = input;
    this.hosted = server && newHostedSystem(this, {
      ...input,
      server,
      environment: input.environment(),
      encryptionKey: data.encryptionKey,
      keyVaultId: keyVaultId!,
    });
    this.isInNetwork = server !== undefined;
    const path = `integrations/${id}`;
    const store = `abfss://${data.artifactContainer}@${data.storeAccountName}.dfs.core.windows.net/${path}`;
    if (plan.tables !== undefined) newDeltaTables(this, { tables: plan.tables, workspace, address: store });
    // Prometheus is what is managed here.
    this.metrics = plan.isManaged ? new PrometheusWorkspace(this) : undefined;
    this.metricsWorkspaceId = this.metrics?.workspaceId;
    const endpoint = this.metrics?.remoteWriteUrl ?? plan.endpoint;
    const { files, variables } = clientSettings(plan, {
      ...placesOf(plan, endpoint, this.hosted),
      'region': workspace.location,
      store,
      'store.account': data.storeAccountName,
      'store.container': data.artifactContainer,
      'store.path': path,
    });
    // Small files travel in the variable itself: whoever applies needs no way into the lake.
    const held = Object.keys(files).length === 0 ? {} : { [filesVariable(id)]: JSON.stringify(files) };
    this.environment = { ...variables, ...held };
    const own = this.hosted === undefined ? {} : plan.client.serverSecrets ?? {};
    this.secretReferences = Object.fromEntries([
      ...Object.entries(plan.secrets).map(([variable, { value }]) => [
        variable,
        `${vaultUrl(keyVaultId!)}/secrets/${value}`,
      ]),
      ...Object.entries(own).map(([variable, name]) => [variable, this.hosted!.secrets[name].reference]),
    ]);
    this.internetDomains = isOnInternet(plan) ? [...(plan.client.serviceDomains ?? [])] : [];
  }

  public grantUse(principal: IPrincipal): Grant {
    const { data, keyVaultId, plan } = this.input;
    const secrets = Object.values(plan.secrets).map(({ value }) => grantRole(this, principal, `read ${value}`, {
      scope: `${keyVaultId}/secrets/${value}`,
      role: 'keyVaultSecretsUser',
      description: `Reads the secret of ${plan.system.title}`,
    }));
    const own = this.hosted === undefined ? [] : Object.values(plan.client.serverSecrets ?? {}).map((name) => {
      const secret = this.hosted!.secrets[name];
      return grantRole(this, principal, `read ${secret.name}`, {
        scope: `${keyVaultId}/secrets/${secret.name}`,
        role: 'keyVaultSecretsUser',
        description: `Reads the secret of ${plan.system.title}`,
        needs: [secret.resource],
      });
    });
    return Grant.all([
      ...secrets,
      ...(this.metrics === undefined ? [] : [this.metrics.grantWrite(principal)]),
      ...own,
      ...(plan.client.store ? [data.grantWriteArtifacts(principal, `integrations/${this.id}/`)] : []),
    ]);
  }
}

/** Where a client finds the system. */
function placesOf(
  plan: IntegrationPlan,
  endpoint: string | undefined,
  hosted: HostedSystem | undefined,
): { readonly [place: string]: string } {
  if (hosted !== undefined) return { endpoint: clientEndpoint(plan, hosted.uri), host: hosted.host };
  return endpoint === undefined ? {} : { endpoint, host: hostOf(endpoint) };
}
