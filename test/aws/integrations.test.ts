import { App, aws_ec2 as ec2, aws_secretsmanager as secretsmanager, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { BlueprintProps } from '../../src/aws/blueprints/blueprint-props';
import { Level0Blueprint } from '../../src/aws/blueprints/level0';
import { Level1Blueprint } from '../../src/aws/blueprints/level1';
import { Level2Blueprint } from '../../src/aws/blueprints/level2';
import { DataLake } from '../../src/aws/data-lake';
import { Integrations } from '../../src/aws/integrations';
import { IntegrationsProps } from '../../src/aws/integrations-props';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { TrainingPipelineProps } from '../../src/aws/training-pipeline-props';
import { Workspace } from '../../src/aws/workspace';
import { WorkspaceProps } from '../../src/aws/workspace-props';
import { ContainerImage, Integration, SecretName, Serving } from '../../src/core';
import { BASE } from '../parity/samples';
import { judge, strictApp } from '../support/judges';
import { definitionOf, stepsOf } from '../support/pipeline-definition';

const IMAGE = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');
const WANDB = Integration.weightsAndBiases({ entity: 'shop', project: 'churn', apiKey: SecretName.of('wandb-api-key') });
const REFERENCE = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:wandb-api-key';

const stackIn = () => new Stack(strictApp(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
const isolated = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Isolated', {
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrBlock: '10.1.0.0/16',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  isolatedSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
});
const withNat = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'WithNat', {
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrBlock: '10.1.0.0/16',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  privateSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
});

/** Integrations of a stack with a lake. */
function scene(props: Partial<IntegrationsProps> = {}, stack = stackIn()) {
  const data = new DataLake(stack, 'Data');
  const { connections } = new Integrations(stack, 'Integrations', { use: [WANDB], data, ...props });
  return { stack, data, connections };
}

function trainingWith(extra: (stack: Stack) => Partial<TrainingPipelineProps> = () => ({}), props: Partial<IntegrationsProps> = {}) {
  const { stack, data, connections } = scene(props);
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
  new TrainingPipeline(stack, 'Training', { image: IMAGE, data, registry, connections, ...extra(stack) });
  return stack;
}

/** The text of a template, references resolved to their names. */
const textOf = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON());

describe('a connection', () => {
  test('names variables and the secret, whose value is nowhere', () => {
    const { stack, connections: [connection] } = scene();
    expect(connection.node.path).toBe('Stack/Integrations/weights-and-biases/Connection');
    expect(connection.environment).toEqual({ WANDB_BASE_URL: 'https://api.wandb.ai', WANDB_ENTITY: 'shop', WANDB_PROJECT: 'churn' });
    expect(stack.resolve(connection.secretReferences.WANDB_API_KEY.secretArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:eu-west-1:111122223333:secret:wandb-api-key']],
    });
    expect(textOf(stack)).not.toContain('resolve:secretsmanager');
  });

  test('takes a secret that was given by the name', () => {
    const stack = stackIn();
    const given = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Given', `${REFERENCE}-AbCdEf`);
    const { connections: [connection] } = scene({ secrets: { 'wandb-api-key': given } }, stack);
    expect(connection.secretReferences.WANDB_API_KEY).toBe(given);
  });

  test.each<[string, Partial<IntegrationsProps>, string]>([
    ['a system twice', { use: [WANDB, WANDB] }, "use must be without repeats, got 'weights-and-biases'"],
    ['what is no list', { use: 'wandb' as any }, "use must be a list of integrations, got 'wandb'"],
    ['what is no integration', { use: ['wandb' as any] }, "use must be integrations like Integration.prefect(), got 'wandb'"],
    ['a secret that nothing names', { secrets: { other: {} as any } }, "secrets must be named by a system: wandb-api-key, got 'other'"],
    ['a name that reads like the end of an ARN',
      { use: [Integration.of('comet', { title: 'Comet', secrets: { COMET_API_KEY: SecretName.of('comet-secret') } })] },
      "secret 'comet-secret' ends in a hyphen and six characters, which Secrets Manager takes for the end of an ARN: choose another name, "
      + "or give the secret as secrets['comet-secret']"],
  ])('refuses %s', (_, props, fault) => {
    expect(() => scene(props)).toThrow(new Error(`integrations 'Stack/Integrations': ${fault}`));
  });
});

