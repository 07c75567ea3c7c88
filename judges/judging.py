"""Shared parts of the Python judges: a score, the simulator's control interface, a receiver."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

SIM_URL = os.environ.get("SIM_URL", "")
PHONE_ID = "930000000000001"
WABA_ID = "920000000000001"
APP_ID = "910000000000001"
APP_SECRET = "sim-app-secret"
ACCESS_TOKEN = "sim-access-token"
VERIFY_TOKEN = "sim-verify-token"
ANNA = "4917139200001"
ANNA_ID = "DE.13491208655300001"
BELA_ID = "DE.13491208655300002"


class Score:
    """Counts what passed and failed; the last line is read by `judges/run`."""

    def __init__(self, judge: str, pass_on: tuple[type[Exception], ...] = ()) -> None:
        self.judge = judge
        self.pass_on = pass_on
        self.passed = 0
        self.failed = 0

    def check(self, name: str, action: Callable[[], Any]) -> Any:
        """Runs one check. It fails when the action raises; `pass_on` goes to the caller."""
        try:
            result = action()
        except self.pass_on:
            raise
        except Exception as error:  # A judge reports every failure and goes on.
            self.failed += 1
            print(f"FAIL {self.judge}: {name}: {type(error).__name__}: {error}")
            if os.environ.get("JUDGE_TRACE"):
                traceback.print_exc()
            return None
        self.passed += 1
        if os.environ.get("JUDGE_VERBOSE"):
            print(f"ok   {self.judge}: {name}")
        return result

    def finish(self) -> int:
        print(f"{self.judge}: {self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def expect(condition: bool, message: object = "the expectation does not hold") -> None:
    """An assertion that also works under `python -O`."""
    if not condition:
        raise AssertionError(message)


def equal(actual: Any, wanted: Any) -> None:
    expect(actual == wanted, f"{actual!r} is not {wanted!r}")


def control(method: str, path: str, body: Any = None) -> Any:
    """One call of the control interface; raises with the simulator's explanation."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{SIM_URL}/_sim/{path}", data=data, method=method)
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{path}: {error.code} {error.read().decode()}") from None


def sim(path: str, body: Any) -> Any:
    return control("POST", path, body)


def open_window(user: str = ANNA) -> str:
    """A user writes, so that free-form messages are allowed; returns the message id."""
    return sim("inbound", {"from": user, "text": "Hallo"})["message_id"]


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < deadline, f"timed out: {what}")
        time.sleep(0.01)


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    """Runs an ASGI app on a free loopback port and yields its URL."""
    import uvicorn

    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the receiver starts")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
