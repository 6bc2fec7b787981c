"""What a check of a layout is made of: each names the place, as a JSON pointer, and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

from tests.doubles.slack.world import SlackError

#: Looks at a value, which stands at a JSON pointer; raises invalid_blocks if Slack would refuse it.
Check: TypeAlias = Callable[[Any, str], None]
Keys: TypeAlias = Mapping[str, Check]


def refuse(why: str, path: str) -> NoReturn:
    raise SlackError("invalid_blocks", why=f"{why} [json-pointer:{path}]")


def string(most: int | None = None, *, least: int = 1, like: str | None = None) -> Check:
    def check(given: Any, path: str) -> None:
        if not isinstance(given, str):
            refuse(f"must be a string, is {given!r}", path)
        if len(given) < least:
            refuse(f"must be more than {least - 1} characters", path)
        if most is not None and len(given) > most:
            refuse(f"must be less than {most + 1} characters", path)
        if like is not None and not re.fullmatch(like, given):
            refuse(f"must look like {like}", path)

    return check


def number(least: float | None = None, most: float | None = None, *, whole: bool = True) -> Check:
    def check(given: Any, path: str) -> None:
        if isinstance(given, bool) or not isinstance(given, int if whole else int | float):
            refuse(f"must be a number, is {given!r}", path)
        if (least is not None and given < least) or (most is not None and given > most):
            refuse(f"must be from {least} to {most}", path)

    return check


def one_of(*values: Any) -> Check:
    def check(given: Any, path: str) -> None:
        if given not in values or isinstance(given, bool) != isinstance(values[0], bool):
            refuse(f"must be one of {values}, is {given!r}", path)

    return check


def mapping(given: Any, path: str) -> None:
    """An object whose keys are the app's own affair."""
    if not isinstance(given, dict):
        refuse(f"must be an object, is {given!r}", path)


def array(each: Check, *, most: int | None = None, least: int = 1) -> Check:
    def check(given: Any, path: str) -> None:
        if not isinstance(given, list):
            refuse(f"must be an array, is {given!r}", path)
        if len(given) < least or (most is not None and len(given) > most):
            refuse(f"must have {least} to {most} items, has {len(given)}", path)
        for place, one in enumerate(given):
            each(one, f"{path}/{place}")

    return check


def shape(must: Keys, may: Keys | None = None, *rules: Check) -> Check:
    """An object with all of the keys of `must`, any of `may`, and no others; then `rules` on the whole."""
    allowed = {**must, **(may or {})}

    def check(given: Any, path: str) -> None:
        if not isinstance(given, dict):
            refuse(f"must be an object, is {given!r}", path)
        for key in must:
            if key not in given:
                refuse(f"missing required field: {key}", path)
        for key, value in given.items():
            if key not in allowed:
                refuse(f"unknown field: {key}", path)
            allowed[key](value, f"{path}/{key}")
        for rule in rules:
            rule(given, path)

    return check


def kind(name: str, must: Keys | None = None, may: Keys | None = None, *rules: Check) -> dict[str, Check]:
    """A `shape` that names its kind, as an entry for `any_of`."""
    return {name: shape({"type": one_of(name), **(must or {})}, may, *rules)}


def any_of(kinds: Keys) -> Check:
    def check(given: Any, path: str) -> None:
        if not isinstance(given, dict) or given.get("type") not in kinds:
            refuse(f"unsupported type: {given.get('type') if isinstance(given, dict) else given!r}", path)
        kinds[given["type"]](given, path)

    return check


def exactly_one(*keys: str) -> Check:
    def rule(given: Any, path: str) -> None:
        if sum(key in given for key in keys) != 1:
            refuse(f"must have exactly one of {keys}", path)

    return rule


def some(*keys: str) -> Check:
    def rule(given: Any, path: str) -> None:
        if not any(key in given for key in keys):
            refuse(f"must have one of {keys}", path)

    return rule


def unique(key: str, within: str) -> Check:
    def rule(given: Any, path: str) -> None:
        names = [one[key] for one in given[within] if key in one]
        if len(names) != len(set(names)):
            refuse(f"{key} must be unique", f"{path}/{within}")

    return rule


def ordered(lower: str, upper: str) -> Check:
    def rule(given: Any, path: str) -> None:
        if lower in given and upper in given and float(given[lower]) > float(given[upper]):
            refuse(f"{lower} must not exceed {upper}", path)

    return rule
