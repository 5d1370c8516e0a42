import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version';
import { SqlDatabase } from '@cdktf/provider-google/lib/sql-database';
import { SqlDatabaseInstance } from '@cdktf/provider-google/lib/sql-database-instance';
import { SqlUser } from '@cdktf/provider-google/lib/sql-user';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ephemeralPassword } from './ephemeral-password';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';
import { acknowledge } from '../../../terraform/acknowledge';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { after } from '../base/ordering';

/** What the database of a tracker is made of. */
export interface TrackerDatabaseSettings {
  readonly encryptionKey: IEncryptionKey;
  /** Who reads the password. */
  readonly client: IPrincipal;
  readonly tier: string;
  readonly highlyAvailable: boolean;
  readonly passwordVersion: number;
  readonly isDestroyable: boolean;
}

/** A database that a server can connect to. */
export interface TrackerDatabase {
  readonly instance: SqlDatabaseInstance;
  /**
   * Address for SQLAlchemy, the driver named as the default has changed; without the password, which libpq takes from
   * `PGPASSWORD`.
   */
  readonly uri: string;
  /** Secret of the password, and the version that holds now. */
  readonly password: { readonly secret: string; readonly version: string };
  /** What a server waits for. */
  readonly ready: (ITerraformDependable | Grant)[];
}

/** Refuses machines that Cloud SQL does not have. @see https://cloud.google.com/sql/docs/postgres/instance-settings */
export function requireDatabaseTier(who: Speaker, tier: string | undefined): void {
  requireMatch(
    who,
    'databaseTier',
    tier,
    /^db-(f1-micro|g1-small|custom-\d+-\d+|perf-optimized-N-(2|4|8|16|32|48|64|80|96|128))$/,
    'a machine of Cloud SQL for PostgreSQL like db-custom-2-7680',
  );
  const [, cpus, mib] = (/^db-custom-(\d+)-(\d+)$/.exec(tier ?? '') ?? []).map(Number);
  if (cpus === undefined) return;
  if (cpus > 96 || (cpus !== 1 && cpus % 2 === 1) || cpus === 0) {
    refuse(who, 'databaseTier', tier, '1 vCPU or an even number of them up to 96');
  }
  const [least, most] = [Math.max(3840, Math.ceil(cpus * 0.9 * 4) * 256), Math.floor(cpus * 6.5 * 4) * 256];
  if (mib < least || mib > most || mib % 256 !== 0) {
    refuse(who, 'databaseTier', tier, `${least} to ${most} MiB of memory for ${cpus} vCPUs, in steps of 256`);
  }
}

/** PostgreSQL with a private address alone, encrypted, backed up daily and to any moment of the last week. */
export function newTrackerDatabase(scope: Construct, settings: TrackerDatabaseSettings): TrackerDatabase {
  const { encryptionKey, isDestroyable } = settings;
  const project = GoogleProject.of(scope);
  const instance = new SqlDatabaseInstance(scope, 'Database', {
    name: stableName(scope, undefined, { maxLength: 60, separator: '-' }),
    project: project.projectId,
    region: project.region,
    databaseVersion: 'POSTGRES_18',
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
        pointInTimeRecoveryEnabled: true,
        transactionLogRetentionDays: 7,
        backupRetentionSettings: { retainedBackups: 14, retentionUnit: 'COUNT' },
      },
      maintenanceWindow: { day: 7, hour: 3, updateTrack: 'stable' },
      insightsConfig: { queryInsightsEnabled: true, recordApplicationTags: false, recordClientAddress: false },
      databaseFlags: Object.entries(FLAGS).map(([name, value]) => ({ name, value })),
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
  acknowledge(
    instance,
    'CKV2_GCP_13',
    'Query Insights measures statements: a line in the log for each of them would cost more and say less',
  );
  const database = new SqlDatabase(scope, 'Schema', {
    name: NAME,
    project: project.projectId,
    instance: instance.name,
    deletionPolicy: 'ABANDON',
  });
  const { password, ready } = newPassword(scope, instance, settings);
  return {
    instance,
    password,
    uri: `postgresql+psycopg2://${NAME}@${instance.privateIpAddress}:5432/${NAME}?sslmode=require`,
    ready: [database, ...ready],
  };
}

/** A password that is made while applying and given to two write-only attributes, one right after the other. */
function newPassword(
  scope: Construct,
  instance: SqlDatabaseInstance,
  settings: TrackerDatabaseSettings,
): Pick<TrackerDatabase, 'password' | 'ready'> {
  const { encryptionKey, passwordVersion } = settings;
  const project = GoogleProject.of(scope);
  const secret = new SecretManagerSecret(scope, 'Password', {
    project: project.projectId,
    secretId: stableName(scope, 'Password', { maxLength: 255, separator: '-' }),
    replication: {
      userManaged: {
        replicas: [{ location: project.region, customerManagedEncryption: { kmsKeyName: encryptionKey.keyId } }],
      },
    },
    // A new password can be had at any time.
    deletionProtection: false,
    dependsOn: after(project._api('secretmanager'), encryptionKey.grantServiceAgent('secretmanager')),
  });
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
    name: NAME,
    passwordWo: made,
    passwordWoVersion: passwordVersion,
    // It owns the tables and goes with the database.
    deletionPolicy: 'ABANDON',
    dependsOn: [version],
  });
  return { password: { secret: secret.secretId, version: version.version }, ready: [user, mayRead] };
}

/** Of the database and of its user. */
const NAME = 'mlflow';

/** What the CIS benchmark asks of PostgreSQL. @see https://cloud.google.com/sql/docs/postgres/flags */
const FLAGS: { readonly [flag: string]: string } = {
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
