"""A template, deployed as far as the workflows look: its things made in the cloud of one test."""

from __future__ import annotations

from . import permissions
from .cloud import Cloud, Execution, listen
from .events import model_package_event, reached, target_input
from .template import ACCOUNT, REGION, Resource, Template


class Stack:
    """The template's things, made in the cloud of one test."""

    def __init__(self, cloud: Cloud, template: Template, events: dict[str, dict]) -> None:
        self.cloud, self.template, self.events = cloud, template, events
        self.machines: dict[str, str] = {}
        for bucket in template.all("AWS::S3::Bucket"):
            cloud.client("s3").create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        for group in template.all("AWS::SageMaker::ModelPackageGroup"):
            self.group = group.name
            if group.name != "churn":
                cloud.client("sagemaker").create_model_package_group(ModelPackageGroupName=group.name)
        for made in template.all("AWS::SageMaker::Pipeline"):
            cloud.client("sagemaker").create_pipeline(
                PipelineName=made.name, PipelineDefinition="{}", ClientRequestToken="0" * 32, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/pipeline"
            )
        topics = {topic for machine in template.all("AWS::StepFunctions::StateMachine") for topic in published_topics(template.definition(machine))}
        assert len(topics) == 1, "the workflows tell one topic"
        listen(cloud, topics.pop().split(":")[-1])
        for machine in template.all("AWS::StepFunctions::StateMachine"):
            self.machines[machine.arn] = cloud.machine(machine.name, machine.properties["DefinitionString"])

    def deploy(self, template: Template) -> None:
        """Another version of the template: the workflows are changed in place, as they keep their names."""
        names = {machine.name for machine in template.all("AWS::StepFunctions::StateMachine")}
        assert names == {machine.name for machine in self.template.all("AWS::StepFunctions::StateMachine")}
        self.template = template
        for machine in template.all("AWS::StepFunctions::StateMachine"):
            self.cloud.client("stepfunctions").update_state_machine(
                stateMachineArn=self.machines[machine.arn], definition=machine.properties["DefinitionString"]
            )

    def register(self, approval: str = "PendingManualApproval") -> str:
        return self.cloud.register(approval, group=self.group)

    def approve(self, package: str) -> Execution:
        """A person approves; the event finds its way."""
        self.cloud.approve(package)
        event = model_package_event(self.events["model-package-state-change"], package, "Approved")
        ((_, target),) = [hit for hit in reached(self.template, event) if hit[1]["Arn"] in self.machines]
        return self.cloud.run(self.machines[target["Arn"]], target_input(target, event))

    def live(self) -> str:
        (endpoint,) = self.cloud.client("sagemaker").list_endpoints()["Endpoints"]
        return self.cloud.live_package(endpoint["EndpointName"])

    def refused(self, machine: Resource) -> list[str]:
        """What the role of the machine would not have allowed of the calls since the last look."""
        found = permissions.refused(self.template, machine, self.cloud.calls.calls)
        self.cloud.calls.calls.clear()
        return found


def published_topics(definition: dict) -> set[str]:
    return {state["Arguments"]["TopicArn"] for state in definition["States"].values() if str(state.get("Resource", "")).endswith(":sns:publish")}
