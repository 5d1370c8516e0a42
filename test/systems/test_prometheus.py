"""L4: the real tools read the rules and the alert manager's definition of AWS, and a real server fires the alert on drift"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from servers import ROOT, free_port

PROGRAMS = ROOT / ".venv" / "debian" / "usr" / "bin"
RUNTIME = ROOT / "runtime" / "src"
DAY = 24 * 60


def resource(kind: str) -> dict[str, Any]:
    [file] = (ROOT / "out" / "aws-integrations").glob("*.template.json")
    resources = json.loads(file.read_text())["Resources"].values()
    [found] = [each["Properties"] for each in resources if each["Type"] == kind]
    return dict(found)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yml"
    file.write_text(resource("AWS::APS::RuleGroupsNamespace")["Data"])
    return file


def model(rules: Path) -> str:
    return rules.read_text().partition('mlops_drift_share{ml_model="')[2].partition('"')[0]


def check(program: str, *arguments: str) -> str:
    done = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rules_are_ones(rules: Path) -> None:
    assert "SUCCESS: 3 rules found" in check("promtool", "check", "rules", "--lint-fatal", str(rules))


def test_an_alert_follows_the_last_run(rules: Path, tmp_path: Path) -> None:
    """Runs are a day apart: drift on the first, nothing measured on the second, less drift on the third."""
    name = model(rules)

    def series(model: str, *days: str) -> dict[str, str]:
        # A sample at minute 10 of each day; `_` is none.
        values = " ".join(f"_x9 {value} _x{DAY - 11}" for value in days)
        return {"series": f'mlops_drift_share{{ml_model="{model}"}}', "values": values}

    def alert(minute: int, *, fires: bool) -> dict[str, Any]:
        labels = {"severity": "warning", "ml_model": name}
        firing = {"exp_labels": labels, "exp_annotations": annotations(rules, "MlopsDrift", name)}
        return {"eval_time": f"{minute}m", "alertname": "MlopsDrift", "exp_alerts": [firing] if fires else []}

    test = {
        "interval": "1m",
        "input_series": [series(name, "0.5", "_", "0.1"), series("another", "0.9", "0.9", "0.9")],
        "alert_rule_test": [
            alert(5, fires=False),
            alert(30, fires=True),
            alert(DAY + 30, fires=True),
            alert(2 * DAY + 30, fires=False),
        ],
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [test]}))
    assert "SUCCESS" in check("promtool", "test", "rules", str(file))


def annotations(rules: Path, alert: str, name: str) -> dict[str, str]:
    """The annotations of an alert in the file, where each is a line."""
    lines = [line.strip() for line in rules.read_text().partition(f"alert: {alert}\n")[2].splitlines()]
    texts = (next(line for line in lines if line.startswith(f"{key}: ")) for key in ("summary", "description"))
    pairs = (text.replace("{{ $labels.ml_model }}", name).split(": ", 1) for text in texts)
    return {key: text.strip("'") for key, text in pairs}


def test_the_definition_of_the_alert_manager_is_one(tmp_path: Path) -> None:
    definition = resource("AWS::APS::Workspace")["AlertManagerDefinition"]["Fn::Join"][1]
    places = {"AWS::Region": "eu-west-1"}
    text = "".join(
        part if isinstance(part, str) else places.get(part["Ref"], "arn:aws:sns:eu-west-1:111122223333:alarms")
        for part in definition
    )
    head, _, config = text.partition("\n")
    assert head == "alertmanager_config: |"
    (tmp_path / "alertmanager.yml").write_text("\n".join(line[2:] for line in config.splitlines()))
    assert "2 receivers" in check("amtool", "check-config", str(tmp_path / "alertmanager.yml"))


@contextmanager
def prometheus(folder: Path, rules: Path) -> Iterator[str]:
    """A server with the rules, which takes samples by remote write."""
    (folder / "prometheus.yml").write_text(f"rule_files: ['{rules}']\n")
    port = free_port()
    options = {
        "config.file": folder / "prometheus.yml",
        "storage.tsdb.path": folder / "data",
        "web.listen-address": f"127.0.0.1:{port}",
    }
    arguments = [*(f"--{name}={value}" for name, value in options.items()), "--web.enable-remote-write-receiver"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([PROGRAMS / "prometheus", *arguments], stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/-/ready", time.monotonic() + 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def write(url: str, name: str, **measured: Any) -> None:
    """What the runtime does at the end of a drift run."""
    env = {"MLOPS_PROMETHEUS_REMOTE_WRITE_URL": f"{url}/api/v1/write", "MLOPS_PROMETHEUS_MODEL": name}
    result = {"rows": 40, "driftShare": 0.5, "driftedFeatures": 2, **measured}
    program = f"from mlops_runtime.prometheus import write_drift; write_drift({result!r}, {env!r})"
    subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": str(RUNTIME)}, check=True)


def alerts_of(url: str, count: int, log: Path) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 60
    while True:
        found = json.loads(ask(f"{url}/api/v1/alerts"))["data"]["alerts"]
        if len(found) >= count:
            return list(found)
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_drift_that_the_runtime_writes_fires_the_alert(rules: Path, tmp_path: Path) -> None:
    rules.write_text(rules.read_text().replace("interval: '1m'", "interval: '1s'"))
    with prometheus(tmp_path, rules) as url:
        write(url, model(rules))
        [alert] = alerts_of(url, 1, tmp_path / "log")
    assert alert["state"] == "firing"
    assert alert["labels"] == {"alertname": "MlopsDrift", "ml_model": model(rules), "severity": "warning"}
    assert float(alert["value"]) == 0.5


TEXTS = """
import { QualityGate } from "./src/core/quality-gate";
import { grafanaDashboard } from "./src/core/private/grafana-dashboard";
import { prometheusRules, rulesYaml } from "./src/core/private/prometheus-rules";
const gates = [QualityGate.atLeast("accuracy", 0.85)];
const limits = { model: "churn", gapMinutes: 1440, mostDays: 95, maxDriftShare: 0.3, gates };
console.log(JSON.stringify([rulesYaml(prometheusRules(limits)), grafanaDashboard(limits)]));
"""


def test_every_panel_of_the_dashboard_has_an_answer(tmp_path: Path) -> None:
    command = ["npx", "ts-node", "--project", "tsconfig.dev.json", "--transpile-only", "-e", TEXTS]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    texts = json.loads(shown)
    (tmp_path / "rules.yml").write_text(texts[0].replace("interval: '1m'", "interval: '1s'"))
    expressions = [panel["targets"][0]["expr"] for panel in json.loads(texts[1])["panels"]]
    assert len(expressions) == 4
    with prometheus(tmp_path, tmp_path / "rules.yml") as url:
        write(url, "churn", quality={"accuracy": 0.8})
        alerts = alerts_of(url, 2, tmp_path / "log")
        assert sorted(alert["labels"]["alertname"] for alert in alerts) == ["MlopsDrift", "MlopsQuality"]
        deadline = time.monotonic() + 30
        for expression in expressions:
            query = f"{url}/api/v1/query?{urlencode({'query': expression})}"
            while not json.loads(ask(query))["data"]["result"]:
                assert time.monotonic() < deadline, expression
                time.sleep(0.2)


def ask(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


def wait_for(url: str, deadline: float) -> None:
    while True:
        try:
            ask(url)
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
