"""L5: the real client appends to the first version that Google Cloud's template writes; on AWS several write at once where the catalog points"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from servers import ROOT, stack

PYTHON = str(ROOT / ".venv" / "delta-lake" / "bin" / "python")
WRITER = str(Path(__file__).with_name("delta_lake_writer.py"))


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    env = {**os.environ, **variables}
    return subprocess.Popen([PYTHON, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors
    return output.strip()


def test_rows_come_back_on_the_first_version_of_google_cloud(tmp_path: Path) -> None:
    resources = stack("gcp-integrations")["resource"]
    [first] = [each for each in resources["google_storage_bucket_object"].values() if "/_delta_log/" in each["name"]]
    tables = resources["google_bigquery_table"].values()
    [catalog] = [each["external_data_configuration"] for each in tables if "external_data_configuration" in each]
    [source] = catalog["source_uris"]
    assert f"gs://{first['bucket']}/{first['name']}".startswith(f"{source}/_delta_log/")
    log = tmp_path / "table" / "_delta_log" / first["name"].rsplit("/", 1)[1]
    log.parent.mkdir(parents=True)
    log.write_text(first["content"])

    assert answer(start(WRITER, str(tmp_path / "table"), "0")) == "1 [0, 1] ['measured_on']"


MAKE = """
import boto3
boto3.client("s3").create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
"""


def test_writers_take_turns_on_aws(aws: dict[str, str]) -> None:
    [file] = (ROOT / "out" / "aws-integrations").glob("*.template.json")
    resources = json.loads(file.read_text())["Resources"].values()
    [entry] = [each["Properties"]["TableInput"] for each in resources if each["Type"] == "AWS::Glue::Table"]
    location = entry["StorageDescriptor"]["Location"]["Fn::Join"][1]
    answer(start("-c", MAKE, **aws))
    address = "".join("lake" if isinstance(each, dict) else each for each in location)

    assert answer(start(WRITER, address, "0", **aws)) == "0 [0, 1] ['measured_on']"
    for writer in [start(WRITER, address, str(first), **aws) for first in (2, 4, 6)]:
        answer(writer)
    assert answer(start(WRITER, address, "8", **aws)) == f"4 {list(range(10))} ['measured_on']"
