"""Files that nobody else on the machine can read, whatever the umask says."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

#: Only their owner reads and writes them.
MODE = 0o600
#: What SQLite and we keep beside a database.
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")


def opened(path: Path, mode: str) -> IO[str]:
    """Open a text file that is private from its first moment. Raises OSError."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, MODE))


def keep(database: str) -> None:
    """Make a database's file private, and those beside it: SQLite gives them the same rights from then on.

    Where that cannot be done, opening the database says why.
    """
    if database == ":memory:" or database.startswith("file:"):
        return
    with suppress(OSError):
        os.close(os.open(database, os.O_CREAT | os.O_RDWR, MODE))
    for end in BESIDE:
        with suppress(OSError):
            path = Path(database + end)
            if path.stat().st_mode & 0o077:
                path.chmod(MODE)
