import { TrainingSteps } from '../../../core/private/integrations/flows';

/** The workflow of a training, as an orchestrator knows it. */
export interface FollowedWorkflow {
  readonly name: string;
  /** ARM id of the workflow. */
  readonly workflowId: string;
  readonly startQueueUrl: string;
}

/**
 * How an orchestrator starts and follows the workflow of a training. The workflow takes its message within minutes; the
 * first run after the message is the one that is followed.
 */
export function trainingSteps({ name, startQueueUrl, workflowId }: FollowedWorkflow): TrainingSteps {
  return {
    name,
    packages: ['azure-identity', 'requests'],
    constants: { WORKFLOW: workflowId, QUEUE: startQueueUrl },
    source: SOURCE,
  };
}

const SOURCE = `
import base64
import datetime

import requests
from azure.identity import DefaultAzureCredential

# constants
ARM = "https://management.azure.com"


def _headers(audience: str) -> dict[str, str]:
    token = DefaultAzureCredential().get_token(f"{audience}/.default").token
    return {"Authorization": f"Bearer {token}"}


def start_training() -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    message = base64.b64encode(b"{}").decode()
    headers = {
        **_headers("https://storage.azure.com"),
        "x-ms-version": "2021-12-02",
        "Content-Type": "application/xml",
    }
    body = f"<QueueMessage><MessageText>{message}</MessageText></QueueMessage>"
    answer = requests.post(f"{QUEUE}/messages", data=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def training_ended(run: str) -> bool:
    query = {"api-version": "2019-05-01", "$filter": f"startTime ge {run}"}
    answer = requests.get(f"{ARM}{WORKFLOW}/runs", params=query, headers=_headers(ARM), timeout=60)
    answer.raise_for_status()
    runs = sorted(answer.json()["value"], key=lambda each: each["properties"]["startTime"])
    if not runs:
        return False
    seen = runs[0]["properties"]
    if seen["status"] in ("Failed", "Cancelled", "Aborted", "TimedOut"):
        raise RuntimeError(f"training {runs[0]['name']}: {seen['status']}. {seen.get('error', '')}")
    return seen["status"] == "Succeeded"
`;
