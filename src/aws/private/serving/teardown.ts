import {
  ArnFormat,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  CustomResource,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EndpointNetwork } from './network';
import { EndpointSettings } from './settings';
import { acknowledgeOwnFunction, acknowledgePolicies } from '../base/acknowledge';
import { afterPolicies } from '../base/ordering';
import { sageMakerArns } from '../base/state-permissions';

/** What the rollout workflow makes, and the template therefore does not know. */
export interface MadeByRollouts {
  /** The endpoint, where the workflow makes it. */
  readonly endpointName?: string;
  /** The component, where the workflow makes it in an endpoint of the template. */
  readonly componentName?: string;
  /** Starts the names of the models and endpoint configs. */
  readonly namePrefix: string;
  /** Alarms that the workflow makes for its scaling policies. */
  readonly alarmNames: readonly string[];
}

/** What goes with an endpoint. */
export interface TeardownSpec {
  /** Undefined where the template makes the endpoint and all that belongs to it. */
  readonly made?: MadeByRollouts;
  /**
   * Where the endpoint's machines stand, which stays until this is done: until no network interface is in a group that
   * only they are in.
   */
  readonly network?: EndpointNetwork;
  readonly encryptionKey: kms.IKey;
}

/**
 * Takes down what the rollout workflow has made, when the stack goes: the endpoint, its configs, models and alarms;
 * then waits until the endpoint's network interfaces are gone.
 *
 * CloudFormation also deletes it while a stack is updated, and then what is live must not go before something else
 * serves:
 *
 * - Another name or another mode in the same construct is refused while the old endpoint is live, because its callers
 *   would lose it.
 * - A construct that has moved is two to CloudFormation, one new and one gone. With the same `endpointName` the
 *   endpoint stays; with another it goes when the one that the same update has brought is in service, and stays where
 *   that does not come.
 * - An endpoint that the template has made under the same name is refused: CloudFormation would delete it afterwards.
 *
 * A function, because CloudFormation has no other way to call an API at deletion that can wait: an endpoint that is
 * still being updated cannot be deleted yet, and SageMaker takes the network interfaces of one that is gone away for
 * minutes more, with the endpoint's role: without the role they would stay for ever, and the security group with them.
 * A call whose answer is lost is made again, and finds what the first one has done.
 * It gives up, and says why, a minute before its time is over, so that the deletion of a stack fails and does not hang.
 *
 * @param id starts the ids of its parts
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html (who deletes what scales must be allowed to deregister it)
 */
export function teardown(scope: Construct, id: string, spec: TeardownSpec): CustomResource {
  const stack = Stack.of(scope);
  const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
    encryptionKey: spec.encryptionKey,
    retention: logs.RetentionDays.ONE_YEAR,
  });
  const role = new iam.Role(scope, `${id}Role`, {
    description: `Takes down what belongs to an endpoint, when ${stack.stackName} is deleted`,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  for (const statement of spec.made === undefined ? [] : deletionsOf(stack, spec.made)) {
    role.addToPrincipalPolicy(statement);
  }
  const { ownGroupId, place } = spec.network ?? {};
  if (ownGroupId !== undefined) {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces'], resources: ['*'] }),
    );
  }
  acknowledgePolicies(role, [
    [/^Resource::\*$/, 'the listing of models and endpoint configs, and of network interfaces, cannot be limited to some of them'],
    [/^Resource::.*:scalable-target\/\*$/, 'the service makes the ids of scalable targets; the condition keeps to SageMaker'],
    [/^Resource::.*:alarm:TargetTracking-.*\*$/, 'target tracking ends the names of its alarms in an id'],
    [/^Resource::.*:(model|endpoint-config)\/.*-\*$/, 'the names that rollouts make end in the version and a digest'],
    [/^Resource::.*:(endpoint|inference-component)\/\*$/, 'an update of the stack asks whether what had another name is live; it reads only its status'],
  ]);

  const handler = new lambda.Function(scope, `${id}Function`, {
    description: `Takes down what belongs to an endpoint, when ${stack.stackName} is deleted`,
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline(TEARDOWN_CODE),
    timeout: Duration.minutes(15),
    role,
    logGroup,
  });
  const once = 'runs once, when CloudFormation deletes the stack, and reports what happened to CloudFormation';
  acknowledgeOwnFunction(handler, once, `${once}; it calls SageMaker and CloudFormation and touches no data`);

  const resource = new CustomResource(scope, id, {
    resourceType: 'Custom::EndpointTeardown',
    serviceToken: handler.functionArn,
    properties: {
      EndpointName: spec.made?.endpointName ?? '',
      ComponentName: spec.made?.componentName ?? '',
      NamePrefix: spec.made?.namePrefix ?? '',
      AlarmNames: spec.made?.alarmNames ?? [],
      // The references keep them.
      StandsOn: place === undefined ? [] : [...place.subnetIds, ...place.securityGroupIds],
      OwnGroupId: ownGroupId ?? '',
    },
    serviceTimeout: Duration.minutes(16),
  });
  afterPolicies(resource, role);
  return resource;
}

