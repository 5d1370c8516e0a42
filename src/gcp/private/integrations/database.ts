import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version';
import { SqlDatabase } from '@cdktf/provider-google/lib/sql-database';
import { SqlDatabaseInstance } from '@cdktf/provider-google/lib/sql-database-instance';
import { SqlUser } from '@cdktf/provider-google/lib/sql-user';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { newSecret } from './secrets';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';
import { acknowledge } from '../../../terraform/acknowledge';
import { ephemeralPassword } from '../../../terraform/ephemeral-password';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { lastingName } from '../base/lasting-names';
import { after } from '../base/ordering';

/** Settings of a database. */
export interface DatabaseSettings {
  readonly engine: DatabaseEngine;
  /** Name of the database and of its user. */
  readonly name: string;
  readonly encryptionKey: IEncryptionKey;
  /** Who reads the password. */
  readonly client: IPrincipal;
  readonly tier: string;
  readonly highlyAvailable: boolean;
  readonly passwordVersion: number;
  readonly isDestroyable: boolean;
}

/** A database that a server can connect to. */
export interface PrivateDatabase {
  readonly instance: SqlDatabaseInstance;
  /** Private address. */
  readonly host: string;
  readonly port: number;
  /** Name of the database and of its user. */
  readonly name: string;
  /** Secret of the password, and the version that holds now. */
  readonly password: { readonly secret: string; readonly version: string };
  /** What a server waits for. */
  readonly ready: (ITerraformDependable | Grant)[];
}

/** Refuses machines that Cloud SQL does not have. @see https://cloud.google.com/sql/docs/postgres/instance-settings */
export function requireDatabaseTier(
  who: Speaker,
  tier: string | undefined,
  prop: string = 'databaseTier',
  engine: string = 'PostgreSQL',
): void {
  requireMatch(
    who,
    prop,
    tier,
    /^db-(f1-micro|g1-small|custom-\d+-\d+|perf-optimized-N-(2|4|8|16|32|48|64|80|96|128))$/,
    `a machine of Cloud SQL for ${engine} like db-custom-2-7680`,
  );
  const [, cpus, mib] = (/^db-custom-(\d+)-(\d+)$/.exec(tier ?? '') ?? []).map(Number);
  if (cpus === undefined) return;
  if (cpus > 96 || (cpus !== 1 && cpus % 2 === 1) || cpus === 0) {
    refuse(who, prop, tier, '1 vCPU or an even number of them up to 96');
  }
  const [least, most] = [Math.max(3840, Math.ceil(cpus * 0.9 * 4) * 256), Math.floor(cpus * 6.5 * 4) * 256];
  if (mib < least || mib > most || mib % 256 !== 0) {
    refuse(who, prop, tier, `${least} to ${most} MiB of memory for ${cpus} vCPUs, in steps of 256`);
  }
}

/** A database with a private address alone, encrypted, backed up daily and to any moment of the last week. */
export function newDatabase(scope: Construct, settings: DatabaseSettings): PrivateDatabase {
  const { encryptionKey, isDestroyable, name } = settings;
  const engine = ENGINES[settings.engine];
  const project = GoogleProject.of(scope);
  const instance = new SqlDatabaseInstance(scope, 'Database', {
    name: lastingName(scope, undefined, { maxLength: 60, separator: '-' }),
    project: project.projectId,
    region: project.region,
    databaseVersion: engine.version,
    encryptionKeyName: encryptionKey.keyId,
    deletionProtection: !isDestroyable,
    settings: {
      // The other edition, which is the default of new versions, has no small machines.
      edition: settings.tier.startsWith('db-perf-optimized') ? 'ENTERPRISE_PLUS' : 'ENTERPRISE',
      tier: settings.tier,
      availabilityType: settings.highlyAvailable ? 'REGIONAL' : 'ZONAL',
      deletionProtectionEnabled: !isDestroyable,
      diskType: 'PD_SSD',
      diskAutoresize: true,
      ipConfiguration: { ipv4Enabled: false, privateNetwork: project.network.networkId, sslMode: 'ENCRYPTED_ONLY' },
      backupConfiguration: {
        enabled: true,
        location: project.region,
        startTime: '02:00',
        ...engine.recovery,
        transactionLogRetentionDays: 7,
        backupRetentionSettings: { retainedBackups: 14, retentionUnit: 'COUNT' },
      },
      maintenanceWindow: { day: 7, hour: 3, updateTrack: 'stable' },
      insightsConfig: engine.insights,
      databaseFlags: Object.entries(engine.flags).map(([flag, value]) => ({ name: flag, value })),
    },
    lifecycle: { preventDestroy: !isDestroyable },
    dependsOn: after(
      project._api('sqladmin'),
      encryptionKey.grantServiceAgent('sqladmin'),
      project.network.privateServices,
    ),
  });
  acknowledge(
    instance,
    'CKV_GCP_6',
    'connections must be encrypted; a certificate for the one client would be a second secret beside its password',
  );
  if (settings.engine === 'postgresql') {
    acknowledge(
      instance,
      'CKV2_GCP_13',
      'Query Insights measures statements: a line in the log for each of them would cost more and say less',
    );
  }
  const database = new SqlDatabase(scope, 'Schema', {
    name,
    project: project.projectId,
    instance: instance.name,
    deletionPolicy: 'ABANDON',
  });
  const { password, ready } = newPassword(scope, instance, settings);
  return {
    instance,
    password,
    host: instance.privateIpAddress,
    port: engine.port,
    name,
    ready: [database, ...ready],
  };
}

