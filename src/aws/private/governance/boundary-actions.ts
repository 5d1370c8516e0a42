/**
 * The actions that roles of machine learning may be granted at all: a boundary grants nothing itself, it limits every
 * grant.
 *
 * Not in it, so out of reach of every role below: making users, roles and policies, deleting buckets or taking off
 * their block of public access, deleting keys, stopping trails, changing networks but for the rules of security groups.
 * `s3:PutBucketPolicy` is in it for the CDK's function that empties a bucket before it is deleted: it locks the bucket
 * first.
 */
export const MAY_BE_GRANTED: readonly string[] = [
  'application-autoscaling:*',
  'aps:RemoteWrite',
  'athena:*',
  'cloudformation:DescribeStacks',
  'cloudformation:ListStackResources',
  'cloudtrail:Describe*',
  'cloudtrail:Get*',
  'cloudtrail:List*',
  'cloudtrail:LookupEvents',
  'cloudwatch:*',
  'codebuild:*',
  'codeconnections:UseConnection',
  'codepipeline:*',
  'codestar-connections:UseConnection',
  'config:Describe*',
  'config:Get*',
  'config:List*',
  'ec2:*NetworkInterface*',
  'ec2:AuthorizeSecurityGroup*',
  'ec2:CreateTags',
  'ec2:Describe*',
  'ec2:RevokeSecurityGroup*',
  'ecr:*',
  'elasticfilesystem:Client*',
  'elasticfilesystem:Describe*',
  'events:*',
  'fsx:Describe*',
  'glue:*',
  'iam:CreateServiceLinkedRole',
  'iam:Get*',
  'iam:List*',
  'iam:PassRole',
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:Describe*',
  'kms:Encrypt',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
  'lakeformation:GetDataAccess',
  'lambda:Get*',
  'lambda:InvokeFunction',
  'logs:*',
  's3:Abort*',
  's3:DeleteObject*',
  's3:Get*',
  's3:List*',
  's3:PutBucketPolicy',
  's3:PutObject*',
  's3:RestoreObject',
  'sagemaker-mlflow:*',
  'sagemaker:*',
  'scheduler:*',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
  'sns:Publish',
  'sqs:*',
  'ssm:GetParameter*',
  'states:*',
  'sts:AssumeRole',
  'sts:GetCallerIdentity',
  'sts:TagSession',
  'tag:Get*',
  'xray:*',
];

/**
 * What no role may be let do, because with it a role leaves its boundary, or what the boundary protects: making
 * identities and permissions, opening or deleting what holds data and its record.
 */
const NEVER = [
  'account:PutAlternateContact',
  'iam:AddUserToGroup',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:CreatePolicy',
  'iam:CreatePolicyVersion',
  'iam:CreateRole',
  'iam:CreateUser',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'organizations:LeaveOrganization',
];

/** Actions that a pattern must not open; named one by one, each is a decision of the user. */
const ONLY_BY_NAME = [
  'cloudtrail:DeleteTrail',
  'cloudtrail:PutEventSelectors',
  'cloudtrail:StopLogging',
  'cloudtrail:UpdateTrail',
  'config:DeleteConfigRule',
  'config:StopConfigurationRecorder',
  'ec2:CreateInternetGateway',
  'ec2:CreateRoute',
  'ec2:CreateVpcPeeringConnection',
  'kms:DisableKey',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:PutAccountPublicAccessBlock',
  's3:PutBucketAcl',
  's3:PutBucketPublicAccessBlock',
  'secretsmanager:DeleteSecret',
];

/** The action that may not be added to a boundary with this pattern; undefined where it may. */
export function openedBeyond(action: string): string | undefined {
  const opens = pattern(action);
  return (
    NEVER.find((each) => opens.test(each)) ??
    (action.includes('*') ? ONLY_BY_NAME.find((each) => opens.test(each)) : undefined)
  );
}

/** An action with wildcards is matched as it is written: it must be as narrow as what is allowed. */
export function pattern(action: string): RegExp {
  return new RegExp(`^${action.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\*/g, '.*')}$`, 'i');
}
