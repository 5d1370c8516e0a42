"""The HTTP server of `serve`: waitress, with health checks beside the queue of predictions, and an orderly stop.

waitress has one queue for all requests: a health check waits behind the predictions, and a busy container is taken for
a dead one. Here everything but predictions has threads of its own. On SIGTERM waitress drops what is queued and cuts
what runs for longer than five seconds; here the queue is answered with 503 and what runs may end.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
https://cloud.google.com/run/docs/container-contract#instance-shutdown
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.trigger import trigger

from . import log
from .app import App

CONNECTIONS = 1000
"""Open at a time; waitress' own 100 would let a health check wait for a hundred clients."""
WAITING = 500
"""Predictions that may wait; more are answered with 503 at once, so that connections remain for health checks."""
QUICK_THREADS = 2
STOPPING = "the server is stopping"
BUSY = "too many requests are waiting"
TICK = 0.1


class Pool:
    """Threads that answer requests in the order in which they came."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        self.busy = 0
        self._waiting: deque[Any] = deque()
        self._changed = threading.Condition()
        for number in range(threads):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def add(self, channel: Any) -> None:
        with self._changed:
            self._waiting.append(channel)
            self._changed.notify()

    def take_all(self) -> list[Any]:
        """Those that wait; they are no longer this pool's."""
        with self._changed:
            taken = list(self._waiting)
            self._waiting.clear()
            return taken

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                channel = self._waiting.popleft()
                self.busy += 1
            try:
                channel.service()
            except BaseException:
                log.logger.exception("a request could not be answered")
            finally:
                with self._changed:
                    self.busy -= 1


class Pools:
    """Which threads answer a request: what waitress calls a task dispatcher."""

    def __init__(self, is_prediction: Callable[[str], bool], threads: int, waiting: int = WAITING) -> None:
        self.stopping = False
        self.predictions = Pool("predict", threads)
        self._quick = Pool("quick", QUICK_THREADS)
        self._is_prediction = is_prediction
        self._waiting = waiting

    def add_task(self, channel: Any) -> None:
        request = channel.requests[0]
        # waitress makes the same of several slashes when it hands the path to the application.
        predicts = not request.error and self._is_prediction("/" + request.path.lstrip("/"))
        admitted = predicts and not self.stopping and len(self.predictions) < self._waiting
        (self.predictions if admitted else self._quick).add(channel)

    def turned_away(self) -> str:
        """Why the request of this thread gets no prediction; empty where it gets one."""
        if threading.current_thread().name.startswith(f"{self.predictions.name}-"):
            return ""
        return STOPPING if self.stopping else BUSY

    def stop(self) -> int:
        """From now on predictions are turned away, those that wait as well. Returns how many waited."""
        self.stopping = True
        waiting = self.predictions.take_all()
        for channel in waiting:
            self._quick.add(channel)
        return len(waiting)

    @property
    def idle(self) -> bool:
        return not any(pool.busy or len(pool) for pool in (self.predictions, self._quick))


class Server:
    """Answers from `run` until SIGTERM, and then until what was running has its answer, or `drain_seconds` are over."""

    def __init__(self, app: App, *, host: str, port: int, threads: int, cut_off: int, drain_seconds: int) -> None:
        self._pools = Pools(app.routes.predict.__contains__, threads)
        self._drain_seconds = drain_seconds
        self._stopped = False
        self._sockets: dict[int, Any] = {}
        app.turned_away = self._pools.turned_away
        create_server(
            app,
            map=self._sockets,
            _dispatcher=self._pools,
            host=host,
            port=port,
            connection_limit=CONNECTIONS,
            # select() takes no descriptor above 1023.
            asyncore_use_poll=True,
            max_request_body_size=cut_off,
            ident=None,
        )

    @property
    def port(self) -> int:
        return int(next(self._of(BaseWSGIServer)).effective_port)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopped:
            self._step(1.0)
        self._drain()

    def _stop(self, *_: Any) -> None:
        self._stopped = True
        for each in self._of(trigger):
            each.pull_trigger()

    def _step(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._sockets, count=1)

    def _drain(self) -> None:
        began = time.monotonic()
        for listener in self._of(BaseWSGIServer):
            # Its own close() takes the trigger away as well, by which the threads wake this one up.
            wasyncore.dispatcher.close(listener)
        waited, running = self._pools.stop(), self._pools.predictions.busy
        log.info("stopping", running=running, turnedAway=waited, seconds=self._drain_seconds)
        while not self._finished:
            if time.monotonic() - began >= self._drain_seconds:
                log.warning("requests are cut off", running=self._pools.predictions.busy, seconds=self._drain_seconds)
                sys.stderr.flush()
                # The interpreter's own end would wait for threads that the model may have started.
                os._exit(0)
            self._step(TICK)
        log.info("stopped", seconds=round(time.monotonic() - began, 1))

    @property
    def _finished(self) -> bool:
        unsent = any(channel.requests or channel.total_outbufs_len for channel in self._of(HTTPChannel))
        return self._pools.idle and not unsent

    def _of(self, kind: type) -> Iterator[Any]:
        return (each for each in list(self._sockets.values()) if isinstance(each, kind))
