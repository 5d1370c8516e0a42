/** The metric that says how many runs were not recorded. */
export const METRIC = { namespace: 'MLOps/Tracking', name: 'UnrecordedRuns' };

/** What the function answers where it could not record. */
const NOT_RECORDED = 'not-recorded';

/**
 * The function that records a run. Addresses, headers and names for signing are those of AWS's own plugin for MLflow,
 * `sagemaker-mlflow`.
 *
 * @see https://mlflow.org/docs/latest/rest-api.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const RECORDER_CODE = String.raw`
import hashlib
import json
import os
import re
import time
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

TRACKER = os.environ["TRACKER"]
REGION = TRACKER.split(":")[3]
HOST, SERVICE, HEADER = (
    (f"https://mlflow.sagemaker.{REGION}.app.aws", "sagemaker", "x-sm-mlflow-app-arn")
    if ":mlflow-app/" in TRACKER
    else (f"https://{REGION}.experiments.sagemaker.aws", "sagemaker-mlflow", "x-mlflow-sm-tracking-server-arn")
)
PASSING = (429, 500, 502, 503, 504)
IMAGE = re.compile(r"(\d+)\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.[^/]+/([^:@]+)(?::([^@]+))?(?:@(.+))?")
LONGEST_PARAMETER = 6000
MOST_FILES = 100_000


def handler(event, context):
    run, failure = "${NOT_RECORDED}", {}
    try:
        run = record(event)
    except Exception as error:
        failure = {"error": f"{type(error).__name__}: {error}"}
    metric = {"Namespace": "${METRIC.namespace}", "Dimensions": [["PipelineName"]], "Metrics": [{"Name": "${METRIC.name}"}]}
    line = {"PipelineName": os.environ["PIPELINE"], "${METRIC.name}": len(failure), "run": run, "execution": event.get("execution"), **failure}
    print(json.dumps({"_aws": {"Timestamp": now(), "CloudWatchMetrics": [metric]}, **line}))
    return {"run": run}


def record(event):
    s3 = boto3.client("s3")
    job = boto3.client("sagemaker").describe_training_job(TrainingJobName=event["job"])
    bucket, key = place(event["evaluation"])
    file = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    evaluation = json.loads(file)
    image, machines = job["AlgorithmSpecification"]["TrainingImage"], job["ResourceConfig"]
    run = post("runs/create", {
        "experiment_id": experiment(event["experiment"]),
        "run_name": event["name"],
        "start_time": millis(job.get("TrainingStartTime", job["CreationTime"])),
        "tags": pairs({
            "mlflow.source.type": "JOB",
            "mlflow.source.name": event["execution"],
            "mlflow.source.git.commit": evaluation.get("commit"),
            "image": image,
            "image.digest": digest_of(image),
            "model": event["model"],
            "evaluation": event["evaluation"],
            "trainingJob": job["TrainingJobArn"],
            "triggeredBy": event["triggeredBy"],
            "gates.missed": ", ".join(missed(json.loads(event["gates"]), evaluation["metrics"])),
        }),
    })["run"]["info"]
    trained = {"train." + each["MetricName"]: each["Value"] for each in job.get("FinalMetricDataList", [])}
    if "BillableTimeInSeconds" in job:
        trained["train.billedSeconds"] = job["BillableTimeInSeconds"]
    log(run["run_id"], "metrics", 1000, [
        {"key": name, "value": value, "timestamp": now(), "step": 0} for name, value in {**trained, **evaluation["metrics"]}.items()
    ])
    log(run["run_id"], "params", 100, pairs({
        **job.get("HyperParameters", {}), "instanceType": machines.get("InstanceType"), "instanceCount": machines.get("InstanceCount"),
    }))
    post("runs/log-inputs", {"run_id": run["run_id"], "datasets": [{
        "dataset": {
            "name": event["dataset"].rpartition("/")[2] or "dataset",
            "digest": contents(s3, event["dataset"]),
            "source_type": "s3",
            "source": json.dumps({"uri": event["dataset"]}),
        },
        "tags": pairs({"mlflow.data.context": "training"}),
    }]})
    bucket, key = place(run["artifact_uri"])
    s3.put_object(Bucket=bucket, Key=key + "/evaluation.json", Body=file)
    post("runs/update", {"run_id": run["run_id"], "status": "FINISHED", "end_time": now()})
    return run["run_id"]


def experiment(name):
    for attempt in (1, 2):
        try:
            return call("GET", "experiments/get-by-name", {"experiment_name": name})["experiment"]["experiment_id"]
        except HTTPError as error:
            if error.code != 404 or attempt == 2:
                raise
        try:
            return post("experiments/create", {"name": name})["experiment_id"]
        except HTTPError as error:
            # Somebody else was faster.
            if error.code != 400:
                raise


def log(run, what, most, values):
    for first in range(0, len(values), most):
        post("runs/log-batch", {"run_id": run, what: values[first : first + most]})


def post(path, body):
    return call("POST", path, body)


def call(method, path, body):
    url, data = f"{HOST}/api/2.0/mlflow/{path}", b""
    if method == "GET":
        url += "?" + urlencode(body, quote_via=quote)
    else:
        data = json.dumps(body).encode()
    for attempt in range(1, 6):
        headers = {"Content-Type": "application/json", HEADER: TRACKER, "X-Amz-Content-SHA256": hashlib.sha256(data).hexdigest()}
        request = AWSRequest(method, url, headers, data)
        SigV4Auth(boto3.Session().get_credentials(), SERVICE, REGION).add_auth(request)
        try:
            with urlopen(Request(url, data or None, dict(request.headers.items()), method=method), timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            error.msg = f"{path}: {error.read()[:300].decode(errors='replace')}"
            if error.code not in PASSING or attempt == 5:
                raise
        except OSError:
            if attempt == 5:
                raise
        time.sleep(2**attempt)


def missed(gates, metrics):
    for gate in gates:
        value = metrics.get(gate["metric"])
        if value is None or (value < gate["threshold"] if gate["higherIsBetter"] else value > gate["threshold"]):
            yield gate["metric"]


def contents(s3, uri):
    """A digest of names, sizes and ETags: another one when a file of the data set is another one."""
    bucket, key = place(uri)
    digest, files = hashlib.sha256(), 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key.rstrip("/") + "/"):
        for each in page.get("Contents", []):
            digest.update(json.dumps([each["Key"], each["Size"], each["ETag"]]).encode())
        files += page.get("KeyCount", 0)
        if files >= MOST_FILES:
            break
    return digest.hexdigest()[:32]


def digest_of(image):
    account, region, repository, tag, digest = (IMAGE.fullmatch(image) or IMAGE.fullmatch("0.dkr.ecr.x.y/z")).groups()
    if digest or not tag:
        return digest
    found = boto3.client("ecr", region_name=region).describe_images(
        registryId=account, repositoryName=repository, imageIds=[{"imageTag": tag}]
    )
    return found["imageDetails"][0]["imageDigest"]


def pairs(values):
    return [{"key": key, "value": str(value)[:LONGEST_PARAMETER]} for key, value in values.items() if value not in (None, "")]


def place(uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key.rstrip("/")


def millis(moment):
    return int(moment.timestamp() * 1000)


def now():
    return int(time.time() * 1000)
`.trimStart();
