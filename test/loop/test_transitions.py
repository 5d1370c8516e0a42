"""From each mode of serving to each other one, on an endpoint that is live: it works, or the way is said. The table is in docs/aws-changes.md."""

from __future__ import annotations

import json

import pytest

from conftest import ROOT
from harness.cloud import Cloud
from harness.sagemaker import Outcome
from harness.stack import Stack
from harness.template import Template
from test_rollout import UPDATED, approval, scaling

INSTANCES, CONCURRENCY = "sagemaker:variant:DesiredInstanceCount", "sagemaker:variant:DesiredProvisionedConcurrency"
#: The form of the workflow, what the endpoint is then, and how it scales.
MODES = {
    "fixed": ("rollout", "real-time", []),
    "scaled": ("rollout scaled", "real-time", [(INSTANCES, 1, 4)]),
    "larger machine": ("rollout scaled on a larger type", "real-time", [(INSTANCES, 1, 4)]),
    "serverless": ("rollout serverless", "serverless", []),
    "warm serverless": ("rollout serverless, warm and scaled", "serverless", [(CONCURRENCY, 2, 5)]),
    "asynchronous": ("rollout asynchronous", "asynchronous", [(INSTANCES, 0, 4)]),
    "shadow": ("rollout as shadow", "real-time", []),
}
CANNOT_BECOME = {("real-time", "serverless"), ("asynchronous", "serverless"), ("asynchronous", "real-time")}


@pytest.mark.parametrize("after", MODES)
@pytest.mark.parametrize("before", MODES)
def test_a_live_endpoint_changes_its_mode_or_says_how(cloud: Cloud, forms: dict[str, str], before: str, after: str):
    (old_form, old, _), (form, new, scales) = MODES[before], MODES[after]
    first = cloud.register()
    assert cloud.run(cloud.machine("before", forms[old_form]), approval(first)).status == "SUCCEEDED"
    was = cloud.client("sagemaker").describe_endpoint(EndpointName="churn")["EndpointConfigName"]
    scaled = scaling(cloud)
    cloud.notifications()
    # Beside a challenger a stack brings nothing by itself: the next version does.
    brought = cloud.register() if after == "shadow" else first
    execution = cloud.run(cloud.machine("after", forms[form]), approval(brought) if after == "shadow" else UPDATED)
    if (old, new) in CANNOT_BECOME:
        assert (execution.status, execution.error) == ("FAILED", "CannotBecome"), execution.states
        (note,) = cloud.notifications()
        assert note["reason"] == (
            f"SageMaker cannot convert a live endpoint: churn is {old} and the stack asks for {new} serving. It goes on serving as it is. "
            "Add a second ServingEndpoint with another endpointName, move the callers to it, and then remove this one"
        )
        assert note["serves"] == was and cloud.live_package() == first and scaling(cloud) == scaled
        return
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    assert execution.output["status"] == "live"
    assert cloud.live_package() == first
    assert scaling(cloud) == scales


def level(number: int) -> Template:
    """The stack of an example that rolls models out."""
    texts = [file.read_text() for file in sorted(ROOT.glob(f"out/aws-level{number}/*.template.json"))]
    (text,) = [each for each in texts if "Rolls out approved" in each]
    return Template(json.loads(text))


def test_each_level_takes_over_what_the_one_before_has_made_live(cloud: Cloud, events: dict[str, dict]):
    stack = Stack(cloud, level(1), events)
    for number in (1, 2, 1):
        stack.deploy(level(number))
        package = stack.register()
        execution = stack.approve(package)
        assert (execution.status, stack.live()) == ("SUCCEEDED", package), (number, execution.cause, execution.states)
        assert stack.refused(stack.template.machine("Rolls out approved model versions")) == []
    targets = cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    assert [target["ScalableDimension"] for target in targets["ScalableTargets"]] == [INSTANCES]
    assert len(cloud.client("sagemaker").list_endpoints()["Endpoints"]) == 1


def test_level_2_rolls_back_to_what_level_1_has_made_live(cloud: Cloud, events: dict[str, dict]):
    stack = Stack(cloud, level(1), events)
    first = stack.register()
    assert stack.approve(first).status == "SUCCEEDED"
    stack.deploy(level(2))
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True, reason="an alarm went off")]
    assert stack.approve(stack.register()).status == "FAILED"
    assert stack.live() == first
