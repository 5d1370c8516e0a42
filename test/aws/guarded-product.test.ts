import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DataLake } from '../../src/aws/data-lake';
import { ExperimentTracker } from '../../src/aws/experiment-tracker';
import { FeatureStore } from '../../src/aws/feature-store';
import { GovernanceGuardrails } from '../../src/aws/governance-guardrails';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { Landscape } from '../../src/aws/private/policy/resource-view';
import { requestsOf } from '../../src/aws/private/policy/sagemaker-requests';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { Workspace } from '../../src/aws/workspace';
import { Accelerator, ContainerImage, FeatureType, QualityGate, RiskRating, Rollout } from '../../src/core';
import { decide, RequestContext, sageMakerContext, text } from '../support/iam';

const image = ContainerImage.fromUri(`111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn@sha256:${'a'.repeat(64)}`);

/** Everything that the library makes, under guardrails. */
function product(accelerator?: Accelerator, inVpc = true) {
  const app = new App({ builtinCloudFormationValidation: false, outdir: mkdtempSync(join(tmpdir(), 'product-')) });
  const stack = new Stack(app, 'Stack');
  const churn = new Construct(stack, 'Churn');
  const data = new DataLake(churn, 'Data');
  const tracking = new ExperimentTracker(churn, 'Tracking', { data });
  const workspace = new Workspace(churn, 'Workspace', { data, tracking });
  new FeatureStore(churn, 'Features', {
    data,
    featureGroups: [{
      name: 'customers', entityKey: 'id', eventTime: 'time', features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'time', valueType: FeatureType.FLOAT }],
    }],
  });
  const registry = new ModelRegistry(churn, 'Registry');
  const isolated = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  new TrainingPipeline(churn, 'Training', {
    data,
    registry,
    image,
    prepare: true,
    compute: { accelerator, instanceCount: 2 },
    qualityGates: [QualityGate.atLeast('auc', 0.8)],
    ...(inVpc ? { vpc: workspace.vpc, subnets: isolated } : {}),
  });
  new ServingEndpoint(churn, 'Serving', {
    data,
    image,
    model: ModelSource.latestApproved(registry),
    capture: {},
    rollout: Rollout.canary(),
    ...(inVpc ? { vpc: workspace.vpc, vpcSubnets: isolated } : {}),
  });
  const governance = new GovernanceGuardrails(churn, 'Governance', {
    data,
    registry,
    ...(inVpc ? { vpc: workspace.vpc } : {}),
    tags: { product: 'churn' },
    budget: { monthlyUsd: 500, alertEmails: ['ml@example.com'] },
    modelCard: { intendedUse: 'ranks customers by their risk to leave', owner: 'churn team', riskRating: RiskRating.LOW },
    allowedInstanceTypes: ['ml.m5.*', 'ml.g5.*', 'ml.g4dn.*', 'ml.t3.*'],
    maxWarmPoolMinutes: 30,
  });
  app.synth();
  const around = new Landscape(churn);
  const boundary = around.resources.find((each) => each.node === governance.boundary!.node.defaultChild)!.properties.PolicyDocument;
  const calls = around.resources.flatMap((each) => (/Pipeline|StateMachine/.test(each.type) ? requestsOf(each) ?? [] : []));
  return { app, around, boundary, calls, report: JSON.parse(readFileSync(join(app.outdir, 'compliance.json'), 'utf8')) };
}

test.each<[string, Accelerator | undefined]>([
  ['on machines with volumes', undefined],
  ['on machines with disks of their own', Accelerator.NVIDIA_A10G],
])('keeps every policy %s, and what is excepted has a reason', (_, accelerator) => {
  const { report } = product(accelerator);
  const verdicts = Object.entries<any>(report.policies).map(([id, { verdict }]) => `${id} ${verdict}`);
  expect(verdicts.filter((each) => !/ (compliant|exception)$/.test(each))).toEqual(['MLOPS-IAM-02 not applicable']);
  expect(verdicts.filter((each) => each.endsWith('exception'))).toEqual(['MLOPS-IAM-01 exception', 'MLOPS-SRV-02 exception']);
  expect(report.summary.violation).toBe(0);
});

test('has roles with the boundary, all of them', () => {
  const { around } = product();
  const roles = around.ofType('AWS::IAM::Role');
  expect(roles.length).toBeGreaterThan(5);
  expect(roles.filter((each) => each.properties.PermissionsBoundary === undefined).map((each) => each.path)).toEqual([]);
});

