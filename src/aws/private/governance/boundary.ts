import { Aws, aws_iam as iam } from 'aws-cdk-lib';
import { localNvmePatterns } from '../base/machines';

/** What a permission boundary is to hold. */
export interface BoundarySpec {
  /** The only subnets that jobs, models and notebooks may be put into. */
  readonly subnetIds?: readonly string[];
  /** Whether those subnets have a route to the internet: then being in them is no isolation. */
  readonly subnetsHaveWayOut?: boolean;
  /** The only security groups that they may have there. */
  readonly securityGroupIds?: readonly string[];
  /** Patterns of the only instance types. */
  readonly instanceTypes?: readonly string[];
  readonly maxKeepAliveSeconds?: number;
  /** Whether a job must encrypt the traffic between its machines, also a job with one. */
  readonly encryptTraffic?: boolean;
  /** Accounts besides this one that data may be written to. */
  readonly trustedAccounts?: readonly string[];
  /** Actions beyond the table. */
  readonly moreActions?: readonly string[];
}

/**
 * What roles of machine learning may be granted at all: a boundary grants nothing itself, it is where every grant ends.
 *
 * Not in it, so out of reach of every role below: making users, roles and policies, deleting buckets or taking off their block of public access,
 * deleting keys, stopping trails, changing networks but for the rules of security groups. `s3:PutBucketPolicy` is in it for the CDK's function that empties a bucket before it is
 * deleted: it locks the bucket first.
 */
const MAY_BE_GRANTED: readonly string[] = [
  'application-autoscaling:*', 'athena:*', 'cloudtrail:Describe*', 'cloudtrail:Get*', 'cloudtrail:List*', 'cloudtrail:LookupEvents', 'cloudwatch:*',
  'codebuild:*', 'codeconnections:UseConnection', 'codepipeline:*', 'codestar-connections:UseConnection', 'config:Describe*', 'config:Get*', 'config:List*',
  'ec2:*NetworkInterface*', 'ec2:AuthorizeSecurityGroup*', 'ec2:CreateTags', 'ec2:Describe*', 'ec2:RevokeSecurityGroup*', 'ecr:*', 'elasticfilesystem:Client*',
  'elasticfilesystem:Describe*', 'events:*', 'fsx:Describe*', 'glue:*', 'iam:CreateServiceLinkedRole', 'iam:Get*', 'iam:List*', 'iam:PassRole',
  'kms:CreateGrant', 'kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'lakeformation:GetDataAccess', 'lambda:Get*',
  'lambda:InvokeFunction', 'logs:*', 's3:Abort*', 's3:DeleteObject*', 's3:Get*', 's3:List*', 's3:PutBucketPolicy', 's3:PutObject*', 's3:RestoreObject',
  'sagemaker-mlflow:*', 'sagemaker:*', 'scheduler:*', 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'sns:Publish', 'sqs:*', 'ssm:GetParameter*',
  'states:*', 'sts:AssumeRole', 'sts:GetCallerIdentity', 'sts:TagSession', 'tag:Get*', 'xray:*',
];

const TRAINING = ['sagemaker:CreateTrainingJob', 'sagemaker:CreateHyperParameterTuningJob'];
const JOBS = [...TRAINING, 'sagemaker:CreateProcessingJob'];
const WITH_OUTPUT = [...JOBS, 'sagemaker:CreateTransformJob'];
const WITH_VOLUME = [...WITH_OUTPUT, 'sagemaker:CreateEndpointConfig', 'sagemaker:CreateNotebookInstance'];
const IN_NETWORK = [...JOBS, 'sagemaker:CreateModel', 'sagemaker:CreateNotebookInstance'];
const ON_MACHINES = [...WITH_VOLUME, 'sagemaker:CreateApp'];

