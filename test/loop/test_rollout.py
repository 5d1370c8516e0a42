"""The rollout in all its forms, executed: what is live afterwards, what was called, who was told."""

from __future__ import annotations

import time

import pytest

from harness.cloud import Cloud, Execution
from harness.interpreter import Fault
from harness.sagemaker import Outcome

SCALED = "endpoint/churn/variant/AllTraffic"
CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "CANARY", "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10}, "WaitIntervalInSeconds": 600},
        "TerminationWaitInSeconds": 0,
        "MaximumExecutionTimeoutInSeconds": 3600,
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "churn-errors"}, {"AlarmName": "churn-stop"}]},
}


def approval(package: str) -> dict:
    return {"detail-type": "SageMaker Model Package State Change", "detail": {"ModelPackageArn": package, "ModelApprovalStatus": "Approved"}}


def succeeded(execution: Execution, status: str = "live") -> Execution:
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    assert execution.output["status"] == status, execution.states
    return execution


def failed(execution: Execution, error: str) -> Execution:
    assert execution.status == "FAILED", execution.states
    assert execution.error == error, (execution.cause, execution.states)
    return execution


@pytest.fixture
def machine(cloud: Cloud, forms: dict[str, str]):
    """A machine of the named form."""
    return lambda form="rollout": cloud.machine(form.replace(" ", "-").replace(",", "").replace("/", "-"), forms[form])


@pytest.fixture
def live(cloud: Cloud, machine):
    """An endpoint that a first rollout of the named form has made; gives its version."""

    def make(form: str = "rollout") -> str:
        package = cloud.register()
        succeeded(cloud.run(machine(form), approval(package)))
        cloud.notifications()
        cloud.calls.calls.clear()
        return package

    return make


def test_the_first_approval_creates_the_endpoint(cloud: Cloud, machine):
    package = cloud.register()
    succeeded(cloud.run(machine(), approval(package)))
    assert cloud.live_package() == package
    assert "UpdateEndpoint" not in cloud.calls.names()
    (note,) = cloud.notifications()
    assert (note["subject"], note["rollout"], note["modelPackageArn"]) == ("Rolled out: churn", "live", package)


def test_the_second_approval_updates_it_with_the_deployment_policy(cloud: Cloud, machine, live):
    first = live()
    second = cloud.register()
    succeeded(cloud.run(machine(), approval(second)))
    assert cloud.live_package() == second != first
    (update,) = cloud.calls.of("UpdateEndpoint")
    assert update["DeploymentConfig"] == CANARY
    assert update["RetainAllVariantProperties"] is True
    assert update["ExcludeRetainedVariantProperties"] == [{"VariantPropertyType": "DataCaptureConfig"}, {"VariantPropertyType": "DesiredInstanceCount"}]
    assert len(cloud.model_names()) == len(cloud.config_names()) == 2, "the earlier version stays at hand"


@pytest.mark.parametrize(
    ("outcome", "error", "reason"),
    [
        (Outcome(rolls_back=True, reason='Alarm "churn-errors" went off'), "RolledBack", 'Alarm "churn-errors" went off'),
        (Outcome(rolls_back=True), "RolledBack", "rolled back to the earlier version and gave no reason"),
    ],
    ids=["by an alarm", "silently"],
)
def test_a_failing_update_leaves_the_first_live_and_notifies(cloud: Cloud, machine, live, outcome: Outcome, error: str, reason: str):
    first = live()
    cloud.sagemaker.outcomes = [outcome]
    execution = failed(cloud.run(machine(), approval(cloud.register())), error)
    assert reason in execution.cause
    assert cloud.live_package() == first
    assert len(cloud.model_names()) == len(cloud.config_names()) == 1, "nothing is left of the version that failed"
    (note,) = cloud.notifications()
    assert (note["subject"], note["rollout"], note["error"]) == ("Rollout failed: churn", "failed", error)
    assert reason in note["reason"]


@pytest.mark.parametrize("form", ["rollout", "rollout of a component"])
def test_a_person_brings_a_version_past_the_alarms_that_the_live_one_rings(cloud: Cloud, machine, live, form: str):
    live(form)
    second = cloud.register()
    succeeded(cloud.run(machine(form), {"modelPackageArn": second, "ignoreAlarms": True}))
    update = cloud.calls.of("UpdateEndpoint") + cloud.calls.of("UpdateInferenceComponent")
    assert len(update) == 1 and "DeploymentConfig" not in update[0]
    third = cloud.register()
    succeeded(cloud.run(machine(form), {"modelPackageArn": third}))
    update = cloud.calls.of("UpdateEndpoint") + cloud.calls.of("UpdateInferenceComponent")
    assert "AutoRollbackConfiguration" in update[1]["DeploymentConfig"], "only for the one who asks"


def test_a_failing_creation_leaves_nothing_that_the_next_one_stumbles_over(cloud: Cloud, machine):
    cloud.sagemaker.outcomes = [Outcome(status="Failed", reason="the container did not answer /ping")]
    execution = failed(cloud.run(machine(), approval(cloud.register())), "EndpointFailed")
    assert execution.cause == "the container did not answer /ping"
    assert cloud.model_names() == cloud.config_names() == []
    second = cloud.register()
    succeeded(cloud.run(machine(), approval(second)))
    assert cloud.live_package() == second


def test_an_endpoint_that_somebody_left_failed_is_made_anew(cloud: Cloud, machine, live):
    live()
    next(iter(cloud_endpoints(cloud).values())).endpoint_status = "Failed"
    second = cloud.register()
    succeeded(cloud.run(machine(), approval(second)))
    assert cloud.live_package() == second
    assert "DeleteEndpoint" in cloud.calls.names() and "CreateEndpoint" in cloud.calls.names()


