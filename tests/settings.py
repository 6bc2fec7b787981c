"""Settings as the tests give them, whatever the environment's file says."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic_settings import BaseSettings

S = TypeVar("S", bound=BaseSettings)


def settings_of(kind: type[S], **values: Any) -> S:
    return kind(**{"_env_file": None, **values})
