"""What the tests give: settings, whatever the environment's file says, and their patience."""

from __future__ import annotations

from typing import Any, TypeVar

import structlog
from pydantic_settings import BaseSettings

#: Seconds after which a test gives up on what it waits for: it hangs. Nothing is measured by it.
PATIENCE = 60.0

S = TypeVar("S", bound=BaseSettings)


def settings_of(kind: type[S], **values: Any) -> S:
    return kind(**{"_env_file": None, **values})


def log_plainly() -> None:
    """Log as tests read it, whatever was set up before.

    A traceback as structlog draws it takes seconds on a busy machine, and the loop waits for it; ours names lines.
    """
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
