"""What a Slack message holds: words, layouts, tables, forwards, e-mails, and what cannot be carried. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from adapters.slack import markup
from bot import hub
from bot.hub import Block, Code, Item, Paragraph, Quote, Span
from bot.words.keys import TextKey
from bot.words.say import say

Given: TypeAlias = Mapping[str, Any]

#: Layouts that say nothing by themselves.
SILENT = frozenset({"divider"})
#: Forwards within forwards that are followed.
DEEPEST = 3
#: What marks an attachment as the preview of a link that stands in the words already.
PREVIEW = (
    "is_msg_unfurl",
    "is_app_unfurl",
    "is_thread_root_unfurl",
    "original_url",
    "app_unfurl_url",
    "from_url",
)
#: What an attachment says; Slack changes the rest of it by itself.
SAYS = (
    "pretext",
    "author_name",
    "title",
    "text",
    "fields",
    "blocks",
    "message_blocks",
    "fallback",
    "actions",
)
_CHANNEL = re.compile(r"#[^\s#]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message holds: its author's own words, what hangs below them, and a title for the latter.

    `missing`: something in it cannot be carried.
    """

    words: list[Block]
    below: list[Block]
    title: str
    missing: bool

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it, not even signs that nobody sees."""
        return not any(hub.shown(block).strip() for block in (*self.words, *self.below))


def content(message: Given, names: Mapping[str, str], language: str) -> Content:
    """Read a message. `names`: those of people, channels and groups, by id. `language`: for words of ours."""
    words, missing = _drawn_all(dicts(message.get("blocks")), names)
    text = str(message.get("text") or "")
    if not _says(words) and not (missing and _says_nothing_else(text)):
        words = markup.read(text, names)
    below: list[Block] = []
    title = ""
    for attachment in carried(message):
        found, lost, about = _attachment(attachment, names, language, DEEPEST)
        below += found
        missing |= lost
        title = title or about
    for mail in mails(message):
        found, about = _mail(mail, language)
        below += found
        title = title or about
    return Content(words, below, title, missing)


def carried(message: Given) -> list[Given]:
    """Return the attachments that are more than previews of links."""
    return [
        one
        for one in dicts(message.get("attachments"))
        if one.get("is_share") or not any(one.get(name) for name in PREVIEW)
    ]


def says(message: Given) -> tuple[object, ...]:
    """Return what of a message is its author's: while it is the same, nobody has edited anything."""
    held = [[attachment.get(name) for name in SAYS] for attachment in carried(message)]
    return message.get("text"), message.get("blocks"), held


def files(message: Given) -> list[dict[str, Any]]:
    """Return the file objects of a message and of what is forwarded with it; an e-mail is words."""
    found = [*dicts(message.get("files"))]
    below = carried(message)
    for _ in range(DEEPEST):
        found += [one for attachment in below for one in dicts(attachment.get("files"))]
        below = [inner for attachment in below for inner in carried(attachment)]
    return [dict(one) for one in found if one not in mails(message)]


def mails(message: Given) -> list[Given]:
    """Return the e-mails that came to a channel's address, as file objects."""
    return [one for one in dicts(message.get("files")) if one.get("mode") == "email"]


