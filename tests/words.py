"""Makes the list of all keys from the English catalogue: `uv run python -m tests.words`."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

from bot.words.say import CATALOGUES, ENGLISH

KEYS = Path(__file__).parents[1] / "bot" / "words" / "keys.py"


def made() -> str:
    """Return the module that lists the keys."""
    with CATALOGUES[ENGLISH].open("rb") as source:
        keys = [one.id if isinstance(one.id, str) else one.id[0] for one in read_po(source) if one.id]
    listed = "".join(f'    "{key}",\n' for key in keys)
    return (
        '"""The keys of all texts, made from `en.po` by `python -m tests.words`."""\n\n'
        f"from typing import Literal, TypeAlias\n\nTextKey: TypeAlias = Literal[\n{listed}]\n"
    )


if __name__ == "__main__":
    KEYS.write_text(made(), encoding="utf-8")
