import { Aws, Token } from 'aws-cdk-lib';
import { JOB_RULE_ACTIONS, jobActions, JobApi, JOBS } from './state-jobs';

/** One statement of the role that runs a state machine. */
export interface Permission {
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions?: Record<string, Record<string, string>>;
  /** Why the resource is `*` or ends in one, where it does. */
  readonly reason?: string;
}

/**
 * The ARNs of SageMaker resources in the stack's own account and region.
 *
 * SageMaker writes names in lower case in some of its ARNs, and IAM compares with regard to case: a name with capitals
 * needs both.
 */
export function sageMakerArns(kind: string, name: string): string[] {
  const lower = Token.isUnresolved(name) ? name : name.toLowerCase();
  return [...new Set([name, lower])].map(
    (each) => `arn:${Aws.PARTITION}:sagemaker:${Aws.REGION}:${Aws.ACCOUNT_ID}:${kind}/${each}`,
  );
}

/** Lets a machine make jobs whose names begin so, one a run, and wait for them. */
export function jobPermissions(api: JobApi, namePrefix: string): Permission[] {
  const { kind, rule } = JOBS[api];
  return [
    { actions: jobActions(api), resources: sageMakerArns(kind, `${namePrefix}-*`), reason: 'one job a run' },
    {
      actions: JOB_RULE_ACTIONS,
      resources: [`arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForSageMaker${rule}Rule`],
    },
  ];
}

/** Lets SageMaker, and nothing else, run as the role. */
export function passRole(roleArn: string): Permission {
  return {
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  };
}

/** The versions of a model package group, which is given by its name or, where another account owns it, by its ARN. */
export function modelPackageArns(group: string): string[] {
  return group.startsWith('arn:')
    ? [`${group.replace(':model-package-group/', ':model-package/')}/*`]
    : sageMakerArns('model-package', `${group}/*`);
}

/**
 * Lets a machine read the versions of a group and make models of them. Where another account owns the group, making a
 * model is a right on the version as well: its policy and ours must both give it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
 */
export function servedVersions(group: string): Permission {
  const actions = ['sagemaker:DescribeModelPackage', ...group.startsWith('arn:') ? ['sagemaker:CreateModel'] : []];
  return { actions, resources: modelPackageArns(group), reason: 'every version of the group' };
}

/** Lets a machine give tags to what it makes, and to nothing that is there already. */
export function tagging(resources: string[]): Permission {
  return {
    actions: ['sagemaker:AddTags'],
    resources,
    conditions: { Null: { 'sagemaker:TaggingAction': 'false' } },
    reason: 'what a run makes gets the tags of the stack; the names end in what the run makes of them',
  };
}

/** Listing cannot be limited to one group. */
export const LIST_MODEL_PACKAGES: Permission = {
  actions: ['sagemaker:ListModelPackages'],
  resources: ['*'],
  reason: 'ListModelPackages reads across versions and has no resource of its own to name',
};

/**
 * What the caller of a job or endpoint whose volumes are encrypted with a key of ours needs: SageMaker grants itself
 * the use of the key on behalf of the caller.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
 */
export function volumeKeyPermissions(keyArn: string): Permission[] {
  return [
    { actions: ['kms:DescribeKey'], resources: [keyArn] },
    { actions: ['kms:CreateGrant'], resources: [keyArn], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
  ];
}
