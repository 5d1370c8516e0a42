"""The image's entry point: one argument, or MLOPS_VERB, and six verbs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from . import log
from .archive import unpacked
from .connections import connect
from .errors import ContractError
from .evaluation import Evaluation
from .job import Job
from .outputs import is_whole, writable
from .places import in_bucket, sagemaker_root
from .privileges import become_user

VERBS = ("prepare", "train", "evaluate", "serve", "predict", "monitor")
USAGE = f"usage: <image> {' | '.join(VERBS)}"


@dataclass(frozen=True)
class Workload:
    """The user's functions. A verb without its function is refused; `monitor` needs none."""

    prepare: Callable[[Job], None] | None = None
    """Read raw data in `job.input_dir`, write `train`, `validation` and `test` folders in `job.output_dir`."""
    train: Callable[[Job], None] | None = None
    """Read `job.input_dir`, write the model and its schema in `job.model_dir`."""
    load: Callable[[Path], Any] | None = None
    """Make the model from its folder."""
    evaluate: Callable[[Job, Any], Evaluation] | None = None
    """Judge the loaded model on the held-out data in `job.input_dir`."""
    predict: Callable[[Any, list[Any]], Sequence[Any]] | None = None
    """Answer a list of rows, each a list in the schema's order: one value or one mapping of outputs a row."""

    def main(self, argv: Sequence[str] | None = None) -> NoReturn:
        """Run the verb on the command line and end the process.

        Exit codes: 0 done, 1 the work failed, 2 the contract was broken, 143 the platform stopped it.
        """
        log.configure()
        signal.signal(signal.SIGTERM, _stop)
        sys.exit(self.run(sys.argv[1:] if argv is None else argv, os.environ))

    def run(self, argv: Sequence[str], env: MutableMapping[str, str]) -> int:
        try:
            verb = self._verb(argv, env)
            become_user(verb, env)
            connect(env)
            log.info("start", verb=verb)
            getattr(self, f"_{verb}")(env)
            log.info("done", verb=verb)
            return 0
        except ContractError as error:
            log.logger.error(str(error))
            _tell_platform(str(error), env)
            return 2
        except Exception as error:
            log.logger.exception("failed")
            _tell_platform(f"{type(error).__name__}: see the log of the job", env)
            return 1

    def _verb(self, argv: Sequence[str], env: Mapping[str, str]) -> str:
        """The argument, or MLOPS_VERB where the platform passes none, as a managed online endpoint of Azure ML."""
        given = [*argv] or [env[name] for name in ("MLOPS_VERB",) if env.get(name)]
        if len(given) != 1 or given[0] not in VERBS:
            raise ContractError(f"{USAGE}, got {' '.join(given) or 'no argument'}")
        return given[0]

    def _prepare(self, env: Mapping[str, str]) -> None:
        job, prepare = Job.of("prepare", env), self._need("prepare")
        with writable(job.output_dir, env) as output:
            prepare(replace(job, output_dir=output))

    def _train(self, env: Mapping[str, str]) -> None:
        job, train = Job.of("train", env), self._need("train")
        keep = job.cluster.primary
        # The folder for other outputs is the platform's to make, but for a bucket's, which takes whatever comes.
        more = writable(job.output_dir, env, keep) if in_bucket(job.output_dir, env) else nullcontext(job.output_dir)
        with writable(job.model_dir, env, keep) as model, more as output:
            train(replace(job, model_dir=model, output_dir=output))
            if keep and not any(model.iterdir()):
                raise ContractError(f"train left {job.model_dir} empty")

    def _evaluate(self, env: Mapping[str, str]) -> None:
        found = Job.of("evaluate", env)
        if in_bucket(found.model_dir, env) and not is_whole(found.model_dir):
            raise ContractError(f"{found.model_dir} is not whole: the job that wrote it was stopped while it copied")
        job = replace(found, model_dir=unpacked(found.model_dir))
        load, evaluate = self._need("load"), self._need("evaluate")
        with writable(job.output_dir, env) as output:
            result = evaluate(replace(job, output_dir=output), load(job.model_dir))
            if not isinstance(result, Evaluation):
                raise ContractError(f"evaluate must return an Evaluation, got {type(result).__name__}")
            result.write(output, env.get("MLOPS_COMMIT") or "")
        log.log_metrics(result.metrics, env)

    def _serve(self, env: Mapping[str, str]) -> None:
        from .serving import serve

        serve(self._need("load"), self._need("predict"), env)

    def _predict(self, env: Mapping[str, str]) -> None:
        from .batch import predict_files

        found = Job.of("predict", env)
        job = replace(found, model_dir=unpacked(found.model_dir))
        load, predict = self._need("load"), self._need("predict")
        part = f"{job.cluster.rank}" if job.cluster.world_size > 1 else ""
        with writable(job.output_dir, env, part=part) as output:
            predict_files(job, output, load(job.model_dir), predict, env)

    def _monitor(self, env: Mapping[str, str]) -> None:
        from .monitoring import monitor

        monitor(env)

    def _need(self, name: str) -> Callable[..., Any]:
        function = getattr(self, name)
        if function is None:
            raise ContractError(f"this image has no {name}: pass it to Workload({name}=…)")
        return function  # type: ignore[no-any-return]


def _stop(signum: int, _: Any) -> None:
    """A container's first process hears no signal without a handler: the platform would wait, and then kill."""
    log.warning("stopped by the platform")
    sys.exit(128 + signum)


def _tell_platform(reason: str, env: Mapping[str, str]) -> None:
    """Leave why the work failed where the platform, or the workflow around it, reads it.

    SageMaker shows its files as the failure reason of a training job and the exit message of a processing job; the
    workflows on Azure read MLOPS_FAILURE_FILE. They are readable by whoever may describe the job, so the text of an
    unknown error, which may quote data, stays out.
    """
    output = sagemaker_root(env) / "output"
    files = [output / name for name in ("failure", "message")]
    if env.get("MLOPS_FAILURE_FILE"):
        files.append(Path(env["MLOPS_FAILURE_FILE"]))
    for file in files:
        try:
            if file.parent.is_dir():
                file.write_bytes(reason.encode("ascii", "replace")[:1000])
        except OSError:
            log.warning("could not write the failure reason", file=str(file))
