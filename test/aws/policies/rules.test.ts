import {
  App, aws_budgets as budgets, aws_cloudtrail as cloudtrail, aws_codebuild as codebuild, aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs,
  aws_iam as iam, aws_kms as kms, aws_lambda as lambda, aws_logs as logs, aws_s3 as s3, aws_sagemaker as sagemaker, aws_sns as sns,
  aws_sqs as sqs, aws_stepfunctions as sfn, CfnParameter, CfnResource, Fn, NestedStack, RemovalPolicy, Stack,
} from 'aws-cdk-lib';
import { PRESENCE_RULES, RULES } from '../../../src/aws/policies';
import { Landscape } from '../../../src/aws/private/policy/resource-view';
import { Verdict } from '../../../src/aws/private/policy/rule';
import { Policies } from '../../../src/core/policies';

/** Builds something in a stack and returns the resource that the policy is asked about. */
type Build = (stack: Stack) => CfnResource;

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly build: Build;
  /** What the rule says: a kind, or what it finds. */
  readonly says: 'compliant' | 'notApplicable' | 'undecided' | string[];
}

const cases: Case[] = [];

function policy(id: string, builds: { [name: string]: [Build, Case['says']] }): void {
  for (const [name, [build, says]] of Object.entries(builds)) cases.push({ policy: id, name, build, says });
}

/** Any resource, in the template's own words. */
function raw(type: string, properties: object = {}): Build {
  return (stack) => new CfnResource(stack, 'Raw', { type, properties: properties as any });
}

/** A pipeline of steps, one value of it known in the cloud only, as with every real one. */
function pipeline(...steps: object[]): Build {
  return (stack) => new sagemaker.CfnPipeline(stack, 'Pipeline', {
    pipelineName: 'p',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    pipelineDefinition: { PipelineDefinitionBody: stack.toJsonString({ Version: '2020-12-01', Metadata: { region: stack.region }, Steps: steps }) },
  });
}

/** A pipeline with a parameter `Parameter`. */
function parameterized(parameter: object, ...steps: object[]): Build {
  return (stack) => new sagemaker.CfnPipeline(stack, 'Pipeline', {
    pipelineName: 'p',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    pipelineDefinition: { PipelineDefinitionBody: JSON.stringify({ Parameters: [{ Name: 'Parameter', ...parameter }], Steps: steps }) },
  });
}

/** A state machine with one call. */
function machine(api: string, args: object | string): Build {
  return (stack) => new sfn.CfnStateMachine(stack, 'Machine', {
    roleArn: 'arn:aws:iam::111122223333:role/r',
    definitionString: stack.toJsonString({
      QueryLanguage: 'JSONata',
      StartAt: 'Call',
      States: {
        Call: { Type: 'Task', Resource: `arn:${stack.partition}:states:::aws-sdk:sagemaker:${api}`, Arguments: args, End: true },
      },
    }),
  });
}

const elsewhere: Build = (stack) => new sagemaker.CfnPipeline(stack, 'Pipeline', {
  pipelineName: 'p', roleArn: 'arn:aws:iam::111122223333:role/r', pipelineDefinition: { PipelineDefinitionS3Location: { Bucket: 'b', Key: 'k' } },
});
const training = (args: object) => ({ Name: 'Train', Type: 'Training', Arguments: args });
const registration = (args: object = {}) => ({ Name: 'Register', Type: 'RegisterModel', Arguments: args });
const kmsKey = (stack: Stack) => new kms.Key(stack, 'Key');
const cfn = (construct: { node: { defaultChild?: any } }) => construct.node.defaultChild as CfnResource;
const statement = (actions: string | string[], resources: string | string[], more: object = {}) =>
  raw('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: resources, ...more }] } });

const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (one: unknown, other: unknown) => ({ 'Fn::If': ['Condition', one, other] });
const encryptedWith = (key: string) => ({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } }] } });
const TLS = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
/** A bucket with a policy of one statement. */
const denying = (more: object): Build => (stack) => {
  const resource = new CfnResource(stack, 'Bucket', { type: 'AWS::S3::Bucket' });
  raw('AWS::S3::BucketPolicy', { Bucket: resource.ref, PolicyDocument: { Statement: 'Fn::If' in more ? more : { ...TLS, ...more } } })(stack);
  return resource;
};

