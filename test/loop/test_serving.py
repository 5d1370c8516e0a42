"""Every form of the serving endpoint that a workflow makes, from its template: what SageMaker is asked for is valid, works and is allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import render
from harness.cloud import Cloud
from harness.stack import Stack
from harness.template import Template

FORMS = ["real-time", "rolling", "shadow", "ab-test", "serverless", "warm-serverless", "asynchronous", "inference-components"]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render("serving.ts", tmp_path_factory.mktemp("serving"))


@pytest.fixture
def stack(cloud: Cloud, templates: Path, events: dict[str, dict]):
    def deploy(form: str) -> Stack:
        made = Stack(cloud, Template(json.loads((templates / f"{form}.template.json").read_text())), events)
        for config in made.template.all("AWS::SageMaker::EndpointConfig"):
            asked = {name: config.properties[name] for name in ("ProductionVariants", "ExecutionRoleArn")}
            cloud.client("sagemaker").create_endpoint_config(EndpointConfigName="shared", **asked)
        for endpoint in made.template.all("AWS::SageMaker::Endpoint"):
            cloud.client("sagemaker").create_endpoint(EndpointName=endpoint.name, EndpointConfigName="shared")
        cloud.calls.calls.clear()
        return made

    return deploy


@pytest.mark.parametrize("form", FORMS)
def test_two_approvals_are_rolled_out_with_the_rights_of_the_role(form: str, stack):
    deployed: Stack = stack(form)
    for _ in range(2):
        execution = deployed.approve(deployed.register())
        assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
        assert execution.output["status"] == "live"
    assert deployed.refused(deployed.template.machine("Rolls out approved model versions")) == []


@pytest.mark.parametrize("form", ["asynchronous", "inference-components"])
def test_what_goes_to_zero_is_given_a_way_back(form: str, stack, cloud: Cloud):
    deployed: Stack = stack(form)
    deployed.approve(deployed.register())
    targets = cloud.calls.of("RegisterScalableTarget")
    target = targets[-1]
    (alarm,) = [alarm for alarm in cloud.calls.of("PutMetricAlarm") if not alarm["AlarmName"].endswith("-stop")]
    steps = [policy for policy in cloud.calls.of("PutScalingPolicy") if policy["PolicyType"] == "StepScaling"]
    assert [each["MinCapacity"] for each in targets] == [1, 0], "it may go to zero only when all that wakes it up is there"
    assert len(steps) == 1 and steps[0]["ResourceId"] == target["ResourceId"]
    assert [action.split(":policyName/")[-1] for action in alarm["AlarmActions"]] == [steps[0]["PolicyName"]]
    assert alarm["AlarmName"] in deployed.template.all("Custom::EndpointTeardown")[0].properties["AlarmNames"]


def test_a_batch_run_predicts_with_the_rights_of_the_role(stack, cloud: Cloud):
    deployed: Stack = stack("batch")
    machine = deployed.template.machine("Predicts")
    (raw,) = [bucket for bucket in deployed.template.all("AWS::S3::Bucket") if bucket.logical_id.startswith("DataRaw")]
    cloud.put(raw.name, "batch/input/part-1.csv", "1,2\n")
    cloud.approve(deployed.register())
    cloud.calls.calls.clear()
    execution = cloud.run(deployed.machines[machine.arn], {})
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    assert execution.output["status"] == "predicted"
    assert deployed.refused(machine) == []
