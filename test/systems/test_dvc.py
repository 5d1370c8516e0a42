"""L5: the real client pushes and pulls with the file that a job gets, the lake replaced by a folder"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from servers import ROOT, stack

DVC = str(ROOT / ".venv" / "dvc" / "bin" / "dvc")


def test_data_comes_back(tmp_path: Path) -> None:
    objects = stack("gcp-integrations")["resource"]["google_storage_bucket_object"].values()
    [config] = [each["content"] for each in objects if each["name"].endswith("/.config/dvc/config")]
    place = next(line.split("= ")[1] for line in config.splitlines() if line.strip().startswith("url"))
    lake = tmp_path / "lake"
    home = tmp_path / "home" / ".config" / "dvc"
    home.mkdir(parents=True)
    (home / "config").write_text(config.replace(place, str(lake)))
    project = tmp_path / "project"
    project.mkdir()

    def dvc(*arguments: str) -> None:
        env = {**os.environ, "HOME": str(tmp_path / "home"), "DVC_NO_ANALYTICS": "1"}
        ended = subprocess.run([DVC, *arguments], cwd=project, env=env, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    (project / "customers.csv").write_text("id,churned\n1,0\n")
    dvc("init", "--no-scm")
    dvc("add", "customers.csv")
    dvc("push")
    assert len([path for path in lake.rglob("*") if path.is_file()]) == 1
    (project / "customers.csv").unlink()
    subprocess.run(["rm", "-rf", str(project / ".dvc" / "cache")], check=True)
    dvc("pull")
    assert (project / "customers.csv").read_text() == "id,churned\n1,0\n"
