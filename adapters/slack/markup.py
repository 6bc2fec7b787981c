"""Slack's rich text and mrkdwn to the hub's CommonMark, and back: nothing in it can ping or inject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import emoji

from bot import hub
from bot.hub import Block, Code, Item, Paragraph, Quote, Span

#: Text without any style around it.
PLAIN = Span("")

#: How Slack writes a moment, by the style that Discord has for it.
FORMATS = {
    "t": "{time}",
    "T": "{time_secs}",
    "d": "{date_num}",
    "D": "{date_long}",
    "f": "{date_long} {time}",
    "F": "{date_long_full} {time}",
    "R": "{ago}",
}
_STYLES = {form: style for style, form in FORMATS.items()}
_ENTITY = re.compile(r"<([^<>\n]*)>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
#: A channel, a group or a person whose name the text has beside the id, as a block never does.
_LABELLED = re.compile(r"<(?:[@#]|!subteam\^)([A-Z][A-Z0-9]+)\|([^<>\n]+)>")
_URL = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]}'\"]")
#: `@here` and its like, also with a full-width sign: nobody may be pinged by a relayed text.
_BROADCAST = re.compile(r"([@＠﹫])(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
#: What mrkdwn may read as more than words.
_LOUD = re.compile(r"[*_~`]|:[^\s:]+:|^\s*(?:>|[•◦▪-] |\d+\. )", re.MULTILINE)
_TONE = re.compile(r":skin-tone-([2-6]):")
_FENCED = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_LISTED = re.compile(r"( *)(?:[•◦▪]|(\d{1,3})\.) +(.*)")
_QUOTED = re.compile(r"(?:&gt;|>) ?(.*)")
_STYLED = re.compile(
    r"(?<![\w`])`(?P<code>[^`\n]+)`(?![\w`])"
    r"|<(?P<entity>[^<>\n]*)>"
    r"|(?<![\w*])\*(?=[^\s*])(?P<bold>[^*\n]*[^\s*])\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<italic>[^\n]*?[^\s_])_(?![\w_])"
    r"|(?<![\w~])~(?=[^\s~])(?P<strike>[^~\n]*[^\s~])~(?![\w~])"
)


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """Somebody whom Slack itself names by their id: no words that anybody writes can become one."""

    user: str = ""


def mentioned(text: str) -> list[str]:
    """Return the ids of the people that a raw Slack text mentions, each once, in order."""
    return list(dict.fromkeys(_USER.findall(text)))


def named(given: Any) -> dict[str, str]:
    """Return whom and what a message names, anywhere in it, by id: `user`, `channel` or `usergroup`."""
    found: dict[str, str] = {}
    if isinstance(given, str):
        found = dict.fromkeys(_USER.findall(given), "user")
    elif isinstance(given, list | tuple):
        for one in given:
            found |= named(one)
    elif isinstance(given, dict):
        kind = str(given.get("type"))
        if kind in ("user", "channel", "usergroup") and (ident := given.get(f"{kind}_id")):
            found[str(ident)] = kind
        for one in given.values():
            found |= named(one)
    return found


def labels(text: str) -> dict[str, str]:
    """Return the names that a raw Slack text has beside ids."""
    return {ident: unescape(name).lstrip("@#") for ident, name in _LABELLED.findall(text)}


def to_hub(text: str, names: Mapping[str, str], blocks: Sequence[Any] = ()) -> str:
    """Turn a raw Slack text into hub text. `names`: display names by user id."""
    return write(read(text, names, blocks))


def read(text: str, names: Mapping[str, str], blocks: Sequence[Any] = ()) -> list[Block]:
    """Read a Slack text. `names`: those of people, channels and groups, by id.

    What people write comes with its `rich_text` blocks, which say exactly what was meant; the text alone
    is read as mrkdwn.
    """
    rich = [block for block in blocks if isinstance(block, dict) and block.get("type") == "rich_text"]
    found = list(_read_rich(rich, names))
    return found or list(_read_mrkdwn(text, names))


def write(blocks: Iterable[Block]) -> str:
    """Write what has been read as hub text, in which a mention is a name as any other word."""
    return hub.write(
        block if isinstance(block, Code) else replace(block, spans=tuple(map(_unnamed, block.spans)))
        for block in blocks
    )


def _unnamed(span: Span) -> Span:
    return Span(span.text, span.bold, span.italic, span.strike, span.code, span.link)


def typed(text: str) -> str:
    """Turn what somebody typed into a form, with Slack's formatting signs, into hub text."""
    return to_hub(escape(text), {})