describe('the files of a client', () => {
  const dvc = () => trainingWith(() => ({}), { use: [Integration.dvc()] });
  const FOLDER = /integrations\/[a-z0-9-]+\//;

  test('are in the lake, where each container finds them', () => {
    const stack = dvc();
    const { Train } = stepsOf(definitionOf(stack));
    expect(Train.Arguments.Environment.MLOPS_FILES_DVC).toMatch(/\/integrations\/stack-integrations-dvc-[a-z0-9]+\/client\/$/);
    const [files] = Object.values(Template.fromStack(stack).findResources('Custom::ClientFiles'));
    expect(files.Properties.Folder).toMatch(FOLDER);
    expect(JSON.stringify(files.Properties.Files)).toContain('url = s3://');
    expect(Object.keys(files.Properties.Files)).toEqual(['.config/dvc/config']);
  });

  test('are read, and the store is worked in, by who is connected', () => {
    const policies = Object.entries(Template.fromStack(dvc()).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('TrainingJobRole'));
    const statements = policies.flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement) as { Action: string[]; Resource: object }[];
    const actionsOn = (suffix: string) => statements
      .filter(({ Resource }) => JSON.stringify(Resource).includes(suffix))
      .flatMap(({ Action }) => Action);
    expect(actionsOn('/client/*')).toEqual(['s3:GetObject', 's3:GetObjectVersion']);
    expect(actionsOn('/store/*')).toEqual(expect.arrayContaining(['s3:GetObject', 's3:PutObject', 's3:DeleteObject']));
  });

  test('are written by a function that no judge finds fault with', () => {
    const { stack } = scene({ use: [Integration.dvc()] });
    expect(judge(stack).filter((finding) => finding.includes('Integrations'))).toEqual([]);
  });

  test('of two products on one lake lie apart', () => {
    const { stack, data, connections: [one] } = scene({ use: [Integration.dvc()] });
    const { connections: [other] } = new Integrations(stack, 'Others', { data, use: [Integration.dvc()] });
    expect(stack.resolve(one.environment.MLOPS_FILES_DVC)).not.toEqual(stack.resolve(other.environment.MLOPS_FILES_DVC));
  });
});

