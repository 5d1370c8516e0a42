"""Run the workload with the manners of Cloud Storage FUSE below MLOPS_GCS_ROOT: what a bucket cannot do is refused.

`python on_fuse.py <verb>` runs main.py, or the script in ON_FUSE_RUNS. Python announces what it does to files, and a
hook may refuse it: no file is changed where it lies, nothing is renamed, linked, or given another mode, owner or time.
"""

from __future__ import annotations

import errno
import os
import runpy
import sys
from pathlib import Path
from typing import Any

ROOT = os.environ["MLOPS_GCS_ROOT"] + os.sep
REFUSED = {"os.rename", "os.link", "os.symlink", "os.chmod", "os.chown", "os.utime", "os.truncate", "os.setxattr"}
CHANGES = os.O_APPEND | os.O_RDWR


def manners(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments
        if _inside(path) and (any(letter in (mode or "") for letter in "a+x") or (flags or 0) & CHANGES):
            raise OSError(errno.ENOTSUP, "a bucket's file is written once, from its beginning", str(path))
    elif event in REFUSED and any(_inside(argument) for argument in arguments[:2]):
        raise OSError(errno.EPERM, f"a bucket has no {event}", str(arguments[0]))


def _inside(path: Any) -> bool:
    return isinstance(path, (str, bytes, os.PathLike)) and os.path.abspath(os.fsdecode(path)).startswith(ROOT)


if __name__ == "__main__":
    script = Path(os.environ.get("ON_FUSE_RUNS") or Path(__file__).resolve().parents[1] / "main.py")
    sys.path.insert(0, str(script.parent))
    sys.addaudithook(manners)
    runpy.run_path(str(script), run_name="__main__")
