import { hasLocalNvme } from '../private/base/machines';
import { listed } from '../private/policy/iam-statements';
import { mustBeGiven, valuesOf } from '../private/policy/property-checks';
import { Landscape, Properties, ResourceView } from '../private/policy/resource-view';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy/rule';
import {
  addressText,
  at,
  isRuntime,
  readable,
  REQUESTING_TYPES,
  requestsOf,
  SageMakerRequest,
} from '../private/policy/sagemaker-requests';

/** Properties that must hold a key: the path, and when the property is asked for. */
type KeyProperty = readonly [path: string, when?: (properties: Properties) => boolean];

const RESOURCES: Readonly<Record<string, readonly KeyProperty[]>> = {
  'AWS::DynamoDB::Table': [['SSESpecification.KMSMasterKeyId']],
  'AWS::ECR::Repository': [['EncryptionConfiguration.KmsKey']],
  'AWS::EFS::FileSystem': [['KmsKeyId']],
  'AWS::FSx::FileSystem': [['KmsKeyId', (p) => p.LustreConfiguration?.DeploymentType !== 'SCRATCH_2' && p.LustreConfiguration?.DeploymentType !== 'SCRATCH_1']],
  'AWS::Logs::LogGroup': [['KmsKeyId']],
  // What a cluster, a snapshot or another database encrypted stays as it is.
  'AWS::RDS::DBCluster': [['KmsKeyId', (p) => p.SnapshotIdentifier === undefined && p.SourceDBClusterIdentifier === undefined && p.ReplicationSourceIdentifier === undefined]],
  'AWS::RDS::DBInstance': [['KmsKeyId', (p) => ['DBClusterIdentifier', 'DBSnapshotIdentifier', 'SourceDBInstanceIdentifier'].every((each) => p[each] === undefined)]],
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
    ['KmsKeyId', (p) => [...p.ProductionVariants ?? [], ...p.ShadowProductionVariants ?? []].some((variant: Properties) => variant.ServerlessConfig === undefined && hasVolume(variant))],
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
  types: ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', ...Object.keys(RESOURCES), ...REQUESTING_TYPES],
  fix: 'give the resource the key of the lake: data.encryptionKey',
  reasonedBy: [
    ['NIST.800.53.R5-S3DefaultEncryptionKMS', 'AWS::S3::Bucket'], ['NIST.800.53.R5-CloudWatchLogGroupEncrypted', 'AWS::Logs::LogGroup'],
    ['NIST.800.53.R5-SNSEncryptedKMS', 'AWS::SNS::Topic'],
  ],
  check(resource, around) {
    if (resource.type === 'AWS::S3::Bucket') return checkBucket(resource, around);
    if (resource.type === 'AWS::DynamoDB::GlobalTable') {
      return worst(
        listed(resource.properties.Replicas ?? {}).map((each) =>
          checkKey(each as Properties, ['SSESpecification.KMSMasterKeyId']),
        ),
      );
    }
    const own = RESOURCES[resource.type];
    if (own !== undefined) return worst(own.map((each) => checkKey(resource.properties, each)));
    const requests = requestsOf(resource);
    if (requests === undefined) return undecided('the definition is not known at synthesis');
    return worst(requests.flatMap(checkRequest));
  },
};

function checkRequest(call: SageMakerRequest): Verdict[] {
  const asked = REQUESTS[call.api] ?? [];
  if (call.unknown && asked.length > 0) return [undecided(at(call, 'put together at run time'))];
  return asked.map((each) => checkKey(call.request, each, call));
}

function checkKey(properties: Properties, [path, when]: KeyProperty, call?: SageMakerRequest): Verdict {
  if (when !== undefined && !when(properties)) return NOT_APPLICABLE;
  const verdict = mustBeGiven(properties, path, (value) =>
    isDefaultKey(value) ? `${path} is the provider's default key ${readable(addressText(value))}` : undefined,
  );
  return call !== undefined && verdict.kind === 'violation'
    ? violation(...verdict.findings.map(({ text }) => at(call, text)))
    : verdict;
}

/** `alias/aws/s3`, alone or at the end of an ARN. */
function isDefaultKey(value: unknown): boolean {
  return /(^|:)alias\/aws\//.test(addressText(value));
}

function checkBucket(bucket: ResourceView, around: Landscape): Verdict {
  const encryption = valuesOf(bucket.properties, 'BucketEncryption.ServerSideEncryptionConfiguration');
  const chosen = encryption.map((rules) => listed(rules).map((rule: any) => rule?.ServerSideEncryptionByDefault ?? {}));
  const withKey = chosen.filter((each) =>
    each.some(
      (by) =>
        String(by.SSEAlgorithm).startsWith('aws:kms') &&
        by.KMSMasterKeyID !== undefined &&
        !isDefaultKey(by.KMSMasterKeyID),
    ),
  );
  const ownKeys = 'BucketEncryption has no KMS key';
  const takesLogs = () =>
    around
      .ofType('AWS::S3::Bucket')
      .some((other) => bucket.isReferredToBy(other.properties.LoggingConfiguration?.DestinationBucketName, other));
  if (withKey.length === 0 && chosen.every((each) => each.some((by) => by.SSEAlgorithm === 'AES256')) && takesLogs()) {
    return COMPLIANT;
  }
  if (withKey.length === 0) {
    return encryption.some(isRuntime) ? undecided('BucketEncryption is known in the cloud only') : violation(ownKeys);
  }
  return withKey.length === chosen.length
    ? COMPLIANT
    : undecided('BucketEncryption depends on a condition of the template');
}

/** Whether the machine has a volume that a key can encrypt; a type that is chosen at run time is taken to have one. */
function hasVolume(machine: Properties | undefined): boolean {
  const instanceType = machine?.InstanceType;
  return typeof instanceType !== 'string' || isRuntime(instanceType) || !hasLocalNvme(instanceType);
}
