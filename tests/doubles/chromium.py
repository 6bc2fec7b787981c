"""A real Chromium for the tests of pages: Debian's, which is installed when it is not there."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PATH = "/usr/bin/chromium"
MISSING = "The pages are tested in a real Chromium, and there is none. Please install it: apt-get install -y chromium"
#: Nothing is fetched, looked up or kept.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Return the path of Chromium, once it is installed. Raises RuntimeError with what to do."""
    with (Path(tempfile.gettempdir()) / "halfdoor-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes
        if not shutil.which(PATH) and os.geteuid() == 0 and shutil.which("apt-get"):
            _run("apt-get", "update", timeout=300)
            _run("apt-get", "install", "-y", "--no-install-recommends", "chromium", timeout=600)
    if not shutil.which(PATH):
        raise RuntimeError(MISSING)
    return PATH


def _run(*command: str, timeout: float) -> None:
    quiet = subprocess.DEVNULL
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, timeout=timeout, env=env, stdin=quiet, stdout=quiet, stderr=quiet)
