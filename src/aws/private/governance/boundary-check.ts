import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { beyondBoundary, BoundarySpec } from './boundary';
import { openModelsOf } from '../base/open-models';
import { ContextValues, denying, matches, UNKNOWN } from '../policy/iam-decision';
import { listed, permissionDocuments, Statement, statementsOf } from '../policy/iam-statements';
import { contextOf } from '../policy/request-context';
import { Landscape, ResourceView } from '../policy/resource-view';
import { addressText, isReference, readable, requestsOf } from '../policy/sagemaker-requests';

/**
 * Errors about what the boundary would deny once it runs: grants that it takes away again, and calls in pipelines and
 * workflows that it does not let through. Nobody would notice before the first run.
 */
export function beyondTheBoundary(around: Landscape, boundary: iam.ManagedPolicy, spec: BoundarySpec): string[] {
  return [...rolesBeyond(around, boundary, spec), ...callsBeyond(around, boundary)];
}

function rolesBeyond(around: Landscape, boundary: iam.ManagedPolicy, spec: BoundarySpec): string[] {
  const arn = JSON.stringify(Stack.of(boundary).resolve(boundary.managedPolicyArn));
  const roles = around
    .ofType('AWS::IAM::Role')
    .filter((role) => JSON.stringify(role.properties.PermissionsBoundary) === arn);
  const policies = around.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  return roles.flatMap((role) => {
    const own = policies.filter((policy) =>
      listed(policy.properties.Roles).some((each) => role.isReferredToBy(each, policy)),
    );
    const policy = policyOfEks(role);
    if (policy !== undefined) {
      return [
        `role ${role.path} has the policy ${policy}, which its permission boundary does not allow: make the Kubernetes ` +
          'platform in a stack outside the guardrails',
      ];
    }
    const beyond = beyondBoundary(spec, [...new Set([role, ...own].flatMap(allowedActions))]);
    return beyond.length === 0
      ? []
      : [
        `role ${role.path} is granted ${beyond.join(', ')}, which its permission boundary does not allow: add to boundaryActions`,
      ];
  });
}

/** A policy of AWS that a role of a cluster has: what is in it is AWS's to change, and most of it no job needs. */
function policyOfEks(role: ResourceView): string | undefined {
  return listed(role.properties.ManagedPolicyArns)
    .map((each) => /policy\/(AmazonEKS\w+)/.exec(JSON.stringify(each))?.[1])
    .find((name) => name !== undefined);
}

function allowedActions(resource: ResourceView): string[] {
  return permissionDocuments(resource)
    .flatMap(statementsOf)
    .filter((each) => each.Effect !== 'Deny')
    .flatMap((each) => listed(each.Action))
    .map(String);
}

function callsBeyond(around: Landscape, boundary: iam.ManagedPolicy): string[] {
  const stack = Stack.of(boundary);
  const statements = statementsOf(stack.resolve(boundary.document));
  const text = (value: unknown) => addressText(value);
  return around.ofType('AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine').flatMap((resource) => {
    // One key has another reference in each stack.
    const mayEqual = (one: string, other: string) =>
      isReference(one) && isReference(other) && Stack.of(resource.node) !== stack;
    const [model] = openModelsOf(resource.node);
    return (requestsOf(resource) ?? []).flatMap((call) => {
      const values = contextOf(call);
      const made = call.api === 'CreateModel' && model !== undefined ? addressText(stack.resolve(model)) : undefined;
      const denied = denying(statements, { action: `sagemaker:${call.api}`, resource: made, values, mayEqual }, text);
      return denied.flatMap(({ Sid: sid = '' }) => (FAULTS[sid] ?? unnamed(sid))(values, statements))
        .map((fault) => `${resource.path}: ${call.where} ${fault}, which the permission boundary denies`);
    });
  });
}

type Fault = (values: (key: string) => ContextValues, statements: readonly Statement[]) => string[];

const listOf = (values: ContextValues) => (values === undefined || values === UNKNOWN ? [] : values);

/** The values that the statement does not let through. */
function others(values: ContextValues, statements: readonly Statement[], sid: string): string[] {
  const [operands] = Object.values(statements.find((each) => each.Sid === sid)?.Condition ?? {});
  const allowed = Object.values((operands ?? {}) as object).flatMap(listed).map(addressText);
  return listOf(values).filter((each) => !allowed.some((pattern) => matches(pattern, each)));
}

const OPEN: Fault = () => [
  'is neither isolated nor in a network without a way out: leave networkIsolation on, or give vpc',
];

/** What is wrong with a call, by the statement that denies it. */
const FAULTS: { readonly [sid: string]: Fault | undefined } = {
  AutoMLWithoutKey: () => ['has no key for its volumes'],
  JobsWithoutConditions: () => ['is a job that no condition limits: name its action in boundaryActions'],
  LongWarmPools: (values) =>
    listOf(values('sagemaker:KeepAlivePeriod')).map((seconds) => `keeps a warm pool for ${seconds} seconds`),
  MonitoringWithoutKey: () => ['has no key for its output'],
  OpenContainers: OPEN,
  OpenModels: OPEN,
  OpenMonitoring: OPEN,
  OtherMachines: (values, all) =>
    others(values('sagemaker:InstanceTypes'), all, 'OtherMachines').map((each) => `runs on ${each}`),
  OtherOutputKeys: (values) =>
    listOf(values('sagemaker:OutputKmsKey')).map(
      (key) => `encrypts its output with another key than the lake's, ${readable(key)}`,
    ),
  OtherSecurityGroups: (values, all) =>
    others(values('sagemaker:VpcSecurityGroupIds'), all, 'OtherSecurityGroups').map(
      (each) => `is put into the security group ${readable(each)}`,
    ),
  OtherSubnets: (values, all) =>
    others(values('sagemaker:VpcSubnets'), all, 'OtherSubnets').map(
      (each) => `is put into the subnet ${readable(each)}`,
    ),
  OtherVolumeKeys: (values) =>
    listOf(values('sagemaker:VolumeKmsKey')).map(
      (key) => `encrypts its volumes with another key than the lake's, ${readable(key)}`,
    ),
  OutputWithoutKey: () => ['has no key for its output'],
  PlainTrafficBetweenMachines: () => ['does not encrypt the traffic between its machines'],
  VolumesWithoutKey: () => ['has no key for its volumes'],
};

function unnamed(sid: string): Fault {
  return () => [`is denied by the statement ${sid}`];
}

/**
 * The most characters of a managed policy, white space not counted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const LONGEST_POLICY = 6144;

/** An error where IAM would refuse the policy for its length. */
export function tooLong(boundary: iam.ManagedPolicy): string[] {
  const { length } = JSON.stringify(Stack.of(boundary).resolve(boundary.document));
  if (length <= LONGEST_POLICY) return [];
  return [
    `the permission boundary has ${length} characters, and IAM takes ${LONGEST_POLICY}: shorten allowedInstanceTypes, boundaryActions or trustedAccounts`,
  ];
}