def cloud_endpoints(cloud: Cloud) -> dict:
    from moto.sagemaker.models import sagemaker_backends

    from harness.template import ACCOUNT, REGION

    return sagemaker_backends[ACCOUNT][REGION].endpoints


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_a_version_that_is_not_approved_is_refused(cloud: Cloud, machine, live, status: str):
    first = live()
    execution = failed(cloud.run(machine(), {"modelPackageArn": cloud.register(status)}), "NotApproved")
    assert execution.cause == f"version 2 is {status}, and only approved versions are rolled out"
    assert cloud.live_package() == first
    assert not {"CreateModel", "CreateEndpointConfig", "UpdateEndpoint"} & set(cloud.calls.names())
    assert [note["error"] for note in cloud.notifications()] == ["NotApproved"]


def test_nothing_approved_is_said_when_started_by_hand(cloud: Cloud, machine):
    cloud.register("PendingManualApproval")
    failed(cloud.run(machine(), {}), "NothingApproved")


def test_by_hand_any_earlier_version_comes_back(cloud: Cloud, machine, live):
    first = live()
    second = cloud.register()
    succeeded(cloud.run(machine(), approval(second)))
    succeeded(cloud.run(machine(), {"modelPackageArn": first}))
    assert cloud.live_package() == first


def test_by_hand_without_a_version_the_newest_approved_is_rolled_out_again(cloud: Cloud, machine, live):
    first = live()
    cloud.register("Rejected")
    succeeded(cloud.run(machine(), {}))
    assert cloud.live_package() == first
    assert cloud.calls.names().count("UpdateEndpoint") == 1
    assert len(cloud.config_names()) == 2


def test_an_older_version_that_is_approved_late_does_not_replace_a_newer_one(cloud: Cloud, machine):
    older, newer = cloud.register("PendingManualApproval"), cloud.register()
    succeeded(cloud.run(machine(), approval(newer)))
    cloud.approve(older)
    execution = succeeded(cloud.run(machine(), approval(older)), "left")
    assert execution.output["reason"] == BEHIND
    assert cloud.live_package() == newer
    assert [(note["subject"], note["rollout"], note["reason"]) for note in cloud.notifications()][1:] == [("Not rolled out: churn", "left", BEHIND)]


BEHIND = "version 2 is live, and newer than version 1: to roll that one out all the same, start the rollout by hand"


def test_the_newest_approved_version_is_found_behind_newer_ones_that_are_not_approved(cloud: Cloud, machine):
    """SageMaker may answer with an empty page, and with more behind it."""
    approved = cloud.register()
    for status in ("Rejected", "PendingManualApproval"):
        cloud.register(approval=status)
    cloud.sagemaker.page_size = 1
    succeeded(cloud.run(machine(), {}))
    assert cloud.live_package() == approved


def test_an_older_version_is_left_also_where_the_newest_are_not_approved(cloud: Cloud, machine):
    older, newer = cloud.register(), cloud.register()
    cloud.register(approval="Rejected")
    cloud.sagemaker.page_size = 1
    succeeded(cloud.run(machine(), approval(newer)))
    assert succeeded(cloud.run(machine(), approval(older)), "left").output["reason"] == BEHIND
    assert cloud.live_package() == newer


def test_an_event_that_comes_again_later_changes_nothing_and_tells_nobody(cloud: Cloud, machine, live):
    first = live()
    succeeded(cloud.run(machine(), approval(first)))
    assert not {"CreateModel", "UpdateEndpoint", "Publish"} & set(cloud.calls.names())
    assert cloud.notifications() == []


def test_an_event_that_comes_twice_at_once_is_rolled_out_once(cloud: Cloud, machine, live):
    live()
    second = cloud.register()
    rollout = machine()
    executions = [cloud.finished(each) for each in [cloud.start(rollout, approval(second)) for _ in range(2)]]
    assert {execution.status for execution in executions} == {"SUCCEEDED"}
    assert cloud.live_package() == second
    updates = [call for call in cloud.calls.of("UpdateEndpoint")]
    assert len({update["EndpointConfigName"] for update in updates}) == 1
    assert len(cloud.config_names()) == 2


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_approvals_at_once_the_newer_version_wins(cloud: Cloud, machine, live, newest_first: bool):
    live()
    older, newer = cloud.register(), cloud.register()
    rollout = machine()
    started = [cloud.start(rollout, approval(package)) for package in ((newer, older) if newest_first else (older, newer))]
    executions = [cloud.finished(each) for each in started]
    assert {execution.status for execution in executions} == {"SUCCEEDED"}, [(each.error, each.cause) for each in executions]
    assert cloud.live_package() == newer


def test_a_rollout_waits_for_an_update_that_is_under_way(cloud: Cloud, machine, live):
    live()
    second, rollout = cloud.register(), machine()
    backend = cloud_endpoints(cloud)["churn"]
    backend.endpoint_status = "Updating"
    backend.pending = cloud.sagemaker.deploy(backend.endpoint_config_name)
    execution = succeeded(cloud.run(rollout, approval(second)))
    assert "WaitForOthers" in execution.states
    assert cloud.live_package() == second


def test_a_rollout_gives_up_at_its_deadline_and_leaves_what_is_being_worked_on(cloud: Cloud, machine, live):
    first = live()
    cloud.sagemaker.outcomes = [Outcome(seconds=3600)]
    execution = failed(cloud.run(machine("rollout in no time"), approval(cloud.register())), "TimedOut")
    assert execution.cause == "not done at the deadline, the status is Updating"
    assert cloud.live_package() == first
    assert len(cloud.config_names()) == 2


def test_a_version_that_is_overtaken_while_it_waits_leaves_nothing_behind(cloud: Cloud, machine, live):
    live()
    second, third = cloud.register(), cloud.register()

    def overtaken() -> str:
        succeeded(cloud.run(machine("rollout without a way to stop"), approval(third)))
        return 'Cannot update in-progress endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn".'

    cloud.sagemaker.refuse = {"UpdateEndpoint": [overtaken]}
    succeeded(cloud.run(machine(), approval(second)), "left")
    assert cloud.live_package() == third
    assert len(cloud.config_names()) == len(cloud.model_names()) == 2
    assert [note["rollout"] for note in cloud.notifications()] == ["live", "left"]