def dicts(value: Any) -> list[Given]:
    """Return the objects of a list that may be anything."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []


def paragraph(text: str, place: str, address: str | None) -> Paragraph:
    """Return words of ours in which `{place}` stands for a place, which opens at its address."""
    before, _, after = text.partition("{place}")
    return Paragraph((Span(before), Span(place, link=address), Span(after)))


# ---------------------------------------------------------------- layouts


def _drawn_all(blocks: Iterable[Given], names: Mapping[str, str]) -> tuple[list[Block], bool]:
    """Read blocks, and say whether one of them cannot be read."""
    drawn = [_drawn(block, names) for block in blocks]
    return [part for one in drawn for part in one or ()], None in drawn


def _drawn(block: Given, names: Mapping[str, str]) -> list[Block] | None:
    """Read one block; None for one that cannot be read."""
    match block.get("type"):
        case "rich_text":
            return markup.read("", names, [block])
        case "section":
            texts = [block.get("text"), *dicts(block.get("fields"))]
            return [part for one in texts for part in _text(one, names)] + _elements(
                [block.get("accessory")], names
            )
        case "header":
            return [_bold(part) for part in _text(block.get("text"), names)]
        case "context" | "actions" | "context_actions":
            return _elements(block.get("elements"), names)
        case "image" | "video":
            return _elements([block], names)
        case "markdown":
            return list(hub.read(str(block.get("text") or "")))
        case "table" | "data_table":
            caption = _text(block.get("caption"), names)
            return [*caption, *_table(block, names)]
        case "input":
            return _text(block.get("label"), names)
        case name if name in SILENT:
            return []
        case _:
            return None


def _elements(given: Any, names: Mapping[str, str]) -> list[Block]:
    """Read small elements into one line: words, pictures by their names, buttons by their labels."""
    found: list[Span] = []
    for one in dicts(given):
        shown: Iterable[Span] = ()
        match one.get("type"):
            case "mrkdwn" | "plain_text":
                shown = [span for block in _text(one, names) for span in _spans(block)]
            case "image":
                shown = [
                    Span(
                        str(one.get("alt_text") or _plain(one.get("title"))), link=_address(one, "image_url")
                    )
                ]
            case "video":
                shown = [Span(_plain(one.get("title")), link=_address(one, "title_url", "video_url"))]
            case "button" | "workflow_button":
                shown = [Span(f"[{_plain(one.get('text'))}]", link=_address(one, "url"))]
            case "radio_buttons" | "checkboxes" | "static_select" | "overflow":
                options = dicts(one.get("options"))
                shown = [Span(" · ".join(f"[{_plain(option.get('text'))}]" for option in options))]
            case _:
                pass
        found += [Span(" "), *shown] if found else shown
    return [Paragraph(tuple(found))] if found else []


def _text(given: Any, names: Mapping[str, str]) -> list[Block]:
    """Read a text object, or a plain text."""
    if isinstance(given, str):
        return [Paragraph((Span(given),))] if given else []
    if not isinstance(given, dict):
        return []
    text = str(given.get("text") or "")
    if given.get("type") == "mrkdwn":
        return markup.read(text, names)
    return [Paragraph((Span(text),))] if text else []


def _table(block: Given, names: Mapping[str, str]) -> list[Block]:
    """Write a table's rows as lines."""
    rows = block.get("rows")
    lines: list[Span] = []
    for row in rows if isinstance(rows, list) else []:
        cells = [_cell(cell, names) for cell in dicts(row)]
        lines.append(Span(" | ".join(cells)))
    spans = [part for n, line in enumerate(lines) for part in ([Span("\n"), line] if n else [line])]
    return [Paragraph(tuple(spans))] if spans else []


def _cell(cell: Given, names: Mapping[str, str]) -> str:
    if cell.get("type") == "rich_text":
        return " ".join(hub.shown(one) for one in markup.read("", names, [cell])).replace("\n", " ")
    value = cell.get("text") if cell.get("text") is not None else cell.get("value")
    return " ".join(str("" if value is None else value).split())


# ---------------------------------------------------------------- what hangs below


def _attachment(
    given: Given, names: Mapping[str, str], language: str, depth: int
) -> tuple[list[Block], bool, str]:
    """Read an attachment: its words, whether some of it is missing, and what would be a title for it."""
    share = bool(given.get("is_share"))
    inner, missing = _inner(given, names)
    for attachment in carried(given) if depth else []:
        found, lost, _ = _attachment(attachment, names, language, depth - 1)
        inner += found
        missing |= lost
    if not _says(inner) and not dicts(given.get("files")):
        inner = _text(given.get("fallback"), names) if not missing else []
        missing |= not inner
    title = next((line for one in inner if (line := hub.shown(one).strip())), "")
    if not share:
        return inner, missing, title
    quoted = list(_quoted(inner))
    return [_author(given, names, language), *quoted], missing, title


