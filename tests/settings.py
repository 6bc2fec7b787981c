"""What the tests give: settings, whatever the environment's file says, and their patience."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic_settings import BaseSettings

#: Seconds after which a test gives up on what it waits for: it hangs. Nothing is measured by it.
PATIENCE = 60.0

S = TypeVar("S", bound=BaseSettings)


def settings_of(kind: type[S], **values: Any) -> S:
    return kind(**{"_env_file": None, **values})
