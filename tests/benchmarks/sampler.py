"""A sampling profiler for all threads of one process: which package is at work, by share of samples."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from types import FrameType

INTERVAL = 0.002
#: Frames that only wait.
WAITING = ("select", "wait", "_wait_for_tstate_lock", "_worker", "epoll", "_recv", "recv", "_work")


class Sampler:
    """Samples from `start` to `shares`."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._on = True
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def shares(self) -> list[tuple[str, float]]:
        self._on = False
        self._thread.join()
        total = sum(self._counts.values()) or 1
        return [(name, count / total) for name, count in self._counts.most_common(14)]

    def _run(self) -> None:
        mine = threading.get_ident()
        while self._on:
            for ident, frame in sys._current_frames().items():
                if ident != mine and not frame.f_code.co_name.startswith(WAITING):
                    self._counts[_owner(frame)] += 1
            time.sleep(INTERVAL)


def _owner(frame: FrameType) -> str:
    """Name the package of the innermost frame that is not the standard library's."""
    current: FrameType | None = frame
    while current is not None:
        parts = current.f_code.co_filename.split("/")
        if "site-packages" in parts:
            return parts[parts.index("site-packages") + 1]
        for ours in ("bot", "adapters", "storage"):
            if f"/{ours}/" in current.f_code.co_filename:
                return f"{ours} (ours)"
        current = current.f_back
    return "python"
