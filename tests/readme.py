"""The README's table of settings, made from the settings. `python -m tests.readme` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.discord.settings import DiscordSettings
from adapters.slack.settings import SlackSettings
from adapters.web.settings import WebSettings
from bot.settings import Settings

README = Path(__file__).parents[1] / "README.md"
KINDS: tuple[type[BaseSettings], ...] = (Settings, SlackSettings, DiscordSettings, WebSettings)
HEAD = ("| setting | default | what it is |", "|---|---|---|")


def rows() -> list[str]:
    return [
        f"| `{kind.model_config.get('env_prefix', '').upper()}{name.upper()}` |{_default(field.default)}|"
        f" {field.description}{_choices(field.annotation)} |"
        for kind in KINDS
        for name, field in kind.model_fields.items()
    ]


def written(text: str) -> str:
    """Return the README with the table as the settings are."""
    old = re.compile(re.escape("\n".join(HEAD)) + r"(?:\n\|[^\n]*)*")
    assert len(old.findall(text)) == 1
    return old.sub(lambda _: "\n".join([*HEAD, *rows()]), text)


def _default(value: Any) -> str:
    if value is None or isinstance(value, SecretStr) or value == "" or repr(value) == "PydanticUndefined":
        return " "
    return f" `{value:g}` " if isinstance(value, float) else f" `{value}` "


def _choices(kind: Any) -> str:
    named = [one for one in get_args(kind) if isinstance(one, str)]
    return ": " + ", ".join(f"`{one}`" for one in named) if named else ""


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
