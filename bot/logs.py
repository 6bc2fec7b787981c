"""The log: events with fields. Never a token, and never the text of an entry."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, cast

import structlog

#: Slack's, Discord's and PostgreSQL's secrets, wherever a library may have put them.
_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|[MNO][\w-]{23,}\.[\w-]{6}\.[\w-]{27,}|(?<=://)[^/@\s]+:[^/@\s]+(?=@)"
)


def configure(level: str, form: str) -> None:
    """Set the process's logging up. `form` is console or json."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if form == "console" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _where,
            _redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Below a warning the SDKs quote whole payloads, and so what people said.
    root = logging.getLogger()
    root.handlers = [_Forward(logging.WARNING)]
    root.setLevel(logging.WARNING)


def _where(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say where an exception came from and of what type. Its message may quote what was being written."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    info = sys.exc_info() if given is True else given
    error: Any = cast(Any, info)[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = _trace(error, error.__traceback__)
    return event


def _trace(error: BaseException, tb: TracebackType | None) -> str:
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(tb)]
    return "\n".join([*frames, type(error).__name__])


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET.sub("(secret)", value)
    return event


class _Forward(logging.Handler):
    """Takes what libraries log into ours."""

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelname.lower()
        log = structlog.get_logger()
        log.log(
            record.levelno,
            "library",
            logger=record.name,
            library_level=level,
            message=record.getMessage(),
            exc_info=record.exc_info[1] if record.exc_info else None,
        )