def rich_text(text: str, *, strike: bool = False) -> dict[str, Any]:
    """Turn hub text into a rich_text block: shown as it was meant, and nothing in it is parsed again."""
    elements: list[dict[str, Any]] = []
    blocks = hub.read(text) or (Paragraph((Span("–"),)),)
    for (kind, depth, numbered), members in groupby(blocks, key=_kind):
        group = list(members)
        if kind is Item:
            elements += _lists([one for one in group if isinstance(one, Item)], depth, numbered=numbered)
        elif kind is Code:
            for code in group:
                inner = [{"type": "text", "text": hub.shown(code)}]
                elements.append({"type": "rich_text_preformatted", "elements": inner})
        else:
            spans: list[Span] = []
            for one in group:
                assert not isinstance(one, Code)
                spans += [Span("\n\n"), *one.spans] if spans else one.spans
            name = "rich_text_quote" if kind is Quote else "rich_text_section"
            elements.append({"type": name, "elements": _elements(spans, strike=strike)})
    return {"type": "rich_text", "elements": elements}


def mrkdwn(text: str) -> str:
    """Turn hub text into mrkdwn as people type it, for a form in which it is edited."""
    lines: list[str] = []
    before: Block | None = None
    for block in hub.read(text):
        listed = isinstance(block, Item) and isinstance(before, Item)
        if before is not None and not listed:
            lines.append("")
        match block:
            case Code(text=code):
                lines.append(f"```\n{code}\n```")
            case Quote(spans=spans):
                lines += [f"> {line}" for line in _signed(spans).split("\n")]
            case Item(spans=spans, depth=depth, number=number):
                sign = "•" if number is None else f"{number}."
                lines.append(f"{'    ' * depth}{sign} {_signed(spans)}")
            case Paragraph(spans=spans):
                lines.append(_signed(spans))
        before = block
    return "\n".join(lines)


def emoji_sign(name: str) -> str:
    """Return the emoji that Slack calls `name`, or `:name:` for one of a workspace's own."""
    return _emojis(f":{name}:")


# ---------------------------------------------------------------- reading


def _read_rich(blocks: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Block]:
    for block in blocks:
        for element in _dicts(block.get("elements")):
            inner = _dicts(element.get("elements"))
            match element.get("type"):
                case "rich_text_section":
                    yield Paragraph(tuple(_spans(inner, names)))
                case "rich_text_quote":
                    yield Quote(tuple(_spans(inner, names)))
                case "rich_text_preformatted":
                    yield Code("".join(str(one.get("text") or one.get("url") or "") for one in inner))
                case "rich_text_list":
                    yield from _items(element, inner, names)
                case _:
                    pass