describe('a training pipeline', () => {
  test('tells every step the variables and the reference, and its jobs may read the one secret', () => {
    const stack = trainingWith();
    const { Train, Evaluate } = stepsOf(definitionOf(stack));
    for (const step of [Train, Evaluate]) {
      expect(step.Arguments.Environment).toMatchObject({
        WANDB_BASE_URL: 'https://api.wandb.ai',
        WANDB_ENTITY: 'shop',
        WANDB_PROJECT: 'churn',
        MLOPS_SECRET_WANDB_API_KEY_REF: expect.stringContaining(':secret:wandb-api-key'),
      });
    }
    expect(Train.Arguments.EnableNetworkIsolation).toBe(false);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^TrainingJobRole') }],
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:eu-west-1:111122223333:secret:wandb-api-key-??????']] },
        })]),
      },
    });
  });

  test('without connections is as it was', () => {
    const { Train } = stepsOf(definitionOf(trainingWith(() => ({ connections: undefined }))));
    expect(Train.Arguments.EnableNetworkIsolation).toBe(true);
    expect(JSON.stringify(Train.Arguments.Environment)).not.toContain('WANDB');
  });

  test('in a network with a way out reaches a service', () => {
    expect(() => trainingWith((stack) => ({ vpc: withNat(stack) }))).not.toThrow();
  });

  test.each<[string, (stack: Stack) => Partial<TrainingPipelineProps>, string]>([
    ['isolated containers', () => ({ networkIsolation: true }),
      "networkIsolation cuts the containers off from connection 'weights-and-biases': leave one of them out"],
    ['a service that the network has no way to', (stack) => ({ vpc: isolated(stack), subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } }),
      "connection 'weights-and-biases' is a service on the internet, which the network has no way to: give a vpc whose private subnets have one, "
      + 'or the endpoint of a server inside'],
    ['a variable that is set already', () => ({ environment: { WANDB_ENTITY: 'other' } }),
      "WANDB_ENTITY is a variable of connection 'weights-and-biases' and of environment: leave one of them out"],
    ['the variable of a secret that is set already', () => ({ environment: { WANDB_API_KEY: 'x' } }),
      "WANDB_API_KEY is a variable of connection 'weights-and-biases' and of environment: leave one of them out"],
  ])('refuses %s', (_, extra, fault) => {
    expect(() => trainingWith(extra)).toThrow(new Error(`training pipeline 'Stack/Training': ${fault}`));
  });

  test('refuses a variable of two connections', () => {
    const other = Integration.of('sweeps', { title: 'Sweeps', variables: { WANDB_ENTITY: 'other' } });
    expect(() => trainingWith(() => ({}), { use: [WANDB, other] })).toThrow(new Error("training pipeline 'Stack/Training': "
      + "WANDB_ENTITY is a variable of connection 'sweeps' and of connection 'weights-and-biases': leave one of them out"));
  });
});

describe('an endpoint', () => {
  const MODES: [string, Partial<ServingEndpointProps>][] = [
    ['of the rollout workflow', {}],
    ['without a machine of its own', { serving: Serving.serverless() }],
    ['that queues its requests', { serving: SageMakerServing.asynchronous() }],
    ['that predicts in batches', { serving: Serving.batch() }],
  ];
  const endpointWith = (extra: Partial<ServingEndpointProps>, use = [WANDB]) => {
    const { stack, data, connections } = scene({ use });
    const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
    new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), connections, ...extra });
    return stack;
  };
  const workflowText = (stack: Stack) => JSON.stringify(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));

  test.each(MODES)('%s has the variables, a network, and the right to read the secret', (_, extra) => {
    const stack = endpointWith(extra);
    const text = workflowText(stack);
    expect(text).toContain('WANDB_ENTITY');
    expect(text).toContain('MLOPS_SECRET_WANDB_API_KEY_REF');
    expect(text).toContain('\\"EnableNetworkIsolation\\":false');
    expect(textOf(stack)).toContain(':secret:wandb-api-key-??????');
    expect(workflowText(endpointWith({ ...extra, connections: undefined }))).not.toContain('WANDB');
  });

  test('of the template has them in its model', () => {
    const stack = endpointWith({ model: ModelSource.package('arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/1') });
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::Model', {
      EnableNetworkIsolation: false,
      PrimaryContainer: { Environment: Match.objectLike({ WANDB_ENTITY: 'shop', MLOPS_SECRET_WANDB_API_KEY_REF: Match.anyValue() }) },
    });
  });

  test('refuses isolated containers', () => {
    expect(() => endpointWith({ networkIsolation: true })).toThrow(new Error("serving endpoint 'Stack/Serving': "
      + "networkIsolation cuts the containers off from connection 'weights-and-biases': leave one of them out"));
  });
});

test('a drift run has the variables, a network, and the right to read the secret', () => {
  const { stack, data, connections } = scene();
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), capture: {} });
  new MonitoringStack(stack, 'Monitoring', { data, registry, endpoint, image: IMAGE, drift: {}, connections });
  const text = JSON.stringify(Object.entries(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')).filter(([id]) => id.includes('Drift')));
  expect(text).toContain('WANDB_ENTITY');
  expect(text).toContain('\\"EnableNetworkIsolation\\":false');
  expect(() => new MonitoringStack(stack, 'Other', { data, connections })).toThrow(
    "monitoring stack 'Stack/Other': connections is for drift runs, and there are none: set drift or modelQuality, or leave it out");
});