/** A password that is made while applying and given to two write-only attributes, one right after the other. */
function newPassword(
  scope: Construct,
  instance: SqlDatabaseInstance,
  settings: DatabaseSettings,
): Pick<PrivateDatabase, 'password' | 'ready'> {
  const { encryptionKey, passwordVersion } = settings;
  const project = GoogleProject.of(scope);
  const secret = newSecret(scope, 'Password', { encryptionKey });
  const mayRead = new SecretManagerSecretIamMember(scope, 'PasswordReader', {
    project: project.projectId,
    secretId: secret.secretId,
    role: 'roles/secretmanager.secretAccessor',
    member: settings.client.member,
  });
  const made = ephemeralPassword(scope, 'Password');
  // After the database, which takes long and may fail: the two that take the password must not be torn apart.
  const version = new SecretManagerSecretVersion(scope, 'PasswordVersion', {
    secret: secret.id,
    secretDataWo: made,
    secretDataWoVersion: passwordVersion,
    deletionPolicy: 'ABANDON',
    dependsOn: [instance],
  });
  const user = new SqlUser(scope, 'User', {
    project: project.projectId,
    instance: instance.name,
    name: settings.name,
    passwordWo: made,
    passwordWoVersion: passwordVersion,
    // It owns the tables and goes with the database.
    deletionPolicy: 'ABANDON',
    dependsOn: [version],
  });
  return { password: { secret: secret.secretId, version: version.version }, ready: [user, mayRead] };
}

/** A database management system of Cloud SQL. */
export type DatabaseEngine = 'postgresql' | 'mysql';

/** What the CIS benchmark asks of PostgreSQL. @see https://cloud.google.com/sql/docs/postgres/flags */
const POSTGRESQL_FLAGS: { readonly [flag: string]: string } = {
  'log_checkpoints': 'on',
  'log_connections': 'on',
  'log_disconnections': 'on',
  'log_hostname': 'on',
  'log_lock_waits': 'on',
  'log_min_error_statement': 'error',
  'log_min_messages': 'warning',
  'log_statement': 'ddl',
  'log_temp_files': '0',
  'cloudsql.enable_pgaudit': 'on',
  'pgaudit.log': 'ddl,role',
};

/** Facts of one engine. */
interface EngineFacts {
  readonly version: string;
  readonly port: number;
  readonly recovery: { readonly pointInTimeRecoveryEnabled: true } | { readonly binaryLogEnabled: true };
  readonly insights?: {
    readonly queryInsightsEnabled: boolean;
    readonly recordApplicationTags: boolean;
    readonly recordClientAddress: boolean;
  };
  readonly flags: { readonly [flag: string]: string };
}

const ENGINES: { readonly [engine in DatabaseEngine]: EngineFacts } = {
  postgresql: {
    version: 'POSTGRES_18',
    port: 5432,
    recovery: { pointInTimeRecoveryEnabled: true },
    insights: { queryInsightsEnabled: true, recordApplicationTags: false, recordClientAddress: false },
    flags: POSTGRESQL_FLAGS,
  },
  // Recovery to a moment is made from the binary log; flags of the CIS benchmark.
  mysql: {
    version: 'MYSQL_8_4',
    port: 3306,
    recovery: { binaryLogEnabled: true },
    flags: { local_infile: 'off', skip_show_database: 'on' },
  },
};
