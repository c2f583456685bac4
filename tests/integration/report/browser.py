"""A headless Chromium, driven over pipes by the DevTools protocol, to look at pages and measure."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
)
WARNINGS = ("error", "warning", "assert")


def find_chromium() -> str | None:
    """The path of a Chromium, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One tab. `problems` collects what its console and its network complain of."""

    def __init__(self, send: int, receive: int) -> None:
        """Open it.

        Args:
            send, receive: file descriptors to and from the browser.
        """
        self._send, self._receive, self._buffer = send, receive, b""
        self._ids = itertools.count(1)
        self._events: list[dict[str, Any]] = []
        self._session = ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, page: Path, width: int, dark: bool) -> None:
        """Load a file in a window 900 pixels high and wait until it is drawn.

        Args:
            page: the file.
            width: of the window, in pixels.
            dark: whether the system is.
        """
        self._events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=page.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._events.append(self._message())

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def screenshot(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(
            self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        )

    @property
    def problems(self) -> list[str]:
        """Console errors and warnings, exceptions, and requests to anything but the page itself."""
        problems = []
        for event in self._events:
            values = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                problems.append(str(values["exceptionDetails"]))
            elif event["method"] == "Runtime.consoleAPICalled" and values["type"] in WARNINGS:
                problems.append(str(values["args"]))
            elif event["method"] == "Log.entryAdded" and values["entry"]["level"] in WARNINGS:
                problems.append(str(values["entry"]["text"]))
            elif event["method"] == "Network.requestWillBeSent":
                url = values["request"]["url"]
                if not url.startswith(("file:", "data:")):
                    problems.append(url)
        return problems

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol and wait for its answer.

        Args:
            method: its name.
            params: its parameters.
        """
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params} | (
            {"sessionId": self._session} if self._session else {}
        )
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self._events.append(answer)

    def _message(self) -> dict[str, Any]:
        """The next message of the browser: an answer or an event."""
        while b"\0" not in self._buffer:
            chunk = os.read(self._receive, 2**20)
            assert chunk, "Chromium has ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def chromium(path: str) -> Iterator[Tab]:
    """A tab of the browser at `path`, which is started here and ended with the block."""
    commands, to_browser = os.pipe()
    from_browser, messages = os.pipe()
    # Chromium reads from descriptor 3 and writes to 4.
    redirect = f'exec "$@" 3<&{commands} 4>&{messages}'
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", path, *OPTIONS, f"--user-data-dir={profile}"],
            pass_fds=(commands, messages),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(messages)
        try:
            yield Tab(to_browser, from_browser)
        finally:
            process.terminate()
            process.wait(20)
            os.close(to_browser)
            os.close(from_browser)
