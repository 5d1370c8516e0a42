import { isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/definitions';
import { hasLocalNvme } from '../private/instances';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy-rule';
import { Landscape, Properties, ResourceView } from '../private/resource-view';

/** Properties that must hold a key: the path, and when the property is asked for. */
type KeyProperty = readonly [path: string, when?: (properties: Properties) => boolean];

const RESOURCES: Readonly<Record<string, readonly KeyProperty[]>> = {
  'AWS::DynamoDB::Table': [['SSESpecification.KMSMasterKeyId']],
  'AWS::ECR::Repository': [['EncryptionConfiguration.KmsKey']],
  'AWS::EFS::FileSystem': [['KmsKeyId']],
  'AWS::FSx::FileSystem': [['KmsKeyId', (p) => p.LustreConfiguration?.DeploymentType !== 'SCRATCH_2' && p.LustreConfiguration?.DeploymentType !== 'SCRATCH_1']],
  'AWS::Logs::LogGroup': [['KmsKeyId']],
  'AWS::SageMaker::Domain': [['KmsKeyId']],
  'AWS::SageMaker::FeatureGroup': [
    ['OnlineStoreConfig.SecurityConfig.KmsKeyId', (p) => p.OnlineStoreConfig?.EnableOnlineStore === true],
    ['OfflineStoreConfig.S3StorageConfig.KmsKeyId', (p) => p.OfflineStoreConfig !== undefined],
  ],
  'AWS::SageMaker::ModelCard': [['SecurityConfig.KmsKeyId']],
  'AWS::SecretsManager::Secret': [['KmsKeyId']],
  'AWS::SNS::Topic': [['KmsMasterKeyId']],
  'AWS::SQS::Queue': [['KmsMasterKeyId']],
};

/** The same for calls; a volume has no key where the machine's disks encrypt themselves. */
const REQUESTS: Readonly<Record<string, readonly KeyProperty[]>> = {
  CreateTrainingJob: [
    ['ResourceConfig.VolumeKmsKeyId', (p) => hasVolume(p.ResourceConfig)],
    ['OutputDataConfig.KmsKeyId'],
  ],
  CreateProcessingJob: [
    ['ProcessingResources.ClusterConfig.VolumeKmsKeyId', (p) => hasVolume(p.ProcessingResources?.ClusterConfig)],
    ['ProcessingOutputConfig.KmsKeyId', (p) => (p.ProcessingOutputConfig?.Outputs ?? []).length > 0],
  ],
  CreateTransformJob: [
    ['TransformResources.VolumeKmsKeyId', (p) => hasVolume(p.TransformResources)],
    ['TransformOutput.KmsKeyId'],
  ],
  CreateEndpointConfig: [
    ['KmsKeyId', (p) => (p.ProductionVariants ?? []).some((variant: Properties) => variant.ServerlessConfig === undefined && hasVolume(variant))],
    ['DataCaptureConfig.KmsKeyId', (p) => p.DataCaptureConfig?.EnableCapture === true],
    ['AsyncInferenceConfig.OutputConfig.KmsKeyId', (p) => p.AsyncInferenceConfig !== undefined],
  ],
  CreateNotebookInstance: [['KmsKeyId']],
};

/**
 * Every store has a key of the account, not the provider's default one.
 *
 * S3's own keys are right for one kind of bucket: the target of access logs, to which S3 writes with nothing else.
 */
export const encryptionAtRest: Rule = {
  policy: 'MLOPS-ENC-01',
  types: ['AWS::S3::Bucket', ...Object.keys(RESOURCES), ...REQUESTING_TYPES],
  fix: 'give the resource the key of the lake: data.encryptionKey',
  reasonedBy: ['NIST.800.53.R5-S3DefaultEncryptionKMS', 'NIST.800.53.R5-CloudWatchLogGroupEncrypted', 'NIST.800.53.R5-SNSEncryptedKMS'],
  check(resource, around) {
    if (resource.type === 'AWS::S3::Bucket') return checkBucket(resource, around);
    const own = RESOURCES[resource.type];
    if (own !== undefined) return worst(own.map((each) => checkKey(resource.properties, each, '')));
    const requests = requestsOf(resource);
    if (requests === undefined) return undecided('the definition is not known at synthesis');
    return worst(requests.flatMap(checkRequest));
  },
};

function checkRequest({ api, request, where }: SageMakerRequest): Verdict[] {
  return (REQUESTS[api] ?? []).map((each) => checkKey(request, each, where));
}

function checkKey(properties: Properties, [path, when]: KeyProperty, where: string): Verdict {
  if (when !== undefined && !when(properties)) return NOT_APPLICABLE;
  const value = path.split('.').reduce((inner: any, name) => inner?.[name], properties);
  if (typeof value === 'string' && value.startsWith('alias/aws/')) return violation(`${named(where, path)} is the provider's default key ${value}`);
  if (value !== undefined && value !== '') return COMPLIANT;
  return violation(`${named(where, path)} is missing`);
}

function checkBucket(bucket: ResourceView, around: Landscape): Verdict {
  const rules: any[] = bucket.properties.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
  const chosen = rules.map((rule) => rule.ServerSideEncryptionByDefault ?? {});
  if (chosen.some((each) => String(each.SSEAlgorithm).startsWith('aws:kms') && each.KMSMasterKeyID !== undefined)) return COMPLIANT;
  const takesLogs = around.ofType('AWS::S3::Bucket').some((other) => bucket.isReferredToBy(other.properties.LoggingConfiguration?.DestinationBucketName));
  if (takesLogs && chosen.some((each) => each.SSEAlgorithm === 'AES256')) return COMPLIANT;
  return violation('BucketEncryption has no KMS key');
}

/** Whether the machine has a volume that a key can encrypt; a type that is chosen at run time is taken to have one. */
function hasVolume(machine: Properties | undefined): boolean {
  const instanceType = machine?.InstanceType;
  return typeof instanceType !== 'string' || isRuntime(instanceType) || !hasLocalNvme(instanceType);
}

function named(where: string, path: string): string {
  return where === '' ? path : `${where}: ${path}`;
}
