import {
  aws_ec2 as ec2,
  aws_fsx as fsx,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_s3 as s3,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgePolicies, AcknowledgedWildcard } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { PULL_REASON, ResolvedImage } from '../base/image';
import { grantInterfaces, INTERFACES_REASON, networkInterfaceStatements } from '../base/network-interfaces';
import { volumeKeyPermissions } from '../base/state-permissions';
import { grantObjects } from '../data/bucket-access';

/** What the jobs of a training pipeline touch. */
export interface JobReach {
  readonly image: ResolvedImage;
  readonly rawBucket: s3.IBucket;
  readonly datasetPrefix: string;
  readonly artifactBucket: s3.IBucket;
  /** `training/<pipeline>/`. */
  readonly trainingPrefix: string;
  /** `checkpoints/<pipeline>/`, where trainings that are tried again go on from; undefined where they begin anew. */
  readonly checkpointPrefix?: string;
  /** `evaluation/<pipeline>/`. */
  readonly evaluationPrefix: string;
  readonly encryptionKey: kms.IKey;
  readonly subnets?: ec2.ISubnet[];
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly ownGroup?: ec2.SecurityGroup;
  readonly fileSystem?: fsx.IFileSystem;
}

/** A role that SageMaker assumes for jobs and pipelines of this account, and for nobody else's. */
export function sageMakerRole(scope: Construct, id: string, description: string): iam.Role {
  const role = new iam.Role(scope, id, { description, assumedBy: ofThisAccount(scope, 'sagemaker.amazonaws.com') });
  acknowledgePolicies(role, ACCEPTED);
  return role;
}

/**
 * What the containers and the platform around them need: data in, model out, image, logs, metrics, and interfaces in
 * the VPC.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
export function grantJob(scope: Construct, role: iam.IRole, reach: JobReach): void {
  const stack = Stack.of(scope);
  const { encryptionKey } = reach;
  grantObjects(role, { bucket: reach.rawBucket, encryptionKey, prefix: reach.datasetPrefix, may: ['read'] });
  grantObjects(role, {
    bucket: reach.artifactBucket,
    encryptionKey,
    prefix: reach.trainingPrefix,
    may: ['read', 'write', 'delete'],
  });
  if (reach.checkpointPrefix !== undefined) {
    grantObjects(role, {
      bucket: reach.artifactBucket,
      encryptionKey,
      prefix: reach.checkpointPrefix,
      may: ['read', 'write', 'delete'],
    });
  }
  grantObjects(role, {
    bucket: reach.artifactBucket,
    encryptionKey,
    prefix: reach.evaluationPrefix,
    may: ['read', 'write'],
  });
  reach.image.grantPull(role);
  encryptionKey.grant(role, 'kms:DescribeKey');
  add(role, ['kms:CreateGrant'], [encryptionKey.keyArn], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  add(
    role,
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    ['TrainingJobs', 'ProcessingJobs'].map((jobs) =>
      stack.formatArn({ service: 'logs', resource: `log-group:/aws/sagemaker/${jobs}:*` }),
    ),
  );
  add(role, ['cloudwatch:PutMetricData'], ['*'], {
    StringEquals: { 'cloudwatch:namespace': ['/aws/sagemaker/TrainingJobs', '/aws/sagemaker/ProcessingJobs'] },
  });
  if (reach.subnets !== undefined) {
    const subnetIds = reach.subnets.map((each) => each.subnetId);
    const securityGroupIds = (reach.securityGroups ?? []).map((each) => each.securityGroupId);
    const isOurs = role.node.scope === scope;
    grantInterfaces(
      role,
      networkInterfaceStatements(stack, { subnetIds, securityGroupIds }),
      isOurs ? reach.ownGroup : undefined,
    );
  }
  if (reach.fileSystem !== undefined) {
    add(
      role,
      ['fsx:DescribeFileSystems'],
      [stack.formatArn({ service: 'fsx', resource: 'file-system', resourceName: reach.fileSystem.fileSystemId })],
    );
  }
}

/**
 * What the pipeline needs: to run the jobs that its steps are, under the role of the jobs, and to read what decides the
 * gate.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html
 */
export function grantPipeline(
  scope: Construct,
  role: iam.IRole,
  jobRole: iam.IRole,
  reach: JobReach,
  trainingPlanArn: string | undefined,
): void {
  const stack = Stack.of(scope);
  const jobs = (kind: string) => stack.formatArn({ service: 'sagemaker', resource: kind, resourceName: 'pipelines-*' });
  add(
    role,
    ['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob', 'sagemaker:AddTags'],
    [jobs('training-job')],
  );
  if (trainingPlanArn !== undefined) add(role, ['sagemaker:CreateTrainingJob'], [trainingPlanArn]);
  add(
    role,
    [
      'sagemaker:CreateProcessingJob',
      'sagemaker:DescribeProcessingJob',
      'sagemaker:StopProcessingJob',
      'sagemaker:AddTags',
    ],
    [jobs('processing-job')],
  );
  for (const { actions, resources, conditions } of volumeKeyPermissions(reach.encryptionKey.keyArn)) {
    add(role, actions, resources, conditions);
  }
  add(role, ['iam:PassRole'], [jobRole.roleArn], {
    StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
  });
  const { artifactBucket: bucket, encryptionKey } = reach;
  grantObjects(role, { bucket, encryptionKey, prefix: reach.trainingPrefix, may: ['read'] });
  grantObjects(role, { bucket, encryptionKey, prefix: reach.evaluationPrefix, may: ['read'] });
  reach.image.grantPull(role);
}

/** A step of the pipeline calls the function. */
export function grantCall(role: iam.IRole, handler: lambda.IFunction): void {
  add(role, ['lambda:InvokeFunction'], [handler.functionArn]);
}

function add(
  role: iam.IRole,
  actions: string[],
  resources: string[],
  conditions?: { [operator: string]: unknown },
): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
}

const ACCEPTED: AcknowledgedWildcard[] = [
  [/^Resource::\*$/, `${PULL_REASON}; neither have ec2:Describe* one, nor cloudwatch:PutMetricData, which a condition keeps to SageMaker's namespaces`],
  [/:log-group:\/aws\/sagemaker\/(Training|Processing)Jobs:\*$/, 'jobs name their log streams when they start; the groups are SageMaker\'s'],
  [/:network-interface\/\*$/, INTERFACES_REASON],
  [/:(training|processing)-job\/pipelines-\*$/, 'pipelines name their jobs when they start them: the prefix is that of all jobs started by pipelines'],
  [/:repository\/\*$/, 'only the deployment knows the repository of the image; account and region are narrowed'],
  [/\/(training|evaluation)\/.*\*$/, 'the objects of each run have new names; the prefix is this pipeline\'s own'],
  [/^Resource::.*\/\*$/, 'the objects of the data set are many; the prefix is the data set\'s'],
];