def test_an_approved_version_is_brought_although_a_newer_one_has_failed(cloud: Cloud, machine, live):
    live()
    second, third = cloud.register("PendingManualApproval"), cloud.register()
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    failed(cloud.run(machine(), approval(third)), "RolledBack")
    cloud.approve(second)
    succeeded(cloud.run(machine(), approval(second)))
    assert cloud.live_package() == second


@pytest.mark.parametrize("form", ["rollout", "rollout of a component"])
def test_of_two_approvals_at_once_the_older_is_brought_when_the_newer_is_rolled_back(cloud: Cloud, machine, live, form: str):
    live(form)
    second, third = cloud.register(), cloud.register()
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    waiting = []

    def overtaken() -> str:
        waiting.append(cloud.run(machine(form), approval(third)))
        return "Cannot update in-progress endpoint churn."

    cloud.sagemaker.refuse = {"UpdateEndpoint": [overtaken], "UpdateInferenceComponent": [overtaken]}
    succeeded(cloud.run(machine(form), approval(second)))
    failed(waiting[0], "RolledBack")
    assert (component_package(cloud) if "component" in form else cloud.live_package()) == second


def test_an_older_version_is_brought_where_the_live_one_was_rejected_since(cloud: Cloud, machine):
    older, newer = cloud.register("PendingManualApproval"), cloud.register()
    succeeded(cloud.run(machine(), approval(newer)))
    cloud.approve(newer, "Rejected")
    cloud.approve(older)
    succeeded(cloud.run(machine(), approval(older)))
    assert cloud.live_package() == older


@pytest.fixture
def stuck(cloud: Cloud, machine, live) -> str:
    """A second version whose update never ends, left by the execution that began it."""
    live()
    package = cloud.register()
    cloud.sagemaker.outcomes = [Outcome(seconds=10**6)]
    failed(cloud.run(machine("rollout in no time"), approval(package)), "TimedOut")
    cloud.notifications()
    cloud.calls.calls.clear()
    return package


def test_a_version_that_another_execution_is_bringing_is_left_to_it(cloud: Cloud, machine, stuck: str):
    execution = succeeded(cloud.run(machine(), approval(stuck)), "left")
    assert execution.output["reason"] == "another execution is rolling out version 2"
    assert "CreateModel" not in cloud.calls.names() and cloud.notifications() == []


def test_a_rollout_does_not_wait_for_ever_for_another(cloud: Cloud, machine, stuck: str):
    execution = failed(cloud.run(machine("rollout in no time"), approval(cloud.register())), "TooBusy")
    assert execution.cause == "waited until the deadline, and the status is still Updating"
    assert [note["error"] for note in cloud.notifications()] == ["TooBusy"]


def test_a_creation_that_is_refused_leaves_nothing_behind(cloud: Cloud, machine):
    cloud.sagemaker.refuse = {"CreateEndpoint": ["The account-level service limit 'ml.m5.large for endpoint usage' is 0 Instances"]}
    execution = failed(cloud.run(machine(), approval(cloud.register())), "SageMaker.SageMakerException")
    assert "service limit" in execution.cause
    assert cloud.config_names() == cloud.model_names() == []


@pytest.mark.parametrize("call", ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint"])
def test_throttling_is_waited_out(cloud: Cloud, machine, live, call: str):
    live()
    second = cloud.register()
    cloud.sagemaker.refuse = {call: ["Rate exceeded"] * 2}
    succeeded(cloud.run(machine(), approval(second)))
    assert cloud.live_package() == second
    assert len(cloud.notifications()) == 1


def test_a_refused_update_is_a_failure_with_its_reason(cloud: Cloud, machine, live):
    first = live()
    cloud.sagemaker.refuse = {"UpdateEndpoint": ["You cannot change the variant name"]}
    execution = failed(cloud.run(machine(), approval(cloud.register())), "SageMaker.SageMakerException")
    assert execution.cause.startswith("You cannot change the variant name")
    assert cloud.live_package() == first
    assert len(cloud.config_names()) == len(cloud.model_names()) == 1


def test_a_live_config_that_somebody_deleted_does_not_stop_the_rollout(cloud: Cloud, machine, live):
    live()
    (config,) = cloud.config_names()
    cloud.client("sagemaker").delete_endpoint_config(EndpointConfigName=config)
    cloud.sagemaker.violations.clear()
    second = cloud.register()
    execution = cloud.run(machine(), approval(second))
    assert "CreateEndpointConfig" in execution.states


def test_a_topic_that_is_gone_does_not_turn_the_rollout_red(cloud: Cloud, machine):
    cloud.client("sns").delete_topic(TopicArn="arn:aws:sns:eu-west-1:123456789012:alerts")
    succeeded(cloud.run(machine(), approval(cloud.register())))


# --- scaling ----------------------------------------------------------------------------------------------------------


def scaling(cloud: Cloud, resource: str = SCALED) -> list[tuple[str, int, int]]:
    targets = cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
    return [(target["ScalableDimension"], target["MinCapacity"], target["MaxCapacity"]) for target in targets["ScalableTargets"]]


def policies(cloud: Cloud) -> list[dict]:
    return cloud.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]


def test_scaling_is_registered_once_the_version_is_live(cloud: Cloud, live):
    live("rollout scaled")
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]
    assert [policy["PolicyType"] for policy in policies(cloud)] == ["TargetTrackingScaling"]


def test_the_same_instance_type_keeps_its_scaling_during_the_update(cloud: Cloud, machine, live):
    live("rollout scaled")
    succeeded(cloud.run(machine("rollout scaled"), approval(cloud.register())))
    assert "DeregisterScalableTarget" not in cloud.calls.names()


def test_another_instance_type_takes_scaling_off_before_the_update_and_gives_it_back(cloud: Cloud, machine, live):
    live("rollout scaled")
    succeeded(cloud.run(machine("rollout scaled on a larger type"), approval(cloud.register())))
    names = [name for name in cloud.calls.names() if name in ("DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget", "PutScalingPolicy")]
    assert names == ["DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget", "PutScalingPolicy"]
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]


