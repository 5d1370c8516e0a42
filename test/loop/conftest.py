from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cloud import Cloud, cloud as open_cloud
from harness.template import REGION, Template, resolved_text

ROOT = Path(__file__).parents[2]
EVENTS = Path(__file__).parent / "events"

os.environ.update(AWS_DEFAULT_REGION=REGION, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")


def render(fixture: str, target: Path) -> Path:
    """Lets a script of `fixtures` write what the sources as they are now make, and says where it is."""
    subprocess.run(
        ["npx", "ts-node", "--transpile-only", "--project", "tsconfig.dev.json", f"test/loop/fixtures/{fixture}", str(target)], cwd=ROOT, check=True
    )
    return target


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workflows rendered from the sources as they are now."""
    return render("render.ts", tmp_path_factory.mktemp("rendered"))


@pytest.fixture(scope="session")
def forms(rendered: Path) -> dict[str, str]:
    """Every form of the workflows."""
    return {name: resolved_text(definition) for name, definition in json.loads((rendered / "forms.json").read_text()).items()}


@pytest.fixture(scope="session", params=["smallest stack", "example of level 2"])
def template(request: pytest.FixtureRequest) -> Template:
    """The stack whose loop is closed."""
    if request.param == "smallest stack":
        return Template(json.loads((request.getfixturevalue("rendered") / "loop.template.json").read_text()))
    files = [file for file in sorted(ROOT.glob("out/aws-level2/*.template.json")) if "Rolls out approved" in file.read_text()]
    if not files:
        pytest.skip("out/aws-level2 has no rollout: run `npm run synth` first")
    (file,) = files
    return Template(json.loads(file.read_text()))


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with open_cloud() as account:
        yield account
        assert account.sagemaker.violations == []


@pytest.fixture(scope="session")
def events() -> dict[str, dict]:
    """The recorded events, by the name of their file."""
    return {file.stem: json.loads(file.read_text()) for file in EVENTS.glob("*.json")}
