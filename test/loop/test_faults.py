"""Every call of a rollout goes wrong once: what is live stays, messages are true, and the next approval is brought."""

from __future__ import annotations

import pytest

from harness.cloud import Cloud
from harness.interpreter import Fault
from harness.sagemaker import Outcome
from test_rollout import CHANGED, UPDATED, approval, cloud_endpoints, component_package, scaling

#: How a call goes wrong (the answer is lost although it was carried out, it is not carried out, or it is refused), and which calls: each
#: takes a second, so that here it is every second one and so on; with steps of 1 all of them.
FAULTS = {
    "lost": (2, {"done": True}),
    "unavailable": (8, {"status": 503, "code": "ServiceUnavailable"}),
    "denied": (4, {"status": 400, "code": "AccessDeniedException"}),
    "out for long": (8, {"status": 500, "times": 12}),
    "throttled": (8, {"status": 400, "code": "ThrottlingException", "times": 6}),
}
SCALED = "rollout scaled"
#: What is live, what comes, and whether an update of the stack brings it.
WAYS = {
    "a second version": (SCALED, SCALED, False),
    "another machine": (SCALED, CHANGED, True),
    "a challenger": ("rollout as shadow", "rollout as shadow", False),
    "a component": ("rollout of a component", "rollout of a component", False),
    "the first version": (None, SCALED, False),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", WAYS)
def test_whatever_goes_wrong_once(rendered, forms, way: str, fault: str):
    from harness.cloud import cloud as open_cloud

    step, what = FAULTS[fault]
    at, made = list(FAULTS).index(fault) % step, 200
    while at < made:
        with open_cloud() as cloud:
            made = go_wrong(cloud, forms, way, Fault(at=at, **what))
        at += step


def go_wrong(cloud: Cloud, forms: dict[str, str], way: str, fault: Fault) -> int:
    """Lets one call of a rollout go wrong, and returns how many it made."""
    before, form, is_update = WAYS[way]
    machines = {name: cloud.machine(name.replace(" ", "-"), forms[name]) for name in {before, form} - {None}}
    package = component_package if "component" in form else Cloud.live_package
    first = None
    if before is not None:
        first = cloud.register()
        assert cloud.run(machines[before], approval(first)).status == "SUCCEEDED"
    cloud.notifications()
    cloud.calls.calls.clear()
    second = first if is_update else cloud.register()
    served = config_of(cloud, form)
    cloud.calls.fault = fault
    execution = cloud.run(machines[form], UPDATED if is_update else approval(second))
    made, cloud.calls.fault = len(cloud.calls.calls), None
    why = (way, fault, cloud.calls.names()[fault.at : fault.at + 1], execution.states)
    notes = cloud.notifications()
    cloud.clock.advance(86_400)
    if way != "the first version":
        assert package(cloud) in (first, second), why
    serves = config_of(cloud, form)
    if execution.status == "SUCCEEDED":
        assert execution.output["status"] == "live" and serves == execution.output["serves"] != served, why
    else:
        lost = "Publish" in cloud.calls.names()[fault.at : fault.at + fault.times]
        # What was done although its answer was lost is looked at, and is no failure.
        assert not fault.done or lost, why
        assert [note["rollout"] for note in notes] in (["failed"], ["incomplete"]) or lost, why
        for note in notes:
            assert note["serves"] == serves, why
            assert (note["rollout"] == "incomplete") == (serves != served), why
    if before == SCALED and not ("scaling" in (execution.cause or "") and execution.status == "FAILED"):
        assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)], why
    third = cloud.register()
    again = cloud.run(machines[form], approval(third))
    assert again.status == "SUCCEEDED", (why, again.cause, again.states)
    if way != "a challenger":
        assert package(cloud) == third, why
    assert cloud.sagemaker.violations == [], why
    return made


def config_of(cloud: Cloud, form: str) -> str:
    """What serves now."""
    if "component" in form:
        component = cloud.sagemaker.components.get("churn-model")
        if component is not None:
            cloud.client("sagemaker").describe_inference_component(InferenceComponentName="churn-model")
        return component.model if component else ""
    if "churn" not in cloud_endpoints(cloud):
        return ""
    return cloud.client("sagemaker").describe_endpoint(EndpointName="churn")["EndpointConfigName"]


def test_a_rollout_that_is_not_finished_at_its_deadline_says_so_and_not_that_it_failed(cloud: Cloud, forms):
    rollout, hasty = cloud.machine("rollout", forms["rollout"]), cloud.machine("hasty", forms["rollout in no time"])
    assert cloud.run(rollout, approval(cloud.register())).status == "SUCCEEDED"
    cloud.notifications()
    cloud.sagemaker.outcomes = [Outcome(seconds=3600)]
    assert cloud.run(hasty, approval(cloud.register())).error == "TimedOut"
    assert [(note["subject"], note["rollout"]) for note in cloud.notifications()] == [("Rollout not finished: churn", "unfinished")]


def test_a_rollout_that_nobody_can_see_says_that_it_is_not_known(cloud: Cloud, forms):
    rollout, hasty = cloud.machine("rollout", forms["rollout"]), cloud.machine("hasty", forms["rollout in no time"])
    assert cloud.run(rollout, approval(cloud.register())).status == "SUCCEEDED"
    cloud.notifications()
    cloud.calls.after = ("UpdateEndpoint", lambda: setattr(cloud.calls, "blind", {"DescribeEndpoint"}))
    cloud.run(hasty, approval(cloud.register()))
    assert [(note["subject"], note["rollout"]) for note in cloud.notifications()] == [("Rollout not confirmed: churn", "unknown")]