def _inner(given: Given, names: Mapping[str, str]) -> tuple[list[Block], bool]:
    """Read what an attachment holds: of a forward its own blocks, of an older layout its parts in order."""
    blocks = [block for one in dicts(given.get("message_blocks")) for block in _of(one)]
    drawn, missing = _drawn_all(blocks or dicts(given.get("blocks")), names)
    if _says(drawn):
        return drawn, missing
    found: list[Block] = [*markup.read(str(given.get("pretext") or ""), names)]
    if not given.get("is_share") and given.get("author_name"):
        found += [_bold(Paragraph((Span(str(given["author_name"])),)))]
    if title := str(given.get("title") or ""):
        found.append(Paragraph((Span(title, bold=True, link=_address(given, "title_link")),)))
    found += markup.read(str(given.get("text") or ""), names)
    for one in dicts(given.get("fields")):
        name, value = str(one.get("title") or ""), markup.read(str(one.get("value") or ""), names)
        spans = [Span(f"{name}: ", bold=True)] if name else []
        found.append(Paragraph((*spans, *(span for block in value for span in _spans(block)))))
    found += _elements([{"type": "button", **one} for one in dicts(given.get("actions"))], names)
    if not _says(found) and (picture := _address(given, "image_url", "thumb_url")):
        found = [Paragraph((Span(str(given.get("fallback") or picture), link=picture),))]
    return found, missing


def _of(one: Given) -> list[Given]:
    message = one.get("message")
    return dicts(message.get("blocks")) if isinstance(message, dict) else []


def _author(given: Given, names: Mapping[str, str], language: str) -> Paragraph:
    """Say who wrote what is forwarded, and where: with its address, for whoever may see it there."""
    name = str(given.get("author_name") or names.get(str(given.get("author_id"))) or "").strip()
    channel = names.get(str(given.get("channel_id")))
    footer = _CHANNEL.search(str(given.get("footer") or ""))
    where = f"#{channel}" if channel else footer[0] if footer else ""
    key: TextKey = "said.forwarded.in" if where else "said.forwarded"
    text = say(key, language, name=name or say("said.somebody", language), place=where)
    return Paragraph((Span(text, link=_address(given, "from_url")),))


def _mail(mail: Given, language: str) -> tuple[list[Block], str]:
    """Read an e-mail: its subject, whom it is from, and its plain words."""
    subject = str(mail.get("subject") or mail.get("title") or mail.get("name") or "").strip()
    body = str(mail.get("plain_text") or mail.get("preview_plain_text") or "")
    name, address = sender(mail)
    whom = f"{name} ({address})" if name and address else name or address
    head: list[Block] = [Paragraph((Span(subject, bold=True),))]
    if whom:
        head.append(Paragraph((Span(say("said.mail_from", language, name=whom)),)))
    return [*head, Paragraph((Span(body),))], subject


def sender(mail: Given) -> tuple[str, str]:
    """Return the name and the address of who sent an e-mail."""
    first = next(iter(dicts(mail.get("from"))), {})
    return str(first.get("name") or "").strip(), str(first.get("address") or "").strip()


# ---------------------------------------------------------------- pieces


def _quoted(blocks: Sequence[Block]) -> Iterator[Block]:
    """Quote what somebody else said; a quote holds lines alone, and code stands beside it."""
    for block in blocks:
        match block:
            case Code():
                yield block
            case Item(depth=depth, number=number):
                sign = "•" if number is None else f"{number}."
                yield Quote((Span(f"{'  ' * depth}{sign} "), *block.spans))
            case Paragraph() | Quote():
                yield Quote(block.spans)


def _bold(block: Block) -> Block:
    if isinstance(block, Code):
        return block
    return replace(block, spans=tuple(replace(span, bold=not span.code) for span in block.spans))


def _spans(block: Block) -> tuple[Span, ...]:
    return (Span(block.text, code=True),) if isinstance(block, Code) else block.spans


def _says(blocks: Sequence[Block]) -> bool:
    return any(hub.shown(block).strip() for block in blocks)


def _says_nothing_else(text: str) -> bool:
    """Whether a text only stands in for a layout, as Slack and apps write it for old clients."""
    return not text.strip() or text.strip().endswith(("interactive elements.", "can't be displayed."))


def _plain(given: Any) -> str:
    return str(given.get("text") or "") if isinstance(given, dict) else str(given or "")


def _address(given: Given, *keys: str) -> str | None:
    return next((str(given[key]) for key in keys if given.get(key)), None)
