import { App, CfnElement, Duration, Fn, IPolicyValidationContext, Stack, Stage, Tags, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as fsx from 'aws-cdk-lib/aws-fsx';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3n from 'aws-cdk-lib/aws-s3-notifications';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { DataLake } from '../../src/aws/data-lake';
import { ExperimentTracker } from '../../src/aws/experiment-tracker';
import { MlopsPolicies } from '../../src/aws/mlops-policies';
import { ModelRegistry } from '../../src/aws/model-registry';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { SageMakerCapacity } from '../../src/aws/sagemaker-capacity';
import { TrainingInputMode } from '../../src/aws/training-input';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { TrainingPipelineProps } from '../../src/aws/training-pipeline-props';
import { Accelerator } from '../../src/core/accelerator';
import { Capacity } from '../../src/core/capacity';
import { ContainerImage } from '../../src/core/container-image';
import { Approval } from '../../src/core/model-registry';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import { judge, strictApp } from '../support/judges';
import { definitionOf, faultsOf, stepsOf } from '../support/pipeline-definition';

const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');

interface Scene {
  readonly stack: Stack;
  readonly data: DataLake;
  readonly registry: ModelRegistry;
  readonly vpc: () => ec2.Vpc;
}

function scene(approval = Approval.manual()): Scene {
  const stack = new Stack(strictApp(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn', approval });
  let vpc: ec2.Vpc | undefined;
  return { stack, data, registry, vpc: () => vpc ??= new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }) };
}

type Extra = Partial<TrainingPipelineProps>;

function pipeline(extra: Extra | ((where: Scene) => Extra) = {}, where = scene()): TrainingPipeline {
  const { data, registry, stack } = where;
  return new TrainingPipeline(stack, 'Training', { image, data, registry, ...(typeof extra === 'function' ? extra(where) : extra) });
}

/** The steps of a pipeline that has no fault. */
function steps(extra: Extra | ((where: Scene) => Extra) = {}): Record<string, any> {
  const definition = definitionOf(Stack.of(pipeline(extra)));
  expect(faultsOf(definition)).toEqual([]);
  return stepsOf(definition);
}

/** The steps of a pipeline whose runs are recorded. */
function tracked(extra: Extra): Record<string, any> {
  return steps((where) => ({ ...extra, tracking: new ExperimentTracker(where.stack, 'Tracking', { data: where.data }) }));
}

function parameter(name: string, extra: Extra = {}): any {
  return definitionOf(Stack.of(pipeline(extra))).Parameters.find((each: any) => each.Name === name);
}

const refusal = (extra: Extra | ((where: Scene) => Extra)) => () => pipeline(extra);

/** A number of a parameter. */
const later = () => Token.asNumber({ Ref: 'Number' });

function lustre(where: Scene): fsx.LustreFileSystem {
  return new fsx.LustreFileSystem(where.stack, 'Lustre', {
    vpc: where.vpc(),
    vpcSubnet: where.vpc().isolatedSubnets[0],
    storageCapacityGiB: 1200,
    lustreConfiguration: { deploymentType: fsx.LustreDeploymentType.SCRATCH_2 },
  });
}

const lustreInput = (where: Scene) => ({ fileSystem: lustre(where), directoryPath: '/fsx/train', subnet: where.vpc().isolatedSubnets[0] });

describe('the run', () => {
  test('trains, evaluates and registers when nothing else is asked for', () => {
    expect(Object.keys(steps())).toEqual(['Train', 'Evaluate', 'Register']);
  });

  test('prepares first, and stops at a gate, when asked to', () => {
    expect(Object.keys(steps({ prepare: true, qualityGates: [QualityGate.atLeast('auc', 0.9)] })))
      .toEqual(['Prepare', 'Train', 'Evaluate', 'Gate', 'Register', 'Reject']);
  });

  test('runs the verbs of the workload contract with their folders', () => {
    const { Prepare, Train, Evaluate } = steps({ prepare: true });
    expect(Prepare.Arguments.AppSpecification).toEqual({ ImageUri: image.uri, ContainerArguments: ['prepare'] });
    expect(Prepare.Arguments.Environment).toEqual({ MLOPS_INPUT_DIR: '/opt/ml/processing/input', MLOPS_OUTPUT_DIR: '/opt/ml/processing/output' });
    expect(Train.Arguments.AlgorithmSpecification).toEqual({ TrainingImage: image.uri, TrainingInputMode: 'File' });
    expect(Train.Arguments.Environment).toEqual({ MLOPS_INPUT_DIR: '/opt/ml/input/data', MLOPS_MODEL_DIR: '/opt/ml/model' });
    expect(Evaluate.Arguments.AppSpecification).toEqual({ ImageUri: image.uri, ContainerArguments: ['evaluate'] });
    expect(Evaluate.Arguments.Environment).toEqual({
      MLOPS_MODEL_DIR: '/opt/ml/processing/model', MLOPS_INPUT_DIR: '/opt/ml/processing/input', MLOPS_OUTPUT_DIR: '/opt/ml/processing/output',
    });
  });

  test('evaluates the model of this run on data that training did not see', () => {
    const { Train, Evaluate } = steps();
    expect(Train.Arguments.InputDataConfig).toEqual([expect.objectContaining({
      ChannelName: 'train',
      DataSource: { S3DataSource: expect.objectContaining({ S3Uri: { 'Std:Join': { On: '/', Values: [{ Get: 'Parameters.DatasetUri' }, 'train/'] } } }) },
    })]);
    expect(Evaluate.Arguments.ProcessingInputs.map((each: any) => [each.InputName, each.S3Input.S3Uri])).toEqual([
      ['model', { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' }],
      ['input', { 'Std:Join': { On: '/', Values: [{ Get: 'Parameters.DatasetUri' }, 'test/'] } }],
    ]);
  });

  test('trains on what it prepared, not on the raw data', () => {
    const prepared = { Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['dataset'].S3Output.S3Uri" };
    const { Train, Evaluate } = steps({ prepare: true });
    expect(Train.Arguments.InputDataConfig[0].DataSource.S3DataSource.S3Uri).toEqual({ 'Std:Join': { On: '/', Values: [prepared, 'train/'] } });
    expect(Evaluate.Arguments.ProcessingInputs[1].S3Input.S3Uri).toEqual({ 'Std:Join': { On: '/', Values: [prepared, 'test/'] } });
  });

  test('compares each gated metric of evaluation.json with its threshold, in its direction', () => {
    const { Gate, Evaluate } = steps({ qualityGates: [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('rmse', 2)] });
    expect(Evaluate.PropertyFiles).toEqual([{ PropertyFileName: 'Evaluation', OutputName: 'evaluation', FilePath: 'evaluation.json' }]);
    const metric = (name: string) => ({ 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Evaluation' }, Path: `metrics.${name}` } });
    expect(Gate.Arguments.Conditions).toEqual([
      { Type: 'GreaterThanOrEqualTo', LeftValue: metric('auc'), RightValue: 0.9 },
      { Type: 'LessThanOrEqualTo', LeftValue: metric('rmse'), RightValue: 2 },
    ]);
  });

  test('is recorded in the tracker before the gates, and the version names the record', () => {
    const { Record, Gate, Register } = tracked({ qualityGates: [QualityGate.atLeast('auc', 0.9)] });
    const evaluation = { Get: "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri" };
    expect(Record).toEqual({
      Name: 'Record',
      Type: 'Lambda',
      FunctionArn: expect.stringMatching(/^<TrainingRecorder\w+\.Arn>$/),
      OutputParameters: [{ OutputName: 'run', OutputType: 'String' }],
      Arguments: {
        experiment: expect.stringMatching(/^stack-training-/),
        name: { Get: 'Execution.PipelineExecutionId' },
        execution: { Get: 'Execution.PipelineExecutionArn' },
        triggeredBy: { Get: 'Parameters.TriggeredBy' },
        job: { Get: 'Steps.Train.TrainingJobName' },
        model: { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' },
        dataset: { Get: 'Parameters.DatasetUri' },
        evaluation: { 'Std:Join': { On: '/', Values: [evaluation, 'evaluation.json'] } },
        gates: '[{"metric":"auc","threshold":0.9,"higherIsBetter":true}]',
      },
    });
    expect(Gate.DependsOn).toEqual(['Record']);
    expect(Register.Arguments.CustomerMetadataProperties.mlflowRun).toEqual({ Get: "Steps.Record.OutputParameters['run']" });
    expect(Object.keys(tracked({}))).toEqual(['Train', 'Evaluate', 'Record', 'Register']);
    expect(tracked({ prepare: true }).Record.Arguments.dataset).toEqual({ Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['dataset'].S3Output.S3Uri" });
  });

  test('that could not be recorded raises an alarm, where runs are recorded', () => {
    const alarms = (extra: (where: Scene) => Extra) => {
      const where = scene();
      new MonitoringStack(where.stack, 'Monitoring', { data: where.data, training: pipeline(extra, where) });
      return Object.values(Template.fromStack(where.stack).findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'UnrecordedRuns' } }));
    };
    const [alarm, ...others] = alarms((where) => ({ tracking: new ExperimentTracker(where.stack, 'Tracking', { data: where.data }) }));
    expect(others).toEqual([]);
    expect(alarm.Properties).toMatchObject({
      Namespace: 'MLOps/Tracking',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      Dimensions: [{ Name: 'PipelineName', Value: expect.stringMatching(/^stack-training-/) }],
    });
    expect(alarms(() => ({}))).toEqual([]);
  });

  test('is not recorded without a tracker', () => {
    const { Register } = steps();
    expect(Register.Arguments.CustomerMetadataProperties).not.toHaveProperty('mlflowRun');
    expect(pipeline().unrecordedRuns).toBeUndefined();
  });

  test('is recorded by a function that may read no data set and no model', () => {
    const where = scene();
    const training = pipeline({ tracking: new ExperimentTracker(where.stack, 'Tracking', { data: where.data }) }, where);
    const allowed = statements(where.stack, 'RecorderRole').filter(({ Action }: any) => [Action].flat().some((each: string) => each === 's3:GetObject'));
    expect(JSON.stringify(allowed)).not.toMatch(/dataset\/|training\//);
    expect(JSON.stringify(statements(where.stack, 'Role'))).toContain('lambda:InvokeFunction');
    Template.fromStack(where.stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TRACKER: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Tracking'), 'Arn'] } } },
      KmsKeyArn: Match.anyValue(),
    });
    expect(where.stack.resolve(training.unrecordedRuns)).toMatchObject({ namespace: 'MLOps/Tracking', metricName: 'UnrecordedRuns' });
    expect(judge(where.stack).filter((finding) => finding.includes('Stack/Training'))).toEqual([]);
  }, 60_000);

  test('says in the failure which gates there are and where the numbers stand', () => {
    const { Reject } = steps({ qualityGates: [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('rmse', 2)] });
    expect(Reject.Type).toBe('Fail');
    expect(Reject.Arguments.ErrorMessage['Std:Join'].Values[0])
      .toBe('The model is not registered, because the quality gate asks for auc at least 0.9, rmse at most 2: see');
  });

  test('registers the model with its evaluation, its drift reference and its origin', () => {
    const { Register } = steps();
    const evaluation = { Get: "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri" };
    expect(Register.Arguments).toMatchObject({
      ModelPackageGroupName: 'churn',
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [{ Image: image.uri, ModelDataUrl: { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' } }],
        SupportedContentTypes: ['application/json', 'text/csv'],
        SupportedResponseMIMETypes: ['application/json', 'text/csv'],
      },
      ModelMetrics: {
        ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: { 'Std:Join': { On: '/', Values: [evaluation, 'evaluation.json'] } } } },
      },
      CustomerMetadataProperties: {
        driftReference: { 'Std:Join': { On: '/', Values: [evaluation, 'reference/'] } },
        evaluation: { 'Std:Join': { On: '/', Values: [evaluation, 'evaluation.json'] } },
        dataset: { Get: 'Parameters.DatasetUri' },
        pipelineExecution: { Get: 'Execution.PipelineExecutionArn' },
        triggeredBy: { Get: 'Parameters.TriggeredBy' },
      },
    });
  });

  test('is registered by a role that may read the image that serves', () => {
    const where = scene();
    const { role } = pipeline({ servingImage: ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/vllm:1') }, where);
    const policies = Object.values(Template.fromStack(where.stack).findResources('AWS::IAM::Policy'));
    const own = policies.filter(({ Properties }) => Properties.Roles[0].Ref === where.stack.getLogicalId(role.node.defaultChild as CfnElement));
    expect(JSON.stringify(own)).toContain('repository/vllm');
  });

  test('registers another image where another one serves', () => {
    const { Train, Evaluate, Register } = steps({ servingImage: ContainerImage.fromUri('763104351884.dkr.ecr.eu-west-1.amazonaws.com/vllm:1') });
    const [container] = Register.Arguments.InferenceSpecification.Containers;
    expect(container.Image).toBe('763104351884.dkr.ecr.eu-west-1.amazonaws.com/vllm:1');
    expect([Train.Arguments.AlgorithmSpecification.TrainingImage, Evaluate.Arguments.AppSpecification.ImageUri]).toEqual([image.uri, image.uri]);
  });

  test('approves what passes when the registry approves by itself', () => {
    const definition = definitionOf(Stack.of(pipeline({}, scene(Approval.automatic()))));
    expect(stepsOf(definition).Register.Arguments.ModelApprovalStatus).toBe('Approved');
  });

  test('encrypts models, evaluations and volumes with the key of the lake', () => {
    const { Train, Evaluate } = steps();
    const key = Train.Arguments.OutputDataConfig.KmsKeyId;
    expect(key).toMatch(/^<DataKey.*\.Arn>$/);
    expect([
      Train.Arguments.ResourceConfig.VolumeKmsKeyId,
      Evaluate.Arguments.ProcessingOutputConfig.KmsKeyId,
      Evaluate.Arguments.ProcessingResources.ClusterConfig.VolumeKmsKeyId,
    ]).toEqual([key, key, key]);
  });

  test('asks for no volume key where the machines have disks of their own', () => {
    const { Train, Evaluate } = steps({ compute: { accelerator: Accelerator.NVIDIA_T4 }, processingInstanceType: 'ml.g5.xlarge' });
    expect(Train.Arguments.ResourceConfig).not.toHaveProperty('VolumeKmsKeyId');
    expect(Evaluate.Arguments.ProcessingResources.ClusterConfig).not.toHaveProperty('VolumeKmsKeyId');
  });
});

class LowPriority extends Capacity {
  constructor() { super('low-priority'); }
}

describe('machines', () => {
  test('compute becomes an instance type, a count and a volume', () => {
    const compute = { accelerator: Accelerator.NVIDIA_A10G, instanceCount: 2, volumeGiB: 100 };
    expect(parameter('TrainingInstanceType', { compute })).toMatchObject({ DefaultValue: 'ml.g5.xlarge' });
    expect(parameter('TrainingInstanceCount', { compute })).toEqual({ Name: 'TrainingInstanceCount', Type: 'Integer', DefaultValue: 2 });
    expect(steps({ compute }).Train.Arguments.ResourceConfig).toEqual({
      InstanceType: { Get: 'Parameters.TrainingInstanceType' }, InstanceCount: { Get: 'Parameters.TrainingInstanceCount' }, VolumeSizeInGB: 100,
    });
  });

  test('a run may choose another size of the family that keeps every promise', () => {
    expect(parameter('TrainingInstanceType', { compute: { accelerator: Accelerator.NVIDIA_A10G, volumeGiB: 800 } }).EnumValues)
      .toEqual(['ml.g5.8xlarge', 'ml.g5.12xlarge', 'ml.g5.16xlarge', 'ml.g5.24xlarge', 'ml.g5.48xlarge']);
  });

  test('instanceType decides alone, also one that is newer than the table', () => {
    expect(parameter('TrainingInstanceType', { instanceType: 'ml.m9z.large' })).toEqual(
      { Name: 'TrainingInstanceType', Type: 'String', DefaultValue: 'ml.m9z.large' });
    expect(pipeline({ instanceType: 'ml.p4d.24xlarge' }).instanceType).toBe('ml.p4d.24xlarge');
  });

  test('processing steps take their own type, volume and time', () => {
    const { Prepare, Evaluate } = steps({
      prepare: true, processingInstanceType: 'ml.m5.4xlarge', processingVolumeGiB: 200, maxProcessingHours: 0.5,
    });
    for (const step of [Prepare, Evaluate]) {
      expect(step.Arguments.ProcessingResources.ClusterConfig).toMatchObject({ InstanceType: 'ml.m5.4xlarge', InstanceCount: 1, VolumeSizeInGB: 200 });
      expect(step.Arguments.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 1800 });
    }
  });

  test('maxRuntimeHours stops the training', () => {
    expect(steps({ maxRuntimeHours: 1.5 }).Train.Arguments.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 5400 });
  });

  test('spot waits, and writes checkpoints for this run only', () => {
    const { Train } = steps({ capacity: Capacity.spot(), maxRuntimeHours: 2 });
    expect(Train.Arguments).toMatchObject({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 7200, MaxWaitTimeInSeconds: 14400 },
      CheckpointConfig: { LocalPath: '/opt/ml/checkpoints' },
      Environment: { MLOPS_CHECKPOINT_DIR: '/opt/ml/checkpoints' },
    });
    expect(Train.Arguments.CheckpointConfig.S3Uri['Std:Join'].Values).toEqual([
      expect.stringMatching(/^s3:\/\/.*\/checkpoints\/stack-training-\w+$/), { Get: 'Execution.PipelineExecutionId' },
    ]);
  });

  test('checkpoints are kept without spot as well, and not with it, where that is said', () => {
    const kept = steps({ checkpoints: true }).Train.Arguments;
    expect(kept).toMatchObject({ CheckpointConfig: { LocalPath: '/opt/ml/checkpoints' }, Environment: { MLOPS_CHECKPOINT_DIR: '/opt/ml/checkpoints' } });
    expect(kept.EnableManagedSpotTraining).toBeUndefined();
    const left = steps({ capacity: Capacity.spot(), checkpoints: false }).Train.Arguments;
    expect([left.CheckpointConfig, left.Environment.MLOPS_CHECKPOINT_DIR, left.EnableManagedSpotTraining]).toEqual([undefined, undefined, true]);
    const policies = (extra: Extra) => Template.fromStack(Stack.of(pipeline(extra))).findResources('AWS::IAM::Policy');
    const writes = (extra: Extra) => JSON.stringify(policies(extra)).includes('/checkpoints/');
    const wishes: Extra[] = [{ checkpoints: true }, {}, { capacity: Capacity.spot() }, { capacity: Capacity.spot(), checkpoints: false }];
    expect(wishes.map(writes)).toEqual([true, false, true, false]);
  });

  test('spot waits as long as it was told', () => {
    expect(steps({ capacity: Capacity.spot({ maxWaitHours: 24 }) }).Train.Arguments.StoppingCondition.MaxWaitTimeInSeconds).toBe(86400);
  });

  test('a warm pool keeps the machines', () => {
    const { Train } = steps({ capacity: SageMakerCapacity.warmPool({ keepAliveMinutes: 30 }) });
    expect(Train.Arguments.ResourceConfig.KeepAlivePeriodInSeconds).toBe(1800);
  });

  test('a reservation is a training plan that the pipeline may use', () => {
    const plan = 'arn:aws:sagemaker:eu-west-1:111122223333:training-plan/plan-1';
    const where = scene();
    pipeline({ capacity: Capacity.reserved(plan) }, where);
    expect(stepsOf(definitionOf(where.stack)).Train.Arguments.ResourceConfig.TrainingPlanArn).toBe(plan);
    Template.fromStack(where.stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sagemaker:CreateTrainingJob', Resource: plan })]) },
    });
  });

  test.each<[string, Extra, string]>([
    ['a wait shorter than the run', { capacity: Capacity.spot({ maxWaitHours: 1 }), maxRuntimeHours: 2 },
      'capacity.maxWaitHours must be at least maxRuntimeHours, which is 2, because the wait includes the run, got 1'],
    ['a reservation that is no training plan', { capacity: Capacity.reserved('my-plan') },
      "capacity.reservation must be the ARN of a SageMaker training plan, got 'my-plan'"],
    ['a kind of capacity of another cloud', { capacity: new LowPriority() },
      "capacity must be on-demand, spot, reserved or SageMakerCapacity.warmPool on AWS, got 'low-priority'"],
    ['a type and an accelerator', { instanceType: 'ml.g5.xlarge', compute: { accelerator: Accelerator.NVIDIA_T4 } },
      'instanceType ml.g5.xlarge and compute.accelerator say the same thing twice: leave one out'],
    ['a type that cannot train', { instanceType: 'ml.c8g.large' },
      "instanceType must be one that SageMaker trains on, and it is for hosting only, got 'ml.c8g.large'"],
    ['a type of EC2', { instanceType: 'g5.xlarge' }, "instanceType must be a SageMaker instance type like ml.m5.large, got 'g5.xlarge'"],
    ['more volume than the disks', { instanceType: 'ml.g5.xlarge', compute: { volumeGiB: 500 } },
      'compute.volumeGiB must be at most 250 on ml.g5.xlarge, which has disks of its own and no volume, got 500'],
    ['no machines', { compute: { instanceCount: 0 } }, 'compute.instanceCount must be a whole number between 1 and 1000, got 0'],
    ['no time', { maxRuntimeHours: 0 }, 'maxRuntimeHours must be between 0.1 and 672, got 0'],
    ['efa with one machine', { efa: true }, 'efa connects machines with each other: compute.instanceCount must be at least 2, got 1'],
    ['efa without a network', { efa: true, compute: { instanceCount: 2 } }, 'efa needs a vpc: its security group must let the machines reach each other'],
    ['a processing type that cannot process', { processingInstanceType: 'ml.p4d.24xlarge' },
      "processingInstanceType must be one that SageMaker processes on, and it is for training and hosting only, got 'ml.p4d.24xlarge'"],
    ['a processing type of EC2', { processingInstanceType: 'm5.large' },
      "processingInstanceType must be a SageMaker instance type like ml.m5.large, got 'm5.large'"],
    ['more processing volume than the disks', { processingInstanceType: 'ml.g5.xlarge', processingVolumeGiB: 300 },
      'processingVolumeGiB must be at most 250 on ml.g5.xlarge, which has disks of its own and no volume, got 300'],
    ['no processing volume', { processingVolumeGiB: 0 }, 'processingVolumeGiB must be a whole number between 1 and 16384, got 0'],
    ['no processing time', { maxProcessingHours: 200 }, 'maxProcessingHours must be between 0.1 and 120, got 200'],
  ])('refuses %s', (_, extra, message) => {
    expect(refusal(extra)).toThrow(`training pipeline 'Stack/Training': ${message}`);
  });

  test('refuses efa on a type without it, and names those that have it', () => {
    expect(refusal((where) => ({ efa: true, vpc: where.vpc(), compute: { accelerator: Accelerator.NVIDIA_V100, instanceCount: 2 } })))
      .toThrow(/^training pipeline 'Stack\/Training': efa is not on ml\.p3\.2xlarge; types that have it: .*ml\.c5n\.18xlarge.*ml\.p5\.48xlarge/);
  });

  test.each<[string, Extra]>([
    ['maxRuntimeHours', { maxRuntimeHours: later() }],
    ['maxProcessingHours', { maxProcessingHours: later() }],
    ['capacity.maxWaitHours', { capacity: Capacity.spot({ maxWaitHours: later() }) }],
    ['capacity.keepAliveMinutes', { capacity: SageMakerCapacity.warmPool({ keepAliveMinutes: later() }) }],
    ['compute.vcpus', { compute: { vcpus: later() } }],
    ['compute.memoryGiB', { compute: { memoryGiB: later() } }],
    ['compute.acceleratorCount', { compute: { accelerator: Accelerator.NVIDIA_T4, acceleratorCount: later() } }],
  ])('refuses a %s that only the deployment knows: it would compute with the token', (prop, extra) => {
    expect(refusal(extra)).toThrow(new Error(`training pipeline 'Stack/Training': ${prop} must be known at synthesis, `
      + 'because other values are made from it, got a value that only the deployment knows'));
  });

  test.each([0, 361, 1.5])('refuses a warm pool of %p minutes', (keepAliveMinutes) => {
    expect(() => SageMakerCapacity.warmPool({ keepAliveMinutes }))
      .toThrow(`capacity 'warmPool': keepAliveMinutes must be a whole number between 1 and 360, got ${keepAliveMinutes}`);
  });
});

describe('parameters of a run', () => {
  test('the data set can be another one', () => {
    expect(parameter('DatasetUri').DefaultValue).toMatch(/^s3:\/\/<DataRaw.*>\/dataset$/);
    expect(parameter('DatasetUri', { datasetPrefix: 'churn/2026/' }).DefaultValue).toMatch(/^s3:\/\/<DataRaw.*>\/churn\/2026$/);
  });

  test('each hyperparameter can have another value', () => {
    const hyperparameters = { depth: '3', eta: '0.1' };
    expect(parameter('eta', { hyperparameters })).toEqual({ Name: 'eta', Type: 'String', DefaultValue: '0.1' });
    expect(steps({ hyperparameters }).Train.Arguments.HyperParameters).toEqual({ depth: { Get: 'Parameters.depth' }, eta: { Get: 'Parameters.eta' } });
  });

  test.each<[string, Extra, string]>([
    ['a hyperparameter with a dot', { hyperparameters: { 'a.b': '1' } }, "hyperparameters must be named with letters, digits, _ and -, at most 64, got 'a.b'"],
    ['a hyperparameter named as a parameter', { hyperparameters: { DatasetUri: '1' } },
      "hyperparameters must be named otherwise: DatasetUri, TrainingInstanceType, TrainingInstanceCount, TriggeredBy are the pipeline's own parameters, got 'DatasetUri'"],
    ['a long value', { hyperparameters: { text: 'x'.repeat(1025) } }, "hyperparameters.text must be at most 1024 characters long, got '1025 characters'"],
    ['too many hyperparameters', { hyperparameters: Object.fromEntries([...Array(101).keys()].map((each) => [`h${each}`, '1'])) },
      "hyperparameters must be at most 100, got '101 names'"],
    ['a prefix without a slash', { datasetPrefix: 'dataset' }, "datasetPrefix must be a folder of the bucket like 'dataset/': it ends in '/', without the bucket and without a slash in front, got 'dataset'"],
    ['an address for a prefix', { datasetPrefix: 's3://bucket/x/' }, "datasetPrefix must be a folder of the bucket like 'dataset/': it ends in '/', without the bucket and without a slash in front, got 's3://bucket/x/'"],
    ['the name of the folder of people', { pipelineName: 'notebooks' },
      "pipelineName must be another name: below training/notebooks/ people write, and a pipeline's files are its own, got 'notebooks'"],
    ['a name with capitals', { pipelineName: 'Churn' }, "pipelineName must be lower-case letters, digits and single hyphens, at most 63, got 'Churn'"],
    ['too many retries', { retries: 6 }, 'retries must be a whole number between 0 and 5, got 6'],
    ['a variable of the library', { environment: { MLOPS_MODEL_DIR: '/x' } },
      "environment must be named with letters, digits and _, and not MLOPS_…, got 'MLOPS_MODEL_DIR'"],
    ['a long variable', { environment: { TEXT: 'x'.repeat(257) } }, "environment.TEXT must be at most 256 characters long, got '257 characters'"],
    ['a metric without an expression', { metricDefinitions: { loss: '' } },
      "metricDefinitions.loss must be a regular expression of 1 to 500 characters, got ''"],
    ['too many metrics', { metricDefinitions: Object.fromEntries([...Array(41).keys()].map((each) => [`m${each}`, '(.*)'])) },
      "metricDefinitions must be at most 40, got '41 names'"],
    ['no content type', { contentTypes: [] }, 'contentTypes must be at least one content type, got []'],
    ['no response type', { responseTypes: [] }, 'responseTypes must be at least one content type, got []'],
    ['no parallel steps', { maxParallelExecutionSteps: 0 }, 'maxParallelExecutionSteps must be a whole number between 1 and 50, got 0'],
  ])('refuses %s', (_, extra, message) => {
    expect(refusal(extra)).toThrow(`training pipeline 'Stack/Training': ${message}`);
  });
});

describe('steps', () => {
  test('are tried again for faults of the cloud, jobs also for want of machines', () => {
    const { Train, Register } = steps({ retries: 4 });
    expect(Train.RetryPolicies.map((each: any) => [each.ExceptionType, each.MaxAttempts])).toEqual([
      [['Step.SERVICE_FAULT', 'Step.THROTTLING'], 4],
      [['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR', 'SageMaker.RESOURCE_LIMIT'], 4],
    ]);
    expect(Register.RetryPolicies).toHaveLength(1);
  });

  test('are not tried again with no retries', () => {
    for (const step of Object.values(steps({ retries: 0 }))) expect(step).not.toHaveProperty('RetryPolicies');
  });

  test('are cached as long as told, and not otherwise', () => {
    expect(steps({ cacheExpiry: Duration.days(7) }).Train.CacheConfig).toEqual({ Enabled: true, ExpireAfter: 'P7D' });
    expect(steps().Train).not.toHaveProperty('CacheConfig');
  });

  test.each<[string, Extra, string]>([
    ['triggers', { triggers: [Trigger.newData('in/')] },
      'cacheExpiry cannot be together with triggers: the cache compares addresses, not data, so a triggered run would train nothing'],
    ['a time that only the deployment knows', { cacheExpiry: Duration.days(later()) }, 'cacheExpiry must be known at synthesis: the pipeline names it in days, hours and minutes'],
    ['checkpoints', { checkpoints: true }, 'cacheExpiry cannot be together with checkpoints: each run has its own checkpoints, so no step is the same'],
    ['spot', { capacity: Capacity.spot() }, 'cacheExpiry cannot be together with spot: each run has its own checkpoints, so no step is the same'],
  ])('refuse to be cached together with %s', (_, extra, message) => {
    expect(refusal({ cacheExpiry: Duration.days(1), ...extra })).toThrow(`training pipeline 'Stack/Training': ${message}`);
  });

  test('refuse to be cached with Lustre', () => {
    expect(refusal((where) => ({ cacheExpiry: Duration.days(1), vpc: where.vpc(), lustreInput: lustreInput(where) })))
      .toThrow("training pipeline 'Stack/Training': cacheExpiry cannot be together with lustreInput: a changed file does not change its path");
  });

  test('refuse to be cached with triggers that come later', () => {
    const message = "training pipeline 'Stack/Training': cacheExpiry cannot be together with triggers: the cache compares addresses, not data, so a triggered run would train nothing";
    expect(() => pipeline({ cacheExpiry: Duration.days(1) }).triggerOnEvent('Event', { source: ['x'] })).toThrow(message);
    const where = scene();
    const alarm = cloudwatch.Alarm.fromAlarmArn(where.stack, 'Alarm', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift');
    expect(() => pipeline({ cacheExpiry: Duration.days(1) }, where).triggerOnAlarm('Drift', alarm)).toThrow(message);
  });

  test('take environment, input mode, metrics and the validation channel', () => {
    const { Train, Evaluate } = steps({
      environment: { SEED: '1' }, inputMode: TrainingInputMode.FAST_FILE, metricDefinitions: { loss: 'loss=(.*)' }, validationChannel: true,
    });
    expect(Train.Arguments.Environment).toMatchObject({ SEED: '1' });
    expect(Evaluate.Arguments.Environment).toMatchObject({ SEED: '1' });
    expect(Train.Arguments.AlgorithmSpecification).toMatchObject({ TrainingInputMode: 'FastFile', MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*)' }] });
    expect(Train.Arguments.InputDataConfig.map((each: any) => each.ChannelName)).toEqual(['train', 'validation']);
  });

  test('record what they try, when they have a network', () => {
    const where = scene();
    pipeline({ tracking: new ExperimentTracker(where.stack, 'Tracking', { data: where.data }), networkIsolation: false }, where);
    expect(stepsOf(definitionOf(where.stack)).Train.Arguments.Environment).toMatchObject({ MLFLOW_TRACKING_URI: expect.stringMatching(/^<Tracking/) });
    expect(JSON.stringify(statements(where.stack, 'JobRole'))).toContain('sagemaker-mlflow:');
    expect(judge(where.stack).filter((finding) => finding.includes('Stack/Training'))).toEqual([]);
  }, 60_000);

  test('leave recording to the pipeline where they are isolated', () => {
    const where = scene();
    pipeline({ tracking: new ExperimentTracker(where.stack, 'Tracking', { data: where.data }) }, where);
    const { Train, Evaluate } = stepsOf(definitionOf(where.stack));
    expect([Train.Arguments.EnableNetworkIsolation, Train.Arguments.Environment.MLFLOW_TRACKING_URI]).toEqual([true, undefined]);
    expect(Evaluate.Arguments.Environment.MLFLOW_TRACKING_URI).toBeUndefined();
    expect(JSON.stringify(statements(where.stack, 'JobRole'))).not.toContain('mlflow');
  });

  test('register the content types that were given', () => {
    expect(steps({ contentTypes: ['text/csv'], responseTypes: ['application/json'] }).Register.Arguments.InferenceSpecification).toMatchObject({
      SupportedContentTypes: ['text/csv'], SupportedResponseMIMETypes: ['application/json'],
    });
  });

  test('run in parallel as far as told', () => {
    Template.fromStack(Stack.of(pipeline({ maxParallelExecutionSteps: 3 })))
      .hasResourceProperties('AWS::SageMaker::Pipeline', { ParallelismConfiguration: { MaxParallelExecutionSteps: 3 } });
  });
});

test('jobs have the tags of the pipeline, whenever those are said', () => {
  const where = scene();
  pipeline({ prepare: true }, where);
  Tags.of(where.stack).add('product', 'churn');
  const found = stepsOf(definitionOf(where.stack));
  for (const step of ['Prepare', 'Train', 'Evaluate']) expect(found[step].Arguments.Tags).toEqual([{ Key: 'product', Value: 'churn' }]);
  expect(found.Register.Arguments.Tags).toBeUndefined();
  expect(stepsOf(definitionOf(Stack.of(pipeline()))).Train.Arguments).not.toHaveProperty('Tags');
});

describe('network', () => {
  test('containers have none by default, and traffic between machines is encrypted', () => {
    const { Train, Evaluate } = steps();
    expect(Train.Arguments).toMatchObject({ EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true });
    expect(Train.Arguments).not.toHaveProperty('VpcConfig');
    expect(Evaluate.Arguments.NetworkConfig).toEqual({ EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true });
  });

  test('both can be switched off', () => {
    const { Train, Evaluate } = steps({ networkIsolation: false, interContainerEncryption: false });
    expect(Train.Arguments).toMatchObject({ EnableNetworkIsolation: false, EnableInterContainerTrafficEncryption: false });
    expect(Evaluate.Arguments.NetworkConfig).toEqual({ EnableNetworkIsolation: false, EnableInterContainerTrafficEncryption: false });
  });

  test('jobs run in the private subnets with a group of their own and those given', () => {
    const { Train, Evaluate } = steps((where) => ({
      vpc: where.vpc(), securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(where.stack, 'Given', 'sg-12345678')],
    }));
    expect(Train.Arguments.VpcConfig.SecurityGroupIds).toEqual([expect.stringMatching(/^<TrainingSecurityGroup.*\.GroupId>$/), 'sg-12345678']);
    expect(Train.Arguments.VpcConfig.Subnets).toEqual([expect.stringMatching(/^<VpcIsolated/), expect.stringMatching(/^<VpcIsolated/)]);
    expect(Evaluate.Arguments.NetworkConfig.VpcConfig).toEqual(Train.Arguments.VpcConfig);
  });

  test('jobs run in the subnets given', () => {
    expect(steps((where) => ({ vpc: where.vpc(), subnets: { subnets: [where.vpc().isolatedSubnets[1]] } })).Train.Arguments.VpcConfig.Subnets)
      .toEqual([expect.stringMatching(/^<VpcIsolatedSubnet2/)]);
  });

  test('machines of one job reach each other on every port, both ways, and nothing else but HTTPS', () => {
    const where = scene();
    pipeline({ vpc: where.vpc(), efa: true, compute: { accelerator: Accelerator.NVIDIA_A100, acceleratorCount: 8, instanceCount: 2 } }, where);
    const template = Template.fromStack(where.stack);
    const self = Match.objectLike({ 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainingSecurityGroup'), 'GroupId'] });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: '-1', GroupId: self, SourceSecurityGroupId: self });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { IpProtocol: '-1', GroupId: self, DestinationSecurityGroupId: self });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Machines of a training pipeline',
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })],
    });
    expect(parameterOf(where.stack, 'TrainingInstanceType').EnumValues).toEqual(['ml.p4d.24xlarge']);
  });

  test('a run that needs adapters may choose sizes that have them only', () => {
    const where = scene();
    pipeline({ vpc: where.vpc(), efa: true, compute: { accelerator: Accelerator.NVIDIA_L4, vcpus: 32, instanceCount: 2 } }, where);
    expect(parameterOf(where.stack, 'TrainingInstanceType').EnumValues).not.toContain('ml.g6.xlarge');
  });

  test('interfaces are made in these subnets and groups only', () => {
    const where = scene();
    pipeline({ vpc: where.vpc() }, where);
    const [statement] = statements(where.stack, 'JobRole').filter((each) => each.Action === 'ec2:CreateNetworkInterface');
    expect(statement.Resource).toHaveLength(4);
    expect(JSON.stringify(statement.Resource)).not.toContain('subnet/*');
  });

  test('the right to take interfaces away outlives the group that they are in', () => {
    const where = scene();
    const role = pipeline({ vpc: where.vpc() }, where).jobRole;
    const { Resources } = Template.fromStack(where.stack).toJSON();
    const [[policy, { Properties }]] = Object.entries<any>(Resources)
      .filter(([, each]) => each.Type === 'AWS::IAM::Policy' && JSON.stringify(each).includes('ec2:DeleteNetworkInterface'));
    expect(Properties.Roles).toEqual([where.stack.resolve(role.roleName)]);
    expect(JSON.stringify(Properties)).toContain('ec2:DescribeSubnets');
    expect(JSON.stringify(Properties)).not.toContain('GroupId');
    const [group] = Object.values<any>(Resources).filter((each) => each.Properties.GroupDescription === 'Machines of a training pipeline');
    expect(group.DependsOn).toEqual([policy]);
  });

  test('a role of yours is given all of it in its own policy', () => {
    const where = scene();
    const jobRole = new iam.Role(where.stack, 'Mine', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    pipeline({ vpc: where.vpc(), jobRole }, where);
    expect(Object.keys(Template.fromStack(where.stack).findResources('AWS::IAM::Policy', { Properties: { Roles: [where.stack.resolve(jobRole.roleName)] } })))
      .toHaveLength(1);
  });

  test('jobs have no right to interfaces without a network', () => {
    expect(JSON.stringify(statements(Stack.of(pipeline()), 'JobRole'))).not.toContain('ec2:');
  });

  test('Lustre is mounted read-only, in its zone, through its ports', () => {
    const where = scene();
    const training = pipeline({ vpc: where.vpc(), lustreInput: lustreInput(where) }, where);
    const { Train, Evaluate } = stepsOf(definitionOf(where.stack));
    expect(Train.Arguments.InputDataConfig).toEqual([{
      ChannelName: 'train',
      DataSource: {
        FileSystemDataSource: {
          FileSystemType: 'FSxLustre', FileSystemId: expect.stringMatching(/^<Lustre/), FileSystemAccessMode: 'ro', DirectoryPath: '/fsx/train',
        },
      },
    }]);
    expect(Train.Arguments.VpcConfig.Subnets).toEqual([expect.stringMatching(/^<VpcIsolatedSubnet1/)]);
    expect(Evaluate.Arguments.ProcessingInputs[1].S3Input.S3Uri['Std:Join'].Values[1]).toBe('test/');
    const template = Template.fromStack(where.stack);
    const group = where.stack.resolve(training.securityGroup!.securityGroupId);
    for (const [FromPort, ToPort] of [[988, 988], [1018, 1023]]) {
      template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { GroupId: group, FromPort, ToPort });
      template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: group, FromPort, ToPort });
      template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: group, FromPort, ToPort });
    }
    expect(JSON.stringify(statements(where.stack, 'JobRole'))).toContain('fsx:DescribeFileSystems');
  });

  test.each<[string, (where: Scene) => Extra, string]>([
    ['subnets without a vpc', () => ({ subnets: {} }), 'subnets needs a vpc'],
    ['security groups without a vpc', () => ({ securityGroups: [] }), 'securityGroups needs a vpc'],
    ['Lustre without a vpc', (where) => ({ lustreInput: lustreInput(where) }), 'lustreInput needs a vpc'],
    ['a selection of no subnet', (where) => ({ vpc: where.vpc(), subnets: { subnets: where.vpc().privateSubnets } }), 'subnets fits no subnet of the vpc'],
    ['subnets that only the deployment knows', (where) => ({
      vpc: ec2.Vpc.fromVpcAttributes(where.stack, 'Theirs', {
        vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'], privateSubnetIds: Fn.split(',', Fn.importValue('Subnets')),
      }),
    }), 'subnets is a list that only the deployment knows: import the vpc with one id for each subnet, by Fn.select or as a parameter of its own'],
    ['subnets and Lustre', (where) => ({ vpc: where.vpc(), subnets: {}, lustreInput: lustreInput(where) }),
      "subnets and lustreInput.subnet cannot be together: jobs run in the file system's availability zone"],
    ['prepare and Lustre', (where) => ({ vpc: where.vpc(), prepare: true, lustreInput: lustreInput(where) }),
      'prepare and lustreInput cannot be together: training would read the file system and not what was prepared'],
    ['streaming from Lustre', (where) => ({ vpc: where.vpc(), inputMode: TrainingInputMode.PIPE, lustreInput: lustreInput(where) }),
      "inputMode must be File with lustreInput, because a file system is mounted, not streamed, got 'Pipe'"],
    ['a relative directory', (where) => ({ vpc: where.vpc(), lustreInput: { ...lustreInput(where), directoryPath: 'train' } }),
      "lustreInput.directoryPath must be an absolute path that begins with the mount name, got 'train'"],
  ])('refuses %s', (_, extra, message) => {
    expect(refusal(extra)).toThrow(`training pipeline 'Stack/Training': ${message}`);
  });
});