policy('MLOPS-ENC-01', {
  'a bucket with a key': [(stack) => cfn(new s3.Bucket(stack, 'B', { encryptionKey: kmsKey(stack) })), 'compliant'],
  'a bucket with keys of S3': [(stack) => cfn(new s3.Bucket(stack, 'B', { encryption: s3.BucketEncryption.S3_MANAGED })), ['BucketEncryption has no KMS key']],
  'a bucket with the default key of KMS': [(stack) => cfn(new s3.Bucket(stack, 'B', { encryption: s3.BucketEncryption.KMS_MANAGED })), ['BucketEncryption has no KMS key']],
  'the target of access logs, which S3 can only write to with its own keys': [(stack) => {
    const target = new s3.Bucket(stack, 'Logs', { encryption: s3.BucketEncryption.S3_MANAGED });
    new s3.Bucket(stack, 'B', { serverAccessLogsBucket: target });
    return cfn(target);
  }, 'compliant'],
  'a topic': [raw('AWS::SNS::Topic', { KmsMasterKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k' }), 'compliant'],
  'a topic with the default key': [raw('AWS::SNS::Topic', { KmsMasterKeyId: 'alias/aws/sns' }), ['KmsMasterKeyId is the provider\'s default key alias/aws/sns']],
  'a log group without': [raw('AWS::Logs::LogGroup'), ['KmsKeyId is missing']],
  'a feature group with one store of two': [raw('AWS::SageMaker::FeatureGroup', {
    OnlineStoreConfig: { EnableOnlineStore: true }, OfflineStoreConfig: { S3StorageConfig: { KmsKeyId: 'k' } },
  }), ['OnlineStoreConfig.SecurityConfig.KmsKeyId is missing']],
  'a feature group without stores': [raw('AWS::SageMaker::FeatureGroup'), 'notApplicable'],
  'a scratch file system, which takes no key': [raw('AWS::FSx::FileSystem', { LustreConfiguration: { DeploymentType: 'SCRATCH_2' } }), 'notApplicable'],
  'a training job without': [pipeline(training({ ResourceConfig: { InstanceType: 'ml.m5.large' }, OutputDataConfig: {} })),
    ['step \'Train\': ResourceConfig.VolumeKmsKeyId is missing', 'step \'Train\': OutputDataConfig.KmsKeyId is missing']],
  'a training job on local disks': [pipeline(training({ ResourceConfig: { InstanceType: 'ml.g5.xlarge' }, OutputDataConfig: { KmsKeyId: 'k' } })), 'compliant'],
  'a training job on any of machines with local disks': [parameterized({ DefaultValue: 'ml.g5.xlarge', EnumValues: ['ml.g5.xlarge', 'ml.g5.2xlarge'] },
    training({ ResourceConfig: { InstanceType: { Get: 'Parameters.Parameter' } }, OutputDataConfig: { KmsKeyId: 'k' } })), 'compliant'],
  'a training job on any machine': [parameterized({ DefaultValue: 'ml.g5.xlarge' },
    training({ ResourceConfig: { InstanceType: { Get: 'Parameters.Parameter' } }, OutputDataConfig: { KmsKeyId: 'k' } })),
  ['step \'Train\': ResourceConfig.VolumeKmsKeyId is missing']],
  'a processing job without outputs': [pipeline({ Name: 'P', Type: 'Processing', Arguments: { ProcessingResources: { ClusterConfig: { VolumeKmsKeyId: 'k' } } } }), 'compliant'],
  'a batch transform': [pipeline({ Name: 'T', Type: 'Transform', Arguments: { TransformResources: { VolumeKmsKeyId: 'k' }, TransformOutput: { KmsKeyId: 'k' } } }), 'compliant'],
  'an endpoint config without': [raw('AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ InstanceType: 'ml.m5.large' }] }), ['KmsKeyId is missing']],
  'a serverless endpoint config, which takes no key': [raw('AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ ServerlessConfig: {} }] }), 'notApplicable'],
  'an endpoint config of a workflow': [machine('createEndpointConfig', {
    KmsKeyId: 'k', ProductionVariants: [{ InstanceType: 'ml.m5.large' }], DataCaptureConfig: { EnableCapture: true },
  }), ['state \'Call\': DataCaptureConfig.KmsKeyId is missing']],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'a key that is no value': [raw('AWS::SNS::Topic', { KmsMasterKeyId: NO_VALUE }), ['KmsMasterKeyId is missing']],
  'a key under a condition': [raw('AWS::SNS::Topic', { KmsMasterKeyId: either('k', NO_VALUE) }), 'undecided'],
  'one of two keys': [raw('AWS::SNS::Topic', { KmsMasterKeyId: either('k', { Ref: 'Key' }) }), 'compliant'],
  'a topic with the ARN of the default key': [raw('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::Sub': 'arn:aws:kms:${AWS::Region}:111122223333:alias/aws/sns' } }),
    ['KmsMasterKeyId is the provider\'s default key arn:aws:kms:<AWS::Region>:111122223333:alias/aws/sns']],
  'a bucket with the default key by name': [raw('AWS::S3::Bucket', encryptedWith('alias/aws/s3')), ['BucketEncryption has no KMS key']],
  'a bucket under a condition': [raw('AWS::S3::Bucket', { BucketEncryption: either(encryptedWith('k').BucketEncryption, NO_VALUE) }), 'undecided'],
  'a bucket that a parameter encrypts': [raw('AWS::S3::Bucket', { BucketEncryption: { Ref: 'Encryption' } }), 'undecided'],
  'a table of several regions, one without': [raw('AWS::DynamoDB::GlobalTable', { Replicas: [{ SSESpecification: { KMSMasterKeyId: 'k' } }, { Region: 'eu-west-1' }] }),
    ['SSESpecification.KMSMasterKeyId is missing']],
  'a database without': [raw('AWS::RDS::DBInstance', {}), ['KmsKeyId is missing']],
  'a database of a cluster, which has the key': [raw('AWS::RDS::DBInstance', { DBClusterIdentifier: 'c' }), 'notApplicable'],
  'a cluster from a snapshot, which had one': [raw('AWS::RDS::DBCluster', { SnapshotIdentifier: 's' }), 'notApplicable'],
  'jobs of a tuning job': [pipeline({ Name: 'Tune', Type: 'Tuning', Arguments: { TrainingJobDefinition: { ResourceConfig: { InstanceType: 'ml.m5.large', VolumeKmsKeyId: 'k' } } } }),
    ['step \'Tune\': OutputDataConfig.KmsKeyId is missing']],
  'a call that is put together at run time': [machine('createTrainingJob', '{% $merge([$a, $b]) %}'), 'undecided'],
});

policy('MLOPS-ENC-02', {
  'a bucket that refuses': [(stack) => cfn(new s3.Bucket(stack, 'B', { enforceSSL: true })), 'compliant'],
  'a bucket that does not': [(stack) => cfn(new s3.Bucket(stack, 'B')), ['no policy denies requests without aws:SecureTransport']],
  'a bucket beside one that refuses': [(stack) => {
    new s3.Bucket(stack, 'Other', { enforceSSL: true });
    return cfn(new s3.Bucket(stack, 'B'));
  }, ['no policy denies requests without aws:SecureTransport']],
  'a topic that refuses': [(stack) => cfn(new sns.Topic(stack, 'T', { enforceSSL: true })), 'compliant'],
  'a queue that refuses': [(stack) => cfn(new sqs.Queue(stack, 'Q', { enforceSSL: true })), 'compliant'],
  'a bucket with a policy by its name': [(stack) => {
    raw('AWS::S3::BucketPolicy', { Bucket: 'named', PolicyDocument: { Statement: TLS } })(stack);
    return new CfnResource(stack, 'B', { type: 'AWS::S3::Bucket', properties: { BucketName: 'named' } });
  }, 'compliant'],
  'a denial written otherwise': [denying({ Principal: { AWS: ['*'] }, Action: ['S3:*'], Condition: { Bool: { 'AWS:securetransport': [false] } } }), 'compliant'],
  'a denial of reading alone': [denying({ Action: 's3:GetObject' }), ['no policy denies requests without aws:SecureTransport']],
  'a denial to some': [denying({ Condition: { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:PrincipalAccount': '1' } } }),
    ['no policy denies requests without aws:SecureTransport']],
  'a denial under a condition of the template': [denying({ 'Fn::If': ['C', TLS, NO_VALUE] }), ['no policy denies requests without aws:SecureTransport']],
});

policy('MLOPS-ENC-03', {
  'two machines that encrypt': [pipeline(training({ ResourceConfig: { InstanceCount: 2 }, EnableInterContainerTrafficEncryption: true })), 'compliant'],
  'two machines that do not': [pipeline(training({ ResourceConfig: { InstanceCount: 2 } })),
    ['step \'Train\': 2 instances without EnableInterContainerTrafficEncryption']],
  'groups of machines that do not': [pipeline(training({ ResourceConfig: { InstanceGroups: [{ InstanceCount: 1 }, { InstanceCount: 2 }] } })),
    ['step \'Train\': 3 instances without EnableInterContainerTrafficEncryption']],
  'one machine': [pipeline(training({ ResourceConfig: { InstanceCount: 1 } })), 'notApplicable'],
  'processing on two that do not': [machine('createProcessingJob.sync', { ProcessingResources: { ClusterConfig: { InstanceCount: 2 } } }),
    ['state \'Call\': 2 instances without EnableInterContainerTrafficEncryption']],
  'tuning on two that do not': [pipeline({ Name: 'Tune', Type: 'Tuning', Arguments: { TrainingJobDefinition: { ResourceConfig: { InstanceCount: 2 } } } }),
    ['step \'Tune\': 2 instances without EnableInterContainerTrafficEncryption']],
  'encryption that a parameter decides': [pipeline(training({ ResourceConfig: { InstanceCount: 2 }, EnableInterContainerTrafficEncryption: { Get: 'Parameters.X' } })), 'undecided'],
  'a number of machines that each run decides': [
    parameterized({ DefaultValue: 1 }, training({ ResourceConfig: { InstanceCount: { Get: 'Parameters.Parameter' } } })), 'undecided',
  ],
  'any number of machines that encrypt': [
    parameterized({ DefaultValue: 1 }, training({ ResourceConfig: { InstanceCount: { Get: 'Parameters.Parameter' } }, EnableInterContainerTrafficEncryption: true })), 'compliant',
  ],
  'a number of machines that the cloud decides': [(stack) => pipeline(training({
    ResourceConfig: { InstanceCount: new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber },
  }))(stack), 'undecided'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'several tuned jobs': [pipeline({ Name: 'Tune', Type: 'Tuning', Arguments: { TrainingJobDefinitions: [{ ResourceConfig: { InstanceCount: 2 } }] } }),
    ['step \'Tune\': 2 instances without EnableInterContainerTrafficEncryption']],
  'machines that tuning chooses from': [pipeline({ Name: 'Tune', Type: 'Tuning', Arguments: { TrainingJobDefinition: { HyperParameterTuningResourceConfig: { InstanceConfigs: [{ InstanceCount: 3 }] } } } }),
    ['step \'Tune\': 3 instances without EnableInterContainerTrafficEncryption']],
  'a call that is put together at run time': [machine('createTrainingJob', '{% $merge([$a, $b]) %}'), 'undecided'],
});

policy('MLOPS-ENC-04', {
  'a key that rotates': [(stack) => cfn(new kms.Key(stack, 'K', { enableKeyRotation: true })), 'compliant'],
  'a key that does not': [(stack) => cfn(new kms.Key(stack, 'K')), ['EnableKeyRotation is off']],
  'an asymmetric key, which cannot': [(stack) => cfn(new kms.Key(stack, 'K', { keySpec: kms.KeySpec.RSA_2048, keyUsage: kms.KeyUsage.SIGN_VERIFY })), 'notApplicable'],
  'a key that a parameter lets rotate': [raw('AWS::KMS::Key', { EnableKeyRotation: { Ref: 'Rotation' } }), 'undecided'],
  'a key that rotates in words': [raw('AWS::KMS::Key', { EnableKeyRotation: 'true' }), 'compliant'],
});

policy('MLOPS-NET-01', {
  'a bucket that blocks': [(stack) => cfn(new s3.Bucket(stack, 'B', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL })), 'compliant'],
  'a bucket that blocks half': [(stack) => cfn(new s3.Bucket(stack, 'B', { blockPublicAccess: s3.BlockPublicAccess.BLOCK_ACLS_ONLY })),
    ['BlockPublicPolicy is off', 'RestrictPublicBuckets is off']],
  'a bucket policy for everybody': [raw('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: [{ Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }] } }),
    ['statement Open allows everybody']],
  'a topic policy for everybody in the account': [raw('AWS::SNS::TopicPolicy', {
    PolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sns:Publish', Condition: { StringEquals: { 'AWS:SourceAccount': '111122223333' } } } },
  }), 'compliant'],
  'a condition that is no bound': [raw('AWS::SNS::TopicPolicy', {
    PolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: 'sns:Publish', Condition: { StringNotEquals: { 'aws:SourceAccount': '1' } } } },
  }), ['statement "sns:Publish" allows everybody']],
  'a denial for everybody': [raw('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*' }] } }), 'compliant'],
  'a key for everybody': [raw('AWS::KMS::Key', { KeyPolicy: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*' }] } }), ['statement S allows everybody']],
  'a security group for a neighbour': [raw('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ CidrIp: '10.0.0.0/16' }] }), 'compliant'],
  'a security group for everybody': [raw('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', FromPort: 22, ToPort: 22 }] }),
    ['ports 22 to 22 are open to everybody']],
  'an ingress rule for everybody': [raw('AWS::EC2::SecurityGroupIngress', { CidrIpv6: '::/0' }), ['ports all to all are open to everybody']],
  'a condition that anybody meets': [raw('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: '*', Action: 's3:*', Condition: { StringLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/*'] } } }] } }),
    ['statement S allows everybody']],
  'a condition of star': [raw('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: '*', Action: 's3:*', Condition: { StringLike: { 'aws:SourceVpce': ['*'] } } }] } }),
    ['statement S allows everybody']],
  'one bucket as the source': [raw('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b*' } } }] } }), 'compliant'],
  'a statement under a condition of the template': [raw('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: [either({ Sid: 'S', Effect: 'Allow', Principal: '*', Action: 's3:*' }, NO_VALUE)] } }),
    ['statement S allows everybody']],
  'a bucket whose block is decided later': [raw('AWS::S3::Bucket', { PublicAccessBlockConfiguration: { Ref: 'Blocks' } }), 'undecided'],
  'half of the internet': [raw('AWS::EC2::SecurityGroup', { SecurityGroupIngress: either([{ CidrIp: '128.0.0.0/1', FromPort: 1, ToPort: 2 }], NO_VALUE) }), ['ports 1 to 2 are open to everybody']],
  'a secret for everybody': [raw('AWS::SecretsManager::ResourcePolicy', { ResourcePolicy: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: '*', Action: '*' }] } }), ['statement S allows everybody']],
  'a topic policy in a type of its own': [raw('AWS::SNS::TopicInlinePolicy', { PolicyDocument: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: '*', Action: '*' }] } }), ['statement S allows everybody']],
  'a queue policy in a type of its own': [raw('AWS::SQS::QueueInlinePolicy', { PolicyDocument: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: '*', Action: '*' }] } }), ['statement S allows everybody']],
  'a replica of a key': [raw('AWS::KMS::ReplicaKey', { KeyPolicy: { Statement: [{ Sid: 'S', Effect: 'Allow', Principal: '*', Action: '*' }] } }), ['statement S allows everybody']],
  'a function for everybody': [raw('AWS::Lambda::Permission', { Principal: '*' }), ['everybody may invoke the function']],
  'a function for an organisation': [raw('AWS::Lambda::Permission', { Principal: '*', PrincipalOrgID: 'o-1' }), 'compliant'],
  'a function with an open address': [raw('AWS::Lambda::Url', { AuthType: 'NONE' }), ['AuthType NONE authenticates no one']],
  'a database with a public address': [raw('AWS::RDS::DBInstance', { PubliclyAccessible: true }), ['PubliclyAccessible gives it a public address']],
});

