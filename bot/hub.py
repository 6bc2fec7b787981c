"""The hub format: what is said is kept as CommonMark, read into a small tree by a library, and written back.

A line break in the text is a line break for the reader, as chats have it. The tree is flat, as what chats
offer is: no quote within a quote, no list within one. A word joiner (U+2060) holds signs apart that
CommonMark would otherwise read as one; it is never part of what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TypeAlias, assert_never

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Joins two characters without a space or a break, and is not seen.
JOINER = "\u2060"
#: The deepest level of a list, counted from 0.
DEEPEST = 5

#: The address of what is hidden.
SPOILER = "spoiler:"
#: Stands for hidden words where nothing can be hidden: in a title or a notification.
HIDDEN = "▒▒▒"
_MOMENT = re.compile(r"time:(-?\d{1,13}):([tTdDfFR])")

_RULES = "emphasis strikethrough backticks link escape fence blockquote list newline"  # all others stay text
_markdown = MarkdownIt("zero", {"maxNesting": 100}).enable(_RULES.split())
#: The signs that are escaped in text.
_MARKUP = "\\`*_~[]"
_LINE_START = re.compile(r"^(?=[>+-]|\d{1,9}[.)])")
_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
_LOOKS_LIKE_ADDRESS = re.compile(r"\s*(?:https?:|www\.|mailto:)", re.IGNORECASE)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u2060\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `code` takes no other style; `link` is the address it leads to.

    Two addresses are the hub's own: `SPOILER` is on what is hidden until the reader wants to see it, and
    `time:SECONDS:STYLE` on a moment that each reader sees in their own zone (styles as Discord names them).
    """

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: str | None = None


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Line


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted paragraph."""

    spans: Line


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: `depth` counts from 0, `number` is None for a bullet."""

    spans: Line
    depth: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code."""

    text: str


Block: TypeAlias = Paragraph | Quote | Item | Code
#: Writes what was written already as a link to an address.
ProjectPlaces: TypeAlias = Callable[[str, str], str]


def read(text: str) -> tuple[Block, ...]:
    """Read hub text. Any text is some tree: there are no errors."""
    return tidy(_blocks(_markdown.parse(text)))


def moment(link: str | None) -> tuple[int, str] | None:
    """Return the seconds since 1970 and the style of a moment's address, None for any other."""
    found = _MOMENT.fullmatch(link or "")
    return (int(found[1]), found[2]) if found else None


def timed(seconds: int, style: str = "f") -> Span:
    """Return a moment; one that no calendar has is only a number."""
    try:
        text = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return Span(str(seconds))
    return Span(text, link=f"time:{seconds}:{style}")


def linked(written: str, link: str) -> str:
    """Write a link as CommonMark has it."""
    return f"[{written}](<{link}>)"


def write(
    blocks: Iterable[Block], *, also: str = "", link: ProjectPlaces = linked, code: Callable[[str], str] = str
) -> str:
    """Write a tree so that `read` gives it back, tidied.

    `also`: further punctuation to escape, for readers to whom it means something. `link` writes a text that
    leads to an address, for readers that know other ways. `code` changes what stands as code, likewise.
    """
    way = _Way(also, link, code)
    lines: list[str] = []
    offsets: list[int] = []
    numbered: set[int] = set()
    for before, block in pairwise([None, *tidy(blocks)]):
        assert block is not None
        if lines and not (isinstance(block, Item) and isinstance(before, Item)):
            lines.append("")
        match block:
            case Code(text=text):
                lines.append(_fenced(code(text)))
            case Paragraph(spans=spans):
                lines.append(_inline(spans, way))
            case Quote(spans=spans):
                lines += [f"> {line}" for line in _inline(spans, way).split("\n")]
            case Item(spans=spans, depth=depth, number=number):
                sign = "- " if number is None else f"{number}. "
                goes_on = isinstance(before, Item) and depth <= before.depth and depth in numbered
                if number is not None and lines and not goes_on and isinstance(before, Item):
                    lines.append("")  # only a list that begins with 1 may follow a line of text directly
                indent = " " * sum(offsets[:depth])
                offsets[depth:] = [len(sign)]
                numbered = {level for level in numbered if level < depth}
                if number is not None:
                    numbered.add(depth)
                rest = f"\n{indent}{' ' * len(sign)}"
                lines.append(indent + sign + _inline(spans, way).replace("\n", rest))
            case _:
                assert_never(block)
    return "\n".join(lines)