describe.each<[string, Accelerator | undefined, boolean]>([
  ['machines with volumes, in the network', undefined, true],
  ['machines with disks of their own, in the network', Accelerator.NVIDIA_A10G, true],
  ['machines with disks of their own, in no network', Accelerator.NVIDIA_A10G, false],
])('%s', (_, accelerator, inVpc) => {
  test('every call that the pipeline and the rollout make passes the boundary', () => {
    const { boundary, calls } = product(accelerator, inVpc);
    expect([...new Set(calls.map(({ api }) => api))]).toEqual(expect.arrayContaining([
      'CreateProcessingJob', 'CreateTrainingJob', 'CreateModelPackage', 'CreateModel', 'CreateEndpointConfig', 'CreateEndpoint', 'UpdateEndpoint',
    ]));
    for (const { api, request, where } of calls) {
      expect([where, ...decide(boundary.Statement, `sagemaker:${api}`, sageMakerContext(api, request))]).toEqual([where, 'allow']);
    }
  });
});

describe('the boundary ends', () => {
  const { boundary } = product();
  const known = text(boundary.Statement.find((each: any) => each.Sid === 'OtherSubnets').Condition['ForAnyValue:StringNotEquals']['sagemaker:VpcSubnets'][0]);
  const key = text(boundary.Statement.find((each: any) => each.Sid === 'OtherVolumeKeys').Condition.ArnNotEquals['sagemaker:VolumeKmsKey'][0]);
  const good: RequestContext = {
    'aws:SecureTransport': 'true',
    'sagemaker:InstanceTypes': ['ml.m5.large'],
    'sagemaker:VolumeKmsKey': key,
    'sagemaker:OutputKmsKey': key,
    'sagemaker:NetworkIsolation': 'true',
    'sagemaker:VpcSubnets': [known],
  };
  const without = (left: string) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== left));

  test.each<[string, string, RequestContext, string]>([
    ['nothing of a good job', 'sagemaker:CreateTrainingJob', good, 'allow'],
    ['plain requests', 's3:GetObject', { 'aws:SecureTransport': 'false' }, 'PlainRequests'],
    ['jobs without a volume key', 'sagemaker:CreateTrainingJob', without('sagemaker:VolumeKmsKey'), 'VolumesWithoutKey'],
    ['not jobs on disks of their own', 'sagemaker:CreateTrainingJob', { ...without('sagemaker:VolumeKmsKey'), 'sagemaker:InstanceTypes': ['ml.g5.xlarge'] }, 'allow'],
    ['not serverless endpoints', 'sagemaker:CreateEndpointConfig', { 'aws:SecureTransport': 'true' }, 'allow'],
    ['jobs without an output key', 'sagemaker:CreateProcessingJob', without('sagemaker:OutputKmsKey'), 'OutputWithoutKey'],
    ['models that are neither isolated nor in the network', 'sagemaker:CreateModel', { 'aws:SecureTransport': 'true' }, 'OpenModels'],
    ['not models in the network', 'sagemaker:CreateModel', { 'sagemaker:VpcSubnets': [known] }, 'allow'],
    ['jobs in other networks', 'sagemaker:CreateTrainingJob', { ...good, 'sagemaker:VpcSubnets': [known, 'subnet-1'] }, 'OtherSubnets'],
    ['other machines', 'sagemaker:CreateTrainingJob', { ...good, 'sagemaker:InstanceTypes': ['ml.p4d.24xlarge'] }, 'OtherMachines'],
    ['not Studio\'s own', 'sagemaker:CreateApp', { 'sagemaker:InstanceTypes': ['system'] }, 'allow'],
    ['long warm pools', 'sagemaker:CreateTrainingJob', { ...good, 'sagemaker:KeepAlivePeriod': '3600' }, 'LongWarmPools'],
    ['not short ones', 'sagemaker:CreateTrainingJob', { ...good, 'sagemaker:KeepAlivePeriod': '1800' }, 'allow'],
    ['notebooks that say nothing', 'sagemaker:CreateNotebookInstance', { ...good, 'sagemaker:RootAccess': 'Disabled' }, 'NotebooksOnTheInternet'],
    ['notebooks with root', 'sagemaker:CreateNotebookInstance', { ...good, 'sagemaker:DirectInternetAccess': 'Disabled', 'sagemaker:RootAccess': 'Enabled' }, 'NotebooksWithRoot'],
    ['not locked ones', 'sagemaker:CreateNotebookInstance', { ...good, 'sagemaker:DirectInternetAccess': 'Disabled', 'sagemaker:RootAccess': 'Disabled' }, 'allow'],
    ['root that is given later', 'sagemaker:UpdateNotebookInstance', { 'sagemaker:RootAccess': 'Enabled' }, 'RootLater'],
    ['data on its way out', 's3:PutObject', { 'aws:ResourceAccount': '999999999999' }, 'DataLeavesTheAccount'],
    ['not data at home', 's3:PutObject', { 'aws:ResourceAccount': text({ Ref: 'AWS::AccountId' }) }, 'allow'],
    ['the making of users', 'iam:CreateUser', {}, 'nothing'],
    ['the end of the trail', 'cloudtrail:StopLogging', {}, 'nothing'],
    ['the end of keys', 'kms:ScheduleKeyDeletion', {}, 'nothing'],
  ])('%s', (_, action, context, decision) => {
    expect(decide(boundary.Statement, action, context)).toEqual([decision]);
  });
});