const networkOf = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 1,
  subnetConfiguration: [ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS, ec2.SubnetType.PRIVATE_ISOLATED]
    .map((subnetType) => ({ name: subnetType, subnetType })),
});
const placed = (subnetType: ec2.SubnetType, more: Partial<sagemaker.CfnModelProps> = {}): Build => (stack) => new sagemaker.CfnModel(stack, 'Model', {
  vpcConfig: { subnets: networkOf(stack).selectSubnets({ subnetType }).subnetIds, securityGroupIds: [] }, ...more,
});
policy('MLOPS-NET-02', {
  'an isolated model': [raw('AWS::SageMaker::Model', { EnableNetworkIsolation: true }), 'compliant'],
  'a model in a VPC': [raw('AWS::SageMaker::Model', { VpcConfig: { Subnets: ['s'] } }), 'compliant'],
  'a model that is free to talk': [raw('AWS::SageMaker::Model', {}), ['neither EnableNetworkIsolation nor VpcConfig']],
  'jobs of a pipeline': [pipeline(training({ EnableNetworkIsolation: false }), { Name: 'P', Type: 'Processing', Arguments: { NetworkConfig: { EnableNetworkIsolation: true } } }),
    ['step \'Train\': neither EnableNetworkIsolation nor VpcConfig']],
  'tuning': [pipeline({ Name: 'Tune', Type: 'Tuning', Arguments: { TrainingJobDefinition: { EnableNetworkIsolation: true } } }), 'compliant'],
  'a model of a workflow': [machine('createModel', { PrimaryContainer: {} }), ['state \'Call\': neither EnableNetworkIsolation nor VpcConfig']],
  'a model whose isolation is decided later': [machine('createModel', { EnableNetworkIsolation: '{% $isolated %}' }), 'undecided'],
  'a workflow that makes nothing': [machine('describeModel', {}), 'notApplicable'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'a model in no subnet': [raw('AWS::SageMaker::Model', { VpcConfig: { Subnets: [] } }), ['neither EnableNetworkIsolation nor VpcConfig']],
  'a model in a VPC that is no value': [raw('AWS::SageMaker::Model', { VpcConfig: NO_VALUE }), ['neither EnableNetworkIsolation nor VpcConfig']],
  'a call that is put together at run time': [machine('createModel', '{% $merge([$a, $b]) %}'), 'undecided'],
  'a model in a private subnet': [placed(ec2.SubnetType.PRIVATE_WITH_EGRESS), ['a subnet has a route to the internet, and EnableNetworkIsolation is off']],
  'an isolated model in a private subnet': [placed(ec2.SubnetType.PRIVATE_WITH_EGRESS, { enableNetworkIsolation: true }), 'compliant'],
  'a model in an isolated subnet': [placed(ec2.SubnetType.PRIVATE_ISOLATED), 'compliant'],
  'a job in a private subnet of another stack': [(stack) => {
    const network = new Stack(stack.node.root, 'Network');
    const subnet = network.getLogicalId(networkOf(network).privateSubnets[0].node.defaultChild as ec2.CfnSubnet);
    return pipeline(training({ VpcConfig: { Subnets: [Fn.importValue(`Network:ExportsOutputRef${subnet}00000000`)] } }))(stack);
  }, ['step \'Train\': a subnet has a route to the internet, and EnableNetworkIsolation is off']],
});

policy('MLOPS-NET-03', {
  'Studio in its VPC': [raw('AWS::SageMaker::Domain', { AppNetworkAccessType: 'VpcOnly' }), 'compliant'],
  'Studio with an internet of its own': [raw('AWS::SageMaker::Domain', {}), ['AppNetworkAccessType is not VpcOnly']],
  'a locked notebook': [raw('AWS::SageMaker::NotebookInstance', { DirectInternetAccess: 'Disabled', RootAccess: 'Disabled' }), 'compliant'],
  'an open notebook': [raw('AWS::SageMaker::NotebookInstance', {}), ['DirectInternetAccess is not Disabled', 'RootAccess is not Disabled']],
  'Studio as a parameter says': [raw('AWS::SageMaker::Domain', { AppNetworkAccessType: { Ref: 'Access' } }), 'undecided'],
});

policy('MLOPS-DAT-01', {
  'a versioned bucket': [(stack) => cfn(new s3.Bucket(stack, 'B', { versioned: true })), 'compliant'],
  'a bucket without': [(stack) => cfn(new s3.Bucket(stack, 'B')), ['VersioningConfiguration is not Enabled']],
  'a bucket versioned on either branch': [raw('AWS::S3::Bucket', { VersioningConfiguration: either({ Status: 'Enabled' }, { Status: 'Enabled' }) }), 'compliant'],
  'a bucket versioned on one branch': [raw('AWS::S3::Bucket', { VersioningConfiguration: { Status: either('Enabled', 'Suspended') } }), 'undecided'],
});

policy('MLOPS-DAT-02', {
  'a retained bucket': [(stack) => cfn(new s3.Bucket(stack, 'B')), 'compliant'],
  'a bucket that goes with its stack': [(stack) => cfn(new s3.Bucket(stack, 'B', { removalPolicy: RemovalPolicy.DESTROY })), ['DeletionPolicy is Delete', 'UpdateReplacePolicy is Delete']],
  'a feature group that says nothing': [raw('AWS::SageMaker::FeatureGroup'), ['DeletionPolicy is missing', 'UpdateReplacePolicy is missing']],
  'a table of several regions': [raw('AWS::DynamoDB::GlobalTable'), ['DeletionPolicy is missing', 'UpdateReplacePolicy is missing']],
});

policy('MLOPS-IAM-01', {
  'named actions on a named resource': [statement('s3:GetObject', 'arn:aws:s3:::b/*'), 'compliant'],
  'all actions of a service on everything': [statement(['s3:*', 'kms:Decrypt'], '*'), ['Action is s3:*', 'Resource is *']],
  'everything': [statement('*', '*'), ['Action is *', 'Resource is *']],
  'actions that take no resource': [statement(['ecr:GetAuthorizationToken', 'cloudwatch:PutMetricData'], '*'), 'compliant'],
  'one action among them that does': [statement(['ecr:GetAuthorizationToken', 'ecr:PutImage'], '*'), ['Resource is *']],
  'all actions but some': [raw('AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: { Effect: 'Allow', NotAction: ['iam:*'], Resource: 'r' } } }), ['NotAction is ["iam:*"]']],
  'all resources but some': [raw('AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: { Effect: 'Allow', Action: ['s3:GetObject'], NotResource: 'r' } } }), ['NotResource is "r"']],
  'a denial of everything': [statement('*', '*', { Effect: 'Deny' }), 'notApplicable'],
  'a role with a policy inside': [raw('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sagemaker:*', Resource: 'r' }] } }] }), ['Action is sagemaker:*']],
  'a role without': [raw('AWS::IAM::Role', {}), 'notApplicable'],
  'a policy in a type of its own': [raw('AWS::IAM::RolePolicy', { PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: 'r' } } }), ['Action is *']],
  'a wildcard under a condition of the template': [statement(either('*', 's3:GetObject') as any, either('*', 'r') as any), ['Action is *', 'Resource is *']],
  'a statement under a condition of the template': [raw('AWS::IAM::Policy', { PolicyDocument: { Statement: [either({ Effect: 'Allow', Action: '*', Resource: 'r' }, NO_VALUE)] } }), ['Action is *']],
  'wildcards written otherwise': [statement(['iam:**', 'kms:?*', 's*'], ['**', 'arn:*', 'arn:aws:s3:::*', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::*' }] as any),
    ['Action is iam:**', 'Action is kms:?*', 'Action is s*', 'Resource is **', 'Resource is arn:*', 'Resource is arn:aws:s3:::*', 'Resource is arn:<AWS::Partition>:s3:::*']],
  'a wildcard in a name': [statement(['s3:Get*'], ['arn:aws:sagemaker:eu-west-1:111122223333:pipeline/*']), 'compliant'],
});