UPDATED = {"detail-type": "CloudFormation Stack Status Change", "detail": {"stack-id": "churn", "status-details": {"status": "UPDATE_COMPLETE"}}}
CHANGED = "rollout scaled on a larger type"


def test_an_updated_stack_whose_workflow_is_the_same_touches_nothing_and_tells_nobody(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    succeeded(cloud.run(machine("rollout scaled"), UPDATED))
    assert cloud.live_package() == first
    assert not {"CreateModel", "UpdateEndpoint", "Publish"} & set(cloud.calls.names())


def test_an_updated_stack_brings_what_it_says_now_to_the_live_version(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    succeeded(cloud.run(machine(CHANGED), UPDATED))
    assert cloud.live_package() == first
    (made,) = cloud.calls.of("CreateEndpointConfig")
    assert made["ProductionVariants"][0]["InstanceType"] == "ml.m5.xlarge"
    assert [note["rollout"] for note in cloud.notifications()] == ["live"]
    cloud.calls.calls.clear()
    succeeded(cloud.run(machine(CHANGED), UPDATED))
    assert "UpdateEndpoint" not in cloud.calls.names()


def test_an_updated_stack_does_not_bring_back_a_newer_version_that_somebody_took_off(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    succeeded(cloud.run(machine("rollout scaled"), approval(cloud.register())))
    succeeded(cloud.run(machine("rollout scaled"), {"modelPackageArn": first}))
    succeeded(cloud.run(machine(CHANGED), UPDATED))
    assert cloud.live_package() == first


def test_an_updated_stack_that_serves_nothing_yet_is_no_failure(cloud: Cloud, machine):
    cloud.register("PendingManualApproval")
    execution = succeeded(cloud.run(machine(), UPDATED), "left")
    assert execution.output["reason"] == "nothing serves yet: the first approval brings what the template says"
    assert cloud.model_names() == [] and cloud.notifications() == []


@pytest.mark.parametrize("form", ["rollout", "rollout of a component"])
def test_an_updated_stack_brings_the_newest_approved_version_where_nothing_is_live(cloud: Cloud, machine, form: str):
    cloud.register()
    second = cloud.register()
    cloud.register("Rejected")
    succeeded(cloud.run(machine(form), UPDATED))
    assert (component_package(cloud) if "component" in form else cloud.live_package()) == second
    assert [note["rollout"] for note in cloud.notifications()] == ["live"]


def test_while_a_stack_deletes_what_its_update_has_replaced_only_an_endpoint_that_is_not_there_is_brought(cloud: Cloud, machine):
    """The endpoint that it replaces waits for it; what is live waits until the update is complete."""
    cloud.register()
    early = {**UPDATED, "detail": {"stack-id": "churn", "status-details": {"status": "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}}}
    succeeded(cloud.run(machine(), early))
    cloud.calls.calls.clear()
    succeeded(cloud.run(machine("rollout of four"), early), "left")
    assert "UpdateEndpoint" not in cloud.calls.names()
    assert [note["rollout"] for note in cloud.notifications()] == ["live"]


@pytest.mark.parametrize("is_failed", [True, False])
def test_an_updated_stack_brings_back_an_endpoint_that_is_failed_or_gone(cloud: Cloud, machine, live, is_failed: bool):
    first = live()
    cloud_endpoints(cloud)["churn"].endpoint_status = "Failed"
    if not is_failed:
        cloud.client("sagemaker").delete_endpoint(EndpointName="churn")
    succeeded(cloud.run(machine(), UPDATED))
    assert cloud.live_package() == first
    assert [note["rollout"] for note in cloud.notifications()] == ["live"]


def test_an_updated_stack_touches_nothing_where_the_live_version_was_rejected_since_and_nothing_has_changed(cloud: Cloud, machine, live):
    cloud.approve(live(), "Rejected")
    succeeded(cloud.run(machine(), UPDATED))
    assert cloud.notifications() == [] and "UpdateEndpoint" not in cloud.calls.names()


def test_an_updated_stack_says_what_to_do_where_the_live_version_was_rejected_since(cloud: Cloud, machine, live):
    first = live()
    cloud.approve(first, "Rejected")
    execution = failed(cloud.run(machine("rollout of four"), UPDATED), "NotApproved")
    assert execution.cause == (
        "version 1 is Rejected, and only approved versions are rolled out: it is live and goes on serving with its earlier settings; "
        "to bring what the stack says now, approve it again, or approve another version"
    )
    (note,) = cloud.notifications()
    assert (note["subject"], note["rollout"], note["reason"]) == ("Rollout failed: churn", "failed", execution.cause)
    assert cloud.live_package() == first


def test_an_updated_stack_says_what_to_do_where_the_package_of_the_live_version_is_gone(cloud: Cloud, machine, live):
    first = live()
    forget(cloud, first)
    succeeded(cloud.run(machine(), UPDATED))
    execution = failed(cloud.run(machine("rollout of four"), UPDATED), "PackageGone")
    assert execution.cause.startswith("version 1 is no longer in the registry, so that no model can be made of it: it is live and goes on serving")
    assert len(cloud.notifications()) == 1


def forget(cloud: Cloud, package: str) -> None:
    """Somebody deletes a version."""
    from moto.sagemaker.models import sagemaker_backends

    from harness.template import ACCOUNT, REGION

    packages = sagemaker_backends[ACCOUNT][REGION].model_packages
    del packages[next(name for name, each in packages.items() if package in (name, each.arn))]


def test_an_updated_stack_keeps_the_version_that_a_rollout_is_bringing(cloud: Cloud, machine, live):
    live("rollout scaled")
    second = cloud.register()
    executions = [cloud.start(machine("rollout scaled"), approval(second)), cloud.start(machine(CHANGED), UPDATED)]
    assert {cloud.finished(each).status for each in executions} == {"SUCCEEDED"}
    assert cloud.live_package() == second


def test_an_update_that_alarms_turn_back_leaves_the_live_version_as_it_was(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    before = cloud.config_names()
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    failed(cloud.run(machine(CHANGED), UPDATED), "RolledBack")
    assert (cloud.live_package(), cloud.config_names()) == (first, before)


def test_scaling_comes_back_when_the_update_with_another_instance_type_fails(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    failed(cloud.run(machine("rollout scaled on a larger type"), approval(cloud.register())), "RolledBack")
    assert cloud.live_package() == first
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]


def test_scaling_comes_back_also_where_the_version_had_been_live_before(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    second = cloud.register()
    succeeded(cloud.run(machine("rollout scaled on a larger type"), approval(second)))
    cloud.approve(second, "Rejected")
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    failed(cloud.run(machine("rollout scaled"), approval(first)), "RolledBack")
    assert cloud.live_package() == second
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]
    assert len(cloud.config_names()) == 2, "what an earlier rollout made stays"


def test_scaling_that_is_no_longer_wanted_goes(cloud: Cloud, machine, live):
    live("rollout scaled")
    succeeded(cloud.run(machine(), approval(cloud.register())))
    assert scaling(cloud) == []


def test_an_asynchronous_endpoint_wakes_up_by_an_alarm_on_its_step_policy(cloud: Cloud, live):
    live("rollout asynchronous")
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 0, 4)]
    (step,) = [policy for policy in policies(cloud) if policy["PolicyType"] == "StepScaling"]
    (alarm,) = cloud.client("cloudwatch").describe_alarms(AlarmNames=["churn-wake-up"])["MetricAlarms"]
    assert alarm["AlarmActions"] == [step["PolicyARN"]]
    assert alarm["MetricName"] == "HasBacklogWithoutCapacity"


def test_scaling_that_cannot_be_registered_is_a_failure_and_the_new_version_stays(cloud: Cloud, machine, monkeypatch):
    from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, AWSValidationException

    def refuse(self, *args, **kwargs):
        raise AWSValidationException("MinCapacity must not be more than MaxCapacity")

    monkeypatch.setattr(ApplicationAutoscalingBackend, "register_scalable_target", refuse)
    package = cloud.register()
    execution = failed(cloud.run(machine("rollout scaled"), approval(package)), "ApplicationAutoScaling.ValidationException")
    assert "MinCapacity" in execution.cause
    assert cloud.live_package() == package
    assert len(cloud.notifications()) == 1


# --- other endpoints --------------------------------------------------------------------------------------------------


def test_a_serverless_endpoint_is_created_and_updated(cloud: Cloud, machine, live):
    live("rollout serverless")
    second = cloud.register()
    succeeded(cloud.run(machine("rollout serverless"), approval(second)))
    assert cloud.live_package() == second
    assert "DeploymentConfig" not in cloud.calls.of("UpdateEndpoint")[0]


def test_the_first_version_serves_alone_and_the_second_shadows_it_until_it_is_promoted(cloud: Cloud, machine, live):
    first = live("rollout as shadow")
    second = cloud.register()
    succeeded(cloud.run(machine("rollout as shadow"), approval(second)))
    assert cloud.live_package() == first
    config = live_config(cloud)
    assert [variant["VariantName"] for variant in config["ShadowProductionVariants"]] == ["Shadow"]
    assert model_of(cloud, config["ShadowProductionVariants"][0]) == second
    succeeded(cloud.run(machine("rollout as shadow"), {"modelPackageArn": second, "promote": True}))
    assert cloud.live_package() == second
    assert "ShadowProductionVariants" not in live_config(cloud)


def test_an_ab_test_shares_the_requests_and_updates_all_at_once(cloud: Cloud, machine, live):
    form = "rollout in an A/B test, rolling"
    first = live(form)
    second = cloud.register()
    succeeded(cloud.run(machine(form), approval(second)))
    assert cloud.live_package() == first and cloud.live_package(variant="Challenger") == second
    (update,) = cloud.calls.of("UpdateEndpoint")
    assert "DeploymentConfig" not in update, "a rolling update does not go with several variants"
    assert {"VariantPropertyType": "DesiredWeight"} in update["ExcludeRetainedVariantProperties"]
    third = cloud.register()
    succeeded(cloud.run(machine(form), approval(third)))
    assert cloud.live_package() == first and cloud.live_package(variant="Challenger") == third


def test_a_promotion_that_meets_one_variant_is_rolling(cloud: Cloud, machine, live):
    form = "rollout in an A/B test, rolling"
    live(form)
    second = cloud.register()
    succeeded(cloud.run(machine(form), {"modelPackageArn": second, "promote": True}))
    assert cloud.live_package() == second
    assert "RollingUpdatePolicy" in cloud.calls.of("UpdateEndpoint")[0]["DeploymentConfig"]


def test_a_canary_is_for_challengers_that_take_the_place_of_another(cloud: Cloud, machine, live):
    form = "rollout in an A/B test, canary"
    live(form)
    for _ in range(2):
        succeeded(cloud.run(machine(form), approval(cloud.register())))
    assert [variant.get("InitialInstanceCount") for variant in live_config(cloud)["ProductionVariants"]] == [2, 3]
    challenger = cloud.live_package(variant="Challenger")
    succeeded(cloud.run(machine(form), {"modelPackageArn": challenger, "promote": True}))
    assert cloud.live_package() == challenger
    succeeded(cloud.run(machine(form), {"promote": True}))
    assert ["DeploymentConfig" in update for update in cloud.calls.of("UpdateEndpoint")] == [False, True, False, True]


def live_config(cloud: Cloud) -> dict:
    client = cloud.client("sagemaker")
    return client.describe_endpoint_config(EndpointConfigName=client.describe_endpoint(EndpointName="churn")["EndpointConfigName"])


def model_of(cloud: Cloud, variant: dict) -> str:
    return cloud.client("sagemaker").describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]["ModelPackageName"]


# --- components -------------------------------------------------------------------------------------------------------


def component_package(cloud: Cloud) -> str:
    return model_of(cloud, {"ModelName": cloud.sagemaker.components["churn-model"].model})


def test_a_component_is_created_updated_and_scaled(cloud: Cloud, machine, caplog):
    form = "rollout of a component"
    first = cloud.register()
    succeeded(cloud.run(machine(form), approval(first)))
    assert component_package(cloud) == first
    assert scaling(cloud, "inference-component/churn-model") == [("sagemaker:inference-component:DesiredCopyCount", 1, 4)]
    second = cloud.register()
    succeeded(cloud.run(machine(form), approval(second)))
    assert component_package(cloud) == second
    (update,) = cloud.calls.of("UpdateInferenceComponent")
    assert update["DeploymentConfig"]["RollingUpdatePolicy"]["WaitIntervalInSeconds"] == 60


def test_a_component_that_goes_back_is_a_failure(cloud: Cloud, machine):
    form = "rollout of a component"
    first = cloud.register()
    succeeded(cloud.run(machine(form), approval(first)))
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True)]
    failed(cloud.run(machine(form), approval(cloud.register())), "RolledBack")
    assert component_package(cloud) == first
    assert len(cloud.model_names()) == 1


def test_a_component_whose_creation_fails_is_removed(cloud: Cloud, machine):
    form = "rollout of a component"
    cloud.sagemaker.outcomes = [Outcome(status="Failed", reason="out of memory")]
    execution = failed(cloud.run(machine(form), approval(cloud.register())), "InferenceComponentFailed")
    assert execution.cause == "out of memory"
    assert cloud.sagemaker.components == {} and cloud.model_names() == []


def test_a_component_gets_what_an_updated_stack_says(cloud: Cloud, machine):
    form = "rollout of a component"
    succeeded(cloud.run(machine(form), UPDATED), "left")
    first = cloud.register()
    succeeded(cloud.run(machine(form), approval(first)))
    cloud.calls.calls.clear()
    succeeded(cloud.run(machine(form), UPDATED))
    assert "UpdateInferenceComponent" not in cloud.calls.names()
    succeeded(cloud.run(machine("rollout of a larger component"), UPDATED))
    assert component_package(cloud) == first
    assert len(cloud.calls.of("UpdateInferenceComponent")) == 1


# --- what serves stays ------------------------------------------------------------------------------------------------


def test_a_rollback_that_fails_leaves_both_configs_and_both_models(cloud: Cloud, machine, live):
    """The endpoint is in service with a mix of both."""
    live()
    cloud.sagemaker.outcomes = [Outcome(status="UpdateRollbackFailed", reason="no capacity")]
    failed(cloud.run(machine(), approval(cloud.register())), "EndpointUpdateRollbackFailed")
    assert len(cloud.model_names()) == len(cloud.config_names()) == 2
    (note,) = cloud.notifications()
    assert "no capacity" in note["reason"]
    third = cloud.register()
    succeeded(cloud.run(machine(), approval(third)))
    assert cloud.live_package() == third


@pytest.mark.parametrize("form", ["rollout as shadow", "rollout in an A/B test, canary", "rollout in an A/B test, rolling"])
@pytest.mark.parametrize("first_comes_later", [True, False])
def test_a_version_that_is_overtaken_by_its_challenger_keeps_its_model(cloud: Cloud, machine, form: str, first_comes_later: bool):
    """The second version is approved while the first comes up; the first finds the config of both, and it is not its own."""
    first = cloud.register()
    rollout = machine(form)
    one = cloud.start(rollout, approval(first))
    seconds = 0
    while "CreateEndpoint" not in cloud.calls.names():
        time.sleep(0.01)
        assert (seconds := seconds + 0.01) < 30
    two = cloud.start(rollout, approval(cloud.register()))
    for each in ([two, one] if first_comes_later else [one, two]):
        assert cloud.finished(each).status == "SUCCEEDED"
    assert cloud.live_package() == first
    succeeded(cloud.run(rollout, approval(cloud.register())))
    assert cloud.live_package() == first


def test_a_rollout_that_loses_the_endpoint_to_another_leaves_the_model_that_the_other_serves(cloud: Cloud, machine, live):
    """Somebody promotes a challenger while its rollout waits for the look that would find it live."""
    live("rollout as shadow")
    second = cloud.register()
    cloud.sagemaker.outcomes = [Outcome(seconds=60)]
    endpoint = cloud_endpoints(cloud)["churn"]

    def overtaken(*_) -> None:
        """Another config that names the model of this rollout."""
        client = cloud.client("sagemaker")
        config = client.describe_endpoint_config(EndpointConfigName=endpoint.pending.config)
        client.create_endpoint_config(EndpointConfigName="by-hand", ProductionVariants=[
            {**config["ProductionVariants"][0], "ModelName": config["ShadowProductionVariants"][0]["ModelName"]}
        ])
        endpoint.endpoint_config_name, endpoint.pending, endpoint.endpoint_status = "by-hand", None, "InService"

    cloud.calls.after = ("UpdateEndpoint", overtaken)
    succeeded(cloud.run(machine("rollout as shadow"), approval(second)), "left")
    assert cloud.live_package() == second
    assert [note["rollout"] for note in cloud.notifications()] == ["left"]


def test_a_live_version_gets_back_the_model_and_the_config_that_went_during_its_rollout(cloud: Cloud, machine, live):
    """Two executions of one event: the other has rolled back, and cleaned up what this one has just begun to use."""
    live()
    second = cloud.register()

    def cleaned(*_) -> None:
        client = cloud.client("sagemaker")
        name = cloud_endpoints(cloud)["churn"].pending.config
        client.delete_endpoint_config(EndpointConfigName=name)
        client.delete_model(ModelName=name)
        cloud.sagemaker.violations.clear()

    cloud.calls.after = ("UpdateEndpoint", cleaned)
    succeeded(cloud.run(machine(), approval(second)))
    assert cloud.live_package() == second


@pytest.mark.parametrize("promote", [True, False])
def test_a_challenger_does_not_take_the_place_of_a_champion_whose_config_was_deleted(cloud: Cloud, machine, live, promote: bool):
    live("rollout as shadow")
    (config,) = cloud.config_names()
    cloud.client("sagemaker").delete_endpoint_config(EndpointConfigName=config)
    cloud.sagemaker.violations.clear()
    execution = cloud.run(machine("rollout as shadow"), {"modelPackageArn": cloud.register(), "promote": promote})
    if promote:
        assert "UpdateByPolicy" in execution.states
    else:
        failed(execution, "ChampionLost")
        assert "UpdateEndpoint" not in cloud.calls.names()


# --- an approval that is taken back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["rollout", "rollout scaled", "rollout asynchronous", "rollout serverless", "rollout as shadow", "rollout of a component"])
def test_a_version_that_is_rejected_while_its_rollout_waits_is_not_brought(cloud: Cloud, machine, live, form: str):
    first = live(form)
    second = cloud.register()

    def rejected() -> str:
        cloud.approve(second, "Rejected")
        return "Cannot update in-progress endpoint churn."

    cloud.sagemaker.refuse = {"UpdateEndpoint": [rejected], "UpdateInferenceComponent": [rejected]}
    execution = failed(cloud.run(machine(form), approval(second)), "NotApproved")
    assert execution.cause == "version 2 is Rejected, and only approved versions are rolled out"
    assert (component_package(cloud) if "component" in form else cloud.live_package()) == first
    assert [note["error"] for note in cloud.notifications()] == ["NotApproved"]
    assert len(cloud.model_names()) == 1


def reject(cloud: Cloud, package: str, after: str) -> None:
    """A person takes the approval back when this call has been made."""
    cloud.calls.after = (after, lambda *_: cloud.approve(package, "Rejected"))


@pytest.mark.parametrize("form", ["rollout", "rollout scaled", "rollout of a component"])
def test_a_version_that_is_rejected_in_the_middle_is_rolled_back(cloud: Cloud, machine, live, form: str):
    first = live(form)
    second = cloud.register()
    cloud.sagemaker.outcomes = [Outcome(seconds=3600)]
    reject(cloud, second, "UpdateInferenceComponent" if "component" in form else "UpdateEndpoint")
    began = cloud.clock.passed
    execution = failed(cloud.run(machine(form), approval(second)), "NotApproved")
    assert execution.cause == "version 2 became Rejected during its rollout: the earlier version serves again"
    assert cloud.clock.passed - began < 300, "the rollout is ended, not waited out"
    assert (component_package(cloud) if "component" in form else cloud.live_package()) == first
    assert [(note["rollout"], note["error"]) for note in cloud.notifications()] == [("failed", "NotApproved")]
    third = cloud.register()
    succeeded(cloud.run(machine(form), approval(third)))
    assert (component_package(cloud) if "component" in form else cloud.live_package()) == third


@pytest.mark.parametrize("form", ["rollout without a way to stop", "rollout serverless"])
def test_a_version_that_went_live_before_it_could_be_stopped_is_taken_off(cloud: Cloud, machine, live, form: str):
    first = live(form)
    second = cloud.register()
    reject(cloud, second, "UpdateEndpoint")
    execution = failed(cloud.run(machine(form), approval(second)), "NotApproved")
    assert execution.cause == "version 2 became Rejected during its rollout: the earlier version serves again"
    assert cloud.live_package() == first
    assert [note["rollout"] for note in cloud.notifications()] == ["failed"]


def test_a_first_version_that_is_rejected_while_it_comes_up_serves_and_people_are_told(cloud: Cloud, machine):
    first = cloud.register()
    reject(cloud, first, "CreateEndpoint")
    execution = failed(cloud.run(machine(), approval(first)), "NotApproved")
    assert execution.cause.endswith("It serves, because there is no earlier version: approve another, or delete what serves")
    assert cloud.live_package() == first
    assert [(note["subject"], note["rollout"]) for note in cloud.notifications()] == [("Live, but not as asked: churn", "incomplete")]


# --- numbers of replicas ----------------------------------------------------------------------------------------------


def test_a_fleet_of_fixed_size_gets_the_size_that_the_stack_says(cloud: Cloud, machine, live):
    live()
    assert cloud.counts() == {"AllTraffic": 2}
    succeeded(cloud.run(machine("rollout of four"), UPDATED))
    assert cloud.counts() == {"AllTraffic": 4}
    succeeded(cloud.run(machine(), UPDATED))
    assert cloud.counts() == {"AllTraffic": 2}


def test_a_fleet_that_scaled_gets_its_fixed_size_although_its_config_is_the_same(cloud: Cloud, machine, live):
    live("rollout scaled")
    cloud_endpoints(cloud)["churn"].counts = {"AllTraffic": 7}
    succeeded(cloud.run(machine(), UPDATED))
    assert cloud.counts() == {"AllTraffic": 2} and scaling(cloud) == []
    assert len(cloud.calls.of("UpdateEndpointWeightsAndCapacities")) == 1
    cloud.calls.calls.clear()
    succeeded(cloud.run(machine(), UPDATED))
    assert "UpdateEndpointWeightsAndCapacities" not in cloud.calls.names()


def test_what_scaling_has_reached_is_kept(cloud: Cloud, machine, live):
    live("rollout scaled")
    cloud_endpoints(cloud)["churn"].counts = {"AllTraffic": 3}
    succeeded(cloud.run(machine("rollout scaled"), approval(cloud.register())))
    assert cloud.counts() == {"AllTraffic": 3}


def test_a_size_that_cannot_be_reached_is_said(cloud: Cloud, machine, live):
    live("rollout scaled")
    cloud_endpoints(cloud)["churn"].counts = {"AllTraffic": 7}
    cloud.sagemaker.refuse = {"UpdateEndpointWeightsAndCapacities": ["The account-level service limit is 5"]}
    failed(cloud.run(machine(), UPDATED), "SageMaker.SageMakerException")
    (note,) = cloud.notifications()
    assert (note["subject"], note["rollout"]) == ("Live, but not as asked: churn", "incomplete")
    assert "service limit" in note["reason"]


def test_provisioned_concurrency_that_scaled_gets_its_fixed_number(cloud: Cloud, machine, live):
    live("rollout serverless, warm and scaled")
    cloud_endpoints(cloud)["churn"].counts = {"AllTraffic": 5}
    succeeded(cloud.run(machine("rollout serverless, two warm"), UPDATED))
    assert cloud_endpoints(cloud)["churn"].counts == {"AllTraffic": 2}


def test_a_component_gets_the_copies_that_the_stack_says(cloud: Cloud, machine):
    succeeded(cloud.run(machine("rollout of a component"), approval(cloud.register())))
    succeeded(cloud.run(machine("rollout of three copies"), UPDATED))
    assert cloud.sagemaker.components["churn-model"].copies == 3
    assert scaling(cloud, "inference-component/churn-model") == []


# --- scaling that is not certain --------------------------------------------------------------------------------------


def test_scaling_that_is_off_already_is_off(cloud: Cloud, machine, live):
    """Another execution was faster, or the answer of the first try was lost."""
    live("rollout scaled")

    def taken(*_) -> None:
        cloud.client("application-autoscaling").deregister_scalable_target(
            ServiceNamespace="sagemaker", ResourceId=SCALED, ScalableDimension="sagemaker:variant:DesiredInstanceCount"
        )

    cloud.calls.after = ("DescribeScalableTargets", taken)
    succeeded(cloud.run(machine(CHANGED), UPDATED))
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]


def test_scaling_comes_back_also_where_taking_it_off_is_refused_half_way(cloud: Cloud, machine, live):
    first = live("rollout scaled")
    fault_at(cloud, "DeregisterScalableTarget", status=400, code="AccessDeniedException", done=True, times=4)
    execution = failed(cloud.run(machine(CHANGED), UPDATED), "ApplicationAutoScaling.ApplicationAutoScalingException")
    assert "AccessDenied" in execution.cause
    assert cloud.live_package() == first
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]


