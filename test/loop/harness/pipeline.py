"""Runs a SageMaker pipeline definition step by step against moto: what the service does with it, as far as our definitions go.

moto stores a pipeline and says that its executions succeed, but runs no step.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

#: The call that each type of step makes, and the name that the service gives what it makes.
CALLS = {
    "Training": ("create_training_job", "TrainingJobName"),
    "Processing": ("create_processing_job", "ProcessingJobName"),
    "RegisterModel": ("create_model_package", None),
}
COMPARISONS = {
    "GreaterThanOrEqualTo": lambda left, right: left >= right,
    "LessThanOrEqualTo": lambda left, right: left <= right,
}
MODEL = botocore.session.get_session().get_service_model("sagemaker")


@dataclass
class Run:
    """What happened in one execution."""

    id: str
    steps: list[str] = field(default_factory=list)
    #: The arguments of each step as the service would have sent them.
    calls: dict[str, dict] = field(default_factory=dict)
    failure: str | None = None
    package_arn: str | None = None


class Pipeline:
    """One definition, with a cloud to run in and the metrics that the evaluation will find."""

    def __init__(self, definition: str, sagemaker, s3, metrics: dict[str, float]) -> None:
        self.definition = json.loads(definition)
        self._sagemaker, self._s3, self._metrics = sagemaker, s3, metrics

    def run(self, **overrides: Any) -> Run:
        self._parameters = {each["Name"]: self._value(each, overrides) for each in self.definition["Parameters"]}
        assert overrides.keys() <= self._parameters.keys(), "StartPipelineExecution refuses parameters that the definition has not"
        self._properties: dict[str, Any] = {}
        self._files: dict[str, tuple[str, str]] = {}
        run = Run(id=uuid.uuid4().hex[:12])
        self._run = run
        for step in self.definition["Steps"]:
            self._step(step)
            if run.failure is not None:
                break
        return run

    @staticmethod
    def _value(parameter: dict, overrides: dict[str, Any]) -> Any:
        value = overrides.get(parameter["Name"], parameter["DefaultValue"])
        allowed = parameter.get("EnumValues", [value])
        if value not in allowed:
            raise ValueError(f"{parameter['Name']} must be one of {allowed}, got {value}")
        return value

    def _step(self, step: dict) -> None:
        self._run.steps.append(step["Name"])
        if step["Type"] == "Condition":
            holds = all(COMPARISONS[each["Type"]](self._resolved(each["LeftValue"]), each["RightValue"]) for each in step["Arguments"]["Conditions"])
            for inner in step["Arguments"]["IfSteps" if holds else "ElseSteps"]:
                self._step(inner)
        elif step["Type"] == "Fail":
            self._run.failure = self._resolved(step["Arguments"]["ErrorMessage"])
        elif step["Type"] == "Lambda":
            self._run.calls[step["Name"]] = arguments = self._resolved(step["Arguments"])
            assert re.fullmatch(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+", step["FunctionArn"])
            assert all(isinstance(value, str) for value in arguments.values())
            self._properties[step["Name"]] = {"OutputParameters": {each["OutputName"]: "abc123" for each in step["OutputParameters"]}}
        else:
            self._call(step)

    def _call(self, step: dict) -> None:
        arguments = self._resolved(step["Arguments"])
        self._run.calls[step["Name"]] = arguments
        call, name = CALLS[step["Type"]]
        named = {**arguments, name: f"pipelines-{self._run.id}-{step['Name']}"} if name else arguments
        assert violations("".join(part.title() for part in call.split("_")), named) == []
        made = getattr(self._sagemaker, call)(**named)
        if step["Type"] == "RegisterModel":
            self._run.package_arn = made["ModelPackageArn"]
        elif step["Type"] == "Training":
            self._properties[step["Name"]] = self._sagemaker.describe_training_job(TrainingJobName=named[name])
        else:
            self._properties[step["Name"]] = arguments
            outputs = {each["OutputName"]: each["S3Output"]["S3Uri"] for each in arguments["ProcessingOutputConfig"]["Outputs"]}
            for file in step.get("PropertyFiles", []):
                self._files[f"{step['Name']}.PropertyFiles.{file['PropertyFileName']}"] = place = location(f"{outputs[file['OutputName']]}/{file['FilePath']}")
                self._s3.put_object(Bucket=place[0], Key=place[1], Body=json.dumps({"metrics": self._metrics}))

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "Get" in value:
            return self._got(value["Get"])
        if "Std:Join" in value:
            return value["Std:Join"]["On"].join(str(self._resolved(each)) for each in value["Std:Join"]["Values"])
        if "Std:JsonGet" in value:
            bucket, key = self._files[value["Std:JsonGet"]["PropertyFile"]["Get"].removeprefix("Steps.")]
            found = json.loads(self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            for part in value["Std:JsonGet"]["Path"].split("."):
                found = found[part]
            return found
        return {key: self._resolved(each) for key, each in value.items()}

    def _got(self, reference: str) -> Any:
        kind, name, *_ = reference.split(".")
        if kind == "Parameters":
            return self._parameters[name]
        if kind == "Execution":
            return {"PipelineExecutionId": self._run.id, "PipelineExecutionArn": EXECUTION_ARN + self._run.id}[name]
        found = self._properties[name]
        for part in reference.split(".")[2:]:
            key, listed = re.fullmatch(r"(\w+)(?:\['(.+)'\])?", part).groups()
            found = found[key]
            if isinstance(found, dict) and listed is not None:
                found = found[listed]
            elif listed is not None:
                (found,) = [each for each in found if each["OutputName"] == listed]
        return found


EXECUTION_ARN = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-training/execution/"


def location(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def violations(operation: str, arguments: dict) -> list[str]:
    """What the API's own model has against a call: unknown and missing members, types, lengths, values, patterns."""
    shape = MODEL.operation_model(operation).input_shape
    report = ParamValidator().validate(arguments, shape)
    if report.has_errors():
        return [report.generate_report()]
    return [*_constraints(shape, arguments, operation)]


def _constraints(shape, value: Any, path: str):
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from _constraints(shape.members[name], inner, f"{path}.{name}")
    elif shape.type_name == "map":
        for name, inner in value.items():
            yield from _constraints(shape.value, inner, f"{path}.{name}")
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            yield from _constraints(shape.member, inner, f"{path}[{index}]")
    elif shape.type_name == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value} is not one of the values"
        if len(value) > shape.metadata.get("max", len(value)):
            yield f"{path}: longer than {shape.metadata['max']}"
        pattern = shape.metadata.get("pattern", "")
        if pattern and "\\p{" not in pattern and not re.fullmatch(pattern, value):
            yield f"{path}: {value} does not match {pattern}"
    elif shape.type_name in ("integer", "long") and value > shape.metadata.get("max", value):
        yield f"{path}: {value} is more than {shape.metadata['max']}"
