"""A CloudFormation template with its intrinsics resolved, as far as the workflows look."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-west-1"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "loop",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/loop/1",
    "AWS::NoValue": None,
}

#: Attributes that are ids of EC2.
SHORT_IDS = {"SubnetId": "subnet", "GroupId": "sg", "VpcId": "vpc"}

#: The property that holds the name of a resource, and the ARN that CloudFormation would give it; `{}` is the name.
NAMES = {
    "AWS::SNS::Topic": ("TopicName", "arn:aws:sns:{region}:{account}:{}"),
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{}"),
    "AWS::IAM::Role": ("RoleName", "arn:aws:iam::{account}:role/{}"),
    "AWS::KMS::Key": (None, "arn:aws:kms:{region}:{account}:key/{}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "arn:aws:states:{region}:{account}:stateMachine:{}"),
    "AWS::SageMaker::Pipeline": ("PipelineName", "arn:aws:sagemaker:{region}:{account}:pipeline/{}"),
    "AWS::SageMaker::ModelPackageGroup": ("ModelPackageGroupName", "arn:aws:sagemaker:{region}:{account}:model-package-group/{}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "arn:aws:cloudwatch:{region}:{account}:alarm:{}"),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName", "arn:aws:cloudwatch:{region}:{account}:alarm:{}"),
    "AWS::Events::Rule": ("Name", "arn:aws:events:{region}:{account}:rule/{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "arn:aws:logs:{region}:{account}:log-group:{}:*"),
    "AWS::ECR::Repository": ("RepositoryName", "arn:aws:ecr:{region}:{account}:repository/{}"),
}
#: Types whose `Ref` is the ARN.
REF_IS_ARN = {
    "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::SageMaker::ModelPackageGroup", "AWS::SageMaker::Endpoint",
}


@dataclass(frozen=True)
class Resource:
    """One resource, resolved."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    arn: str
    name: str


class Template:
    """Finds resources by what they are, never by a guessed logical id."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._resources = document["Resources"]
        self._mappings = document.get("Mappings", {})
        self._conditions = document.get("Conditions", {})
        self._parameters = {name: parameter.get("Default", f"parameter-{name}") for name, parameter in document.get("Parameters", {}).items()}

    def all(self, type_: str) -> list[Resource]:
        return [self.resource(logical_id) for logical_id, body in self._resources.items() if body["Type"] == type_]

    def resource(self, logical_id: str) -> Resource:
        body = self._resources[logical_id]
        return Resource(logical_id, body["Type"], self.resolve(body.get("Properties", {})) or {}, self._arn(logical_id), self._name(logical_id))

    def by_arn(self, arn: str) -> Resource:
        found = [logical_id for logical_id in self._resources if self._arn(logical_id) == arn]
        assert len(found) == 1, f"{arn} is that of {found}"
        return self.resource(found[0])

    def machine(self, comment: str) -> Resource:
        """The state machine whose definition's comment begins so."""
        found = [each for each in self.all("AWS::StepFunctions::StateMachine") if self.definition(each)["Comment"].startswith(comment)]
        assert len(found) == 1, f"state machines that say '{comment}': {[each.logical_id for each in found]}"
        return found[0]

    def definition(self, machine: Resource) -> dict[str, Any]:
        return json.loads(machine.properties["DefinitionString"])

    def rules_to(self, arn: str) -> list[Resource]:
        """The rules with a target of this ARN."""
        return [rule for rule in self.all("AWS::Events::Rule") if arn in [target["Arn"] for target in rule.properties.get("Targets", [])]]

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self.resolve, value) if each is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, argument), = value.items()
            if key == "Ref":
                return self._ref(argument)
            if key.startswith("Fn::"):
                return getattr(self, f"_fn_{key[4:].lower()}")(argument)
        return {key: resolved for key, each in value.items() if (resolved := self.resolve(each)) is not None}

    def _ref(self, name: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        return self._arn(name) if self._resources[name]["Type"] in REF_IS_ARN else self._name(name)

    def _name(self, logical_id: str) -> str:
        body = self._resources[logical_id]
        known = NAMES.get(body["Type"], (None, ""))[0]
        named = body.get("Properties", {}).get(known) if known else None
        if named is None:
            return logical_id.lower() if body["Type"] == "AWS::S3::Bucket" else logical_id
        return self.resolve(named)

    def _arn(self, logical_id: str) -> str:
        type_ = self._resources[logical_id]["Type"]
        service, kind = type_.split("::")[1:] if type_.count("::") == 2 else ("custom", type_)
        pattern = NAMES.get(type_, (None, f"arn:aws:{service.lower()}:{{region}}:{{account}}:{kind.lower()}/{{}}"))[1]
        return pattern.format(self._name(logical_id), region=REGION, account=ACCOUNT)

    def _fn_getatt(self, argument: Any) -> Any:
        logical_id, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
        if attribute.endswith("Arn"):
            return self._arn(logical_id)
        if attribute.endswith("Name"):
            return self._name(logical_id)
        if attribute in SHORT_IDS:
            # The API takes at most 32 characters.
            return f"{SHORT_IDS[attribute]}-{hashlib.sha256(logical_id.encode()).hexdigest()[:17]}"
        return f"{self._name(logical_id)}.{attribute}"

    def _fn_join(self, argument: Any) -> str:
        return argument[0].join(map(str, self.resolve(argument[1])))

    def _fn_sub(self, argument: Any) -> str:
        text, values = argument if isinstance(argument, list) else (argument, {})

        def replacement(match: re.Match) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in values:
                return str(self.resolve(values[name]))
            return str(self._fn_getatt(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", replacement, text)

    def _fn_select(self, argument: Any) -> Any:
        return self.resolve(argument[1])[int(self.resolve(argument[0]))]

    def _fn_split(self, argument: Any) -> list[str]:
        return str(self.resolve(argument[1])).split(argument[0])

    def _fn_getazs(self, argument: Any) -> list[str]:
        return [f"{REGION}{zone}" for zone in "abc"]

    def _fn_findinmap(self, argument: Any) -> Any:
        top, first, second = map(self.resolve, argument[:3])
        return self._mappings[top][first][second]

    def _fn_if(self, argument: Any) -> Any:
        return self.resolve(argument[1] if self._holds(self._conditions[argument[0]]) else argument[2])

    def _fn_importvalue(self, argument: Any) -> str:
        return str(self.resolve(argument))

    def _fn_base64(self, argument: Any) -> str:
        return str(self.resolve(argument))

    def _holds(self, condition: Any) -> bool:
        (key, argument), = condition.items()
        if key == "Fn::Equals":
            return self.resolve(argument[0]) == self.resolve(argument[1])
        if key == "Fn::Not":
            return not self._holds(argument[0])
        if key == "Fn::And":
            return all(map(self._holds, argument))
        if key == "Fn::Or":
            return any(map(self._holds, argument))
        return self._holds(self._conditions[argument])


def resolved_text(value: Any) -> str:
    """A string with pseudo parameters in it."""
    return Template({"Resources": {}}).resolve(value)
