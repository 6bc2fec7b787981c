"""Discord's Markdown to the hub's CommonMark, and back: nothing in it can ping or break out of its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from bot import hub
from bot.hub import JOINER, Block, Code, Paragraph

#: What stands for an emoji where clients read it: a name between colons.
_SHORTCODE = re.compile(r":(?=[\w+~-]+:)")
#: Signs that mean something to Discord beside CommonMark's: mentions, spoilers, headings.
SIGNS = "<|@#"

_ADDRESS = r"https?://[^\s<>\u2060`\\]*[^\s<>\u2060`\\*_~|()\[\].,;:!?'\"]"
_TOKEN = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|```(?:[A-Za-z0-9_+.#-]+\n)?\n*(?P<fenced>[^\n](?:.|\n)*?)\n*```"
    r"|(?P<code>(?P<ticks>`+)(?!`)(?:.|\n)*?[^`](?P=ticks)(?!`))"
    r"|(?P<target>\]\((?:<[^<>\n]*>|[^\s()<>]+)\))"
    r"|<@!?(?P<user>\d+)>"
    r"|<@&(?P<role>\d+)>"
    r"|<#(?P<channel>\d+)>"
    r"|<a?:(?P<emoji>\w+):\d+>"
    r"|<t:(?P<time>-?\d{1,13}(?::[tTdDfFR])?)>"
    r"|\|\|(?P<spoiler>(?:\\.|[^\\])+?)\|\|"
    r"|</(?P<command>[^:<>\n]+):\d+>"
    rf"|<(?P<quiet>{_ADDRESS})>"
    rf"|(?P<address>{_ADDRESS})"
)
#: What a spoiler cannot hold in the hub: fences, links, and the signs of links.
_FENCE = re.compile(r"```(?:[A-Za-z0-9_+.#-]+\n)?\n*((?:.|\n)*?)\n*```")
_TARGET = re.compile(r"\[([^\[\]\n]*)\]\((?:<([^<>\n]*)>|([^\s()<>]+))\)")
_BRACKET = re.compile(r"([\[\]])")
_HEADING = re.compile(r"#{1,3} +(.+)")
_SMALL = re.compile(r"-# +(?=\S)")
_ITEM = re.compile(r" *(?:[*-]|\d{1,9}\.) +\S")
#: What CommonMark would take for the beginning of a block, and Discord does not.
_NO_BLOCK = re.compile(r" *(?:>(?! )|\+|~~~|\d{1,9}\)|[*-]$|```)")
_WRITTEN_ADDRESS = re.compile(r"https?://(?:\\[^\s0-9A-Za-z]|[^\s<>\u2060`\\])+")
_ESCAPABLE = re.compile(r"([\\`*_~\[\]<>|@#])")
#: Code and where links lead to, which are left as they stand, in what we have written ourselves.
_FIXED = re.compile(
    r"(^`{3,}\n(?:.|\n)*?\n`{3,}$|(?<![\\`])(`+)(?!`)(?:.|\n)*?[^`]\2(?!`)|\]\(<[^<>\n]*>\))", re.MULTILINE
)


def to_hub(text: str, names: Mapping[str, str]) -> str:
    """Turn what somebody wrote on Discord into hub text.

    `names`: what the ids of people, roles and channels in it are called.
    """
    return hub.write(_read(text, names))


def mentioned(text: str) -> list[str]:
    """Return the ids of the people that a Discord text mentions, each once, in order."""
    return list(dict.fromkeys(match["user"] for match in _tokens(text) if match["user"]))


def named(text: str) -> list[str]:
    """Return the ids of all that a Discord text names: people, roles and channels."""
    return [found for match in _tokens(text) if (found := match["user"] or match["role"] or match["channel"])]


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whether a text names somebody, and the mention by which it begins if that is theirs."""

    anywhere: bool = False
    first: str | None = None


def addressed(text: str, ids: Collection[str]) -> Addressed:
    """Look for a mention of one of some ids. What is quoted or written as code was not said to them.

    A mention is a token of Discord's, with an id in it: no name of a person, role or channel makes one.
    """
    anywhere, first, outside, end = False, None, "", 0
    for match in _TOKEN.finditer(text):
        outside += text[end : match.start()]
        end = match.end()
        inner = addressed(match["spoiler"], ids).anywhere if match["spoiler"] else False
        ours = (match["user"] or match["role"]) in ids
        if (ours or inner) and not _quoted(outside):
            anywhere = True
            if ours and not outside.strip():
                first = match[0]
        outside += "\n.\n" if match["fenced"] else "."
    return Addressed(anywhere, first)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    for match in _TOKEN.finditer(text):
        yield match
        if match["spoiler"]:
            yield from _tokens(match["spoiler"])


def _quoted(before: str) -> bool:
    """Whether what follows a text stands in a quote."""
    lines = before.split("\n")
    return lines[-1].startswith("> ") or any(line.startswith(">>> ") for line in lines)


def content(text: str) -> str:
    """Turn hub text into what Discord shows as it was meant."""
    return _outside_fixed(hub.write(hub.read(text), also=SIGNS, link=_link, code=_held_apart))


