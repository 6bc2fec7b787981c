"""The words of every language: none missing, none unused, none unfilled, and all as their language has them."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import bot
from bot.words.say import CATALOGUES, ENGLISH, LANGUAGES, duration, filesize, language_for, number, say
from tests.words import KEYS, made

ROOT = Path(bot.__file__).parents[1]
#: Languages of their own, and variants of those, which hold only what they say otherwise.
WHOLE = [language for language in LANGUAGES if "-" not in language]
VARIANTS = [language for language in LANGUAGES if "-" in language]


@cache
def catalogue(language: str) -> Catalog:
    with CATALOGUES[language].open("rb") as source:
        return read_po(source, abort_invalid=True)


def messages(language: str) -> dict[str, Message]:
    return {_key(one): one for one in catalogue(language) if one.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> tuple[str, ...]:
    found = message.string
    return (found,) if isinstance(found, str) else tuple(found or ())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


#: What a text leaves open, by its key.
OPEN = {key: fields(texts(one)[-1]) for key, one in messages(ENGLISH).items()}


def test_the_list_of_keys_is_that_of_the_english_catalogue() -> None:
    assert KEYS.read_text(encoding="utf-8") == made(), "run `python -m tests.words`"


@pytest.mark.parametrize("language", WHOLE)
def test_a_language_has_every_text(language: str) -> None:
    assert list(messages(language)) == list(messages(ENGLISH))
    assert [key for key, one in messages(language).items() if not all(texts(one))] == []
    assert not any(one.fuzzy for one in messages(language).values())


@pytest.mark.parametrize("language", VARIANTS)
def test_a_variant_says_only_what_it_says_otherwise(language: str) -> None:
    base = messages(language.partition("-")[0])
    same = [key for key, one in messages(language).items() if texts(one) == texts(base[key])]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_the_placeholders_and_plurals_of_the_english_one(language: str) -> None:
    english = messages(ENGLISH)
    for key, one in messages(language).items():
        wanted = fields(texts(english[key])[-1])
        assert fields(texts(one)[-1]) == wanted, key
        assert all(fields(text) >= wanted - {"n"} for text in texts(one)), key
        assert isinstance(one.id, str) == isinstance(english[key].id, str), key
        if not isinstance(one.id, str):
            assert len(texts(one)) == catalogue(language).num_plurals, key


def test_english_texts_have_no_exclamation_marks() -> None:
    assert [key for key, one in messages(ENGLISH).items() if "!" in texts(one)[0].replace("<!", "")] == []


def test_every_text_is_said_somewhere() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("bot", "adapters", "storage")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html") and path != KEYS
    ]
    said = {
        found for source in sources for found in re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*)["']""", source)
    }
    assert [key for key in messages(ENGLISH) if key not in said] == []


def test_whoever_says_a_text_fills_all_that_it_leaves_open() -> None:
    assert [where for where, key, given in said() if not OPEN[key] <= given] == []
    assert len(list(said())) > 300


def said() -> Iterator[tuple[str, str, set[str]]]:
    """Yield where a text is said whose key stands there, and what it is filled with."""
    for path in sorted((ROOT / "adapters").rglob("*.html")):
        page = Environment().parse(path.read_text(encoding="utf-8"))
        for call in page.find_all(nodes.Call):
            match call:
                case nodes.Call(
                    node=nodes.Name(name="t" | "timed" as how), args=[nodes.Const(value=key), *_]
                ):
                    given = {one.key for one in call.kwargs} | ({"when"} if how == "timed" else set())
                    yield f"{path.name}:{call.lineno}", key, given
                case _:
                    pass
    for path in [path for folder in ("bot", "adapters", "storage") for path in (ROOT / folder).rglob("*.py")]:
        for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match found:
                case ast.Call(func=ast.Name("say" | "Refused"), args=[ast.Constant(str(key)), *_]):
                    names = {one.arg for one in found.keywords}
                    if None not in names:
                        yield f"{path.name}:{found.lineno}", key, {name for name in names if name}
                case _:
                    pass


class TestWhatIsSaid:
    def test_a_variant_falls_back_to_its_language_and_an_unknown_one_to_english(self) -> None:
        assert say("status.pending.customer", "de") == "Wartet auf Sie"
        assert say("status.pending.customer", "de-du") == "Wartet auf dich"
        assert say("status.open", "de-du") == "Offen"
        assert say("status.pending.customer", "fr") == "Waiting for you"

    def test_what_is_counted_is_one_or_many(self) -> None:
        assert say("list.title", "en", n=1, project="Acme") == "1 ticket of Acme"
        assert say("list.title", "en", n=0, project="Acme") == "0 tickets of Acme"
        assert say("list.title", "de-du", n=1, project="Acme") == "1 Ticket von Acme"
        assert say("list.title", "de", n=1234, project="Acme") == "1.234 Tickets von Acme"
        assert "within one day" in say("card.customer.hint.closed", "en", n=1)
        assert "innerhalb von 14 Tagen" in say("card.customer.hint.closed", "de-du", n=14)

    def test_a_text_that_is_nowhere_is_a_fault(self) -> None:
        with pytest.raises(KeyError):
            say("status.flying", "de")  # type: ignore[arg-type]

    def test_a_reader_is_spoken_to_in_their_language(self) -> None:
        assert [language_for(one, "en") for one in ("de-DE", "de", "fr-FR", None)] == ["de", "de", "en", "en"]
        assert language_for("de-AT", "de-du") == "de-du"

    def test_numbers_lengths_and_sizes_are_written_as_the_language_does(self) -> None:
        assert [number(1234.5, one) for one in ("en", "de", "de-du")] == ["1,234.5", "1.234,5", "1.234,5"]
        assert [duration(m, "en") for m in (5, 60, 90, 605)] == ["5 min", "1 h", "1 h 30", "10 h 05"]
        assert [filesize(n, "de") for n in (12, 640_000, 2_100_000_000)] == ["12 B", "640 kB", "2,1 GB"]
        assert [filesize(n, "en") for n in (1_500, 2_000_000_000)] == ["1.5 kB", "2 GB"]