describe('roles', () => {
  test('the pipeline and its jobs have one each, for SageMaker in this account', () => {
    const template = Template.fromStack(Stack.of(pipeline()));
    const trust = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
    const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => /^Training(Job)?Role/.test(id));
    expect(roles.map(([, each]) => each.Properties.AssumeRolePolicyDocument.Statement)).toEqual([
      [expect.objectContaining({ Principal: { Service: 'sagemaker.amazonaws.com' }, Condition: trust })],
      [expect.objectContaining({ Principal: { Service: 'sagemaker.amazonaws.com' }, Condition: trust })],
    ]);
  });

  test('the pipeline passes the role of the jobs to SageMaker and no other', () => {
    const where = scene();
    const training = pipeline({}, where);
    expect(statements(where.stack, 'Role')).toContainEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: where.stack.resolve(training.jobRole.roleArn),
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
  });

  test('jobs read the data set and write under the pipeline\'s own prefixes', () => {
    const json = JSON.stringify(statements(Stack.of(pipeline({ pipelineName: 'churn', datasetPrefix: 'data/' })), 'JobRole'));
    expect(json).toContain('"/data/*"');
    expect(json).toContain('"/training/churn/*"');
    expect(json).toContain('"/evaluation/churn/*"');
    expect(json).not.toMatch(/"s3:\*"|"\*:\*"|"sagemaker:/);
    expect(json).not.toContain('"/checkpoints/');
    const spot = pipeline({ pipelineName: 'churn', capacity: Capacity.spot() });
    expect(JSON.stringify(statements(Stack.of(spot), 'JobRole'))).toContain('"/checkpoints/churn/*"');
  });

  test('all policies exist before the pipeline', () => {
    const template = Template.fromStack(Stack.of(pipeline()));
    const [resource] = Object.values(template.findResources('AWS::SageMaker::Pipeline'));
    expect(resource.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => id.startsWith('Training'))));
  });

  test('roles of yours get the permissions instead', () => {
    const where = scene();
    const role = new iam.Role(where.stack, 'Mine', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const jobRole = new iam.Role(where.stack, 'MineToo', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const training = pipeline({ role, jobRole }, where);
    expect([training.role, training.jobRole]).toEqual([role, jobRole]);
    const template = Template.fromStack(where.stack);
    expect(Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => id.startsWith('Training'))).toEqual([]);
    template.hasResourceProperties('AWS::SageMaker::Pipeline', { RoleArn: where.stack.resolve(role.roleArn) });
    expect(stepsOf(definitionOf(where.stack)).Train.Arguments.RoleArn).toMatch(/^<MineToo/);
  });
});