describe.each([0, 1, 2] as const)('the blueprint of level %d', (level) => {
  const Level = [Level0Blueprint, Level1Blueprint, Level2Blueprint][level];
  const blueprint = (props: Partial<BlueprintProps>) => {
    const stack = stackIn();
    new Level(stack, 'Mlops', { ...BASE, image: IMAGE, features: undefined, integrations: { use: [WANDB] }, ...props });
    return stack;
  };

  test('connects notebooks, training, endpoint and drift runs, which its guardrails let through', () => {
    const stack = stackIn();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    new Level(stack, 'Mlops', { ...BASE, image: IMAGE, features: undefined, integrations: { use: [WANDB] }, vpc });
    const template = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;
    const connected = Object.entries(template).filter(([, each]) => JSON.stringify(each).includes('MLOPS_SECRET_WANDB_API_KEY_REF')).map(([id]) => id);
    const expected = ['MlopsWorkspaceStart', ...level === 0 ? [] : ['MlopsTraining', 'MlopsServingRollout', 'MlopsMonitoringDrift']];
    for (const each of expected) expect(connected.some((id) => id.startsWith(each))).toBe(true);
    expect(connected.filter((id) => !expected.some((each) => id.startsWith(each)))).toEqual([]);
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });

  test('refuses a service that its network has no way to', () => {
    expect(() => blueprint({})).toThrow("workspace 'Stack/Mlops/Workspace': connection 'weights-and-biases' is a service on the internet");
  });
});

describe('notebooks', () => {
  const workspaceWith = (extra: (stack: Stack) => Partial<WorkspaceProps>) => {
    const { stack, data, connections } = scene();
    const workspace = new Workspace(stack, 'Workspace', { data, connections, vpc: withNat(stack), ...extra(stack) });
    return { stack, workspace };
  };

  test('get the variables and the reference in every kernel, and their role may read the secret', () => {
    const { stack } = workspaceWith(() => ({}));
    const template = Template.fromStack(stack);
    for (const script of Object.values(template.findResources('AWS::SageMaker::StudioLifecycleConfig'))) {
      const text = JSON.stringify(script.Properties.StudioLifecycleConfigContent);
      for (const each of ['WANDB_ENTITY', 'https://api.wandb.ai', 'MLOPS_SECRET_WANDB_API_KEY_REF', 'MLOPS_RAW_BUCKET']) expect(text).toContain(each);
    }
    expect(JSON.stringify(template.toJSON())).toContain(':secret:wandb-api-key-??????');
  });

  test('are connected later all the same', () => {
    const { stack, data, connections: [connection] } = scene();
    const workspace = new Workspace(stack, 'Workspace', { data, vpc: withNat(stack) });
    workspace.addConnection(connection);
    expect(textOf(stack)).toBe(textOf(workspaceWith(() => ({})).stack));
  });

  test.each<[string, (stack: Stack) => Partial<WorkspaceProps>, string]>([
    ['a service that their network has no way to', () => ({ vpc: undefined }),
      "connection 'weights-and-biases' is a service on the internet, which the network has no way to: give a vpc whose private subnets have one, "
      + 'or the endpoint of a server inside'],
    ['a variable that is set already', () => ({ environment: { WANDB_ENTITY: 'other' } }),
      "WANDB_ENTITY is a variable of connection 'weights-and-biases' and of environment: leave one of them out"],
  ])('refuse %s', (_, extra, fault) => {
    expect(() => workspaceWith(extra)).toThrow(new Error(`workspace 'Stack/Workspace': ${fault}`));
  });

  test('with the internet of SageMaker reach a service', () => {
    expect(() => workspaceWith(() => ({ vpc: undefined, internetAccess: true }))).not.toThrow();
  });
});
