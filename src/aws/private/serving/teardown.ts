import { ArnFormat, aws_iam as iam, aws_kms as kms, aws_lambda as lambda, aws_logs as logs, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EndpointNetwork } from './network';
import { EndpointSettings } from './settings';
import { acknowledge, acknowledgeRedundantDependency, acknowledgePolicies, skipInCheckov } from '../base/acknowledge';
import { afterPolicies } from '../base/ordering';
import { sageMakerArns } from '../base/state-language';

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
  /** Where the endpoint's machines stand, which stays until this is done: until no network interface is in a group that only they are in. */
  readonly network?: EndpointNetwork;
  readonly encryptionKey: kms.IKey;
}

/**
 * Takes down what the rollout workflow has made, when the stack goes: the endpoint, its configs, models and alarms; then waits until the
 * endpoint's network interfaces are gone.
 *
 * A function, because CloudFormation has no other way to call an API at deletion that can wait: an endpoint that is still being
 * updated cannot be deleted yet, and SageMaker takes the network interfaces of one that is gone away for minutes more, with the endpoint's
 * role: without the role they would stay for ever, and the security group with them. It gives up, and says why, a minute before its time is
 * over, so that the deletion of a stack fails and does not hang.
 *
 * @param id starts the ids of its parts
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html (who deletes what scales must be allowed to deregister it)
 */
