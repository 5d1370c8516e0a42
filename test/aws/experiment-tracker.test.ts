import { App, aws_iam as iam, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { ExperimentTracker } from '../../src/aws/experiment-tracker';
import { ExperimentTrackerProps, TrackingServerSize } from '../../src/aws/experiment-tracker-props';
import { acknowledgePolicies } from '../../src/aws/private/base/acknowledge';
import { judge, strictApp } from '../support/judges';

const APP = 'AWS::SageMaker::MlflowApp';
const SERVER = 'AWS::SageMaker::MlflowTrackingServer';

interface Setting { stack: Stack; data: DataLake; tracker: ExperimentTracker }
const setting = (props: Partial<ExperimentTrackerProps> = {}, app = new App()): Setting => {
  const stack = new Stack(app, 'S');
  const data = new DataLake(stack, 'Data');
  return { stack, data, tracker: new ExperimentTracker(stack, 'Tracking', { data, ...props }) };
};
const template = (props?: Partial<ExperimentTrackerProps>) => Template.fromStack(setting(props).stack);
const newRole = (stack: Stack) => new iam.Role(stack, 'Client', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
const actionsOf = (of: Template, policy: string): string[] => {
  const [found] = Object.entries(of.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(policy)).map(([, resource]) => resource);
  return [...new Set<string>(found.Properties.PolicyDocument.Statement.flatMap((each: any) => each.Action))].sort();
};

test('an MLflow App that keeps its artifacts in the lake and registers nothing by itself', () => {
  template().hasResourceProperties(APP, {
    Name: Match.stringLikeRegexp('^s-tracking-[0-9a-f]{8}$'),
    ArtifactStoreUri: { 'Fn::Join': ['', ['s3://', { Ref: Match.stringLikeRegexp('^DataArtifacts') }, '/mlflow']] },
    RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrackingRole'), 'Arn'] },
    ModelRegistrationMode: 'AutoModelRegistrationDisabled',
  });
  template().resourceCountIs(SERVER, 0);
});

test('a tracking server of the wanted size and version instead', () => {
  const small = template({ trackingServer: {} });
  small.hasResourceProperties(SERVER, { TrackingServerSize: 'Small', AutomaticModelRegistration: false, MlflowVersion: Match.absent() });
  small.resourceCountIs(APP, 0);
  template({ trackingServer: { size: TrackingServerSize.LARGE, mlflowVersion: '3.0.0' } })
    .hasResourceProperties(SERVER, { TrackingServerSize: 'Large', MlflowVersion: '3.0.0' });
});

test('models registered in MLflow become versions in the registry when asked for, and only then may the role register', () => {
  const registering = template({ registersModels: true });
  registering.hasResourceProperties(APP, { ModelRegistrationMode: 'AutoModelRegistrationEnabled' });
  expect(actionsOf(registering, 'TrackingRole')).toEqual(expect.arrayContaining(['sagemaker:CreateModelPackage', 'sagemaker:CreateModelPackageGroup']));
  expect(actionsOf(template(), 'TrackingRole').filter((action) => action.startsWith('sagemaker:'))).toEqual([]);
  template({ registersModels: true, trackingServer: {} }).hasResourceProperties(SERVER, { AutomaticModelRegistration: true });
});

test('maintenance begins when said', () => {
  template({ weeklyMaintenanceStart: 'Tue:03:30' }).hasResourceProperties(APP, { WeeklyMaintenanceWindowStart: 'Tue:03:30' });
  template({ weeklyMaintenanceStart: 'Sun:23:59', trackingServer: {} }).hasResourceProperties(SERVER, { WeeklyMaintenanceWindowStart: 'Sun:23:59' });
});

test('the role can write files and cannot delete them', () => {
  expect(actionsOf(template(), 'TrackingRole')).toEqual([
    'kms:Decrypt', 'kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket',
    's3:ListMultipartUploadParts', 's3:PutObject',
  ]);
});

test.each([APP, SERVER])('%s waits for the policy of its role and is retained', (kind) => {
  const [resource] = Object.values(template(kind === SERVER ? { trackingServer: {} } : {}).findResources(kind));
  expect(resource.DependsOn).toEqual([expect.stringMatching(/^DataArtifactsPolicy/), expect.stringMatching(/^TrackingRoleDefaultPolicy/)]);
  expect([resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
  const roleAndPolicy = Object.entries(template().toJSON().Resources).filter(([id]) => id.startsWith('TrackingRole')).map(([, each]: any) => each.DeletionPolicy);
  expect(roleAndPolicy).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
});

test('deleting the record takes the prop and the context flag', () => {
  expect(() => template({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
    "experiment tracker 'S/Tracking': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
  const { stack } = setting({ removalPolicy: RemovalPolicy.DESTROY }, new App({ context: { 'mlops:allowDestroy': 'true' } }));
  Template.fromStack(stack).hasResource(APP, { DeletionPolicy: 'Delete' });
});

test('a role of yours is used and gets what it lacks', () => {
  const stack = new Stack(new App(), 'S');
  const role = newRole(stack);
  const tracker = new ExperimentTracker(stack, 'Tracking', { data: new DataLake(stack, 'Data'), role });
  expect(tracker.role).toBe(role);
  expect(actionsOf(Template.fromStack(stack), 'ClientDefaultPolicy')).toContain('s3:PutObject');
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
});

test('the environment points a client at the tracker by its ARN', () => {
  const { stack, tracker } = setting();
  const arn = { 'Fn::GetAtt': [expect.stringMatching(/^TrackingApp/), 'Arn'] };
  expect(stack.resolve(tracker.environment)).toEqual({ MLFLOW_TRACKING_URI: arn });
  expect(stack.resolve(tracker.trackingUri)).toEqual(arn);
  const server = setting({ trackingServer: {} });
  expect(server.stack.resolve(server.tracker.trackingUri)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^TrackingServer/), 'TrackingServerArn'] });
});

describe('grants', () => {
  const granted = (grant: (tracker: ExperimentTracker, role: iam.Role) => void, props?: Partial<ExperimentTrackerProps>) => {
    const { stack, tracker } = setting(props);
    grant(tracker, newRole(stack));
    return actionsOf(Template.fromStack(stack), 'Client');
  };
  const verbs = (actions: string[], verb: RegExp) => actions.filter((action) => verb.test(action));

  test('using is recording and looking, not deleting what was recorded', () => {
    const actions = granted((tracker, role) => tracker.grantUse(role));
    expect(actions).toEqual(expect.arrayContaining([
      'sagemaker:CallMlflowAppApi', 'sagemaker:CreatePresignedMlflowAppUrl', 'sagemaker:DescribeMlflowApp',
      'sagemaker-mlflow:CreateRun', 'sagemaker-mlflow:LogBatch', 'sagemaker-mlflow:SearchRuns', 's3:PutObject', 'kms:GenerateDataKey',
    ]));
    expect(verbs(actions, /:Delete/)).toEqual(['sagemaker-mlflow:DeleteTag']);
  });

  test('reading records nothing', () => {
    const actions = granted((tracker, role) => tracker.grantRead(role));
    expect(actions).toContain('sagemaker-mlflow:GetRun');
    expect(verbs(actions, /:(Delete|Put|Log|Set|Update|CreateRun|GenerateDataKey)/)).toEqual([]);
  });

  test('managing deletes too', () => {
    const actions = granted((tracker, role) => tracker.grantManage(role));
    expect(actions).toEqual(expect.arrayContaining(['sagemaker-mlflow:DeleteExperiment', 's3:DeleteObject', 'sagemaker-mlflow:CreateRun']));
  });

  test('a server has its own actions', () => {
    const actions = granted((tracker, role) => tracker.grantUse(role), { trackingServer: {} });
    expect(verbs(actions, /^sagemaker:/)).toEqual(['sagemaker:CreatePresignedMlflowTrackingServerUrl', 'sagemaker:DescribeMlflowTrackingServer']);
  });

  test('no action is a wildcard', () => {
    expect(verbs(granted((tracker, role) => tracker.grantManage(role)), /\*/)).toEqual([]);
  });
});

describe('a tracker that exists', () => {
  const granted = (trackingUri: string) => {
    const { stack, data } = setting();
    const tracker = ExperimentTracker.fromAttributes(stack, 'Theirs', { trackingUri, data });
    expect(tracker.environment).toEqual({ MLFLOW_TRACKING_URI: trackingUri });
    const role = newRole(stack);
    tracker.grantRead(role);
    tracker.grantUse(role);
    tracker.grantManage(role);
    return actionsOf(Template.fromStack(stack), 'Client').filter((action) => action.startsWith('sagemaker:'));
  };

  test('grants by the kind that its ARN says', () => {
    expect(granted('arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/app-1')).toContain('sagemaker:CallMlflowAppApi');
    expect(granted('arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/one')).toEqual(
      ['sagemaker:CreatePresignedMlflowTrackingServerUrl', 'sagemaker:DescribeMlflowTrackingServer']);
  });

  test('grants for both kinds when the ARN is only known at deployment', () => {
    const { tracker, data, stack } = setting();
    const role = newRole(stack);
    ExperimentTracker.fromAttributes(stack, 'Theirs', { trackingUri: tracker.trackingUri, data }).grantUse(role);
    expect(actionsOf(Template.fromStack(stack), 'Client')).toEqual(
      expect.arrayContaining(['sagemaker:CallMlflowAppApi', 'sagemaker:DescribeMlflowTrackingServer']));
  });

  test('refuses what is not an ARN of MLflow', () => {
    expect(() => granted('http://localhost:5000')).toThrow(
      "experiment tracker 'S/Theirs': trackingUri must be the ARN of an MLflow App or of a tracking server, got 'http://localhost:5000'");
  });
});

test.each<[Partial<ExperimentTrackerProps>, string]>([
  [{ weeklyMaintenanceStart: 'tuesday' }, "weeklyMaintenanceStart must be a day and a time in UTC like Tue:03:30, got 'tuesday'"],
  [{ trackingServer: { mlflowVersion: 'latest' } }, "trackingServer.mlflowVersion must be a version like 3.0.0, got 'latest'"],
])('refuses %j', (props, message) => {
  expect(() => template(props)).toThrow(`experiment tracker 'S/Tracking': ${message}`);
});

test.each<Partial<ExperimentTrackerProps>>([{}, { trackingServer: {}, registersModels: true }])('no judge has a finding with %j', (props) => {
  const { stack, tracker } = setting(props, strictApp());
  const role = newRole(stack);
  acknowledgePolicies(role, []);
  tracker.grantManage(role);
  expect(judge(stack)).toEqual([]);
});