policy('MLOPS-IAM-02', {
  'a role with a policy of a few rights': [(stack) => cfn(new iam.Role(stack, 'R', {
    assumedBy: new iam.AccountRootPrincipal(), managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
  })), 'compliant'],
  'a role with all rights of a service': [(stack) => cfn(new iam.Role(stack, 'R', {
    assumedBy: new iam.AccountRootPrincipal(), managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSageMakerFullAccess')],
  })), ['has the managed policy AmazonSageMakerFullAccess']],
  'a user with all rights': [raw('AWS::IAM::User', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }), ['has the managed policy AdministratorAccess']],
  'a role without managed policies': [raw('AWS::IAM::Role', {}), 'notApplicable'],
  'a role with a policy of the account\'s own': [(stack) => cfn(new iam.Role(stack, 'R', {
    assumedBy: new iam.AccountRootPrincipal(), managedPolicies: [new iam.ManagedPolicy(stack, 'NoFullAccess'), iam.ManagedPolicy.fromManagedPolicyName(stack, 'P', 'TeamFullAccess')],
  })), 'compliant'],
  'a role with all rights under a condition of the template': [raw('AWS::IAM::Role', { ManagedPolicyArns: either(['arn:aws:iam::aws:policy/AdministratorAccess'], NO_VALUE) }),
    ['has the managed policy AdministratorAccess']],
});

