"""What `ServingEndpoint` makes in each of its modes, executed: the calls are legal, the roles allow them, the right version serves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cloud import Cloud
from harness.sagemaker import Outcome
from harness.stack import Stack
from harness.template import Resource, Template

REPLACING = ["real-time canary", "real-time linear", "real-time rolling", "serverless", "asynchronous"]
BESIDE = {"shadow": "Shadow", "A-B test": "Challenger"}


@pytest.fixture
def deployed(cloud: Cloud, rendered: Path, events: dict[str, dict]):
    """The stack with an endpoint of the named mode, and its workflow."""

    def deploy(mode: str) -> tuple[Stack, Resource]:
        template = Template(json.loads((rendered / f"endpoint {mode}.template.json").read_text()))
        (machine,) = template.all("AWS::StepFunctions::StateMachine")
        return Stack(cloud, template, events), machine

    return deploy


@pytest.mark.parametrize("mode", REPLACING)
def test_a_second_approved_version_replaces_the_first(deployed, mode: str):
    stack, machine = deployed(mode)
    for _ in range(2):
        package = stack.register()
        execution = stack.approve(package)
        assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
        assert stack.live() == package
    assert stack.refused(machine) == []


@pytest.mark.parametrize("mode", REPLACING)
def test_a_version_that_is_rolled_back_leaves_the_first(deployed, mode: str):
    stack, machine = deployed(mode)
    first = stack.register()
    stack.approve(first)
    stack.cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    execution = stack.approve(stack.register())
    assert (execution.status, execution.error) == ("FAILED", "RolledBack")
    assert stack.live() == first
    assert stack.refused(machine) == []


@pytest.mark.parametrize(("mode", "variant"), BESIDE.items())
def test_a_second_approved_version_stands_beside_the_first(deployed, mode: str, variant: str):
    stack, machine = deployed(mode)
    first = stack.register()
    stack.approve(first)
    execution = stack.approve(stack.register())
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    assert stack.live() == first
    config = stack.cloud.calls.of("CreateEndpointConfig")[-1]
    assert variant in [each["VariantName"] for each in config["ProductionVariants"] + config.get("ShadowProductionVariants", [])]
    assert stack.refused(machine) == []


def test_a_component_is_replaced_in_the_endpoint_of_the_template(deployed):
    stack, machine = deployed("components")
    for _ in range(2):
        execution = stack.approve(stack.register())
        assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    (component,) = stack.cloud.sagemaker.components.values()
    (endpoint,) = stack.template.all("AWS::SageMaker::Endpoint")
    assert component.endpoint == endpoint.properties["EndpointName"]
    assert stack.refused(machine) == []


def test_an_asynchronous_endpoint_can_sleep_and_wake_up(deployed):
    stack, _ = deployed("asynchronous")
    stack.approve(stack.register())
    assert [target["MinCapacity"] for target in stack.cloud.calls.of("RegisterScalableTarget")] == [1, 0]
    (alarm,) = [alarm for alarm in stack.cloud.calls.of("PutMetricAlarm") if not alarm["AlarmName"].endswith("-stop")]
    assert alarm["MetricName"] == "HasBacklogWithoutCapacity" and len(alarm["AlarmActions"]) == 1


def test_a_batch_run_predicts_with_the_newest_approved_version(deployed):
    stack, machine = deployed("batch")
    stack.register("Approved")
    (state,) = [state for state in stack.template.definition(machine)["States"].values() if "Prefix" in state.get("Arguments", {})]
    stack.cloud.put(state["Arguments"]["Bucket"], state["Arguments"]["Prefix"] + "part-1.csv", "1,2\n")
    execution = stack.cloud.run(stack.machines[machine.arn], {})
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    assert execution.output["status"] == "predicted"
    assert stack.refused(machine) == []
