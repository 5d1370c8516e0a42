import { aws_ec2 as ec2, aws_secretsmanager as secretsmanager, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { Integrations } from '../../src/aws/integrations';
import { IntegrationsProps } from '../../src/aws/integrations-props';
import { ModelRegistry } from '../../src/aws/model-registry';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { TrainingPipelineProps } from '../../src/aws/training-pipeline-props';
import { Workspace } from '../../src/aws/workspace';
import { WorkspaceProps } from '../../src/aws/workspace-props';
import { ContainerImage, Integration, SecretName } from '../../src/core';
import { strictApp } from '../support/judges';
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
    expect(connection.node.path).toBe('Stack/Integrations/weights-and-biases');
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
    ['a secret that nothing names', { secrets: { other: {} as any } }, "secrets has 'other', which no integration names"],
    ['a name that reads like the end of an ARN',
      { use: [Integration.of('comet', { title: 'Comet', secrets: { COMET_API_KEY: SecretName.of('comet-secret') } })] },
      "secret 'comet-secret' ends in a hyphen and six characters, which Secrets Manager takes for the end of an ARN: choose another name, "
      + "or give the secret as secrets['comet-secret']"],
  ])('refuses %s', (_, props, fault) => {
    expect(() => scene(props)).toThrow(new Error(`integrations 'Stack/Integrations': ${fault}`));
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
