import { aws_iam as iam, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IModelRegistry } from './model-registry-props';
import { AcknowledgedWildcard, acknowledgePolicies } from './private/base/acknowledge';
import { grantObjects, grantPeoplesArtifacts } from './private/data/bucket-access';

/** Who may take which role: a role of a single sign-on, an account, an identity provider. */
export interface GovernanceRolePrincipals {
  /**
   * Reads data, experiments and registered versions.
   *
   * @default - no such role
   */
  readonly dataScientist?: iam.IPrincipal;
  /**
   * Runs pipelines and registers versions, from `training/notebooks/` of the artifacts where the files are its own;
   * writes raw data.
   *
   * @default - no such role
   */
  readonly mlEngineer?: iam.IPrincipal;
  /**
   * Approves and rejects versions; must not be those who create them.
   *
   * @default - no such role
   */
  readonly approver?: iam.IPrincipal;
  /**
   * Reads the audit trail and settings, no data.
   *
   * @default - no such role
   */
  readonly auditor?: iam.IPrincipal;
}

/**
 * The roles of people, with separate duties: what one of them must not do is denied, so that no later grant undoes it.
 *
 * @internal
 */
export class GovernanceRole {
  public static _dataScientist(
    scope: Construct,
    principal: iam.IPrincipal,
    data: IDataLake,
    registry?: IModelRegistry,
  ): iam.Role {
    const role = newRole(scope, 'DataScientist', principal, 'Reads data, experiments and registered versions');
    data.grantRead(role);
    data.grantReadCatalog(role);
    registry?.grantRead(role);
    look(role);
    deny(role, ['sagemaker:UpdateModelPackage', 'sagemaker:DeleteModelPackage', 'sagemaker:DeleteModelPackageGroup']);
    return role;
  }

  public static _mlEngineer(
    scope: Construct,
    principal: iam.IPrincipal,
    data: IDataLake,
    registry?: IModelRegistry,
  ): iam.Role {
    const role = newRole(scope, 'MlEngineer', principal, 'Runs pipelines and registers versions');
    data.grantRead(role);
    grantObjects(role, { bucket: data.rawBucket, encryptionKey: data.encryptionKey, may: ['write', 'delete'] });
    grantPeoplesArtifacts(role, data);
    data.grantReadCatalog(role);
    registry?.grantRegister(role);
    look(role);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'sagemaker:StartPipelineExecution',
          'sagemaker:StopPipelineExecution',
          'sagemaker:RetryPipelineExecution',
        ],
        resources: [sageMakerArn(role, 'pipeline')],
      }),
    );
    deny(role, ['sagemaker:UpdateModelPackage', 'sagemaker:DeleteModelPackage', 'sagemaker:DeleteModelPackageGroup']);
    return role;
  }

  public static _approver(
    scope: Construct,
    principal: iam.IPrincipal,
    data: IDataLake,
    registry: IModelRegistry,
  ): iam.Role {
    const role = newRole(scope, 'Approver', principal, 'Reads evaluations, approves and rejects versions');
    data.grantRead(role, 'evaluation/');
    registry.grantApprove(role);
    look(role);
    deny(role, [
      'sagemaker:CreateModelPackage',
      'sagemaker:StartPipelineExecution',
      'sagemaker:DeleteModelPackage',
      'sagemaker:DeleteModelPackageGroup',
    ]);
    return role;
  }

  public static _auditor(scope: Construct, principal: iam.IPrincipal, data: IDataLake, records?: s3.IBucket): iam.Role {
    const role = newRole(scope, 'Auditor', principal, 'Reads the audit trail and settings, no data');
    look(role);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'cloudtrail:DescribeTrails',
          'cloudtrail:ListTrails',
          'cloudtrail:LookupEvents',
          'config:DescribeComplianceByConfigRule',
          'config:DescribeConfigRules',
          'config:GetComplianceDetailsByConfigRule',
        ],
        resources: ['*'],
      }),
    );
    if (records !== undefined) {
      role.addToPolicy(
        new iam.PolicyStatement({ actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [records.bucketArn] }),
      );
      role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [records.arnForObjects('*')] }));
      data.encryptionKey.grantDecrypt(role);
    }
    return role;
  }
}

function newRole(scope: Construct, id: string, principal: iam.IPrincipal, description: string): iam.Role {
  const roles = scope.node.tryFindChild('Roles') as Construct | undefined ?? new Construct(scope, 'Roles');
  const role = new iam.Role(roles, id, { assumedBy: principal, description });
  acknowledgePolicies(role, ACCEPTED);
  return role;
}

/** Lists take no resource; descriptions are of things that are made later, by pipelines and rollouts. */
function look(role: iam.Role): void {
  role.addToPolicy(new iam.PolicyStatement({ actions: LISTS, resources: ['*'] }));
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: Object.keys(DESCRIPTIONS),
      resources: Object.values(DESCRIPTIONS).map((resource) => sageMakerArn(role, resource)),
    }),
  );
}

function deny(role: iam.Role, actions: string[]): void {
  role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions, resources: ['*'] }));
}

function sageMakerArn(role: iam.Role, resource: string): string {
  return Stack.of(role).formatArn({ service: 'sagemaker', resource, resourceName: '*' });
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
const LISTS = [
  'sagemaker:ListEndpoints',
  'sagemaker:ListModelCards',
  'sagemaker:ListModelPackageGroups',
  'sagemaker:ListModelPackages',
  'sagemaker:ListPipelineExecutions',
  'sagemaker:ListPipelines',
  'sagemaker:ListTrainingJobs',
  'sagemaker:Search',
];
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'sagemaker:DescribeEndpoint': 'endpoint',
  'sagemaker:DescribeEndpointConfig': 'endpoint-config',
  'sagemaker:DescribeModel': 'model',
  'sagemaker:DescribeModelCard': 'model-card',
  'sagemaker:DescribePipeline': 'pipeline',
  'sagemaker:DescribeProcessingJob': 'processing-job',
  'sagemaker:DescribeTrainingJob': 'training-job',
};

const ACCEPTED: readonly AcknowledgedWildcard[] = [
  [/^Resource::arn:.*:sagemaker:.*\/\*$/, 'pipelines and rollouts make them later, and their names are not known before'],
  [/^Resource::\*$/, 'these actions look at lists and records of the account, and IAM takes no resource for them'],
  [/^Resource::<.*\.Arn>\/\*$/, 'the trail writes files under names of its own'],
];
