"""Says a text in a reader's language, with its numbers and its plural as that language has them."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.words.keys import TextKey

#: The catalogue of each language. A variant's language is stored with a hyphen: `de-du` is `de@du.po`.
CATALOGUES: Final = {
    file.name.removesuffix(".po").replace("@", "-"): file
    for file in sorted(files("bot.words").iterdir(), key=lambda file: file.name)
    if file.name.endswith(".po")
}
#: What is spoken where nobody said otherwise, and whose catalogue has every text.
ENGLISH: Final = "en"
#: The languages a project may name.
LANGUAGES: Final = (ENGLISH, *(language for language in CATALOGUES if language != ENGLISH))


def say(key: TextKey, language: str, /, **values: object) -> str:
    """Return the text `key` in `language`, English for an unknown one, with `{placeholders}` filled in.

    `n` is what a text counts: it chooses between singular and plural. Numbers are written as in the language.
    """
    language = language if language in CATALOGUES else ENGLISH
    catalogue, n = _catalogue(language), values.get("n")
    text = catalogue.ngettext(key, key, n) if isinstance(n, int) else key
    text = catalogue.gettext(key) if text == key else text
    if text == key:
        raise KeyError(key)
    return text.format(**{name: _written(value, language) for name, value in values.items()})


def language_for(locale: str | None, otherwise: str) -> str:
    """Return the language for one reader: their locale's (`de-DE`) if we speak it, or `otherwise`.

    A project that says *du* says so to all who read German.
    """
    base = (locale or "").partition("-")[0].lower()
    return base if base in LANGUAGES and base != otherwise.partition("-")[0] else otherwise


def number(value: float, language: str, pattern: str = "#,##0.#") -> str:
    """Write a number as a language does: `1,234.5`, in German `1.234,5`.

    `pattern` is of CLDR (unicode.org/reports/tr35/tr35-numbers.html): how many digits there are.
    """
    return format_decimal(value, pattern, locale=_locale(language))


def duration(minutes: int, language: str) -> str:
    """Write minutes as people do: `1 h 30`, `45 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say("duration.minutes", language, minutes=rest)
    if not rest:
        return say("duration.hours", language, hours=hours)
    return say("duration.both", language, hours=hours, minutes=f"{rest:02}")


def filesize(size: int, language: str) -> str:
    """Write a number of bytes as people do: `2.1 GB`, in German `2,1 GB`, `640 kB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{number(size / factor, language)} {unit}"
    return f"{size} B"


class Refused(Exception):
    """An expected no: nothing was changed. Carries the words the person will read.

    `field` names the form field the words belong beside, where there is one.
    """

    def __init__(self, key: TextKey, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key: TextKey = key
        self.field = field
        self.values = values

    def words(self, language: str) -> str:
        """Say why, and what to do instead, in `language`."""
        return say(self.key, language, **self.values)


@cache
def _catalogue(language: str) -> GNUTranslations:
    """Return a language's texts; what it lacks its base has, and at last English."""
    compiled = BytesIO()
    with CATALOGUES[language].open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    found = GNUTranslations(compiled)
    base = language.partition("-")[0]
    if language != ENGLISH:
        found.add_fallback(_catalogue(base if base != language else ENGLISH))
    return found


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language.partition("-")[0])


def _written(value: object, language: str) -> object:
    return number(value, language) if isinstance(value, int | float) else value