describe('triggers', () => {
  test('a schedule starts the pipeline at its time, in its zone, under a role of its own', () => {
    const template = Template.fromStack(Stack.of(pipeline({ triggers: [Trigger.schedule(Schedule.daily({ hour: 4, timeZone: 'Europe/Berlin' }))] })));
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 4 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      KmsKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] },
      Target: {
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainingSchedulesRole'), 'Arn'] },
        SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'TriggeredBy', Value: 'schedule' }] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainingDeadLetters'), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
      },
    });
  });

  test('new objects under a prefix start the pipeline', () => {
    const template = Template.fromStack(Stack.of(pipeline({ triggers: [Trigger.newData('incoming/_SUCCESS')] })));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.s3'],
        'detail-type': ['Object Created'],
        'detail': { bucket: { name: [{ Ref: Match.stringLikeRegexp('^DataRaw') }] }, object: { key: [{ prefix: 'incoming/_SUCCESS' }] } },
      },
      Targets: [Match.objectLike({
        Id: 'Collect',
        Arn: { Ref: Match.stringLikeRegexp('^TrainingNewDataCollect') },
        RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
      })],
    });
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineType: 'EXPRESS' });
  });

  test('no object starts the pipeline itself, and the intake may start this one only', () => {
    const where = scene();
    const training = pipeline({ triggers: [Trigger.newData('a/'), Trigger.newData('b/')] }, where);
    const template = Template.fromStack(where.stack);
    expect(JSON.stringify(template.findResources('AWS::Events::Rule'))).not.toContain('SageMakerPipelineParameters');
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
    expect(training.newDataStateMachines).toHaveLength(2);
    const policies = Object.values(template.findResources('AWS::IAM::Policy')).flatMap((each) => each.Properties.PolicyDocument.Statement);
    const starts = policies.filter((each: any) => [each.Action].flat().includes('sagemaker:StartPipelineExecution'));
    expect(starts.map((each: any) => JSON.stringify(each.Resource))).toEqual([expect.stringMatching(/:pipeline\/stack-training-[0-9a-f]{8}"/)]);
  });

  describe('the raw bucket', () => {
    const lakeOf = (rawBucket: (stack: Stack) => s3.IBucket, triggers = [Trigger.newData('in/')]) => {
      const stack = new Stack(new App(), 'Stack');
      const bucket = rawBucket(stack);
      const data = new DataLake(stack, 'Data', { rawBucket: bucket });
      new TrainingPipeline(stack, 'Training', { image, data, registry: new ModelRegistry(stack, 'Registry'), triggers });
      return Template.fromStack(stack);
    };
    const sends = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } };

    test('of this app is made to send its events, without a function', () => {
      const template = lakeOf((stack) => new s3.Bucket(stack, 'Mine'));
      template.hasResourceProperties('AWS::S3::Bucket', sends);
      template.resourceCountIs('Custom::S3BucketNotifications', 0);
    });

    test('that has other notifications is told by what writes these', () => {
      const template = lakeOf((stack) => {
        const bucket = new s3.Bucket(stack, 'Mine');
        bucket.addObjectCreatedNotification(new s3n.SqsDestination(new sqs.Queue(stack, 'Queue')));
        return bucket;
      });
      template.hasResourceProperties('Custom::S3BucketNotifications', { NotificationConfiguration: { EventBridgeConfiguration: {} } });
    });

    test('is left alone where nothing waits for new data, and where it was imported', () => {
      const idle = lakeOf((stack) => new s3.Bucket(stack, 'Mine'), [Trigger.schedule(Schedule.daily())]);
      expect(Object.keys(idle.findResources('AWS::S3::Bucket', { Properties: sends }))).toEqual([]);
      expect(() => lakeOf((stack) => s3.Bucket.fromBucketName(stack, 'Theirs', 'theirs'))).not.toThrow();
    });
  });

  test('an alarm that rises starts the pipeline, and one that falls does not', () => {
    const where = scene();
    const alarm = cloudwatch.Alarm.fromAlarmArn(where.stack, 'Alarm', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift');
    pipeline({}, where).triggerOnAlarm('Drift', alarm);
    Template.fromStack(where.stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        'resources': ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift'],
        'detail': { state: { value: ['ALARM'] } },
      },
      Targets: [Match.objectLike({ SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'TriggeredBy', Value: 'alarm Drift' }] } })],
    });
  });

  test('any event starts the pipeline', () => {
    const where = scene();
    pipeline({}, where).triggerOnEvent('Release', { source: ['my.shop'], detailType: ['Prices Changed'] });
    Template.fromStack(where.stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'source': ['my.shop'], 'detail-type': ['Prices Changed'] },
      Targets: [Match.objectLike({ SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'TriggeredBy', Value: 'event Release' }] } })],
    });
  });

  test('starts that fail go to an encrypted queue that takes them from the rule only', () => {
    const where = scene();
    const training = pipeline({ triggers: [Trigger.newData('in/')] }, where);
    const template = Template.fromStack(where.stack);
    template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] } });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainingTrigger1'), 'Arn'] } } },
        })]),
      },
    });
    expect(training.deadLetterQueue).toBeDefined();
  });

  test('nothing is made where nothing triggers', () => {
    const training = pipeline();
    const template = Template.fromStack(Stack.of(training));
    for (const type of ['AWS::SQS::Queue', 'AWS::Events::Rule', 'AWS::Scheduler::Schedule']) template.resourceCountIs(type, 0);
    expect(training.deadLetterQueue).toBeUndefined();
  });

  test('two rules share the intake, and schedules may start this pipeline only', () => {
    const where = scene();
    const training = pipeline({ triggers: [Trigger.newData('a/'), Trigger.newData('b/'), Trigger.schedule(Schedule.hourly())] }, where);
    Template.fromStack(where.stack).resourceCountIs('AWS::Events::Rule', 2);
    for (const role of ['SchedulesRole']) {
      expect(statements(where.stack, role)).toContainEqual({
        Effect: 'Allow', Action: 'sagemaker:StartPipelineExecution', Resource: where.stack.resolve(training.pipelineArn),
      });
    }
  });
});

