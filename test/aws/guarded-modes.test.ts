import { mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DataLake } from '../../src/aws/data-lake';
import { GovernanceGuardrails } from '../../src/aws/governance-guardrails';
import { GovernanceGuardrailsProps } from '../../src/aws/governance-guardrails-props';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { Landscape } from '../../src/aws/private/policy/resource-view';
import { requestsOf } from '../../src/aws/private/policy/sagemaker-requests';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { Accelerator, Challenger, ContainerImage, Serving } from '../../src/core';
import { decide, sageMakerContext, text } from '../support/iam';

const image = ContainerImage.fromUri(`111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn@sha256:${'a'.repeat(64)}`);
const isolated = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

type Mode = [mode: string, props: Partial<ServingEndpointProps>];
const MODES: Mode[] = [
  ['real time', { capture: {} }],
  ['real time on a GPU', { serving: Serving.realTime({ compute: { accelerator: Accelerator.NVIDIA_A10G } }), capture: {} }],
  ['a shadow', { challenger: Challenger.shadow(10) }],
  ['an A/B test', { challenger: Challenger.abTest(10) }],
  ['serverless', { serving: Serving.serverless() }],
  ['warm serverless', { serving: SageMakerServing.warmServerless() }],
  ['asynchronous', { serving: SageMakerServing.asynchronous() }],
  ['components', { serving: SageMakerServing.inferenceComponents({ memoryMiB: 1024 }) }],
  ['batch', { serving: Serving.batch() }],
  ['batch transform', { serving: SageMakerServing.batchTransform({ contentType: 'application/jsonlines' }) }],
];

type Guard = [guard: string, inVpc: boolean, props: Partial<GovernanceGuardrailsProps>];
const GUARDS: Guard[] = [
  ['no network', false, {}],
  ['a network', true, {}],
  ['every limit', true, { allowedInstanceTypes: ['ml.m5.*', 'ml.g5.*'], maxWarmPoolMinutes: 30, encryptTrafficBetweenMachines: true }],
];

function product(serving: Partial<ServingEndpointProps>, inVpc: boolean, guard: Partial<GovernanceGuardrailsProps>, context = {}) {
  const app = new App({ context, builtinCloudFormationValidation: false, outdir: mkdtempSync(join(tmpdir(), 'modes-')) });
  const stack = new Stack(app, 'Stack');
  const churn = new Construct(stack, 'Churn');
  const vpc = inVpc ? new ec2.Vpc(stack, 'Vpc', {
    natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration: [{ name: 'Jobs', ...isolated }],
  }) : undefined;
  const data = new DataLake(churn, 'Data');
  const registry = new ModelRegistry(churn, 'Registry');
  const training = new TrainingPipeline(churn, 'Training', { data, registry, image, prepare: true, ...(vpc && { vpc, subnets: isolated }) });
  const serverless = serving.serving?.mode === 'serverless';
  const endpoint = new ServingEndpoint(churn, 'Serving', {
    data, image, model: ModelSource.latestApproved(registry), ...(serverless ? {} : { vpc }), ...serving,
  });
  new MonitoringStack(churn, 'Monitoring', { data, registry, image, training, endpoint, ...(serving.capture ? { drift: {}, vpc } : {}) });
  const governance = new GovernanceGuardrails(churn, 'Governance', { data, registry, vpc, auditLog: false, policyChecks: false, ...guard });
  app.synth();
  const around = new Landscape(stack);
  const boundary = around.resources.find((each) => each.node === governance.boundary!.node.defaultChild)!.properties.PolicyDocument;
  const calls = around.ofType('AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine').flatMap((each) => requestsOf(each)!);
  // The rollout's role names the models that it may make: those are what IAM is asked about.
  const made = around.ofType('AWS::IAM::Policy').flatMap(({ properties }) => properties.PolicyDocument.Statement as any[])
    .filter((each) => [each.Action].flat().includes('sagemaker:DeleteModel')).flatMap((each) => [each.Resource].flat());
  return { boundary, calls, model: made.length === 0 ? undefined : text(made[0]).replace('*', 'v1') };
}

describe.each(MODES)('%s', (mode, serving) => {
  test.each(GUARDS)('makes no call that the boundary denies, with %s', (_, inVpc, guard) => {
    const { boundary, calls, model } = product(serving, inVpc, guard);
    expect(calls.map(({ api }) => api)).toEqual(expect.arrayContaining(['CreateTrainingJob', 'CreateProcessingJob', 'CreateModel']));
    for (const { api, request, where } of calls) {
      expect([mode, where, ...decide(boundary.Statement, `sagemaker:${api}`, sageMakerContext(api, request), api === 'CreateModel' ? model : undefined)])
        .toEqual([mode, where, 'allow']);
    }
  });
});

describe('the models of a serverless endpoint', () => {
  test.each([{}, { '@aws-cdk/aws-iam:minimizePolicies': true }])('are left out by name, and no others, with the flags %j', (context) => {
    const { boundary, model } = product({ serving: Serving.serverless() }, false, {}, context);
    const open = { 'aws:SecureTransport': 'true', 'sagemaker:NetworkIsolation': 'false' };
    expect(decide(boundary.Statement, 'sagemaker:CreateModel', open, model)).toEqual(['allow']);
    expect(decide(boundary.Statement, 'sagemaker:CreateModel', open, model!.replace('/stack-churn', '/another'))).toEqual(['OpenModels']);
    expect(decide(boundary.Statement, 'sagemaker:CreateTrainingJob', { ...open, 'sagemaker:OutputKmsKey': 'k' })).toContain('OpenContainers');
  });

  test('are the only ones that are left out', () => {
    const { boundary } = product({ capture: {} }, false, {});
    expect(boundary.Statement.filter((each: any) => each.NotResource !== undefined)).toEqual([]);
  });
});

test('an exception from the policy of isolation is none from the boundary, and is refused with a way', () => {
  expect(() => product({ networkIsolation: false, serving: SageMakerServing.asynchronous() }, false, {})).toThrow(
    "Stack/Churn/Serving/Rollout/Resource/Resource: state 'CreateModel' is neither isolated nor in a network without a way out: leave networkIsolation on, "
    + 'or give vpc, which the permission boundary denies');
});
