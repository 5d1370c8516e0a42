import { PostgresqlFlexibleServer } from '@cdktf/provider-azurerm/lib/postgresql-flexible-server';
import { PostgresqlFlexibleServerConfiguration } from '@cdktf/provider-azurerm/lib/postgresql-flexible-server-configuration';
import { PostgresqlFlexibleServerDatabase } from '@cdktf/provider-azurerm/lib/postgresql-flexible-server-database';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { newSecret, VaultSecret } from './secrets';
import { acknowledge } from '../../../terraform/acknowledge';
import { ephemeralPassword } from '../../../terraform/ephemeral-password';
import { IEncryptionKey } from '../../encryption-key-props';
import { ManagedIdentity } from '../../managed-identity';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { privateEndpoint, PRIVATE_ZONES } from '../base/private-endpoint';
import { resourceGroupOf } from '../base/resource-group-of';

/** Settings of a database. */
export interface DatabaseSettings {
  /** Name of the database and of its user. */
  readonly name: string;
  /** Encrypts it; undefined where Microsoft's key does. */
  readonly encryptionKey?: IEncryptionKey;
  readonly keyVaultId: string;
  readonly skuName: string;
  readonly highlyAvailable: boolean;
  readonly passwordVersion: number;
  readonly isDestroyable: boolean;
}

/** A database that a server can connect to. */
export interface PrivateDatabase {
  /** ARM id of the server. */
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
  /** Name of the database and of its user. */
  readonly name: string;
  readonly password: VaultSecret;
  /** What a client waits for. */
  readonly ready: ITerraformDependable[];
}

/**
 * A database of PostgreSQL with a private endpoint alone, backed up daily and to any moment of the last two weeks.
 *
 * Children: `Database`, `DatabaseEndpoint`, `Extensions`, `Schema`, `Password`, and `DatabaseIdentity` where a key of
 * the lake encrypts it.
 */
export function newDatabase(scope: Construct, settings: DatabaseSettings): PrivateDatabase {
  const { encryptionKey, isDestroyable, name, passwordVersion } = settings;
  const group = resourceGroupOf(scope);
  group._register('Microsoft.DBforPostgreSQL');
  const identity = encryptionKey && new ManagedIdentity(scope, 'DatabaseIdentity');
  const made = ephemeralPassword(scope, 'Password');
  const server = new PostgresqlFlexibleServer(scope, 'Database', {
    name: azureName(scope, 'postgresqlServer'),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    version: '17',
    skuName: settings.skuName,
    administratorLogin: name,
    administratorPasswordWo: made,
    administratorPasswordWoVersion: passwordVersion,
    publicNetworkAccessEnabled: false,
    autoGrowEnabled: true,
    backupRetentionDays: 14,
    highAvailability: settings.highlyAvailable ? { mode: 'ZoneRedundant' } : undefined,
    maintenanceWindow: { dayOfWeek: 0, startHour: 3, startMinute: 0 },
    identity: identity && { type: 'UserAssigned', identityIds: [identity.identityId] },
    customerManagedKey: identity && encryptionKey && {
      keyVaultKeyId: encryptionKey.versionlessKeyId,
      primaryUserAssignedIdentityId: identity.identityId,
    },
    lifecycle: {
      preventDestroy: !isDestroyable,
      // Azure chooses the zones, and moves the server to the other one when that takes over.
      ignoreChanges: ['zone', 'high_availability[0].standby_availability_zone'],
    },
    dependsOn: after(identity && encryptionKey?.grantCrypto(identity)),
  });
  acknowledge(
    server,
    'CKV_AZURE_136',
    'backups are kept in the region of the data: a copy in another one is a choice that only a new server can have',
  );
  // Right after the server: an apply that ends between the two leaves a password that nobody knows.
  const password = newSecret(scope, 'Password', {
    keyVaultId: settings.keyVaultId,
    value: made,
    version: passwordVersion,
    dependsOn: [server],
  });
  const extensions = new PostgresqlFlexibleServerConfiguration(scope, 'Extensions', {
    serverId: server.id,
    name: 'azure.extensions',
    value: EXTENSIONS.join(','),
  });
  const schema = new PostgresqlFlexibleServerDatabase(scope, 'Schema', {
    serverId: server.id,
    name,
    charset: 'UTF8',
    collation: 'en_US.utf8',
    lifecycle: { preventDestroy: !isDestroyable },
    dependsOn: [extensions],
  });
  const endpoint = privateEndpoint(scope, 'DatabaseEndpoint', {
    network: group.network,
    targetId: server.id,
    subresource: 'postgresqlServer',
    zones: PRIVATE_ZONES.postgresqlServer,
  });
  return {
    serverId: server.id,
    host: server.fqdn,
    port: 5432,
    name,
    password,
    ready: [schema, endpoint, password.resource],
  };
}

/** Extensions that migrations make; others are refused. */
const EXTENSIONS = ['PG_TRGM', 'PGCRYPTO'];