describe('for others', () => {
  test('the lake, the registry and the network can be in another stack of a stage', () => {
    const stage = new Stage(strictApp(), 'Prod', { env: { account: '111122223333', region: 'eu-west-1' } });
    const base = new Stack(stage, 'Base');
    const stack = new Stack(stage, 'Training');
    const training = new TrainingPipeline(stack, 'Training', {
      image,
      data: new DataLake(base, 'Data'),
      registry: new ModelRegistry(base, 'Registry'),
      vpc: new ec2.Vpc(base, 'Vpc', { maxAzs: 2, natGateways: 0 }),
      triggers: [Trigger.schedule(Schedule.daily()), Trigger.newData('incoming/')],
    });
    stage.synth();
    expect(stack.dependencies).toEqual([base]);
    expect(base.dependencies).toEqual([]);
    expect(faultsOf(definitionOf(Stack.of(training)))).toEqual([]);
  });

  test('the lake can be one of another app', () => {
    const { stack, registry } = scene();
    const data = DataLake.fromAttributes(stack, 'Given', {
      rawBucketName: 'raw',
      featureBucketName: 'features',
      artifactBucketName: 'artifacts',
      databaseName: 'lake',
      encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000',
    });
    new TrainingPipeline(stack, 'Training', { image, data, registry, pipelineName: 'churn', triggers: [Trigger.newData('incoming/')] });
    expect(definitionOf(stack).Parameters[0].DefaultValue).toBe('s3://raw/dataset');
    const json = JSON.stringify(statements(stack, 'JobRole'));
    expect(json).toContain(':s3:::artifacts/training/churn/*');
    expect(json).toContain('"kms:GenerateDataKey"');
  });

  test('it is a pipeline to aws-cdk-lib: a schedule of its own takes it as target', () => {
    const where = scene();
    const training = pipeline({}, where);
    new scheduler.Schedule(where.stack, 'Schedule', {
      schedule: scheduler.ScheduleExpression.rate(Duration.days(1)), target: new targets.SageMakerStartPipelineExecution(training),
    });
    Template.fromStack(where.stack).hasResourceProperties('AWS::Scheduler::Schedule', { Target: { Arn: where.stack.resolve(training.pipelineArn) } });
    expect(training.pipelineRef).toEqual({ pipelineName: training.pipelineName });
    expect(training.imageUri).toBe(image.uri);
  });

  test('the name is the given one, or stable', () => {
    Template.fromStack(Stack.of(pipeline({ pipelineName: 'churn-training' }))).hasResourceProperties('AWS::SageMaker::Pipeline', { PipelineName: 'churn-training' });
    Template.fromStack(Stack.of(pipeline())).hasResourceProperties('AWS::SageMaker::Pipeline', { PipelineName: 'stack-training-6c8d1e19' });
  });

  test.each([
    ['grantStart', ['sagemaker:StartPipelineExecution']],
    ['grantStartPipelineExecution', ['sagemaker:StartPipelineExecution']],
  ] as const)('%s lets the grantee start it', (grant, actions) => {
    const where = scene();
    const training = pipeline({}, where);
    const user = new iam.Role(where.stack, 'User', { assumedBy: new iam.AccountRootPrincipal() });
    training[grant](user).assertSuccess();
    Template.fromStack(where.stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^User'),
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions[0], Resource: where.stack.resolve(training.pipelineArn) }] },
    });
  });

  test('grantRead lets the grantee see runs and steps', () => {
    const where = scene();
    const user = new iam.Role(where.stack, 'User', { assumedBy: new iam.AccountRootPrincipal() });
    pipeline({}, where).grantRead(user).assertSuccess();
    Template.fromStack(where.stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^User'),
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['sagemaker:DescribePipelineExecution', 'sagemaker:ListPipelineExecutionSteps']) })] },
    });
  });

  test.each([
    ['metricFailed', 'ExecutionFailed', 'Sum'],
    ['metricSucceeded', 'ExecutionSucceeded', 'Sum'],
    ['metricDuration', 'ExecutionDuration', 'Average'],
  ] as const)('%s is %s of this pipeline', (method, metricName, statistic) => {
    const training = pipeline();
    const metric = training[method]({ label: 'runs' });
    expect(metric).toMatchObject({ namespace: 'AWS/Sagemaker/ModelBuildingPipeline', metricName, statistic, label: 'runs' });
    expect(metric.dimensions).toEqual({ PipelineName: training.pipelineName });
  });

  test('failures are an event', () => {
    const where = scene();
    new events.Rule(where.stack, 'Failed', { eventPattern: pipeline({}, where).failedPattern });
    Template.fromStack(where.stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
        'detail': { pipelineArn: [Match.anyValue()], currentPipelineExecutionStatus: ['Failed'] },
      },
    });
  });
});

