"""Whether the roles of the template allow what their state machines have just called."""

from __future__ import annotations

import re

from .template import ACCOUNT, REGION, Resource, Template

#: The IAM action of a call and the kind and parameter that name its resource; without those it has none.
SAGEMAKER = {
    "DescribeEndpoint": ("endpoint", "EndpointName"),
    "CreateEndpoint": ("endpoint", "EndpointName"),
    "UpdateEndpointWeightsAndCapacities": ("endpoint", "EndpointName"),
    "UpdateEndpoint": ("endpoint", "EndpointName"),
    "DeleteEndpoint": ("endpoint", "EndpointName"),
    "DescribeEndpointConfig": ("endpoint-config", "EndpointConfigName"),
    "CreateEndpointConfig": ("endpoint-config", "EndpointConfigName"),
    "DeleteEndpointConfig": ("endpoint-config", "EndpointConfigName"),
    "CreateModel": ("model", "ModelName"),
    "DescribeModel": ("model", "ModelName"),
    "DeleteModel": ("model", "ModelName"),
    "DescribeModelPackage": (None, "ModelPackageName"),
    "ListModelPackages": (None, None),
    "CreateProcessingJob": ("processing-job", "ProcessingJobName"),
    "DescribeProcessingJob": ("processing-job", "ProcessingJobName"),
    "ListPipelineExecutions": ("pipeline", "PipelineName"),
    "StartPipelineExecution": ("pipeline", "PipelineName"),
    "CreateTransformJob": ("transform-job", "TransformJobName"),
    "DescribeTransformJob": ("transform-job", "TransformJobName"),
    "DescribeInferenceComponent": ("inference-component", "InferenceComponentName"),
    "CreateInferenceComponent": ("inference-component", "InferenceComponentName"),
    "UpdateInferenceComponentRuntimeConfig": ("inference-component", "InferenceComponentName"),
    "UpdateInferenceComponent": ("inference-component", "InferenceComponentName"),
    "DeleteInferenceComponent": ("inference-component", "InferenceComponentName"),
}
OTHERS = {
    "ListObjectsV2": lambda call: ("s3:ListBucket", f"arn:aws:s3:::{call['Bucket']}"),
    "GetObject": lambda call: ("s3:GetObject", f"arn:aws:s3:::{call['Bucket']}/{call['Key']}"),
    "PutMetricData": lambda call: ("cloudwatch:PutMetricData", "*"),
    "PutMetricAlarm": lambda call: ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{call['AlarmName']}"),
    "SetAlarmState": lambda call: ("cloudwatch:SetAlarmState", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{call['AlarmName']}"),
    "StartExecution": lambda call: ("states:StartExecution", call.get("stateMachineArn") or call["StateMachineArn"]),
    "Publish": lambda call: ("sns:Publish", call["TopicArn"]),
    "DescribeScalableTargets": lambda call: ("application-autoscaling:DescribeScalableTargets", "*"),
    **{
        name: lambda call, name=name: (
            f"application-autoscaling:{name}", f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target/0a1b2c"
        )
        for name in ("RegisterScalableTarget", "DeregisterScalableTarget", "PutScalingPolicy")
    },
}


def needed(name: str, call: dict) -> tuple[str, str]:
    """The action and the resource that IAM decides about."""
    if name in OTHERS:
        return OTHERS[name](call)
    kind, parameter = SAGEMAKER[name]
    if parameter is None:
        return f"sagemaker:{name}", "*"
    return f"sagemaker:{name}", call[parameter] if kind is None else f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{call[parameter]}"


def refused(template: Template, machine: Resource, calls: list[tuple[str, dict]]) -> list[str]:
    """The calls that the machine's role does not allow."""
    statements = statements_of(template, machine.properties["RoleArn"])
    found = []
    for name, call in calls:
        action, resource = needed(name, call)
        if not any(allows(statement, action, resource) for statement in statements):
            found.append(f"{action} on {resource}")
    return sorted(set(found))


def statements_of(template: Template, role_arn: str) -> list[dict]:
    """Every statement of the role, wherever it is written."""
    role = template.by_arn(role_arn)
    documents = [policy["PolicyDocument"] for policy in role.properties.get("Policies", [])]
    for type_ in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        documents += [policy.properties["PolicyDocument"] for policy in template.all(type_) if role.name in policy.properties.get("Roles", [])]
    return [statement for document in documents for statement in document["Statement"]]


def allows(statement: dict, action: str, resource: str) -> bool:
    """Action and resource only: the conditions are the business of the constructs' own tests."""
    return (
        statement["Effect"] == "Allow"
        and any(_like(pattern, action) for pattern in _list(statement.get("Action", [])))
        and any(_like(pattern, resource) for pattern in _list(statement.get("Resource", [])))
    )


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text) is not None
