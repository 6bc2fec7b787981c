"""What is read in a chat: Slack's and Discord's posts say the same with other marks."""

from __future__ import annotations

import re

from tests.people import row

#: What emphasises, on either.
_MARKS = re.compile(r"[*_~`]|^-# ", re.MULTILINE)
_NAMED = re.compile(r"(\S+\.\w+) \([\d.,]+ k?B\)")
_ATTACHED = re.compile(r"\[file (\S+\.\w+)[^\]]*\]")
_BUTTONS = re.compile(r"(\[[^\]]+\] ?)+")
_END = ("Anything you write here", "No buttons?")


def plain(text: str) -> str:
    """Take a chat's marks out of a text."""
    return _MARKS.sub("", text)


def told(raw: str) -> str | None:
    """Tell of a post; None for the copy of a file, which the post before it has named."""
    by, _, rest = map(plain, raw.partition(": "))
    words: list[str] = []
    files: list[str] = []
    signs: list[str] = []
    copied = False
    for line in rest.split("\n"):
        if attached := _ATTACHED.fullmatch(line):
            copied = words == [attached[1]]
            files = files if attached[1] in files else [*files, attached[1]]
        elif named := _NAMED.fullmatch(line):
            files.append(named[1])
        elif line.startswith(("🌐", "🔒")):
            signs = ["public", *_became(line)] if line[0] == "🌐" else _became(line)
        elif line == "(edited)":
            signs.append("edited")
        elif not _BUTTONS.fullmatch(line):
            words.append(line)
    text = "\n".join(words)
    if text.endswith(" (edited)"):
        text, signs = text.removesuffix(" (edited)"), ["edited", *signs]
    if copied:
        return None
    if by == "Carla":  # how her own words look is her network's
        signs = []
    return row(by, text, files, *signs)


def _became(line: str) -> list[str]:
    return [word for word in ("edited", "recalled by Robin") if word in line]


def closing(raw: str) -> str:
    """Tell of a closing notice in one line."""
    lines = [line for line in plain(raw).split("\n") if not _BUTTONS.fullmatch(line)]
    kept = [line for line in lines if not line.startswith(_END)]
    return " ".join(kept).removeprefix("Halfdoor: ✅ ")
