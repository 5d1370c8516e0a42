import { App, aws_ec2 as ec2, aws_iam as iam, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as aws from '../../../src/aws';
import { ContainerImage, MlopsIntent } from '../../../src/core';
import { BASE } from '../../parity/samples';

/**
 * Props of a part that its section of a blueprint does not have; what the blueprint itself connects is named by
 * `Wired`.
 */
type Missing<Props, Section, Wired extends keyof Props> = Exclude<keyof Props, keyof NonNullable<Section> | Wired>;

/** Compiles where there are none. */
type None<T> = [T] extends [never] ? true : T;

test('a section has every prop of its part, but for what the blueprint connects', () => {
  type Of<K extends keyof aws.BlueprintProps> = aws.BlueprintProps[K];
  const complete: [
    None<Missing<aws.DataLakeProps, Of<'data'>, never>>,
    None<Missing<aws.WorkspaceProps, Of<'workspace'>, 'data' | 'tracking'>>,
    None<Missing<aws.ExperimentTrackerProps, Of<'tracking'>, 'data'>>,
    None<Missing<aws.IntegrationsProps, Of<'integrations'>, 'data'>>,
    None<Missing<aws.FeatureStoreProps, Of<'features'>, 'data'>>,
    None<Missing<aws.ModelRegistryProps, Of<'registry'>, 'data'>>,
    None<Missing<aws.TrainingPipelineProps, Of<'training'>, 'data' | 'registry' | 'image'>>,
    None<Missing<aws.ServingEndpointProps, Of<'serving'>, 'data' | 'model' | 'image'>>,
    None<Missing<aws.MonitoringStackProps, Of<'monitoring'>, 'data' | 'endpoint' | 'training' | 'registry' | 'image'>>,
    None<Missing<aws.DeliveryPipelineProps, Of<'delivery'>, never>>,
    None<Missing<aws.GovernanceGuardrailsProps, Of<'governance'>, 'data' | 'registry'>>,
  ] = [true, true, true, true, true, true, true, true, true, true, true];
  expect(complete).toHaveLength(11);
});

test('a neutral intent is what a blueprint takes', () => {
  const intent: MlopsIntent = BASE;
  const props: aws.BlueprintProps = intent;
  expect(props).toBe(BASE);
});

/** The intent with a prop of AWS's own in each section. */
function native(stack: Stack): aws.BlueprintProps {
  return {
    ...BASE,
    data: { rawBucket: s3.Bucket.fromBucketName(stack, 'Raw', 'raw-of-mine'), accessLogRetentionDays: 200 },
    workspace: { instanceTypes: ['ml.t3.large'], maxVolumeGiB: 50, vpcCidr: '10.9.0.0/16' },
    tracking: { weeklyMaintenanceStart: 'Tue:03:30' },
    features: { ...BASE.features!, groupOptions: { customers: { tableFormat: aws.OfflineTableFormat.GLUE } } },
    registry: { consumerAccounts: ['444455556666'] },
    training: { ...BASE.training, compute: undefined, instanceType: 'ml.trn1.2xlarge', metricDefinitions: { loss: 'loss=([0-9.]+)' } },
    serving: { ...BASE.serving, endpointName: 'churn-live', environment: { LOG_LEVEL: 'debug' } },
    monitoring: { ...BASE.monitoring, dashboardName: 'Churn', maxClientErrorPercent: 7, driftInstanceType: 'ml.m5.2xlarge' },
    delivery: { ...BASE.delivery!, testCommand: 'npm run check', engine: aws.DeliveryEngine.codePipeline({ connectionArn: CONNECTION }) },
    governance: {
      ...BASE.governance,
      allowedInstanceTypes: ['ml.trn1.*', 'ml.m5.*', 'ml.t3.*'],
      auditRetentionDays: 400,
      roles: { auditor: new iam.AccountPrincipal('777788889999') },
    },
  };
}

const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/1';

function level(number: 0 | 1 | 2): Template {
  const stack = new Stack(new App(), 'Churn');
  new ({ 0: aws.Level0Blueprint, 1: aws.Level1Blueprint, 2: aws.Level2Blueprint })[number](stack, 'Mlops', native(stack));
  return Template.fromStack(stack);
}

describe('a prop of AWS in each section', () => {
  const template = level(2);
  const reaches = (text: string) => expect(JSON.stringify(template.toJSON()).includes(text) ? text : 'nowhere').toBe(text);

  test('passes the policies and validations of level 2', () => {
    const app = new App();
    const stack = new Stack(app, 'Churn');
    new aws.Level2Blueprint(stack, 'Mlops', native(stack));
    expect(() => app.synth()).not.toThrow();
  });

  test('of data reaches the buckets', () => {
    template.resourcePropertiesCountIs('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ Id: 'Retention', ExpirationInDays: 200 })] } }, 1);
    reaches(':s3:::raw-of-mine');
  });

  test('of workspace reaches network and notebooks', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.9.0.0/16' });
    template.hasResourceProperties('AWS::SageMaker::Domain', {
      DefaultSpaceSettings: { SpaceStorageSettings: { DefaultEbsStorageSettings: { MaximumEbsVolumeSizeInGb: 50 } } },
    });
  });

  test('of tracking reaches the MLflow app', () => {
    template.hasResourceProperties('AWS::SageMaker::MlflowApp', { WeeklyMaintenanceWindowStart: 'Tue:03:30' });
  });

  test('of features reaches the group', () => {
    template.hasResourceProperties('AWS::SageMaker::FeatureGroup', { OfflineStoreConfig: Match.objectLike({ TableFormat: 'Glue' }) });
  });

  test('of registry reaches the group of versions, with the files in the lake of the blueprint', () => {
    template.hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupPolicy: Match.anyValue() });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('^MlopsDataArtifacts') },
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'VersionsOfModels' })]) },
    });
  });

  test('of training reaches the pipeline', () => {
    reaches('ml.trn1.2xlarge');
    reaches('loss=([0-9.]+)');
  });

  test('of serving reaches the rollout', () => {
    reaches('churn-live');
    reaches('LOG_LEVEL');
  });

  test('of monitoring reaches dashboard, alarm and drift run', () => {
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'Churn' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 0.07 });
    reaches('ml.m5.2xlarge');
  });

  test('of delivery reaches the pipeline', () => {
    template.resourceCountIs('AWS::CodePipeline::Pipeline', 1);
    reaches('npm run check');
  });

  test('of governance reaches boundary, trail and roles', () => {
    reaches('"ml.trn1.*"');
    template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 400 })] } });
    reaches(':iam::777788889999:root');
  });
});

