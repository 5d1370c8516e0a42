import { ContainerApp } from '@cdktf/provider-azurerm/lib/container-app';
import { ContainerAppEnvironment } from '@cdktf/provider-azurerm/lib/container-app-environment';
import { PrivateDnsARecord } from '@cdktf/provider-azurerm/lib/private-dns-a-record';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { newDatabase, PrivateDatabase } from './database';
import { madeSecret, VaultSecret } from './secrets';
import { ServerFacts } from '../../../core/integrations/system';
import { containerProgram, ContainerSecret } from '../../../core/private/integrations/container';
import { IntegrationPlan } from '../../../core/private/integrations/plan';
import { once } from '../../../terraform/once';
import { IEncryptionKey } from '../../encryption-key-props';
import { HostedSystemOptions } from '../../integrations-props';
import { ManagedIdentity } from '../../managed-identity';
import { grantRole, settled } from '../base/grants';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';

/** Parts of a system that the stack hosts. */
export interface HostedSystemInput {
  readonly plan: IntegrationPlan;
  readonly server: ServerFacts;
  readonly options: HostedSystemOptions;
  /** The environment of the stack's container apps, closed to the internet. */
  readonly environment: ContainerAppEnvironment;
  readonly encryptionKey?: IEncryptionKey;
  readonly keyVaultId: string;
  readonly isDestroyable: boolean;
}

/** A system that runs, as clients and alerts need it. */
export interface HostedSystem {
  readonly title: string;
  readonly host: string;
  /** Address without the path of clients. */
  readonly uri: string;
  readonly appId: string;
  readonly appName: string;
  /** Whether a replica is there all the time. */
  readonly isAlwaysOn: boolean;
  /** ARM id of the server of the database. */
  readonly databaseId?: string;
  /** Secrets of the server, by name. */
  readonly secrets: { readonly [name: string]: VaultSecret };
}

/**
 * A server on Container Apps with its database and its secrets, which answers in the network of the stack alone.
 *
 * Children: `Server`, `Identity`, those of the database, and `Secret-<name>` for each secret.
 */