def test_a_message_says_that_scaling_could_not_be_brought_back(cloud: Cloud, machine, live, monkeypatch):
    from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, AWSValidationException

    live("rollout scaled")
    cloud.sagemaker.outcomes = [Outcome(rolls_back=True, reason="alarm")]

    def refuse(self, *args, **kwargs):
        raise AWSValidationException("no such role")

    monkeypatch.setattr(ApplicationAutoscalingBackend, "register_scalable_target", refuse)
    execution = failed(cloud.run(machine(CHANGED), UPDATED), "RolledBack")
    assert execution.cause.startswith("alarm; and scaling could not be brought back (no such role")
    (note,) = cloud.notifications()
    assert note["reason"] == execution.cause


def test_a_policy_whose_target_another_rollout_has_taken_off_is_put_again(cloud: Cloud, machine, live):
    live("rollout scaled")

    def taken(*_) -> None:
        cloud.client("application-autoscaling").deregister_scalable_target(
            ServiceNamespace="sagemaker", ResourceId=SCALED, ScalableDimension="sagemaker:variant:DesiredInstanceCount"
        )

    cloud.calls.after = ("RegisterScalableTarget", taken)
    succeeded(cloud.run(machine("rollout scaled"), approval(cloud.register())))
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]
    assert [policy["PolicyName"] for policy in policies(cloud)] == ["requests"]