/**
 * The statements of the boundary.
 *
 * Three things of IAM decide the operators: a negated operator (`StringNotEquals`) is true when the key is absent, `ForAnyValue` is
 * false then, and `Null` asks for nothing but presence. So `ForAnyValue` is used where an absent key means that the rule is not
 * about the request (a serverless endpoint has no instance type), and a negated operator where absence is the fault.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function boundaryStatements(spec: BoundarySpec): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ sid: 'MayBeGranted', actions: allowedActions(spec), resources: ['*'] }),
    deny('PlainRequests', ['*'], { Bool: { 'aws:SecureTransport': 'false' } }),
    // The disks of these machines encrypt themselves, and the API refuses a key for them.
    deny('VolumesWithoutKey', WITH_VOLUME, {
      'Null': { 'sagemaker:VolumeKmsKey': 'true' },
      'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': localNvmePatterns() },
    }),
    deny('OutputWithoutKey', WITH_OUTPUT, { Null: { 'sagemaker:OutputKmsKey': 'true' } }),
    deny('OpenContainers', [...JOBS, 'sagemaker:CreateModel'], {
      BoolIfExists: { 'sagemaker:NetworkIsolation': 'false' },
      ...(spec.subnetsHaveWayOut ? {} : { Null: { 'sagemaker:VpcSubnets': 'true' } }),
    }),
    // Absent means enabled at creation; an update that does not name it leaves it alone.
    deny('NotebooksOnTheInternet', ['sagemaker:CreateNotebookInstance'], { StringNotEquals: { 'sagemaker:DirectInternetAccess': 'Disabled' } }),
    deny('NotebooksWithRoot', ['sagemaker:CreateNotebookInstance'], { StringNotEquals: { 'sagemaker:RootAccess': 'Disabled' } }),
    deny('RootLater', ['sagemaker:UpdateNotebookInstance'], { StringEquals: { 'sagemaker:RootAccess': 'Enabled' } }),
    deny('DataLeavesTheAccount', ['s3:PutObject', 's3:PutObjectAcl'], {
      StringNotEquals: { 'aws:ResourceAccount': [Aws.ACCOUNT_ID, ...(spec.trustedAccounts ?? [])] },
    }),
    ...optional(spec.subnetIds, (subnets) => deny('OtherSubnets', IN_NETWORK, { 'ForAnyValue:StringNotEquals': { 'sagemaker:VpcSubnets': subnets } })),
    ...optional(spec.securityGroupIds, (groups) => deny('OtherSecurityGroups', IN_NETWORK, {
      'ForAnyValue:StringNotEquals': { 'sagemaker:VpcSecurityGroupIds': groups },
    })),
    // Studio calls its own small machine `system`.
    ...optional(spec.instanceTypes, (types) => deny('OtherMachines', ON_MACHINES, {
      'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': ['system', ...types] },
    })),
    ...(spec.maxKeepAliveSeconds === undefined ? [] : [deny('LongWarmPools', TRAINING, {
      NumericGreaterThan: { 'sagemaker:KeepAlivePeriod': String(spec.maxKeepAliveSeconds) },
    })]),
    ...(spec.encryptTraffic ? [deny('PlainTrafficBetweenMachines', JOBS, {
      BoolIfExists: { 'sagemaker:InterContainerTrafficEncryption': 'false' },
    })] : []),
  ];
}

/** The actions among the given ones that a role with this boundary could never do. */
export function beyondBoundary(spec: BoundarySpec, actions: readonly string[]): string[] {
  const allowed = allowedActions(spec).map(pattern);
  return actions.filter((action) => !allowed.some((each) => each.test(action)));
}

function allowedActions(spec: BoundarySpec): string[] {
  return [...MAY_BE_GRANTED, ...(spec.moreActions ?? [])];
}

/** An action with wildcards is matched as it is written: it must be as narrow as what is allowed. */
function pattern(action: string): RegExp {
  return new RegExp(`^${action.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\*/g, '.*')}$`, 'i');
}

function deny(sid: string, actions: string[], conditions: { [operator: string]: any }): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, resources: ['*'], conditions });
}

function optional<T>(values: readonly T[] | undefined, statement: (values: readonly T[]) => iam.PolicyStatement): iam.PolicyStatement[] {
  return values === undefined || values.length === 0 ? [] : [statement(values)];
}
