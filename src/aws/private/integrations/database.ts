import {
  aws_ec2 as ec2,
  aws_kms as kms,
  aws_rds as rds,
  aws_secretsmanager as secretsmanager,
  Duration,
  RemovalPolicy,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { madeSecret } from './secrets';
import { IntegrationServerOptions } from '../../integrations-props';
import { acknowledge, skipInCheckov } from '../base/acknowledge';
import { sharesRemoval } from '../data/removal';

/** Settings of the database of one server. */
export interface DatabaseInput {
  readonly kind: 'postgresql' | 'mysql';
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly encryptionKey: kms.IKey;
  readonly options: IntegrationServerOptions;
  readonly removalPolicy: RemovalPolicy;
}

/** Database of one server, with the password that its user has. */
export interface ServerDatabase {
  readonly instance: rds.DatabaseInstance;
  readonly password: secretsmanager.ISecret;
  readonly port: number;
}

/** Name of the database and of its user, which are the server's alone. */
export const DATABASE = { name: 'server', user: 'server' } as const;

/**
 * The database of a server: private, encrypted, with two weeks of backups.
 *
 * Its password is made by Secrets Manager and not rotated: RDS's own rotation, every seven days, would lock out a server
 * that reads it when it starts. It has letters and digits only, because servers take it as a part of an address.
 *
 * Children: `Database`, `DatabasePassword`, `DatabaseSecurityGroup`, `DatabaseSubnets`, `DatabaseParameters`.
 */
export function newDatabase(scope: Construct, input: DatabaseInput): ServerDatabase {
  const { encryptionKey, kind, options, removalPolicy, subnets: vpcSubnets, vpc } = input;
  const isPostgres = kind === 'postgresql';
  const password = madeSecret(scope, 'DatabasePassword', {
    encryptionKey,
    removalPolicy,
    description: `Password of the database of ${scope.node.path}`,
  });
  const securityGroup = new ec2.SecurityGroup(scope, 'DatabaseSecurityGroup', {
    vpc, description: 'Database of a server: only the server gets in', allowAllOutbound: false,
  });
  const subnetGroup = new rds.SubnetGroup(scope, 'DatabaseSubnets', {
    vpc, vpcSubnets, description: 'Private subnets of a server and its database', removalPolicy,
  });
  const engine = isPostgres
    ? rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of('17.7', '17') })
    : rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.of('8.4.7', '8.4') });
  const parameterGroup = new rds.ParameterGroup(scope, 'DatabaseParameters', {
    engine,
    removalPolicy,
    parameters: isPostgres
      ? { 'rds.force_ssl': '1', 'log_statement': 'ddl', 'log_min_duration_statement': '1000' }
      : { slow_query_log: '1' },
  });
  const storage = options.databaseStorageGiB ?? 20;
  const instance = new rds.DatabaseInstance(scope, 'Database', {
    engine,
    vpc,
    subnetGroup,
    securityGroups: [securityGroup],
    parameterGroup,
    instanceType: options.databaseInstanceType ?? ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
    databaseName: DATABASE.name,
    credentials: rds.Credentials.fromPassword(DATABASE.user, password.secretValue),
    allocatedStorage: storage,
    maxAllocatedStorage: storage * 5,
    storageType: rds.StorageType.GP3,
    storageEncrypted: true,
    storageEncryptionKey: encryptionKey,
    publiclyAccessible: false,
    multiAz: options.multiAz ?? false,
    backupRetention: Duration.days(14),
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: false,
    autoMinorVersionUpgrade: true,
    deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
    enablePerformanceInsights: false,
    cloudwatchLogsExports: isPostgres ? ['postgresql', 'upgrade'] : ['error', 'slowquery'],
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
    removalPolicy,
  });
  // A database that is retained needs them as before.
  sharesRemoval(securityGroup, removalPolicy);
  acknowledgeDatabase(instance, kind, options.multiAz ?? false);
  return { instance, password, port: isPostgres ? 5432 : 3306 };
}

function acknowledgeDatabase(instance: rds.DatabaseInstance, kind: DatabaseInput['kind'], multiAz: boolean): void {
  const port = 'only the security group of the one server reaches it: another port would hide nothing from it';
  const monitoring = 'alarms watch its disk and CPU; the agent for more is paid for by the second';
  acknowledge(instance,
    { id: 'AwsSolutions-RDS11', reason: port },
    { id: 'NIST.800.53.R5-RDSEnhancedMonitoringEnabled', reason: monitoring },
    { id: 'NIST.800.53.R5-RDSInBackupPlan', reason: 'RDS itself keeps two weeks of backups, to any second of them' });
  skipInCheckov(instance, monitoring, 'CKV_AWS_118', 'CKV_AWS_353');
  skipInCheckov(instance, 'the server knows users with a password only', 'CKV_AWS_161');
  if (kind === 'mysql') {
    const plain = 'the server asks its database for no TLS; their requests stay between two security groups of one network';
    skipInCheckov(instance, plain, 'CKV2_AWS_69');
  }
  if (multiAz) return;
  const reason = 'one zone is enough for a server that restarts from backups; multiAz adds a standby';
  acknowledge(instance, { id: 'AwsSolutions-RDS3', reason }, { id: 'NIST.800.53.R5-RDSMultiAZSupport', reason });
  skipInCheckov(instance, reason, 'CKV_AWS_157');
}
