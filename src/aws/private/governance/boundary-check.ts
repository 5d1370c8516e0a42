import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { beyondBoundary, BoundarySpec } from './boundary';
import { listed, permissionDocuments, statementsOf } from '../policy/iam-statements';
import { Landscape, ResourceView } from '../policy/resource-view';
import { isRuntime, referenceText, requestsOf, SageMakerRequest } from '../policy/sagemaker-requests';

/**
 * Errors about what the boundary would deny once it runs: grants that it takes away again, and calls in pipelines and workflows that
 * it does not let through. Nobody would notice before the first run.
 */
export function beyondTheBoundary(around: Landscape, boundary: iam.ManagedPolicy, spec: BoundarySpec): string[] {
  return [...rolesBeyond(around, boundary, spec), ...callsBeyond(around, Stack.of(boundary), spec)];
}

function rolesBeyond(around: Landscape, boundary: iam.ManagedPolicy, spec: BoundarySpec): string[] {
  const arn = JSON.stringify(Stack.of(boundary).resolve(boundary.managedPolicyArn));
  const roles = around.ofType('AWS::IAM::Role').filter((role) => JSON.stringify(role.properties.PermissionsBoundary) === arn);
  const policies = around.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  return roles.flatMap((role) => {
    const own = policies.filter((policy) => listed(policy.properties.Roles).some((each) => role.isReferredToBy(each, policy)));
    const beyond = beyondBoundary(spec, [...new Set([role, ...own].flatMap(allowedActions))]);
    return beyond.length === 0 ? [] : [`role ${role.path} is granted ${beyond.join(', ')}, which its permission boundary does not allow: add to boundaryActions`];
  });
}

function allowedActions(resource: ResourceView): string[] {
  return permissionDocuments(resource).flatMap(statementsOf).filter((each) => each.Effect !== 'Deny').flatMap((each) => listed(each.Action)).map(String);
}

function callsBeyond(around: Landscape, stack: Stack, spec: BoundarySpec): string[] {
  const subnets = spec.subnetIds && listed(stack.resolve(spec.subnetIds)).map(referenceText);
  return around.ofType('AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine').flatMap((resource) => (requestsOf(resource) ?? [])
    .flatMap((call) => faultsOf(call, spec, subnets).map((fault) => `${resource.path}: ${call.where} ${fault}, which the permission boundary denies`)));
}

/** Where a job says which key encrypts its output: the boundary asks for it even where there is none. */
const OUTPUT_KEYS: Readonly<Record<string, (request: SageMakerRequest['request']) => unknown>> = {
  CreateProcessingJob: (r) => r.ProcessingOutputConfig?.KmsKeyId,
  CreateTrainingJob: (r) => r.OutputDataConfig?.KmsKeyId,
  CreateTransformJob: (r) => r.TransformOutput?.KmsKeyId,
};

function faultsOf({ api, request, unknown }: SageMakerRequest, spec: BoundarySpec, subnets: string[] | undefined): string[] {
  if (unknown) return [];
  const machines = [
    request.ResourceConfig, request.ProcessingResources?.ClusterConfig, request.TransformResources, ...listed(request.ProductionVariants),
  ].filter((each) => each !== undefined) as { InstanceType?: unknown; KeepAlivePeriodInSeconds?: unknown }[];
  const network = request.NetworkConfig ?? request;
  const jobOfMachines = ['CreateTrainingJob', 'CreateProcessingJob'].includes(api);
  return [
    ...machines.map((each) => each.InstanceType)
      .filter((each): each is string => typeof each === 'string' && !isRuntime(each))
      .filter((each) => spec.instanceTypes !== undefined && !spec.instanceTypes.some((pattern) => wildcard(pattern).test(each)))
      .map((each) => `runs on ${each}`),
    ...machines.map((each) => each.KeepAlivePeriodInSeconds)
      .filter((each) => spec.maxKeepAliveSeconds !== undefined && typeof each === 'number' && each > spec.maxKeepAliveSeconds)
      .map((each) => `keeps a warm pool for ${each} seconds`),
    ...listed(network.VpcConfig?.Subnets).map(referenceText)
      .filter((each) => subnets !== undefined && subnets.length > 0 && !subnets.includes(each))
      .map((each) => `is put into the subnet ${each}`),
    ...(OUTPUT_KEYS[api] !== undefined && OUTPUT_KEYS[api](request) === undefined ? ['has no key for its output'] : []),
    ...(spec.encryptTraffic && jobOfMachines && network.EnableInterContainerTrafficEncryption !== true ? ['does not encrypt the traffic between its machines'] : []),
  ];
}

function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*')}$`);
}