def test_what_may_sleep_does_so_only_when_all_that_wakes_it_up_is_there(cloud: Cloud, machine):
    fault_at(cloud, "PutMetricAlarm", status=400, code="LimitExceeded", times=4)
    failed(cloud.run(machine("rollout asynchronous"), approval(cloud.register())), "CloudWatch.LimitExceededException")
    assert [least for _, least, _ in scaling(cloud)] == [1]
    cloud.calls.fault = None
    succeeded(cloud.run(machine("rollout asynchronous"), UPDATED))
    assert [least for _, least, _ in scaling(cloud)] == [0]
    cloud.calls.calls.clear()
    succeeded(cloud.run(machine("rollout asynchronous"), UPDATED))
    assert [call["MinCapacity"] for call in cloud.calls.of("RegisterScalableTarget")] == [0], "one that sleeps is not woken up"


def fault_at(cloud: Cloud, call: str, **fault) -> None:
    """The next call of this name goes wrong."""
    cloud.calls.fault = Fault(name=call, **fault)


# --- names ------------------------------------------------------------------------------------------------------------


def test_names_have_room_for_the_hundredth_version_beside_a_champion(cloud: Cloud, machine):
    form = "rollout as shadow with a long name"
    first = cloud.register()
    succeeded(cloud.run(machine(form), approval(first)))
    for _ in range(99):
        last = cloud.register()
    succeeded(cloud.run(machine(form), approval(last)))
    assert max(map(len, cloud.config_names())) <= 63
    assert cloud.live_package() == first


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400, "code": "ThrottlingException"}, {"status": 500, "done": True}])
def test_a_rollout_asks_for_minutes_which_version_is_the_newest(cloud: Cloud, forms, fault: dict):
    newest = cloud.register()
    cloud.calls.fault = Fault(name="ListModelPackages", times=12, **fault)
    succeeded(cloud.run(cloud.machine("rollout", forms["rollout"]), {}), "live")
    assert cloud.live_package() == newest


def test_a_rollout_asks_for_minutes_whether_the_variant_scales(cloud: Cloud, forms):
    package = cloud.register()
    succeeded(cloud.run(cloud.machine("rollout", forms["rollout scaled"]), approval(package)))
    cloud.calls.fault = Fault(name="DescribeScalableTargets", times=12)
    succeeded(cloud.run(cloud.machine("larger", forms[CHANGED]), UPDATED), "live")
    assert scaling(cloud) == [("sagemaker:variant:DesiredInstanceCount", 1, 4)]