export function newHostedSystem(scope: Construct, input: HostedSystemInput): HostedSystem {
  const { plan, server, options, environment, keyVaultId, isDestroyable } = input;
  const { title } = plan.system;
  const group = resourceGroupOf(scope);
  const identity = new ManagedIdentity(scope, 'Identity');
  const database = server.database && newDatabase(scope, {
    name: plan.system.id.replace(/-/g, '_'),
    encryptionKey: input.encryptionKey,
    keyVaultId,
    skuName: options.databaseSku ?? 'B_Standard_B1ms',
    highlyAvailable: options.highlyAvailable ?? false,
    passwordVersion: options.passwordVersion ?? 1,
    isDestroyable,
  });
  const secrets = Object.fromEntries((server.secrets ?? []).map((name) => [
    name, madeSecret(scope, `Secret-${name}`, { keyVaultId, version: options.secretVersion ?? 1, isDestroyable }),
  ]));
  const all = [...Object.values(secrets), ...(database === undefined ? [] : [database.password])];
  const mayRead = settled(scope, 'SecretsReadable', all.map((secret) =>
    grantRole(scope, identity, `read ${secret.name}`, {
      scope: `${keyVaultId}/secrets/${secret.name}`,
      role: 'keyVaultSecretsUser',
      description: `Reads a secret of ${title}`,
      needs: [secret.resource],
    })));
  const appName = azureName(scope, 'containerApp');
  const host = `${appName}.${environment.defaultDomain}`;
  const uri = `https://${host}`;
  const program = containerProgram(server, {
    ...plan.options,
    region: group.location,
    endpoint: uri,
    host,
    ...(database === undefined ? {} : placesOf(database)),
  });
  const [command, ...args] = program.command;
  const memoryGiB = options.memoryGiB ?? server.memoryGiB;
  const probe = { transport: 'HTTP', path: server.healthPath, port: server.port };
  const app = new ContainerApp(scope, 'Server', {
    name: appName,
    resourceGroupName: group.resourceGroupName,
    containerAppEnvironmentId: environment.id,
    workloadProfileName: 'Consumption',
    // A new revision takes over once it answers; the migration of the database has run by then.
    revisionMode: 'Single',
    identity: { type: 'UserAssigned', identityIds: [identity.identityId] },
    // With the version in the address a new value is a new revision, which reads it.
    secret: Object.values(program.secrets).map((secret) => secretOf(secret, database, secrets)).filter(isFirst)
      .map((secret) => ({ name: secret.name, keyVaultSecretId: secret.versionedId, identity: identity.identityId })),
    ingress: {
      // Of the environment, which answers in its network alone.
      externalEnabled: true,
      allowInsecureConnections: false,
      targetPort: server.port,
      transport: 'auto',
      trafficWeight: [{ latestRevision: true, percentage: 100 }],
    },
    template: {
      minReplicas: server.scalesToZero ? 0 : 1,
      maxReplicas: 1,
      container: [{
        name: plan.system.id,
        image: `${server.repository}:${options.version ?? server.tag}`,
        cpu: memoryGiB / 2,
        memory: `${memoryGiB}Gi`,
        command: command === undefined ? undefined : [command],
        args: command === undefined ? undefined : args,
        env: [
          ...Object.entries(program.variables).map(([name, value]) => ({ name, value })),
          ...Object.entries(program.secrets).map(([name, secret]) => ({
            name, secretName: secretOf(secret, database, secrets).name,
          })),
        ],
        // Four minutes to start, and a new start after a minute and a half of silence.
        startupProbe: [{ ...probe, intervalSeconds: 10, timeout: 5, failureCountThreshold: 24 }],
        livenessProbe: [{ ...probe, intervalSeconds: 30, timeout: 10, failureCountThreshold: 3 }],
        readinessProbe: [{ ...probe, intervalSeconds: 10, timeout: 5, failureCountThreshold: 3 }],
      }],
    },
    dependsOn: after(mayRead, ...(database?.ready ?? []), ...nameOfEnvironment(environment)),
  });
  return {
    title,
    host,
    uri,
    appId: app.id,
    appName,
    isAlwaysOn: !server.scalesToZero,
    databaseId: database?.serverId,
    secrets,
  };
}

function placesOf({ host, port, name }: PrivateDatabase): { readonly [placeholder: string]: string } {
  return { 'database.host': host, 'database.port': `${port}`, 'database.name': name, 'database.user': name };
}

function secretOf(
  secret: ContainerSecret,
  database: PrivateDatabase | undefined,
  made: { readonly [name: string]: VaultSecret },
): VaultSecret {
  return secret.kind === 'database-password' ? database!.password : made[secret.name];
}

function isFirst<T>(each: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(each) === index;
}

/** The names of a closed environment's apps, which no public DNS knows: once for each environment. */
function nameOfEnvironment(environment: ContainerAppEnvironment): ITerraformDependable[] {
  const home = environment.node.scope!;
  const { network, resourceGroupName } = resourceGroupOf(environment);
  const zone = once(home, 'ContainerAppsDns', (id) => new PrivateDnsZone(home, id, {
    name: environment.defaultDomain, resourceGroupName,
  }));
  const link = once(home, 'ContainerAppsDnsLink', (id) => new PrivateDnsZoneVirtualNetworkLink(home, id, {
    name: azureName(home, 'network', id),
    privateDnsZoneName: zone.name,
    resourceGroupName,
    virtualNetworkId: network.networkId,
    registrationEnabled: false,
  }));
  const record = once(home, 'ContainerAppsDnsRecord', (id) => new PrivateDnsARecord(home, id, {
    name: '*', zoneName: zone.name, resourceGroupName, ttl: 300, records: [environment.staticIpAddress],
  }));
  return [link, record];
}
