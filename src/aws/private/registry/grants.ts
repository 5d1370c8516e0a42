import { ArnFormat, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IModelRegistry, PromotionStage } from '../../model-registry-props';
import { acknowledgeGrant } from '../base/acknowledge';

/**
 * Two forms of ARN, because versions are not below their group.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
 */
export function readableBy(
  scope: Construct,
  name: string,
  accounts: string[],
  stages: PromotionStage[],
): iam.PolicyDocument {
  const stack = Stack.of(scope);
  const principals = accounts.map((account) => new iam.AccountPrincipal(account));
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'sagemaker', resource, resourceName });
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        sid: 'Group',
        principals,
        actions: ['sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'],
        resources: [arn('model-package-group', name)],
      }),
      new iam.PolicyStatement({
        sid: 'Versions',
        principals,
        actions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
        resources: [arn('model-package', `${name}/*`)],
      }),
      ...stages.map(
        (stage, index) =>
          new iam.PolicyStatement({
            sid: `Promotion${index + 1}`,
            principals: [new iam.AccountPrincipal(stage.account)],
            actions: APPROVE,
            resources: [arn('model-package', `${name}/*`)],
            conditions: promotesTo(stage.name),
          }),
      ),
    ],
  });
}

/** Actions on the group and on its versions. */
export function grantActions(
  grantee: iam.IGrantable,
  registry: IModelRegistry,
  actions: string[],
  conditions?: { [operator: string]: any },
): iam.Grant {
  const resourceArns = [registry.modelPackageGroupArn, versionsArn(registry)];
  const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns, conditions });
  acknowledgeGrant(grantee, 'versions of the group are numbered as they are registered', grant);
  return grant;
}

/** A version can be registered as approved, or as approved for a stage, which is for those who approve and promote. */
export function grantRegistration(grantee: iam.IGrantable, registry: IModelRegistry): iam.Grant {
  // True as well where a status is left out: then the version waits.
  const StringNotEquals = {
    'sagemaker:ModelLifeCycle:stageStatus': 'Approved',
    ...(registry.isApprovalAutomatic ? {} : { 'sagemaker:ModelApprovalStatus': 'Approved' }),
  };
  return grantActions(grantee, registry, [...READ, 'sagemaker:AddTags']).combine(
    grantActions(grantee, registry, REGISTER, { StringNotEquals }),
  );
}

/** Approving is one right, promoting to each stage is another: whoever has one does not have the other. */
export function grantApproval(grantee: iam.IGrantable, registry: IModelRegistry, stage?: string): iam.Grant {
  const conditions = stage === undefined
    ? { Null: { 'sagemaker:ModelLifeCycle:stage': 'true' } }
    : promotesTo(stage);
  return grantActions(grantee, registry, READ).combine(grantActions(grantee, registry, APPROVE, conditions));
}

/** Sets the life cycle to this stage, and leaves the approval of the version itself alone. */
function promotesTo(stage: string): { [operator: string]: { [key: string]: string } } {
  return {
    StringEquals: { 'sagemaker:ModelLifeCycle:stage': stage },
    Null: { 'sagemaker:ModelApprovalStatus': 'true' },
  };
}

/** Versions are `model-package/<group>/<number>`, beside the group and not below it. */
function versionsArn(registry: IModelRegistry): string {
  const group = Stack.of(registry).splitArn(registry.modelPackageGroupArn, ArnFormat.SLASH_RESOURCE_NAME);
  return Stack.of(registry).formatArn({
    partition: group.partition,
    service: 'sagemaker',
    region: group.region,
    account: group.account,
    resource: 'model-package',
    resourceName: `${registry.modelPackageGroupName}/*`,
  });
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
export const READ = [
  'sagemaker:DescribeModelPackage',
  'sagemaker:DescribeModelPackageGroup',
  'sagemaker:ListModelPackages',
  'sagemaker:CreateModel',
];

const REGISTER = ['sagemaker:CreateModelPackage'];
const APPROVE = ['sagemaker:UpdateModelPackage'];
