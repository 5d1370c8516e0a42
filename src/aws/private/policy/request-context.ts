import { ContextValues, UNKNOWN } from './iam-decision';
import { listed } from './iam-statements';
import { isReference, isRuntime, referenceText, SageMakerRequest } from './sagemaker-requests';

type Request = SageMakerRequest['request'];

/** Where the calls of one API say what IAM looks at. */
interface Shape {
  readonly machines?: (request: Request) => unknown[];
  readonly outputKey?: (request: Request) => unknown;
  readonly volumeKey?: (request: Request) => unknown;
  readonly network?: (request: Request) => Request;
}

const ITSELF = (request: Request) => request;
const MONITORING: Shape = {
  machines: (r) => [r.JobResources?.ClusterConfig],
  network: (r) => r.NetworkConfig ?? {},
  outputKey: (r) => outputOf(r)?.KmsKeyId,
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
const SHAPES: { readonly [api: string]: Shape | undefined } = {
  CreateDataQualityJobDefinition: MONITORING,
  CreateEndpointConfig: {
    machines: (r) => [...listed(r.ProductionVariants), ...listed(r.ShadowProductionVariants)],
    network: ITSELF,
    volumeKey: (r) => r.KmsKeyId,
  },
  CreateModel: { network: ITSELF },
  CreateModelBiasJobDefinition: MONITORING,
  CreateModelExplainabilityJobDefinition: MONITORING,
  CreateModelQualityJobDefinition: MONITORING,
  CreateNotebookInstance: {
    machines: (r) => [r],
    network: (r) => ({
      VpcConfig: r.SubnetId === undefined ? undefined : { Subnets: [r.SubnetId], SecurityGroupIds: r.SecurityGroupIds },
    }),
    volumeKey: (r) => r.KmsKeyId,
  },
  CreateProcessingJob: {
    machines: (r) => [r.ProcessingResources?.ClusterConfig],
    network: (r) => r.NetworkConfig ?? {},
    outputKey: (r) => r.ProcessingOutputConfig?.KmsKeyId,
  },
  CreateTrainingJob: {
    machines: (r) => [r.ResourceConfig, ...listed(r.ResourceConfig?.InstanceGroups)],
    network: ITSELF,
    outputKey: (r) => r.OutputDataConfig?.KmsKeyId,
  },
  CreateTransformJob: { machines: (r) => [r.TransformResources], outputKey: (r) => r.TransformOutput?.KmsKeyId },
};

/** The context key of a call, by the values that the call itself decides; what another API would say is not known. */
export function contextOf({ api, request, unknown }: SageMakerRequest): (key: string) => ContextValues {
  const shape = unknown ? undefined : SHAPES[api];
  return (key) => {
    if (key === 'aws:SecureTransport') return ['true'];
    const value = KEYS[key];
    return shape === undefined || value === undefined ? UNKNOWN : textsOf(value(shape, request));
  };
}

const KEYS: { readonly [key: string]: ((shape: Shape, request: Request) => unknown) | undefined } = {
  'sagemaker:DirectInternetAccess': (_, request) => request.DirectInternetAccess,
  'sagemaker:InstanceTypes': (shape, request) => ofMachines(shape, request, 'InstanceType'),
  'sagemaker:InterContainerTrafficEncryption': (shape, request) => shape.network?.(request).EnableInterContainerTrafficEncryption,
  'sagemaker:KeepAlivePeriod': (shape, request) => ofMachines(shape, request, 'KeepAlivePeriodInSeconds'),
  'sagemaker:NetworkIsolation': (shape, request) => shape.network?.(request).EnableNetworkIsolation,
  'sagemaker:OutputKmsKey': (shape, request) => shape.outputKey?.(request),
  'sagemaker:RootAccess': (_, request) => request.RootAccess,
  'sagemaker:VolumeKmsKey': (shape, request) => (shape.volumeKey ?? ((it) => ofMachines(shape, it, 'VolumeKmsKeyId')))(request),
  'sagemaker:VpcSecurityGroupIds': (shape, request) => ofNetwork(shape, request, 'SecurityGroupIds'),
  'sagemaker:VpcSubnets': (shape, request) => ofNetwork(shape, request, 'Subnets'),
};

function ofMachines(shape: Shape, request: Request, field: string): unknown {
  const values = (shape.machines?.(request) ?? [])
    .map((each: any) => (isRuntime(each) ? each : each?.[field]))
    .filter((each) => each !== undefined);
  return values.length === 0 ? undefined : values;
}

function ofNetwork(shape: Shape, request: Request, field: string): unknown {
  const network = shape.network?.(request).VpcConfig;
  return isRuntime(network) ? network : network?.[field];
}

/** The output of a monitoring job, whatever it monitors. */
function outputOf(request: Request): any {
  return Object.entries(request).find(([name]) => name.endsWith('JobOutputConfig'))?.[1];
}

/** References of the template are compared by what they refer to; what the run computes is not known. */
function textsOf(value: unknown): ContextValues {
  if (value === undefined) return undefined;
  const values = listed(value);
  if (values.some((each) => isRuntime(each) && !isReference(each))) return UNKNOWN;
  return values.map((each) => (typeof each === 'object' ? referenceText(each) : String(each)));
}