def _held_apart(code: str) -> str:
    """Hold signs of code within code apart: Discord has no longer fences, and takes three for a block's."""
    return re.sub(r"(?<=`)(?=`)", JOINER, code)


def plain(text: str) -> str:
    """Escape a text that was typed without any formatting, such as a name, for one line of Discord's."""
    line = _ESCAPABLE.sub(r"\\\1", _SHORTCODE.sub(f":{JOINER}", " ".join(text.split())))
    return _unpinged(JOINER + line if re.match(r"[>+-]|\d{1,9}[.)]", line) else line)


def strong(text: str) -> str:
    """Turn the single asterisks by which our own texts mark what is strong into Discord's two."""
    return re.sub(r"(?<![*\\])\*([^*\n]+)\*(?!\*)", r"**\1**", text)


# ---------------------------------------------------------------- reading


def _read(text: str, names: Mapping[str, str]) -> Iterator[Block]:
    kept: list[str] = []
    quoting = fence = False
    for line in _TOKEN.sub(lambda match: _commonmark(match, names), text).split("\n"):
        if line.startswith("\x00"):  # a fence of ours
            fence = not fence
        if fence or line.startswith("\x00"):
            kept.append(line.removeprefix("\x00"))
            continue
        if not quoting and line.startswith(">>> "):
            quoting, line = True, line[4:]
            kept.append("")
        if quoting:
            kept.append(f"> {line}")
            continue
        if heading := _HEADING.fullmatch(line):
            yield from hub.read("\n".join(kept))
            kept = []
            yield from _bold(hub.read(heading[1]))
            continue
        line = _SMALL.sub("", line)
        if _kind(line) != _kind(kept[-1] if kept else "") and line[:1] != " ":
            kept.append("")
        kept.append(JOINER + line if _NO_BLOCK.match(line) and not _kind(line) else line)
    yield from hub.read("\n".join(kept))


def _kind(line: str) -> str:
    """Say what Discord takes a line for: CommonMark would let a quote or a list go on in the next line."""
    if line.startswith("> "):
        return "quote"
    return "item" if _ITEM.match(line) else ""


def _bold(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Code):
            yield block
        else:
            yield Paragraph(tuple(span if span.code else replace(span, bold=True) for span in block.spans))


def _commonmark(match: re.Match[str], names: Mapping[str, str]) -> str:
    """Write one of Discord's tokens as CommonMark."""
    kind, said = next((name, text) for name, text in match.groupdict().items() if text is not None)
    match kind:
        case "escaped":
            return f"\\{said}"
        case "fenced":
            opening, *rest, closing = hub.write([Code(said)]).split("\n") if said.strip() else ("", "")
            return "\n".join(["", f"\x00{opening}", *rest, f"\x00{closing}", ""]) if opening else ""
        case "code" | "target":
            return said
        case "user":
            return _escaped(f"@{names.get(said, 'someone')}")
        case "role":
            return _escaped(f"@{names.get(said, 'role')}")
        case "channel":
            return _escaped(f"#{names.get(said, 'channel')}")
        case "emoji":
            return _escaped(f":{said}:")
        case "time":
            seconds, _, style = said.partition(":")
            return hub.write([Paragraph((hub.timed(int(seconds), style or "f"),))])
        case "spoiler":
            return _hidden(said, names) if said.strip() else match[0]
        case "command":
            return _escaped(f"/{said}")
        case _:
            return _escaped(said)


def _hidden(said: str, names: Mapping[str, str]) -> str:
    """Write what stands between two pairs of bars: each line by itself, without blocks or links."""
    said = _TARGET.sub(r"\1 (\2\3)", _FENCE.sub(r"\1", said))
    written, end = "", 0
    for match in _TOKEN.finditer(said):
        written += _BRACKET.sub(r"\\\1", said[end : match.start()]) + _commonmark(match, names)
        end = match.end()
    written += _BRACKET.sub(r"\\\1", said[end:])
    lines = (line.strip() for line in written.split("\n"))
    return "\n".join(hub.linked(line, hub.SPOILER) if line else "" for line in lines)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_~\[\]])", r"\\\1", text)


# ---------------------------------------------------------------- writing


def _link(written: str, link: str) -> str:
    if (when := hub.moment(link)) is not None:
        return f"<t:{when[0]}:{when[1]}>"
    return f"||{written}||" if link == hub.SPOILER else hub.linked(written, link)


def _outside_fixed(written: str) -> str:
    """Let addresses stand without escapes, which Discord would take for a part of them."""
    found, end = "", 0
    for match in _FIXED.finditer(written):
        found += _addresses(written[end : match.start()]) + match[0]
        end = match.end()
    return found + _addresses(written[end:])


def _addresses(written: str) -> str:
    return _unpinged(_WRITTEN_ADDRESS.sub(_address, written))


def _address(match: re.Match[str]) -> str:
    signs = re.findall(r"\\.|.", match[0])
    said = "".join(sign[-1] for sign in signs)
    address = re.match(_ADDRESS, said)
    if address is None:
        return match[0]
    length = len(address[0])
    return address[0] + JOINER + "".join(signs[length:])


def _unpinged(text: str) -> str:
    return re.sub(r"@(?=everyone|here)", f"@{JOINER}", text)
