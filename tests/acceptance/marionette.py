"""Firefox without a window, spoken to in its own protocol: https://firefox-source-docs.mozilla.org/testing/marionette/."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

PREFERENCES: dict[str, Any] = {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "ui.prefersReducedMotion": 1,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
}
"""A port of its own, no network, and nothing that flies."""

PATIENCE = 60  # seconds in which a browser must answer, and end


class Firefox:
    """A browser of the size of a desk, with a profile of its own.

    Parameters
    ----------
    profile : Path
        An empty folder.
    width, height : int
        Of the page, in pixels.
    """

    def __init__(self, profile: Path, width: int, height: int) -> None:
        text = "".join(
            f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in PREFERENCES.items()
        )
        (profile / "user.js").write_text(text, encoding="utf-8")
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        assert program is not None
        self._process = subprocess.Popen(  # noqa: S603 - by path
            [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "HOME": str(profile)},
        )
        assert self._process.stdout is not None
        said = (re.search(r"Listening on port (\d+)", line) for line in self._process.stdout)
        port = next(int(found[1]) for found in said if found)
        self._number = 0
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._answers = self._socket.makefile("rb")
        self._read()
        self.ask("WebDriver:NewSession")
        self.ask("WebDriver:SetWindowRect", width=width, height=height)
        across, down = self.run("return [innerWidth, innerHeight]")
        self.ask("WebDriver:SetWindowRect", width=2 * width - across, height=2 * height - down)

    def _read(self) -> Any:
        size = b""
        while (letter := self._answers.read(1)) != b":":
            size += letter
        return json.loads(self._answers.read(int(size)))

    def ask(self, command: str, **parameters: Any) -> Any:
        """Give a command, and return the answer."""
        self._number += 1
        text = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, _, fault, answer = self._read()
        assert fault is None, fault
        return answer

    def open(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self.ask("WebDriver:Navigate", url=address)

    def run(self, script: str, *given: Any) -> Any:
        """Return what a script returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(given))["value"]

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def picture(self) -> bytes:
        """Return what is in sight, as PNG."""
        return base64.b64decode(self.ask("WebDriver:TakeScreenshot", full=False)["value"])

    def close(self) -> None:
        """End the browser."""
        self._answers.close()
        self._socket.close()
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)
