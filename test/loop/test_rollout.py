"""The rollout in all its forms, executed: what is live afterwards, what was called, who was told."""

from __future__ import annotations

import pytest

from harness.cloud import Cloud, Execution
from harness.sagemaker import Outcome

SCALED = "endpoint/churn/variant/AllTraffic"
CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "CANARY", "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10}, "WaitIntervalInSeconds": 600},
        "TerminationWaitInSeconds": 0,
        "MaximumExecutionTimeoutInSeconds": 3600,
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "churn-errors"}]},
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
    assert update["ExcludeRetainedVariantProperties"] == [{"VariantPropertyType": "DataCaptureConfig"}]
    assert len(cloud.model_names()) == len(cloud.config_names()) == 2, "the earlier version stays at hand"


@pytest.mark.parametrize(
    ("outcome", "error", "reason"),
    [
        (Outcome(rolls_back=True, reason='Alarm "churn-errors" went off'), "RolledBack", 'Alarm "churn-errors" went off'),
        (Outcome(rolls_back=True), "RolledBack", "went back to the earlier version and gave no reason"),
        (Outcome(status="UpdateRollbackFailed", reason="no capacity"), "EndpointUpdateRollbackFailed", "no capacity"),
    ],
    ids=["by an alarm", "silently", "and the roll-back fails"],
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
    assert execution.output["reason"] == "a newer rollout is ahead of version 1"
    assert cloud.live_package() == newer


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
    assert succeeded(cloud.run(machine(), approval(older)), "left").output["reason"] == "a newer rollout is ahead of version 1"
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
    first = live()
    second = cloud.register()

    def overtaken() -> str:
        cloud.register()
        return 'Cannot update in-progress endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn".'

    cloud.sagemaker.refuse = {"UpdateEndpoint": [overtaken]}
    succeeded(cloud.run(machine(), approval(second)), "left")
    assert cloud.live_package() == first
    assert len(cloud.config_names()) == len(cloud.model_names()) == 1


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
    cloud.register()
    execution = succeeded(cloud.run(machine(), UPDATED), "left")
    assert execution.output["reason"] == "nothing serves yet: the first approval brings what the template says"
    assert cloud.model_names() == [] and cloud.notifications() == []


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
