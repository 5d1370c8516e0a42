import { TrainingSteps } from '../../../core/private/integrations/flows';

/**
 * How an orchestrator starts and follows the workflow of a training.
 *
 * @param workflowId `projects/<id>/locations/<region>/workflows/<name>`
 */
export function trainingSteps(name: string, workflowId: string): TrainingSteps {
  return { name, packages: ['google-auth', 'requests'], constants: { WORKFLOW: workflowId }, source: SOURCE };
}

const SOURCE = `
import google.auth
from google.auth.transport.requests import AuthorizedSession

# constants
API = "https://workflowexecutions.googleapis.com/v1"


def _session() -> AuthorizedSession:
    credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    return AuthorizedSession(credentials)


def start_training() -> str:
    answer = _session().post(f"{API}/{WORKFLOW}/executions", json={"argument": "{}"}, timeout=60)
    answer.raise_for_status()
    return answer.json()["name"]


def training_ended(run: str) -> bool:
    answer = _session().get(f"{API}/{run}", timeout=60)
    answer.raise_for_status()
    seen = answer.json()
    if seen["state"] not in ("ACTIVE", "QUEUED", "SUCCEEDED"):
        raise RuntimeError(f"training {run}: {seen['state']}. {seen.get('error', '')}")
    return seen["state"] == "SUCCEEDED"
`;
