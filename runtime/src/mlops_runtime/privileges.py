"""Run the work as an ordinary user where the platform allows it.

SageMaker starts containers as root and mounts folders that only root may write, so an image with `USER` fails there.
An image starts as root instead, names its user in `MLOPS_RUN_AS`, and the runtime becomes that user once the folders
are handed over: before any of the image's own code reads data or opens a port.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from . import log
from .errors import ContractError
from .places import SAGEMAKER_DEFAULTS, checkpoint_folder, folder, in_bucket, sagemaker_root

WRITTEN = {
    "prepare": {"MLOPS_OUTPUT_DIR"},
    "train": {"MLOPS_MODEL_DIR", "MLOPS_OUTPUT_DIR"},
    "evaluate": {"MLOPS_OUTPUT_DIR"},
    "serve": set[str](),
    "predict": {"MLOPS_OUTPUT_DIR"},
    "monitor": {"MLOPS_OUTPUT_DIR"},
}
SAMPLE = 100
"""Files of a folder that are tried; data sets may have millions."""


def become_user(verb: str, env: Mapping[str, str]) -> None:
    """Become the user of MLOPS_RUN_AS if started as root; stay root, with a warning, if that user could not work."""
    name = env.get("MLOPS_RUN_AS")
    if not name or os.getuid() != 0:
        return
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise ContractError(f"MLOPS_RUN_AS must name a user of the image, got '{name}'") from None
    places = {variable: folder(verb, variable, env) for variable in SAGEMAKER_DEFAULTS[verb]}
    written = [places[variable] for variable in sorted(WRITTEN[verb])]
    checkpoints = checkpoint_folder(env)
    if verb == "train" and in_bucket(checkpoints, env):
        written.append(checkpoints)
    try:
        # A mounted bucket keeps its owner: there it is only asked whether the user may write.
        own = [place for place in written if not in_bucket(place, env)]
        optional = [place for place in (checkpoints, sagemaker_root(env) / "output") if not in_bucket(place, env)]
        _hand_over(own, optional, user)
    except OSError as error:
        log.warning("staying root: a folder cannot be handed over", user=name, error=str(error))
        return
    read = [place for place in places.values() if place.exists()]
    closed = _closed(user, written, [*read, Path(sys.prefix), Path(__file__).parent])
    if closed:
        log.warning("staying root: the user cannot use a folder", user=name, folder=str(closed))
        return
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ["HOME"] = user.pw_dir
    log.info("running as", user=name)


def _hand_over(needed: Iterable[Path], optional: Iterable[Path], user: pwd.struct_passwd) -> None:
    for place in needed:
        place.mkdir(parents=True, exist_ok=True)
    for place in [*needed, *(path for path in optional if path.is_dir())]:
        for path in [place, *place.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _closed(user: pwd.struct_passwd, written: Iterable[Path], read: Iterable[Path]) -> Path | None:
    """The first place that the user may not write or read."""
    groups = os.getgroups()
    os.initgroups(user.pw_name, user.pw_gid)
    os.setegid(user.pw_gid)
    os.seteuid(user.pw_uid)
    try:
        for place in written:
            nearest = next(known for known in (place, *place.parents) if os.path.exists(known))
            if not os.access(nearest, os.W_OK | os.X_OK, effective_ids=True):
                return place
        for place in read:
            for path in [place, *islice(place.rglob("*"), SAMPLE)]:
                if not os.access(path, os.R_OK, effective_ids=True):
                    return path
        return None
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
