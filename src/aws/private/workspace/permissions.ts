import { ArnFormat, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What decides how far a notebook's role reaches. */
export interface NotebookReach {
  /** Machine types that a notebook may run on. */
  readonly instanceTypes: string[];
  /** Jobs must be in these subnets or without a network; undefined when notebooks may reach the internet anyway. */
  readonly subnetIds?: string[];
}

/**
 * What a person in a notebook may do: run notebooks of their own, train and evaluate with the notebook's own role,
 * look.
 *
 * Data, tracker and registry are granted by the constructs that own them. Endpoints, pipelines and approval are not
 * here.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function notebookStatements(scope: Construct, role: iam.IRole, reach: NotebookReach): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  const arn = (resource: string) => stack.formatArn({ service: 'sagemaker', resource, resourceName: '*' });
  const own = (resource: string) =>
    stack.formatArn({ service: 'sagemaker', resource, resourceName: '${sagemaker:DomainId}/*' });
  const me = stack.formatArn({
    service: 'sagemaker',
    resource: 'user-profile',
    resourceName: '${sagemaker:DomainId}/${sagemaker:UserProfileName}',
  });
  const mine = { ArnLike: { 'sagemaker:OwnerUserProfileArn': me } };
  const jobs = JOBS.map(arn);
  return [
    allow(
      'LookAround',
      [
        'sagemaker:DescribeDomain',
        'sagemaker:ListDomains',
        'sagemaker:DescribeUserProfile',
        'sagemaker:ListUserProfiles',
        'sagemaker:DescribeSpace',
        'sagemaker:ListSpaces',
        'sagemaker:DescribeApp',
        'sagemaker:ListApps',
        'sagemaker:ListTrainingJobs',
        'sagemaker:ListProcessingJobs',
        'sagemaker:ListTransformJobs',
        'sagemaker:ListHyperParameterTuningJobs',
        'sagemaker:ListModels',
        'sagemaker:ListModelPackageGroups',
        'sagemaker:ListEndpoints',
        'sagemaker:ListPipelines',
        'sagemaker:ListTags',
        'sagemaker:Search',
        'sagemaker:GetSearchSuggestions',
        'ecr:GetAuthorizationToken',
        'ec2:DescribeVpcs',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeVpcEndpoints',
      ],
      ['*'],
    ),
    allow(
      'OwnSpaces',
      ['sagemaker:CreateSpace', 'sagemaker:UpdateSpace', 'sagemaker:DeleteSpace'],
      [own('space')],
      mine,
    ),
    allow('OwnApps', ['sagemaker:CreateApp', 'sagemaker:DeleteApp'], [own('app')], mine),
    allow('OpenOwnSpaces', ['sagemaker:CreatePresignedDomainUrl'], [me]),
    deny('NotebookMachines', ['sagemaker:CreateApp'], {
      'ForAnyValue:StringNotEquals': { 'sagemaker:InstanceTypes': reach.instanceTypes },
    }),
    deny('NoOtherNotebooks', ['sagemaker:CreateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl']),
    ...starting(jobs, [...jobs, arn('model')], reach),
    allow(
      'WatchAndStopJobs',
      [
        'sagemaker:DescribeTrainingJob',
        'sagemaker:StopTrainingJob',
        'sagemaker:DescribeProcessingJob',
        'sagemaker:StopProcessingJob',
        'sagemaker:DescribeTransformJob',
        'sagemaker:StopTransformJob',
        'sagemaker:DescribeHyperParameterTuningJob',
        'sagemaker:StopHyperParameterTuningJob',
        'sagemaker:ListTrainingJobsForHyperParameterTuningJob',
        'sagemaker:DescribeModel',
        'sagemaker:DeleteModel',
      ],
      [...jobs, arn('model')],
    ),
    allow('TagWhatIsCreated', ['sagemaker:AddTags'], [...jobs, arn('model'), arn('space'), arn('app')], {
      Null: { 'sagemaker:TaggingAction': 'false' },
    }),
    allow('RunJobsAsItself', ['iam:PassRole'], [role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    }),
    allow(
      'Logs',
      [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'logs:DescribeLogStreams',
        'logs:GetLogEvents',
      ],
      [
        stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '/aws/sagemaker/*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    ),
    allow('Metrics', ['cloudwatch:PutMetricData'], ['*'], {
      StringLike: { 'cloudwatch:namespace': ['/aws/sagemaker/*', 'aws/sagemaker/*', 'SageMaker'] },
    }),
    allow(
      'Images',
      ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage', 'ecr:DescribeImages'],
      [stack.formatArn({ service: 'ecr', account: '*', resource: 'repository', resourceName: '*' })],
    ),
    ...(reach.subnetIds === undefined
      ? []
      : [
        allow(
          'JobsInTheNetwork',
          ['ec2:CreateNetworkInterface'],
          [
            ...['network-interface', 'security-group'].map((resource) =>
              stack.formatArn({ service: 'ec2', resource, resourceName: '*' }),
            ),
            ...reach.subnetIds.map((resourceName) =>
              stack.formatArn({ service: 'ec2', resource: 'subnet', resourceName }),
            ),
          ],
        ),
        allow(
          'InterfacesOfJobs',
          [
            'ec2:CreateNetworkInterfacePermission',
            'ec2:DeleteNetworkInterface',
            'ec2:DeleteNetworkInterfacePermission',
          ],
          [stack.formatArn({ service: 'ec2', resource: 'network-interface', resourceName: '*' })],
        ),
      ]),
  ];
}

/** Two ways that both keep data inside: in the subnets, or without any network. */
function starting(jobs: string[], models: string[], reach: NotebookReach): iam.PolicyStatement[] {
  const actions = [
    'sagemaker:CreateTrainingJob',
    'sagemaker:CreateProcessingJob',
    'sagemaker:CreateHyperParameterTuningJob',
    'sagemaker:CreateModel',
  ];
  const transform = allow('StartTransformJobs', ['sagemaker:CreateTransformJob'], jobs);
  if (reach.subnetIds === undefined) return [allow('StartJobs', actions, models), transform];
  return [
    allow('StartJobsInTheNetwork', actions, models, {
      'ForAllValues:StringEquals': { 'sagemaker:VpcSubnets': reach.subnetIds },
      'Null': { 'sagemaker:VpcSubnets': 'false' },
    }),
    allow('StartJobsWithoutANetwork', actions, models, { Bool: { 'sagemaker:NetworkIsolation': 'true' } }),
    transform,
  ];
}

function allow(
  sid: string,
  actions: string[],
  resources: string[],
  conditions?: { [operator: string]: any },
): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, actions, resources, conditions });
}

function deny(sid: string, actions: string[], conditions?: { [operator: string]: any }): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, resources: ['*'], conditions });
}

const JOBS = ['training-job', 'processing-job', 'transform-job', 'hyper-parameter-tuning-job'];

/** Why these wildcards are as narrow as they can be. */
export const NOTEBOOK_WILDCARDS =
  'names of jobs, models, spaces and log streams are chosen in the notebook; describing and listing know no resource; ' +
  'jobs choose their security groups, and SageMaker makes their network interfaces; ' +
  'images of AWS are in many accounts, each of which decides who may pull';