export function teardown(scope: Construct, id: string, spec: TeardownSpec): CustomResource {
  const stack = Stack.of(scope);
  const logGroup = new logs.LogGroup(scope, `${id}Logs`, { encryptionKey: spec.encryptionKey, retention: logs.RetentionDays.ONE_YEAR });
  const role = new iam.Role(scope, `${id}Role`, {
    description: `Takes down what belongs to an endpoint, when ${stack.stackName} is deleted`,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  for (const statement of spec.made === undefined ? [] : deletionsOf(stack, spec.made)) role.addToPrincipalPolicy(statement);
  const { ownGroupId, place } = spec.network ?? {};
  if (ownGroupId !== undefined) {
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces'], resources: ['*'] }));
  }
  acknowledgePolicies(role, [
    [/^Resource::\*$/, 'the listing of models and endpoint configs, and of network interfaces, cannot be limited to some of them'],
    [/^Resource::.*:scalable-target\/\*$/, 'the service makes the ids of scalable targets; the condition keeps to SageMaker'],
    [/^Resource::.*:alarm:TargetTracking-.*\*$/, 'target tracking ends the names of its alarms in an id'],
    [/^Resource::.*:(model|endpoint-config)\/.*-\*$/, 'the names that rollouts make end in the version and a digest'],
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
  acknowledgeRedundantDependency(handler);
  const once = 'runs once, when CloudFormation deletes the stack, and reports what happened to CloudFormation';
  acknowledge(handler,
    { id: 'AwsSolutions-L1', reason: 'the newest runtime that every region and every supported version of the CDK has' },
    { id: 'NIST.800.53.R5-LambdaConcurrency', reason: once },
    { id: 'NIST.800.53.R5-LambdaDLQ', reason: once },
    { id: 'NIST.800.53.R5-LambdaInsideVPC', reason: `${once}; it calls SageMaker and CloudFormation and touches no data` });
  skipInCheckov(handler, once, 'CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117');

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

/** What waits for the network interfaces of an endpoint that the template makes; undefined where its security groups are somebody else's. */
export function networkRelease(
  scope: Construct, { executionRole }: EndpointSettings, network: EndpointNetwork | undefined, encryptionKey: kms.IKey,
): CustomResource | undefined {
  if (network?.ownGroupId === undefined) return undefined;
  const release = teardown(scope, 'Release', { network, encryptionKey });
  release.node.addDependency(executionRole);
  return release;
}

function deletionsOf(stack: Stack, { endpointName, componentName, namePrefix, alarmNames }: MadeByRollouts): iam.PolicyStatement[] {
  const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
    new iam.PolicyStatement({ actions, resources, conditions });
  const alarms = [...alarmNames, `TargetTracking-${componentName === undefined ? `endpoint/${endpointName}/*` : `inference-component/${componentName}-*`}`];
  return [
    ...endpointName === undefined ? [] : [allow(['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint'], sageMakerArns('endpoint', endpointName))],
    ...componentName === undefined ? [] : [
      allow(['sagemaker:DescribeInferenceComponent', 'sagemaker:DeleteInferenceComponent'], sageMakerArns('inference-component', componentName)),
    ],
    allow(
      ['application-autoscaling:DeregisterScalableTarget'],
      [stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' })],
      { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
    ),
    allow(['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'], ['*']),
    allow(['sagemaker:DeleteEndpointConfig'], sageMakerArns('endpoint-config', `${namePrefix}-*`)),
    allow(['sagemaker:DeleteModel'], sageMakerArns('model', `${namePrefix}-*`)),
    allow(['cloudwatch:DeleteAlarms'], alarms.map((resourceName) => stack.formatArn({
      service: 'cloudwatch', resource: 'alarm', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }))),
  ];
}

/** Under 4096 characters, the most that a template can carry. */
export const TEARDOWN_CODE = String.raw`
import re
import time

import boto3
import cfnresponse

BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


def handler(event, context):
    properties = event["ResourceProperties"]
    physical_id = properties["EndpointName"] or properties["ComponentName"] or "network-interfaces"
    try:
        if event["RequestType"] == "Delete":
            left = lambda: context.get_remaining_time_in_millis() / 1000 - 60
            if properties["NamePrefix"]:
                take_down(properties, boto3.client("sagemaker"), boto3.client("cloudwatch"), left)
            release(properties.get("OwnGroupId"), boto3.client("ec2"), left)
        cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, physical_id)
    except Exception as error:
        print(error)
        cfnresponse.send(event, context, cfnresponse.FAILED, {}, physical_id, reason=str(error)[:500])


def take_down(properties, sagemaker, cloudwatch, left):
    delete("InferenceComponent", properties["ComponentName"], sagemaker, left)
    delete("Endpoint", properties["EndpointName"], sagemaker, left)
    if properties.get("AlarmNames"):
        cloudwatch.delete_alarms(AlarmNames=properties["AlarmNames"])
    made = re.compile(re.escape(properties["NamePrefix"]) + "-v[0-9]+-[0-9a-f-]+")
    for noun, names in (("EndpointConfig", "endpoint_configs"), ("Model", "models")):
        pages = sagemaker.get_paginator("list_" + names).paginate(NameContains=properties["NamePrefix"])
        found = [each[noun + "Name"] for page in pages for each in page[noun + "s"]]
        for name in filter(made.fullmatch, found):
            getattr(sagemaker, "delete_" + snake(noun))(**{noun + "Name": name})


def delete(noun, name, sagemaker, left):
    while name:
        try:
            found = getattr(sagemaker, "describe_" + snake(noun))(**{noun + "Name": name})
            if found[noun + "Status"] not in BUSY:
                getattr(sagemaker, "delete_" + snake(noun))(**{noun + "Name": name})
        except sagemaker.exceptions.ClientError as error:
            if re.search("could not find|not exist|not found", str(error), re.I):
                return
            raise
        if left() < 15:
            raise TimeoutError(f"{noun} {name} is still {found[noun + 'Status']}: delete the stack again later")
        time.sleep(15)


def release(group, ec2, left):
    while group:
        found = ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [group]}])["NetworkInterfaces"]
        if not found:
            return
        if left() < 15:
            raise TimeoutError(f"{len(found)} network interfaces of the endpoint are still in {group}: delete the stack again later")
        time.sleep(15)


def snake(noun):
    return re.sub("(?<!^)([A-Z])", r"_\1", noun).lower()
`.trimStart();