test.each([0, 1] as const)('level %d lets the props wait that are about what a higher level has', (number) => {
  const template = level(number);
  const ids = Object.keys(template.toJSON().Resources);
  expect(ids.filter((id) => id.startsWith('MlopsGovernanceBoundary'))).toEqual([]);
  expect(ids.filter((id) => /^MlopsGovernanceTrail[0-9A-F]+$/.test(id))).toHaveLength(number);
  expect(JSON.stringify(template.toJSON()).includes('ml.m5.2xlarge')).toBe(number === 1);
});

describe('what a section says', () => {
  const networkOf = (Level: typeof aws.Level1Blueprint | typeof aws.Level2Blueprint, training: (stack: Stack) => aws.TrainingPipelineOptions) => {
    const stack = new Stack(new App(), 'Churn');
    const blueprint = new Level(stack, 'Mlops', { ...BASE, training: training(stack) });
    return stack.resolve((blueprint.training.securityGroup!.node.defaultChild as ec2.CfnSecurityGroup).vpcId);
  };

  test('takes the place of what the blueprint says for all', () => {
    expect(networkOf(aws.Level1Blueprint, (stack) => ({ vpc: ec2.Vpc.fromVpcAttributes(stack, 'Other', OTHER) }))).toBe(OTHER.vpcId);
    expect(networkOf(aws.Level2Blueprint, (stack) => ({ vpc: ec2.Vpc.fromVpcAttributes(stack, 'Other', OTHER) }))).toBe(OTHER.vpcId);
  });

  test('is not said by a prop that is undefined', () => {
    expect(networkOf(aws.Level2Blueprint, () => ({ vpc: undefined }))).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^MlopsWorkspaceNetwork/), 'VpcId'] });
  });

  test('of another image that serves is what the endpoint pulls', () => {
    const stack = new Stack(new App(), 'Churn');
    new aws.Level1Blueprint(stack, 'Mlops', { ...BASE, training: { servingImage: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/vllm:1') } });
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('MlopsServingRole'));
    expect(JSON.stringify(policies)).toContain(':repository/vllm');
  });
});

const OTHER = { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a'], privateSubnetIds: ['subnet-0123456789abcdef0'] };
