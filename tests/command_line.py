"""The command line, run within this process."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from typer.testing import CliRunner

from bot.__main__ import app
from tests.settings import log_plainly


def invoke(arguments: Sequence[str], environment: Mapping[str, str | None]) -> tuple[int, str]:
    """Run a command; return its exit code and what it printed.

    A command sets the process's logging up, on a stream that ends with it: it is put back.
    """
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200", **environment})
    finally:
        log_plainly()
        root.handlers = handlers
        root.setLevel(level)
    return done.exit_code, done.output
