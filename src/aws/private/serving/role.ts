import { ArnFormat, aws_iam as iam, aws_kms as kms, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { captureFolder } from './capture';
import { acknowledgePolicies } from '../base/acknowledge';
import { PULL_REASON } from '../base/image';
import { INTERFACES_REASON, networkInterfaceStatements, NetworkPlace } from '../base/network-interfaces';

/** What the containers of an endpoint, and SageMaker on their behalf, touch. */
export interface HostingAccess {
  readonly encryptionKey: kms.IKey;
  /** Objects or prefixes (`training/*`) that are read; a prefix is listed as well where `list` says so. */
  readonly reads: readonly ObjectAccess[];
  /** Prefixes that are written: captured requests, answers. */
  readonly writes: readonly ObjectAccess[];
  /** The repositories of the images; where there is none, those of the account are open. */
  readonly pullsFrom: readonly PullAccess[];
  /** The place of the machines, where they stand in a VPC. */
  readonly network?: NetworkPlace;
  /** Whether rollouts look at alarms. */
  readonly watchesAlarms: boolean;
}

/** Objects of a bucket. */
export interface ObjectAccess {
  readonly bucket: s3.IBucket;
  readonly pattern: string;
  readonly list?: boolean;
}

/** An image whose repository is known. */
export interface PullAccess {
  grantPull(grantee: iam.IGrantable): iam.Grant;
}

/** An endpoint that answers, as far as its containers touch something. */
export interface Answering {
  readonly artifactBucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  readonly models: readonly { readonly reads: readonly ObjectAccess[]; readonly pullsFrom?: PullAccess }[];
  /** Where requests wait and answers go, in asynchronous mode. */
  readonly asynchronous?: {
    readonly inputPrefix: string;
    readonly outputPrefix: string;
    readonly failurePrefix: string;
  };
  readonly endpointName: string;
  /** Where requests and answers are recorded, each endpoint in its folder; undefined when nothing is. */
  readonly capturePrefix?: string;
  readonly network?: NetworkPlace;
}

/** What its containers read, write and pull. */
export function answeringAccess({
  artifactBucket: bucket,
  encryptionKey,
  models,
  asynchronous,
  endpointName,
  capturePrefix,
  network,
}: Answering): HostingAccess {
  const prefix = (folder: string) => ({ bucket, pattern: `${folder}*` });
  return {
    encryptionKey,
    reads: [...models.flatMap(({ reads }) => reads), ...(asynchronous ? [prefix(asynchronous.inputPrefix)] : [])],
    writes: [
      ...(capturePrefix === undefined ? [] : [prefix(`${captureFolder(capturePrefix, endpointName)}/`)]),
      ...(asynchronous ? [prefix(asynchronous.outputPrefix), prefix(asynchronous.failurePrefix)] : []),
    ],
    pullsFrom: models.map(({ pullsFrom }) => pullsFrom).filter((each) => each !== undefined),
    network,
    watchesAlarms: true,
  };
}

/**
 * Gives the role what hosting needs. A role that was brought and may not be changed keeps what it has.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
 */
export function grantHosting(scope: Construct, role: iam.IRole, access: HostingAccess): void {
  const stack = Stack.of(scope);
  const allow = (statement: iam.PolicyStatementProps) => role.addToPrincipalPolicy(new iam.PolicyStatement(statement));

  for (const { bucket, pattern, list } of access.reads) {
    allow({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(pattern)] });
    if (list === true) {
      allow({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': [pattern] } },
      });
    }
  }
  for (const { bucket, pattern } of access.writes) {
    allow({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(pattern)] });
  }
  const bucketKeys = [...access.reads, ...access.writes]
    .map(({ bucket }) => bucket.encryptionKey)
    .filter((key) => key !== undefined);
  for (const key of new Set([access.encryptionKey, ...bucketKeys])) {
    key.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey');
  }
  allow({
    actions: ['kms:CreateGrant'],
    resources: [access.encryptionKey.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });

  for (const image of access.pullsFrom) image.grantPull(role);
  if (access.pullsFrom.length === 0) {
    allow({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] });
    allow({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      resources: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' })],
    });
  }
  allow({
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: '/aws/sagemaker/*', arnFormat: ArnFormat.COLON_RESOURCE_NAME })],
  });
  allow({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker*', '/aws/sagemaker/*', 'aws/sagemaker/*'] } },
  });
  if (access.watchesAlarms) allow({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] });
  if (access.network !== undefined) {
    for (const statement of networkInterfaceStatements(stack, access.network)) role.addToPrincipalPolicy(statement);
  }

  acknowledgePolicies(role, [
    [/^Resource::\*$/, `no narrower resource exists: ${PULL_REASON}; metrics are limited to SageMaker's namespaces by a condition, ` +
      'and neither DescribeAlarms nor ec2:Describe* knows one'],
    [/:network-interface\/\*$/, INTERFACES_REASON],
    [/^Resource::.*:repository\/\*$/, 'the registry decides which image a version runs; name it in the prop image to open its repository only'],
    [/^Resource::.*:log-group:\/aws\/sagemaker\/\*/, 'SageMaker names the log groups of its endpoints and components itself'],
    [/^Resource::(<.*\.Arn>|[\w-]+:Exports\w+)\/.*\*$/, 'objects under one prefix of one bucket: their names are made at run time'],
    [/^Resource::arn:.*:s3:::.*\/.*\*$/, 'objects under one prefix of one bucket: their names are made at run time'],
  ]);
}