def literal(text: str) -> str:
    """Return hub text for words that were typed without any formatting."""
    return write([Paragraph((Span(text),))])


def plain(text: str) -> str:
    """Return what hub text says, without its formatting: for titles, searches and notifications."""
    return "\n".join(shown(block) for block in read(text))


def shown(block: Block) -> str:
    """Return one block as plain text."""
    match block:
        case Code(text=text):
            return text
        case Item(spans=spans, depth=depth, number=number):
            sign = "•" if number is None else f"{number}."
            return f"{'  ' * depth}{sign} {_said(spans)}"
        case Paragraph(spans=spans) | Quote(spans=spans):
            return _said(spans)
        case _:
            assert_never(block)


def tidy(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Bring a tree into the one form that each text has: no empty, adjoining or impossible parts."""
    found: list[Block] = []
    for block in blocks:
        match block:
            case Code(text=text):
                text = _clean(text, tabs=True).strip("\n")
                if text.strip():
                    found.append(Code(text))
            case Paragraph(spans=spans):
                found += [Paragraph(part) for part in _split_blank(_tidy_spans(spans))]
            case Quote(spans=spans):
                found += [Quote(part) for part in _split_blank(_tidy_spans(spans))]
            case Item(spans=spans):
                lines = list(_split_blank(_tidy_spans(spans)))
                if lines:
                    joined = lines[0]
                    for more in lines[1:]:
                        joined = _tidy_spans((*joined, Span("\n"), *more))
                    found.append(replace(block, spans=joined))
            case _:
                assert_never(block)
    return tuple(_levelled(found))


def pieces(text: str, limit: int) -> list[str]:
    """Split hub text into texts of at most about `limit` characters, each whole in itself.

    It is cut between blocks where that leaves no piece too short, else at a line, else after a sentence,
    else at a space, else anywhere. Styles, quotes, lists and code go on in the next piece.
    """
    return list(_pieces(text, limit))


@lru_cache(maxsize=128)
def _pieces(text: str, limit: int) -> tuple[str, ...]:
    """The same, remembered: each part of a long text is drawn on its own."""
    found: list[list[Block]] = [[]]
    room = limit
    for block in read(text):
        rest: Block | None = block
        while rest is not None:
            size = len(shown(rest))
            if size <= room:
                found[-1].append(rest)
                room -= size + 1
                break
            if found[-1] and (room < limit // 3 or size <= limit):
                found.append([])
                room = limit
                continue
            head, rest = _cut(rest, room)
            found[-1].append(head)
            found.append([])
            room = limit
    return tuple(write(one) for one in found if one) or ("",)


# ---------------------------------------------------------------- reading


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    quoted, lists = 0, list[list[int | None]]()
    for token in tokens:
        match token.type:
            case "blockquote_open":
                quoted += 1
            case "blockquote_close":
                quoted -= 1
            case "bullet_list_open":
                lists.append([None])
            case "ordered_list_open":
                lists.append([int(token.attrs.get("start", 1)) - 1])
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                lists[-1] = [None if lists[-1][0] is None else lists[-1][0] + 1, 0]
            case "fence":
                yield Code(token.content)
            case "inline":
                spans = tuple(_spans(token.children or []))
                if lists:
                    yield Item(spans, len(lists) - 1, lists[-1][0])
                elif quoted:
                    yield Quote(spans)
                else:
                    yield Paragraph(spans)
            case _:
                pass


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    depth = {"strong": 0, "em": 0, "s": 0}
    link: str | None = None
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if kind in depth:
            depth[kind] += 1 if end == "open" else -1
        elif token.type == "link_open":
            link = str(token.attrs["href"])
        elif token.type == "link_close":
            link = None
        else:
            text = "\n" if token.type in ("softbreak", "hardbreak") else token.content
            code = token.type == "code_inline"
            yield Span(text, depth["strong"] > 0, depth["em"] > 0, depth["s"] > 0, code, link)


# ---------------------------------------------------------------- tidying


def _clean(text: str, *, tabs: bool = False) -> str:
    """Take out what is no part of a text. `tabs`: they stay, for in code they mean something."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text if tabs else text.replace("\t", "    "))


def _tidy_spans(spans: Iterable[Span]) -> Line:
    """Join what has one style; styles do not reach over a line's end, nor over the space at their own."""
    flat: list[Span] = []
    for span in spans:
        text = _clean(span.text, tabs=span.code)
        if (when := moment(span.link)) is not None:
            flat.append(timed(*when))
            continue
        if span.code:
            if inside := text.replace("\n", " ").strip():
                flat.append(Span(inside, code=True, link=_address(span.link)))
            continue
        for part in re.split(r"(\n|(?<![^\n])[^\S\n]+|[^\S\n]+(?![^\n]))", text):
            if not part:
                continue
            link = _address(span.link)
            if link not in (None, SPOILER) and (part == link or _LOOKS_LIKE_ADDRESS.match(part)):
                # An address is its own link, and what looks like one never hides another; what only begins
                # like one and says more keeps its words, with the address beside them.
                part, link = (link if len(part.split()) == 1 else f"{part} ({link})"), None
            flat.append(Span(part) if part.isspace() else replace(span, text=part, link=link))
    return tuple(
        group[0] if moment(group[0].link) else replace(group[0], text="".join(one.text for one in group))
        for _, members in groupby(flat, key=lambda span: replace(span, text=""))
        if (group := list(members))
    )


def _address(link: str | None) -> str | None:
    """Keep what is an address; one with a space or a control sign in it is not."""
    if link is None or link == SPOILER or _MOMENT.fullmatch(link):
        return link
    if not re.fullmatch(r"(?:https?|mailto|tel):[^\s<>\x00-\x20]+", link):
        return None
    # Nothing in it may end it, neither here nor where it is written: the library leaves some signs be.
    normal = _markdown.normalizeLink(link).replace("|", "%7C").replace("\\", "%5C")
    return normal if _markdown.validateLink(normal) and _markdown.normalizeLink(normal) == normal else None


def _split_blank(spans: Line) -> Iterator[Line]:
    """Part spans at blank lines, without the space around each part and at the ends of its lines."""
    part: list[Span] = []
    for span in spans:
        texts = [span.text] if span.code else _BLANK.split(span.text)
        for n, text in enumerate(texts):
            if n:
                yield from _trimmed(part)
                part = []
            part.append(replace(span, text=text))
    yield from _trimmed(part)


def _trimmed(spans: list[Span]) -> Iterator[Line]:
    # What looks like an empty end of a line is none.
    whole = [
        span if span.code else replace(span, text=re.sub(r"[^\S\n]+\n", "\n", span.text)) for span in spans
    ]
    whole = [span for span in whole if span.text]
    while whole and not whole[0].code and not whole[0].text.lstrip("\n"):
        whole.pop(0)
    if whole and not whole[0].code:
        whole[0] = replace(whole[0], text=whole[0].text.lstrip("\n"))
    while whole and not whole[-1].code and not whole[-1].text.rstrip():
        whole.pop()
    if whole and not whole[-1].code:
        whole[-1] = replace(whole[-1], text=whole[-1].text.rstrip())
    if any(not span.text.isspace() for span in whole):
        yield tuple(whole)


def _levelled(blocks: list[Block]) -> Iterator[Block]:
    """Give items the depths and numbers that a list can have."""
    depth, numbers = -1, list[int | None]()
    for block in blocks:
        if not isinstance(block, Item):
            depth, numbers = -1, []
            yield block
            continue
        depth = max(0, min(block.depth, depth + 1, DEEPEST))
        number = block.number
        if number is not None:
            before = numbers[depth] if depth < len(numbers) else None
            # Within one list CommonMark counts on by itself.
            number = before + 1 if before is not None else max(1, min(number, 999_999))
        numbers[depth:] = [number]
        yield replace(block, depth=depth, number=number)


# ---------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Way:
    """How a reader wants things written."""

    also: str
    link: ProjectPlaces
    code: Callable[[str], str]


def _inline(spans: Line, way: _Way) -> str:
    lines: list[str] = [""]
    for span in spans:
        for n, text in enumerate(span.text.split("\n")):
            if n:
                lines.append("")
            if text:
                lines[-1] = _append(lines[-1], replace(span, text=text), way)
    return "\n".join(_guard(line) for line in lines)


def _append(line: str, span: Span, way: _Way) -> str:
    if span.code:
        written = _backticked(way.code(span.text))
    else:
        written = "".join(f"\\{sign}" if sign in _MARKUP or sign in way.also else sign for sign in span.text)
        edges = written[0].isalnum(), written[-1].isalnum()
        for sign, on in (("~~", span.strike), ("*", span.italic), ("**", span.bold)):
            if on:
                left = "" if edges[0] else JOINER
                right = "" if edges[1] else JOINER
                written = f"{sign}{left}{written}{right}{sign}"
                edges = False, False
    if span.link is not None:
        written = way.link(written, span.link)
    if line and line[-1] in "*~`_" and written[0] in "*~`_":
        line += JOINER
    return line + written


def _guard(line: str) -> str:
    """Keep a line from being read as the beginning of a block, and its leading space from being dropped."""
    if not line or line[0].isspace() or _LINE_START.match(line) or line.startswith("```"):
        return JOINER + line
    return line


def _backticked(text: str) -> str:
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


# ---------------------------------------------------------------- cutting


def _said(spans: Line) -> str:
    return "".join(_plainly(span) for span in spans)


def _plainly(span: Span) -> str:
    if span.link == SPOILER:
        return HIDDEN
    if span.link is None or moment(span.link) or span.text in span.link:
        return span.text
    return f"{span.text} ({span.link})"


def _cut(block: Block, room: int) -> tuple[Block, Block | None]:
    """Cut a block that is too long into what fits and the rest."""
    room = max(room - 20, 20)
    if isinstance(block, Code):
        at = _where(block.text, room)
        return Code(block.text[:at]), Code(block.text[at:].lstrip("\n"))
    left: list[Span] = []
    spans = list(block.spans)
    while spans:
        span = spans[0]
        extra = len(span.link) if span.link else 0
        if len(span.text) + extra <= room:
            left.append(spans.pop(0))
            room -= len(span.text) + extra
            continue
        at = _where(span.text, max(room, 1)) if room > extra or not left else 0
        if moment(span.link):
            at = 0 if left else len(span.text)  # it stays in one piece
        if at:
            left.append(replace(span, text=span.text[:at]))
        spans[0:1] = [replace(span, text=span.text[at:])] if at < len(span.text) else []
        break
    rest = replace(block, spans=tuple(spans)) if spans else None
    return replace(block, spans=tuple(left)), rest


def _where(text: str, room: int) -> int:
    """Return where to cut so that at most `room` characters stand before it."""
    if len(text) <= room:
        return len(text)
    least = room // 2
    line = text.rfind("\n", least, room)
    if line > 0:
        return line + 1
    sentence = max(text.rfind(sign, least, room) for sign in (". ", "? ", "! ", "。"))
    if sentence > 0:
        return sentence + 1
    space = text.rfind(" ", least, room)
    return space + 1 if space > 0 else room
