"""Folders to write in, also where the place is a mounted bucket: Google's below `/gcs`, Azure ML's inputs and outputs.

Object storage behind FUSE is no ordinary file system: a folder cannot be renamed in one step or at all, links and file
modes are lost or refused, a change of one byte uploads the file again, and a file is there for others only once it is
closed. So the work is written to a local folder, where every library may do what it likes, and copied when it is done: each
file once, from its beginning to its end.

A machine may be taken away while it copies, and the job may start again in the same place with files of other names. So
beside the folder lies a list of its files, written before the first of them: what it names is deleted before an attempt
copies anew, and by an attempt that is stopped. A folder that does not fit its list is the trace of an interrupted copy.

https://github.com/GoogleCloudPlatform/gcsfuse/blob/master/docs/semantics.md
https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2#modes
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from . import log
from .errors import ContractError
from .places import fuse_mount, gcs_root, in_bucket

CHUNK = 8 * 2**20
ATTEMPTS = 4


@contextmanager
def writable(place: Path, env: Mapping[str, str], keep: bool = True, part: str = "") -> Iterator[Path]:
    """The folder itself; for a bucket's, a local one whose files are copied there when the block ends without an error.

    Without `keep` they are left behind: all machines of a cluster have the same bucket, and one of them writes. Where
    each of them writes files of its own, `part` names the machine, and each has a list of its own.
    """
    if not in_bucket(place, env):
        place.mkdir(parents=True, exist_ok=True)
        yield place
        return
    _check(place, env)
    if keep and not is_whole(place, part):
        log.warning("what a stopped attempt left is deleted", folder=str(place))
        _clear(place, part)
    with tempfile.TemporaryDirectory(prefix="mlops-output-") as name:
        local = Path(name)
        yield local
        if keep:
            sizes = _publish(local, place, part)
            log.info("written", folder=str(place), files=len(sizes), bytes=sum(sizes.values()))


def is_whole(place: Path, part: str = "") -> bool:
    """False for a folder that an interrupted copy left; one without a list was written by others, and is theirs."""
    return all(_size(place / name) == size for name, size in _listed(place, part).items())


def copy_tree(source: Path, target: Path) -> dict[str, int]:
    """Copy all files, and folders without any. Returns the files' sizes by their path below the folder."""
    _make(target)
    for path in _inside(source):
        if path.is_dir():
            _make(target / path.relative_to(source))
        else:
            _copy(path, target / path.relative_to(source))
    return _sizes(source)


def _publish(local: Path, place: Path, part: str) -> dict[str, int]:
    sizes = _sizes(local)
    _clear(place, part)
    _write_list(place, part, sizes)
    try:
        return copy_tree(local, place)
    except BaseException:
        # SIGTERM comes as an exception too. Whoever kills at once leaves the list, for the next attempt.
        with suppress(OSError):
            _clear(place, part)
        raise


def _clear(place: Path, part: str) -> None:
    """Delete what an earlier attempt copied, and nothing else: the folder may have files of others."""
    listed = _listed(place, part)
    for name in listed:
        (place / name).unlink(missing_ok=True)
    for folder in sorted({str(parent) for name in listed for parent in PurePosixPath(name).parents}, reverse=True):
        with suppress(OSError):
            (place / folder).rmdir()
    with suppress(OSError):
        _list_of(place, part).unlink(missing_ok=True)


def _list_of(place: Path, part: str) -> Path:
    """Beside the folder; inside where the folder is the mount itself, beside which is the container's own disk."""
    name = f"files{part and f'-{part}'}.json"
    return place / name if fuse_mount(place) == place.resolve() else place.with_name(f"{place.name}.{name}")


def _listed(place: Path, part: str) -> dict[str, int]:
    """The files and sizes of the list; none where it is cut short, because no file is copied before it is written."""
    try:
        listed = json.loads(_list_of(place, part).read_text(encoding="utf-8"))
        return {name: int(size) for name, size in listed.items() if _is_below(name)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _is_below(name: str) -> bool:
    parts = name.split("/")
    return not any(part in ("", ".", "..") for part in parts)


def _write_list(place: Path, part: str, sizes: Mapping[str, int]) -> None:
    try:
        _list_of(place, part).write_text(json.dumps(sizes, indent=0) + "\n", encoding="utf-8")
    except OSError as error:
        log.warning("no list of files beside the folder", folder=str(place), reason=str(error))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _sizes(source: Path) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for path in _inside(source):
        if path.is_file():
            sizes[path.relative_to(source).as_posix()] = path.stat().st_size
        elif not path.is_dir():
            raise ContractError(f"{path.name} is neither a file nor a folder, or a link to nothing")
    return sizes


def _check(place: Path, env: Mapping[str, str]) -> None:
    """Before hours of work: without the mount the model would be written to the container's own disk and lost."""
    root = gcs_root(env)
    if not place.is_relative_to(root):
        _make(place)
        return
    bucket = root / place.relative_to(root).parts[0] if place != root else root
    try:
        mounted = bucket.is_dir()
    except OSError as error:
        raise _refused(place, error) from error
    if place == root or not mounted:
        raise ContractError(f"{place} is in no bucket: {bucket} is not mounted here, as it is in jobs of Vertex AI")
    _make(place)


def _make(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise _refused(place, error) from error


def _copy(source: Path, target: Path) -> None:
    """Content alone: modes and times are metadata that a bucket refuses."""
    for attempt in range(ATTEMPTS):
        try:
            with source.open("rb") as reader, target.open("wb") as writer:
                shutil.copyfileobj(reader, writer, CHUNK)
            if target.stat().st_size == source.stat().st_size:
                return
            reason = f"{target.stat().st_size} of {source.stat().st_size} bytes are there"
        except PermissionError as error:
            raise _refused(target, error) from error
        except OSError as error:
            reason = str(error)
        log.warning("a file was not written", file=str(target), attempt=attempt + 1, reason=reason)
        if attempt + 1 < ATTEMPTS:
            time.sleep(2**attempt)
    raise OSError(f"{target} cannot be written: {reason}")


def _inside(place: Path, around: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Everything below a folder in a stable order, through links."""
    real = place.resolve()
    if real in around:
        raise ContractError(f"{place.name} is a link to a folder around it")
    for path in sorted(place.iterdir()):
        yield path
        if path.is_dir():
            yield from _inside(path, (*around, real))


def _refused(place: Path, error: OSError) -> ContractError:
    hint = "may the job's identity create and delete objects there?"
    return ContractError(f"{place} cannot be written: {error.strerror or error}: {hint}")