def _items(
    element: Mapping[str, Any], sections: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[Item]:
    first = _number(element.get("offset")) + 1
    for n, section in enumerate(sections, first):
        spans = tuple(_spans(_dicts(section.get("elements")), names))
        yield Item(spans, _number(element.get("indent")), n if element.get("style") == "ordered" else None)


def _spans(elements: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Span]:
    for element in elements:
        link = user = None
        match element.get("type"):
            case "text":
                text = str(element.get("text") or "")
            case "link":
                url = str(element.get("url") or "")
                shown = url.removeprefix("mailto:")
                text = str(element.get("text") or shown)
                link = url
                if text in (shown, _bare(url)):  # it was typed as an address, and is read as one
                    text, link = shown, None
            case "user":
                user = str(element.get("user_id"))
                text = f"@{names.get(user, 'someone')}"
            case "usergroup":
                text = f"@{names.get(str(element.get('usergroup_id')), 'group')}"
            case "broadcast":
                text = f"@{element.get('range') or 'channel'}"
            case "channel":
                ident = str(element.get("channel_id"))
                text = f"#{names.get(ident, ident)}"
            case "emoji":
                text = _unicode(element)
            case "date" if isinstance(element.get("timestamp"), int):
                yield hub.timed(element["timestamp"], _STYLES.get(str(element.get("format")), "f"))
                continue
            case _:
                text = str(element.get("text") or element.get("value") or "")
        style = element.get("style")
        on = style if isinstance(style, dict) else {}
        bold, italic, strike = (bool(on.get(name)) for name in ("bold", "italic", "strike"))
        if user is not None:
            yield Mention(text, bold, italic, strike, user=user)
        else:
            yield Span(text, bold, italic, strike, bool(on.get("code")), link)


def _read_mrkdwn(text: str, names: Mapping[str, str]) -> Iterator[Block]:
    parts = _FENCED.split(text)
    for n, part in enumerate(parts):
        if n % 2:
            yield Code(unescape(_ENTITY.sub(lambda match: match[1].partition("|")[0], part)))
            continue
        kind: type[Paragraph | Quote] = Paragraph
        kept: list[str] = []

        def paragraph(kind: type[Paragraph | Quote], kept: list[str]) -> Iterator[Block]:
            yield kind(tuple(_styled("\n".join(kept), names)))

        for line in part.split("\n"):
            listed, quoted = _LISTED.fullmatch(line), _QUOTED.fullmatch(line)
            now: type[Paragraph | Quote] = Quote if quoted else Paragraph
            if listed or now is not kind:
                yield from paragraph(kind, kept)
                kept, kind = [], now
            if listed:
                number = int(listed[2]) if listed[2] else None
                yield Item(tuple(_styled(listed[3], names)), len(listed[1]) // 4, number)
            else:
                kept.append(quoted[1] if quoted else line)
        yield from paragraph(kind, kept)


def _styled(text: str, names: Mapping[str, str], style: Span = PLAIN) -> Iterator[Span]:
    """Part mrkdwn into spans; `style` is what stands around it."""

    def plainly(text: str) -> Span:
        return Span(_emojis(unescape(text)), style.bold, style.italic, style.strike)

    end = 0
    for match in _STYLED.finditer(text):
        if match.start() > end:
            yield plainly(text[end : match.start()])
        end = match.end()
        if (code := match["code"]) is not None:
            yield Span(unescape(_ENTITY.sub(lambda one: one[1].partition("|")[0], code)), code=True)
        elif (entity := match["entity"]) is not None:
            if entity.startswith("@"):
                user, _, label = unescape(entity[1:]).partition("|")
                said = f"@{names.get(user) or label or 'someone'}"
                yield Mention(said, style.bold, style.italic, style.strike, user=user)
                continue
            said, link = _resolve(unescape(entity), names)
            yield Span(said, style.bold, style.italic, style.strike, link=link)
        else:
            kind = match.lastgroup
            assert kind is not None
            inner = Span(
                "",
                style.bold or kind == "bold",
                style.italic or kind == "italic",
                style.strike or kind == "strike",
            )
            yield from _styled(match[kind], names, inner)
    if end < len(text):
        yield plainly(text[end:])


def _resolve(entity: str, names: Mapping[str, str]) -> tuple[str, str | None]:
    """Return what an entity says, and where it leads."""
    target, _, label = entity.partition("|")
    if target.startswith("#"):
        return f"#{label or names.get(target[1:], target[1:])}", None
    if target.startswith("!date^"):
        seconds = target.split("^")[1]
        when = hub.timed(int(seconds)) if re.fullmatch(r"\d{1,12}", seconds) else Span(label)
        return when.text, when.link
    if target.startswith("!subteam^"):
        group = target.removeprefix("!subteam^")
        return f"@{label.lstrip('@') or names.get(group, 'group')}", None
    if target.startswith("!"):
        return f"@{label.lstrip('@') or target[1:].partition('^')[0]}", None
    shown = target.removeprefix("mailto:").removeprefix("tel:")
    return (shown, None) if not label or label in (shown, target, _bare(shown)) else (label, target)


def _bare(address: str) -> str:
    """Return what people type of an address that Slack makes a link of."""
    return address.partition("://")[2].removesuffix("/")


def _unicode(element: Mapping[str, Any]) -> str:
    try:
        signs = "".join(chr(int(one, 16)) for one in str(element["unicode"]).split("-"))
    except (KeyError, ValueError, OverflowError):
        return _emojis(f":{element.get('name') or 'emoji'}:")
    return signs


def _emojis(text: str) -> str:
    """Turn the names of emoji into the signs; those of a workspace alone keep their names."""
    if ":" not in text:
        return text
    toned = _TONE.sub(lambda match: chr(0x1F3F9 + int(match[1])), text)
    return emoji.emojize(toned, language="alias", variant=None)


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 1_000_000 else 0


# ---------------------------------------------------------------- writing


def _kind(block: Block) -> tuple[type[Block], int, bool]:
    return (
        (Item, block.depth, block.number is not None) if isinstance(block, Item) else (type(block), 0, False)
    )


def _lists(items: Sequence[Item], depth: int, *, numbered: bool) -> Iterator[dict[str, Any]]:
    """Write items of one depth and kind, a list for each run of numbers without a gap."""
    runs: list[list[Item]] = []
    for item in items:
        if runs and (not numbered or item.number == (runs[-1][-1].number or 0) + 1):
            runs[-1].append(item)
        else:
            runs.append([item])
    for run in runs:
        sections = [{"type": "rich_text_section", "elements": _elements(one.spans)} for one in run]
        written = {"type": "rich_text_list", "style": "ordered" if numbered else "bullet", "indent": depth}
        offset = (run[0].number or 1) - 1
        yield {**written, "elements": sections} | ({"offset": offset} if numbered and offset > 0 else {})


def _elements(spans: Iterable[Span], *, strike: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for span in spans:
        on = {"bold": span.bold, "italic": span.italic, "strike": span.strike or strike, "code": span.code}
        style = {name: True for name, value in on.items() if value}
        more = {"style": style} if style else {}
        if span.link is not None:
            found.append(_linked(span, more))
            continue
        end = 0
        for match in [] if span.code else _URL.finditer(span.text):
            if match.start() > end:
                found.append({"type": "text", "text": span.text[end : match.start()], **more})
            found.append({"type": "link", "url": match[0], **more})
            end = match.end()
        if end < len(span.text):
            found.append({"type": "text", "text": span.text[end:], **more})
    return found


def _linked(span: Span, more: dict[str, Any]) -> dict[str, Any]:
    if (when := hub.moment(span.link)) is not None:
        return {
            "type": "date",
            "timestamp": when[0],
            "format": FORMATS[when[1]],
            "fallback": span.text,
        }
    if span.link == hub.SPOILER:
        # Slack hides nothing: that it was to be hidden is all that can be shown.
        return {"type": "text", "text": f"||{span.text}||", **more}
    return {"type": "link", "url": span.link, "text": span.text, **more}


def _signed(spans: Iterable[Span]) -> str:
    found = ""
    for span in spans:
        text = f"`{span.text}`" if span.code else span.text
        for sign, on in (("~", span.strike), ("_", span.italic), ("*", span.bold)):
            text = f"{sign}{text}{sign}" if on else text
        if span.link == hub.SPOILER:
            text = f"||{text}||"
        elif span.link and not hub.moment(span.link):
            text = f"{text} ({span.link})"
        found += text
    return found


def plain(text: str) -> str:
    """Escape a text for any mrkdwn field, and take the power out of `@here` and its like."""
    return _BROADCAST.sub(rf"\1{hub.JOINER}", escape(text))


def is_quiet(text: str) -> bool:
    """Whether no sign in a text means anything in mrkdwn, neither a style nor the name of an emoji."""
    return not _LOUD.search(text)


def written(parts: Iterable[str | Mapping[str, Any]]) -> str:
    """Write elements of rich text, words and links, as mrkdwn."""
    found = ""
    for part in parts:
        text = plain(part if isinstance(part, str) else str(part.get("text")))
        if not isinstance(part, str) and part.get("type") == "link":
            text = f"<{part['url']}|{text}>"
        bold = not isinstance(part, str) and part.get("style", {}).get("bold")
        found += f"*{text}*" if bold else text
    return found


def escape(text: str) -> str:
    """Escape Slack's three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def date(seconds: float, fallback: str, form: str = "{date_short_pretty} {time}") -> str:
    """Return a time that Slack shows in the reader's own zone."""
    return f"<!date^{int(seconds)}^{form}|{fallback}>"


def pieces(text: str, limit: int) -> list[str]:
    """Split mrkdwn into pieces of at most `limit` characters: at a line, else at a space, else anywhere.

    An entity such as `&amp;` or a link is never cut in two.
    """
    found: list[str] = []
    while len(text) > limit:
        cut = max(text.rfind("\n", 1, limit), text.rfind(" ", limit * 2 // 3, limit))
        if cut <= 0:
            cut = limit
            opened = max(text.rfind("<", cut - 500, cut), text.rfind("&", cut - 6, cut))
            closer = ">" if opened >= 0 and text[opened] == "<" else ";"
            if opened > 0 and closer not in text[opened:cut]:
                cut = opened
        found.append(text[:cut])
        text = text[cut:].removeprefix("\n")
    return [*found, text] if text else found
