"""The table of instance types against what AWS says of them: the enums of SageMaker's API, and EC2's own description of its types."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from pathlib import Path

import boto3
import pytest

USES = {
    "training": "TrainingInstanceType",
    "processing": "ProcessingInstanceType",
    "hosting": "ProductionVariantInstanceType",
    "transform": "TransformInstanceType",
}


@pytest.fixture(scope="module")
def table(rendered: Path) -> dict[str, dict]:
    return {each["instanceType"]: each for each in json.loads((rendered / "instances.json").read_text())}


@pytest.mark.parametrize(("use", "shape"), USES.items())
def test_a_type_is_for_what_the_api_takes_it_for(table: dict[str, dict], use: str, shape: str):
    api = set(boto3.client("sagemaker").meta.service_model.shape_for(shape).enum)
    assert {name for name, facts in table.items() if use in facts["uses"]} == api & set(table)


def test_a_type_is_as_large_as_ec2_says(table: dict[str, dict]):
    described = json.loads(gzip.decompress((files("moto.ec2") / "resources" / "instance_types.json.gz").read_bytes()))
    ours = {name: facts for name, facts in table.items() if name.removeprefix("ml.") in described}
    assert len(ours) > 0.95 * len(table)
    assert {name: sizes(facts) for name, facts in ours.items()} == {name: sizes_of(described[name.removeprefix("ml.")]) for name in ours}


def sizes(facts: dict) -> tuple:
    return facts["vcpus"], facts["memoryGiB"], facts["gpuCount"], facts["localGb"], facts["efa"]


def sizes_of(described: dict) -> tuple:
    """The same of a description as `DescribeInstanceTypes` gives it."""
    chips = [
        *described.get("GpuInfo", {}).get("Gpus", []),
        *described.get("NeuronInfo", {}).get("NeuronDevices", []),
    ] or described.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    return (
        described["VCpuInfo"]["DefaultVCpus"],
        described["MemoryInfo"]["SizeInMiB"] / 1024,
        sum(chip["Count"] for chip in chips),
        described.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        described["NetworkInfo"].get("EfaSupported", False),
    )