const trusts = (trust: object) => raw('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', ...trust }] } });
policy('MLOPS-IAM-03', {
  'a service': [trusts({ Principal: { Service: 'sagemaker.amazonaws.com' } }), 'compliant'],
  'everybody': [trusts({ Principal: { AWS: '*' } }), ['everybody may take the role']],
  'one branch of a repository': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:o/r:ref:refs/heads/main' } } }), 'compliant'],
  'every repository': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } } }),
    ['any token of the identity provider may take the role']],
  'every subject': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': '*' } } }),
    ['any token of the identity provider may take the role']],
  'any repository of the code host': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': ['repo:o/r', 'repo:*'] } } }),
    ['any token of the identity provider may take the role']],
  'every repository but one': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringNotEquals: { 'token.actions.githubusercontent.com:sub': 'repo:o/r' } } }),
    ['any token of the identity provider may take the role']],
  'a subject that may be missing': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringLikeIfExists: { 'token.actions.githubusercontent.com:sub': 'repo:o/r' } } }),
    ['any token of the identity provider may take the role']],
  'people of a single sign-on': [(stack) => cfn(new iam.Role(stack, 'R', {
    assumedBy: new iam.SamlConsolePrincipal(iam.SamlProvider.fromSamlProviderArn(stack, 'P', 'arn:aws:iam::111122223333:saml-provider/p')),
  })), 'compliant'],
  'an identity pool': [trusts({ Principal: { Federated: 'cognito-identity.amazonaws.com' }, Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:pool' } } }), 'compliant'],
  'a condition whose keys the cloud makes': [trusts({ Principal: { Federated: 'arn' }, Condition: { StringEquals: { 'Fn::GetAtt': ['Json', 'Value'] } } }), 'undecided'],
});

policy('MLOPS-IAM-04', {
  'a role with a boundary': [raw('AWS::IAM::Role', { PermissionsBoundary: 'arn' }), 'compliant'],
  'a role without': [raw('AWS::IAM::Role', {}), ['PermissionsBoundary is missing']],
  'a role whose boundary is no value': [raw('AWS::IAM::Role', { PermissionsBoundary: NO_VALUE }), ['PermissionsBoundary is missing']],
});

policy('MLOPS-SEC-01', {
  'harmless variables': [raw('AWS::SageMaker::Model', { PrimaryContainer: { Environment: { LOG_LEVEL: 'info', API_KEY_ARN: 'arn:aws:secretsmanager:…' } } }), 'compliant'],
  'a password': [raw('AWS::SageMaker::Model', { PrimaryContainer: { Environment: { DB_PASSWORD: 'hunter2' } } }), ['DB_PASSWORD is named like a secret and its value is in the template']],
  'a key by its look': [raw('AWS::Lambda::Function', { Environment: { Variables: { X: 'AKIAIOSFODNN7EXAMPLE' } } }), ['X holds what looks like a secret']],
  'a secret that is looked up': [(stack) => new lambda.CfnFunction(stack, 'F', {
    code: {}, role: 'r', environment: { variables: { DB_PASSWORD: `{{resolve:secretsmanager:${stack.stackId}}}` } },
  }), 'compliant'],
  'a secret that CloudFormation looks up': [raw('AWS::Lambda::Function', { Environment: { Variables: { DB_PASSWORD: '{{resolve:secretsmanager:db:SecretString:password}}' } } }), 'compliant'],
  'a build project': [(stack) => new codebuild.CfnProject(stack, 'P', {
    artifacts: { type: 'NO_ARTIFACTS' },
    source: { type: 'NO_SOURCE' },
    serviceRole: 'r',
    environment: { computeType: 'c', image: 'i', type: 't', environmentVariables: [{ name: 'API_KEY', value: 'x' }, { name: 'SECRET', value: 'y', type: 'SECRETS_MANAGER' }] },
  }), ['API_KEY is named like a secret and its value is in the template']],
  'a task': [(stack) => new ecs.CfnTaskDefinition(stack, 'T', { containerDefinitions: [{ name: 'c', image: 'i', environment: [{ name: 'AUTH_TOKEN', value: 'x' }] }] }),
    ['AUTH_TOKEN is named like a secret and its value is in the template']],
  'a step': [pipeline(training({ Environment: { ACCESS_KEY: 'x' }, HyperParameters: { epochs: '3' } })), ['ACCESS_KEY is named like a secret and its value is in the template']],
  'no variables': [raw('AWS::SageMaker::Model', { Containers: [{}] }), 'notApplicable'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'a key in the middle of something': [raw('AWS::Lambda::Function', { Environment: { Variables: { X: { 'Fn::Join': ['', ['AKIAIOSFODNN7EXAMPLE', { Ref: 'Y' }]] } } } }), ['X holds what looks like a secret']],
  'a password under a condition of the template': [raw('AWS::Lambda::Function', { Environment: { Variables: { PASSWORD: either('hunter2', NO_VALUE) } } }),
    ['PASSWORD is named like a secret and its value is in the template']],
  'a secret that is written down': [raw('AWS::SecretsManager::Secret', { SecretString: 'hunter2' }), ['SecretString is named like a secret and its value is in the template']],
  'a secret that is made up in the cloud': [raw('AWS::SecretsManager::Secret', { GenerateSecretString: {} }), 'notApplicable'],
  'a password of a database': [raw('AWS::RDS::DBCluster', { MasterUserPassword: 'hunter2' }), ['MasterUserPassword is named like a secret and its value is in the template']],
});

const DIGEST = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn@sha256:${'a'.repeat(64)}`;
policy('MLOPS-REP-01', {
  'by digest': [raw('AWS::SageMaker::Model', { PrimaryContainer: { Image: DIGEST } }), 'compliant'],
  'by a tag of one build': [raw('AWS::SageMaker::Model', { Containers: [{ Image: 'repo/churn:1.4.2' }] }), 'compliant'],
  'by a tag that moves': [raw('AWS::SageMaker::Model', { PrimaryContainer: { Image: 'repo/churn:latest' } }), ['image repo/churn:latest moves']],
  'without a tag': [pipeline(training({ AlgorithmSpecification: { TrainingImage: 'repo/churn' } })), ['image repo/churn moves']],
  'of a processing step and a registration': [pipeline(
    { Name: 'P', Type: 'Processing', Arguments: { AppSpecification: { ImageUri: DIGEST } } },
    registration({ InferenceSpecification: { Containers: [{ Image: 'repo/churn:main' }] } })), ['image repo/churn:main moves']],
  'no image': [raw('AWS::SageMaker::Model', { PrimaryContainer: { ModelPackageName: 'arn' } }), 'notApplicable'],
  'an address of the cloud': [(stack) => pipeline(training({ AlgorithmSpecification: { TrainingImage: `${stack.account}.dkr/x` } }))(stack), 'undecided'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'by a tag that moves, of a repository of the account': [(stack) => new sagemaker.CfnModel(stack, 'M', {
    primaryContainer: { image: ecr.Repository.fromRepositoryName(stack, 'R', 'churn').repositoryUriForTag('latest') },
  }), ['image <AWS::AccountId>.dkr.ecr.<AWS::Region>.<AWS::URLSuffix>/churn:latest moves']],
  'by a tag that moves, with variables': [raw('AWS::SageMaker::Model', { PrimaryContainer: { Image: { 'Fn::Sub': '${AWS::AccountId}.dkr/churn:latest' } } }), ['image <AWS::AccountId>.dkr/churn:latest moves']],
  'of tuned jobs': [pipeline({ Name: 'Tune', Type: 'Tuning', Arguments: { TrainingJobDefinition: { AlgorithmSpecification: { TrainingImage: 'r/x:dev' } } } }), ['image r/x:dev moves']],
  'of a component': [raw('AWS::SageMaker::InferenceComponent', { Specification: { Container: { Image: 'r/x' } } }), ['image r/x moves']],
  'of a task': [raw('AWS::ECS::TaskDefinition', { ContainerDefinitions: [{ Image: 'r/x:latest' }] }), ['image r/x:latest moves']],
  'one of two that the cloud knows': [raw('AWS::SageMaker::Model', { Containers: [{ Image: 'r/x:1' }, { Image: { Ref: 'Image' } }] }), 'undecided'],
});

policy('MLOPS-LOG-01', {
  'a log group with an end': [(stack) => cfn(new logs.LogGroup(stack, 'L')), 'compliant'],
  'a log group without': [raw('AWS::Logs::LogGroup'), ['RetentionInDays is missing']],
  'a log group whose end is no value': [raw('AWS::Logs::LogGroup', { RetentionInDays: NO_VALUE }), ['RetentionInDays is missing']],
});

policy('MLOPS-LOG-02', {
  'a sound trail': [raw('AWS::CloudTrail::Trail', { IsLogging: true, EnableLogFileValidation: true, KMSKeyId: 'k' }), 'compliant'],
  'a bare trail': [(stack) => new cloudtrail.CfnTrail(stack, 'T', { isLogging: false, s3BucketName: 'b' }),
    ['IsLogging is off', 'EnableLogFileValidation is off', 'KMSKeyId is missing']],
});

const bucket = (stack: Stack) => cfn(new s3.Bucket(stack, 'B'));
policy('MLOPS-LOG-03', {
  'data and a trail of it': [(stack) => {
    raw('AWS::CloudTrail::Trail', { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'resources.type', Equals: ['AWS::S3::Object'] }] }] })(stack);
    return bucket(stack);
  }, 'compliant'],
  'data and a trail of something else': [(stack) => {
    raw('AWS::CloudTrail::Trail', {})(stack);
    return bucket(stack);
  }, ['no AWS::CloudTrail::Trail records data events of buckets']],
  'no data': [raw('AWS::SNS::Topic'), 'notApplicable'],
  'data and a trail of writes': [(stack) => {
    raw('AWS::CloudTrail::Trail', { EventSelectors: [{ ReadWriteType: 'WriteOnly', DataResources: [{ Type: 'AWS::S3::Object' }] }] })(stack);
    return bucket(stack);
  }, ['no AWS::CloudTrail::Trail records data events of buckets']],
  'data and a trail of reads': [(stack) => {
    raw('AWS::CloudTrail::Trail', { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'resources.type', Equals: ['AWS::S3::Object'] }, { Field: 'readOnly', Equals: ['true'] }] }] })(stack);
    return bucket(stack);
  }, ['no AWS::CloudTrail::Trail records data events of buckets']],
  'data and a simple trail': [(stack) => {
    raw('AWS::CloudTrail::Trail', { EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object' }] }] })(stack);
    return bucket(stack);
  }, 'compliant'],
});

policy('MLOPS-SRV-01', {
  'an endpoint that captures': [raw('AWS::SageMaker::EndpointConfig', { DataCaptureConfig: { EnableCapture: true } }), 'compliant'],
  'an endpoint that does not': [machine('createEndpointConfig', { ProductionVariants: [{}] }), ['state \'Call\': DataCaptureConfig.EnableCapture is off']],
  'a serverless endpoint, which cannot': [raw('AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ ServerlessConfig: {} }] }), 'notApplicable'],
  'capture that is decided later': [machine('createEndpointConfig', { DataCaptureConfig: { EnableCapture: '{% $capture %}' } }), 'undecided'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'an endpoint that captures none': [raw('AWS::SageMaker::EndpointConfig', { DataCaptureConfig: { EnableCapture: true, InitialSamplingPercentage: 0 } }), ['DataCaptureConfig.InitialSamplingPercentage is 0']],
  'an endpoint that captures questions alone': [raw('AWS::SageMaker::EndpointConfig', { DataCaptureConfig: { EnableCapture: true, CaptureOptions: [{ CaptureMode: 'Input' }] } }),
    ['DataCaptureConfig.CaptureOptions has no Output']],
  'a call that is put together at run time': [machine('createEndpointConfig', '{% $merge([$a, $b]) %}'), 'undecided'],
});

const deployment = { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] } };
policy('MLOPS-SRV-02', {
  'an endpoint with alarms': [raw('AWS::SageMaker::Endpoint', { DeploymentConfig: deployment }), 'compliant'],
  'an endpoint without': [raw('AWS::SageMaker::Endpoint', {}), ['no alarm takes a bad update back']],
  'an update without': [machine('updateEndpoint', { DeploymentConfig: { AutoRollbackConfiguration: { Alarms: [] } } }), ['state \'Call\': no alarm takes a bad update back']],
  'an update of a component': [machine('updateInferenceComponent', { DeploymentConfig: deployment }), 'compliant'],
  'alarms that are decided later': [machine('updateEndpoint', { DeploymentConfig: '{% $deployment %}' }), 'undecided'],
  'a creation, which has nothing to go back to': [machine('createEndpoint', {}), 'notApplicable'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'a call that is put together at run time': [machine('updateEndpoint', '{% $merge([$a, $b]) %}'), 'undecided'],
});

policy('MLOPS-REG-01', {
  'a registration that waits': [pipeline(registration({ ModelApprovalStatus: 'PendingManualApproval' })), 'compliant'],
  'a registration that approves itself': [pipeline(registration({ ModelApprovalStatus: 'Approved' })), ['step \'Register\': registers as Approved']],
  'a parameter that approves': [pipeline(registration({ ModelApprovalStatus: { Get: 'Parameters.Approval' } })), 'undecided'],
  'no registration': [pipeline(training({})), 'notApplicable'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'a version that approves itself': [raw('AWS::SageMaker::ModelPackage', { ModelApprovalStatus: 'Approved' }), ['registers as Approved']],
  'a substitution that approves': [raw('AWS::StepFunctions::StateMachine', {
    DefinitionString: JSON.stringify({ States: { Register: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:sagemaker:createModelPackage', Parameters: { ModelApprovalStatus: '${Status}' } } } }),
    DefinitionSubstitutions: { Status: 'Approved' },
  }), ['state \'Register\': registers as Approved']],
  'a call that is put together at run time': [machine('createModelPackage', '{% $merge([$a, $b]) %}'), 'undecided'],
});

const score = { Type: 'GreaterThan', LeftValue: { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Report' }, Path: 'auc' } }, RightValue: 0.9 };
const condition = (...steps: object[]) => ({ Name: 'Gate', Type: 'Condition', Arguments: { Conditions: [score], IfSteps: steps, ElseSteps: [] } });
policy('MLOPS-REG-02', {
  'behind a condition': [pipeline(training({}), condition(registration())), 'compliant'],
  'without one': [pipeline(training({}), registration()), ['step \'Register\': no condition stands before it']],
  'no registration': [pipeline(training({})), 'notApplicable'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'behind a condition on a parameter': [pipeline({ Name: 'Switch', Type: 'Condition', Arguments: { Conditions: [{ Type: 'Equals', LeftValue: { Get: 'Parameters.X' }, RightValue: 'y' }], IfSteps: [registration()] } }),
    ['step \'Register\': no condition stands before it']],
  'by a state machine': [machine('createModelPackage', {}), 'undecided'],
});

policy('MLOPS-REG-03', {
  'with metadata': [pipeline(registration({ CustomerMetadataProperties: { evaluation: { Get: 'x' } } })), 'compliant'],
  'with metrics': [raw('AWS::SageMaker::ModelPackage', { ModelMetrics: {} }), 'compliant'],
  'with neither': [pipeline(registration()), ['step \'Register\': neither ModelMetrics nor CustomerMetadataProperties.evaluation']],
  'no registration': [pipeline(training({})), 'notApplicable'],
  'a definition that lies in S3': [elsewhere, 'undecided'],
  'by a state machine with neither': [machine('createModelPackage', {}), ['state \'Call\': neither ModelMetrics nor CustomerMetadataProperties.evaluation']],
  'a call that is put together at run time': [machine('createModelPackage', '{% $merge([$a, $b]) %}'), 'undecided'],
});

const group = raw('AWS::SageMaker::ModelPackageGroup');
policy('MLOPS-REG-04', {
  'a registry and a card': [(stack) => {
    new CfnResource(stack, 'Card', { type: 'AWS::SageMaker::ModelCard' });
    return group(stack);
  }, 'compliant'],
  'a registry without': [group, ['no AWS::SageMaker::ModelCard']],
  'no registry': [raw('AWS::SNS::Topic'), 'notApplicable'],
});

/** The tags of the prop `tags` are in no resource's properties: they are given to the deployment. */
function inStackWithTag(key: string, scope: (stack: Stack) => Stack = (stack) => stack): Build {
  return (stack) => {
    stack.tags.setTag(key, 'churn');
    return raw('AWS::S3::Bucket')(scope(stack));
  };
}

policy('MLOPS-TAG-01', {
  'a bucket with a tag': [raw('AWS::S3::Bucket', { Tags: [{ Key: 'team', Value: 'churn' }] }), 'compliant'],
  'an app with a map of tags': [raw('AWS::SageMaker::Pipeline', { Tags: { team: 'churn' } }), 'compliant'],
  'a bucket in a stack with a tag': [inStackWithTag('team'), 'compliant'],
  'a bucket in a stack that is nested in one with a tag': [inStackWithTag('team', (stack) => new NestedStack(stack, 'Nested')), 'compliant'],
  'a bucket in a stack with a tag of the machinery only': [inStackWithTag('aws-cdk:id'), ['has no tag']],
  'a bucket with tags of the machinery only': [raw('AWS::S3::Bucket', { Tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }] }), ['has no tag']],
});

policy('MLOPS-TAG-02', {
  'a feature group without tags': [raw('AWS::SageMaker::FeatureGroup'), 'compliant'],
  'a feature group with one': [raw('AWS::SageMaker::FeatureGroup', { Tags: [{ Key: 'team', Value: 'churn' }] }), ['has Tags, and a change of them replaces it']],
  'a feature group with an empty list of tags': [raw('AWS::SageMaker::FeatureGroup', { Tags: [] }), 'compliant'],
});

const idle = { AppLifecycleManagement: { IdleSettings: { LifecycleManagement: 'ENABLED' } } };
policy('MLOPS-CST-01', {
  'Studio that stops': [raw('AWS::SageMaker::Domain', { DefaultUserSettings: { JupyterLabAppSettings: idle } }), 'compliant'],
  'Studio that does not': [raw('AWS::SageMaker::Domain', {}), ['JupyterLabAppSettings has no idle shutdown']],
  'Studio with two kinds of notebooks': [raw('AWS::SageMaker::Domain', { DefaultUserSettings: { JupyterLabAppSettings: idle, CodeEditorAppSettings: {} } }),
    ['CodeEditorAppSettings has no idle shutdown']],
  'a notebook that stops': [raw('AWS::SageMaker::NotebookInstance', { LifecycleConfigName: 'stop' }), 'compliant'],
  'a notebook that does not': [raw('AWS::SageMaker::NotebookInstance', {}), ['LifecycleConfigName is missing']],
  'a profile that switches it off': [raw('AWS::SageMaker::UserProfile', { UserSettings: { JupyterLabAppSettings: { AppLifecycleManagement: { IdleSettings: { LifecycleManagement: 'DISABLED' } } } } }),
    ['JupyterLabAppSettings switches idle shutdown off']],
  'a space that says nothing': [raw('AWS::SageMaker::Space', {}), 'compliant'],
});

policy('MLOPS-CST-02', {
  'a budget that tells somebody': [raw('AWS::Budgets::Budget', { NotificationsWithSubscribers: [{}] }), 'compliant'],
  'a budget that tells nobody': [(stack) => new budgets.CfnBudget(stack, 'B', { budget: { budgetType: 'COST', timeUnit: 'MONTHLY' } }), ['no AWS::Budgets::Budget with subscribers']],
});

test.each(cases)('$policy: $name', ({ policy: id, build, says }) => {
  const stack = new Stack(new App(), 'S');
  const node = build(stack);
  const around = new Landscape(stack);
  const rule = RULES.find((each) => each.policy === id);
  const resource = around.resources.find((each) => each.node === node)!;
  if (rule !== undefined) expect(rule.types).toContain(resource.type);
  const verdict: Verdict = rule?.check(resource, around) ?? PRESENCE_RULES.find((each) => each.policy === id)!.checkAll(around);
  expect(verdict.kind === 'violation' ? verdict.findings.map(({ text }) => text) : verdict.kind).toEqual(says);
});

test('each policy has one rule, save the one about exceptions', () => {
  const ruled = [...RULES, ...PRESENCE_RULES].map((rule) => rule.policy);
  expect([...ruled, 'MLOPS-EXC-01'].sort()).toEqual(Policies.ALL.map((each) => each.id).sort());
});

test('each rule is seen to accept and to find', () => {
  const seen = (wanted: (says: Case['says']) => boolean) => new Set(cases.filter(({ says }) => wanted(says)).map((each) => each.policy));
  const ruled = new Set([...RULES, ...PRESENCE_RULES].map((rule) => rule.policy));
  expect(seen((says) => says === 'compliant')).toEqual(ruled);
  expect(seen((says) => Array.isArray(says))).toEqual(ruled);
});

test('the context flag that allows deletion is an exception with a reason', () => {
  const stack = new Stack(new App({ context: { 'mlops:allowDestroy': true } }), 'S');
  new s3.Bucket(stack, 'B', { removalPolicy: RemovalPolicy.DESTROY });
  const around = new Landscape(stack);
  expect(RULES.find((each) => each.policy === 'MLOPS-DAT-02')!.check(around.ofType('AWS::S3::Bucket')[0], around))
    .toEqual({ kind: 'exception', reason: 'the context flag mlops:allowDestroy is set' });
});

test('a rule sees what an override has changed', () => {
  const stack = new Stack(new App(), 'S');
  const open = cfn(new s3.Bucket(stack, 'B', { versioned: true }));
  open.addPropertyOverride('VersioningConfiguration.Status', 'Suspended');
  const around = new Landscape(stack);
  expect(RULES.find((each) => each.policy === 'MLOPS-DAT-01')!.check(around.ofType('AWS::S3::Bucket')[0], around).kind).toBe('violation');
});

test('a security group of a real VPC is judged', () => {
  const stack = new Stack(new App(), 'S');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
  new ec2.SecurityGroup(stack, 'Open', { vpc }).addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
  const around = new Landscape(stack);
  const verdict = RULES.find((each) => each.policy === 'MLOPS-NET-01')!.check(around.ofType('AWS::EC2::SecurityGroup')[0], around);
  expect(verdict).toEqual({ kind: 'violation', findings: [{ text: 'ports 443 to 443 are open to everybody' }] });
});