/**
 * What waits for the network interfaces of an endpoint that the template makes; undefined where its security groups are
 * somebody else's.
 */
export function networkRelease(
  scope: Construct, { executionRole }: EndpointSettings, network: EndpointNetwork | undefined, encryptionKey: kms.IKey,
): CustomResource | undefined {
  if (network?.ownGroupId === undefined) return undefined;
  const release = teardown(scope, 'Release', { network, encryptionKey });
  release.node.addDependency(executionRole);
  return release;
}

function deletionsOf(
  stack: Stack,
  { endpointName, componentName, namePrefix, alarmNames }: MadeByRollouts,
): iam.PolicyStatement[] {
  const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
    new iam.PolicyStatement({ actions, resources, conditions });
  const alarms = [
    ...alarmNames,
    `TargetTracking-${componentName === undefined ? `endpoint/${endpointName}/*` : `inference-component/${componentName}-*`}`,
  ];
  return [
    // An update of the stack asks for the endpoint that had the name before, and for the one that takes its place.
    allow(['sagemaker:DescribeEndpoint'], sageMakerArns('endpoint', '*')),
    allow(['sagemaker:DescribeInferenceComponent'], sageMakerArns('inference-component', '*')),
    allow(['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], [stack.stackId]),
    ...(endpointName === undefined
      ? []
      : [allow(['sagemaker:DeleteEndpoint'], sageMakerArns('endpoint', endpointName))]),
    ...(componentName === undefined
      ? []
      : [allow(['sagemaker:DeleteInferenceComponent'], sageMakerArns('inference-component', componentName))]),
    allow(
      ['application-autoscaling:DeregisterScalableTarget'],
      [stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' })],
      { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
    ),
    allow(['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'], ['*']),
    allow(['sagemaker:DeleteEndpointConfig'], sageMakerArns('endpoint-config', `${namePrefix}-*`)),
    allow(['sagemaker:DeleteModel'], sageMakerArns('model', `${namePrefix}-*`)),
    allow(
      ['cloudwatch:DeleteAlarms'],
      alarms.map((resourceName) =>
        stack.formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    ),
  ];
}

/** Short, because it is a part of the template of every endpoint. */
export const TEARDOWN_CODE = String.raw`
import os
import re
import time

os.environ.update(AWS_RETRY_MODE="standard", AWS_MAX_ATTEMPTS="6")
import boto3
import cfnresponse

BUSY = "Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"
NOUNS = {"ComponentName": "InferenceComponent", "EndpointName": "Endpoint"}

def handler(event, context):
  own = event["ResourceProperties"]
  physical_id = own["EndpointName"] or own["ComponentName"] or "network-interfaces"
  try:
    left = lambda: context.get_remaining_time_in_millis() / 1000 - 60
    is_delete = event["RequestType"] == "Delete"
    if own["NamePrefix"]:
      sm, stack = boto3.client("sagemaker"), boto3.client("cloudformation")
      if not is_delete:
        keep(event, own, sm, stack, left)
      elif make_way(event, sm, stack, left):
        take_down(own, sm, left)
    if is_delete:
      release(own.get("OwnGroupId"), boto3.client("ec2"), left)
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, physical_id)
  except Exception as error:
    print(error)
    cfnresponse.send(event, context, cfnresponse.FAILED, {}, physical_id, reason=str(error)[:500])

def keep(event, own, sm, stack, left):
  old = event.get("OldResourceProperties", {})
  gone = [old[key] for key, noun in NOUNS.items() if old.get(key, own[key]) != own[key] and status(noun, old[key], sm, left)]
  gone += [name for kind, name, _ in others(event, stack) if kind == "AWS::SageMaker::Endpoint" and own["EndpointName"] == name != ""]
  if gone:
    raise ValueError(f"{gone[0]} is live, this would delete it: add a second ServingEndpoint, move callers to it, then remove this one")

def make_way(event, sm, stack, left):
  id, now = event["PhysicalResourceId"], stack.describe_stacks(StackName=event["StackId"])["Stacks"][0]
  if now["StackStatus"][:6] == "DELETE":
    return True
  heirs = {name: at for kind, name, at in others(event, stack) if kind == "Custom::EndpointTeardown"}
  if id in heirs:
    return False
  for name, at in heirs.items():
    while at >= now.get("LastUpdatedTime", at) and status("Endpoint", id, sm, left) and status("Endpoint", name, sm, left) != "InService":
      pause(left, f"{name} does not serve yet: {id} stays, delete it by hand later")
  return True

def others(event, stack):
  for page in stack.get_paginator("list_stack_resources").paginate(StackName=event["StackId"]):
    for each in page["StackResourceSummaries"]:
      if each["LogicalResourceId"] != event["LogicalResourceId"]:
        yield each["ResourceType"], each.get("PhysicalResourceId", "").split("/")[-1], each["LastUpdatedTimestamp"]

def take_down(own, sm, left):
  for key, noun in NOUNS.items():
    while now := status(noun, own[key], sm, left):
      if now not in BUSY:
        call("delete_", noun, own[key], sm, left)
      pause(left, f"{noun} {own[key]} is still {now}: delete the stack again later")
  if own.get("AlarmNames"):
    boto3.client("cloudwatch").delete_alarms(AlarmNames=own["AlarmNames"])
  made = re.compile(re.escape(own["NamePrefix"]) + "-v[0-9]+-[0-9a-f-]+")
  for noun in "EndpointConfig", "Model":
    pages = sm.get_paginator(snake("list_", noun) + "s").paginate(NameContains=own["NamePrefix"])
    for name in filter(made.fullmatch, [each[noun + "Name"] for page in pages for each in page[noun + "s"]]):
      call("delete_", noun, name, sm, left)

def status(noun, name, sm, left):
  return name and call("describe_", noun, name, sm, left).get(noun + "Status")

def release(group, ec2, left):
  while group:
    found = ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [group]}])["NetworkInterfaces"]
    if not found:
      return
    pause(left, f"{len(found)} network interfaces of the endpoint are still in {group}: delete the stack again later")

def pause(left, why):
  if left() < 15:
    raise TimeoutError(why)
  time.sleep(15)

def snake(verb, noun):
  return verb + re.sub("(?<!^)([A-Z])", r"_\1", noun).lower()

def call(verb, noun, name, sm, left):
  while True:
    try:
      return getattr(sm, snake(verb, noun))(**{noun + "Name": name})
    except Exception as error:
      if re.search("could not find|not exist|not found", str(error), re.I):
        return {}
      answer = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
      if answer < 500 and not re.search("throttl|rate exceeded|in.progress", str(error), re.I):
        raise
      pause(left, str(error))
`.trimStart();
