"""From each mode of serving to each other one, on an endpoint that is live: it works, or the way is said. The table is in docs/aws-changes.md."""

from __future__ import annotations

import pytest

from harness.cloud import Cloud
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