describe('the judges', () => {
  const everything = (where: Scene): Extra => ({
    prepare: true,
    vpc: where.vpc(),
    efa: true,
    compute: { accelerator: Accelerator.NVIDIA_A100, acceleratorCount: 8, instanceCount: 2 },
    capacity: Capacity.spot(),
    hyperparameters: { depth: '3' },
    qualityGates: [QualityGate.atLeast('auc', 0.9)],
    triggers: [Trigger.schedule(Schedule.daily()), Trigger.newData('incoming/')],
  });

  test.each<[string, (where: Scene) => Extra]>([
    ['the least', () => ({})],
    ['the most', everything],
    ['Lustre', (where) => ({ vpc: where.vpc(), lustreInput: lustreInput(where) })],
  ])('find nothing in %s', (_, extra) => {
    const where = scene();
    pipeline(extra, where);
    expect(judge(where.stack).filter((finding) => finding.includes('Stack/Training'))).toEqual([]);
  }, 60_000);

  test('and our own policies ask for the stack\'s tags and the boundary only', () => {
    const where = scene();
    pipeline(everything, where);
    const { violations } = MlopsPolicies.applyTo(where.stack).validate({ appConstruct: where.stack.node.root } as IPolicyValidationContext);
    const found = violations.filter(({ violatingResources }) => violatingResources.some((each) => each.constructPath?.startsWith('Stack/Training')));
    expect([...new Set(found.map(({ ruleName }) => ruleName))].sort()).toEqual(['MLOPS-IAM-04', 'MLOPS-TAG-01']);
  });
});

function parameterOf(stack: Stack, name: string): any {
  return definitionOf(stack).Parameters.find((each: any) => each.Name === name);
}

/** The statements of one of the roles of the pipeline. */
function statements(stack: Stack, role: string): any[] {
  return Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(`Training${role}DefaultPolicy`))
    .flatMap(([, each]) => each.Properties.PolicyDocument.Statement);
}
