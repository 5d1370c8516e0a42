"""The library through jsii: apps in Python make what the examples in TypeScript make."""

import json
import re
from pathlib import Path

import aws_cdk
import cdktf
import jsii
import pytest
from aws_cdk.assertions import Template
from intent import breast_cancer
from mlops_constructs import ContainerImage, DeliveryStageSpec, aws, azure, gcp, testing

ROOT = Path(__file__).parents[2]


def inventory_of_example(name: str) -> dict[str, int]:
    """What jest keeps of an example: type x count."""
    cloud = name.split("-")[0]
    snapshots = (ROOT / f"test/examples/__snapshots__/{cloud}-examples.test.ts.snap").read_text()
    snapshot = re.search(rf"exports\[`{name} has this inventory 1`\] = `(.*?)`;", snapshots, re.DOTALL)
    return {kind: int(count) for kind, count in re.findall(r'"([^"]+)": (\d+)', snapshot[1])}


def test_a_blueprint_on_aws_is_that_of_the_example():
    flags = json.loads((ROOT / "examples/aws-level2/cdk.json").read_text())["context"]
    stack = aws_cdk.Stack(aws_cdk.App(context=flags), "BreastCancer")
    image = ContainerImage.from_directory(str(ROOT), dockerfile="examples/workload/Dockerfile")
    mlops = aws.Level2Blueprint(stack, "Mlops", **breast_cancer(image))

    made = testing.Inventory.of_template(Template.from_stack(stack).to_json())

    assert made == inventory_of_example("aws-level2")
    assert mlops.serving.rollout_state_machine is not None
    assert [alarm.node.id for alarm in mlops.serving.rollback_alarms] == ["ErrorAlarm", "LatencyAlarm"]


def test_a_blueprint_on_google_cloud_is_that_of_the_example():
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "BreastCancer")
    cdktf.GcsBackend(stack, bucket="example-terraform-state", prefix="breast-cancer")
    gcp.GoogleProject(stack, "Google", project_id="my-project", region="europe-west4")
    image = cdktf.TerraformVariable(stack, "image", type="string").string_value
    mlops = gcp.Level2Blueprint(stack, "Mlops", **breast_cancer(ContainerImage.from_uri(image)))

    made = testing.Inventory.of_terraform(json.loads(cdktf.Testing.synth(stack)))

    assert made == inventory_of_example("gcp-level2")
    assert mlops.delivery.deployer("prod").email.startswith("${")


def test_a_blueprint_on_azure_is_that_of_the_example():
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "BreastCancer")
    cdktf.AzurermBackend(stack, storage_account_name="exampleterraformstate", container_name="state", key="breast-cancer.tfstate")
    azure.AzureResourceGroup(stack, "Azure", subscription_id="11111111-2222-3333-4444-555555555555", location="westeurope")
    image = cdktf.TerraformVariable(stack, "image", type="string").string_value
    mlops = azure.Level2Blueprint(stack, "Mlops", **breast_cancer(ContainerImage.from_uri(image)))

    made = testing.Inventory.of_terraform(json.loads(cdktf.Testing.synth(stack)))

    assert made == inventory_of_example("azure-level2")
    assert mlops.serving.endpoint_name.startswith("breastcancer-")


@pytest.mark.parametrize("snippet", re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL))
def test_what_the_readme_says_in_python_runs(snippet):
    exec(snippet, {})


def test_a_refusal_is_the_message_of_the_error():
    stack = aws_cdk.Stack(aws_cdk.App(), "Refused")
    with pytest.raises(RuntimeError) as refused:
        aws.DataLake(stack, "Data", capture_retention_days=0)
    assert str(refused.value) == "data lake 'Refused/Data': captureRetentionDays must be a whole number between 1 and 36500, got 0"


@jsii.implements(aws.IStackFactory)
class Stacks:
    """An interface of ours that Python implements."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def create_stacks(self, scope: aws_cdk.Stage, *, name: str, approval: bool | None = None) -> None:
        self.asked.append((name, approval))
        aws.DataLake(aws_cdk.Stack(scope, "App"), "Data")


def test_python_makes_the_stacks_of_each_stage():
    stacks = Stacks()
    stack = aws_cdk.Stack(aws_cdk.App(), "Delivery")
    account = aws_cdk.Environment(account="111122223333", region="eu-central-1")
    aws.DeliveryPipeline(
        stack, "Pipeline",
        repository="example/app",
        stages=[DeliveryStageSpec(name="dev"), DeliveryStageSpec(name="prod")],
        environments={"dev": account, "prod": account},
        stacks=stacks,
    )
    assert stacks.asked == [("dev", False), ("prod", True)]


@jsii.implements(gcp.INetwork)
class Network:
    """A network of one's own, that this library only reads."""

    network_id = property(lambda self: "projects/shared/global/networks/ours")
    network_name = property(lambda self: "ours")
    subnetwork_id = property(lambda self: "projects/shared/regions/europe-west4/subnetworks/ours")
    private_services = property(lambda self: gcp.Grant([]))


def test_python_brings_a_network():
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "Brought")
    gcp.GoogleProject(stack, "Google", project_id="my-project", region="europe-west4", network=Network())
    gcp.Workspace(stack, "Workspace", data=gcp.DataLake(stack, "Data"))
    notebooks = json.loads(cdktf.Testing.synth(stack))["resource"]["google_workbench_instance"].values()
    assert [each["gce_setup"]["network_interfaces"][0]["subnet"] for each in notebooks] == ["projects/shared/regions/europe-west4/subnetworks/ours"]
