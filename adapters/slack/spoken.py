"""What is said to us on Slack: a command, a mention of us, or what only looks like one. Pure.

Our mention is one that Slack itself makes, by our id. Words that look like it are words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.slack.markup import Mention
from bot import hub
from bot.hub import Block, Code, Paragraph, Quote, Span
from bot.tickets.grammar import VERBS
from bot.tickets.model import Person

#: What may stand between our mention and a command: a comma or a colon, if it is not an emoji's.
_COLON = re.compile(r"(?:[,:](?![\w+'-]+:)|\s+[,:](?=\s|$))?\s*")
_VERB = re.compile(r"[\s,:]*([a-z]+)\b", re.IGNORECASE)
_SLASH = re.compile(r"/ticket(?:\s+([a-z]+)\b|\s*$)", re.IGNORECASE)


def command(blocks: Sequence[Block], us: str) -> list[Block] | None:
    """Return what follows our mention at the very start; None where it does not stand there, plainly."""
    first = next((block for block in blocks if hub.shown(block).strip("\n")), None)
    if not isinstance(first, Paragraph):
        return None
    spans = list(first.spans)
    while spans and not spans[0].text.strip("\n"):
        spans.pop(0)
    if not spans or spans[0] != Mention(spans[0].text, user=us):
        return None
    rest = _after(spans[1:])
    following = list(blocks[blocks.index(first) + 1 :])
    return [Paragraph(tuple(rest)), *following] if rest else following


def mentioned(blocks: Sequence[Block], us: str) -> bool:
    """Whether we are mentioned; in what is only quoted we are not."""
    return any(
        _is_us(span, us) for block in blocks if not isinstance(block, Code | Quote) for span in block.spans
    )


def attempted(blocks: Sequence[Block], us: str, names: Mapping[str, str]) -> bool:
    """Whether something looks as if it was meant as a command to us. Only who wrote it is told."""
    ours = {"halfdoor", names.get(us, "halfdoor").lower()}
    typed = re.compile(rf"(?<![\w.])[@＠](?:{'|'.join(map(re.escape, sorted(ours)))})\b", re.IGNORECASE)
    start = True
    for block in blocks:
        spans = (Span(block.text),) if isinstance(block, Code) else block.spans
        text = "".join(span.text for span in spans)
        begins = start and bool(_seen(text))
        # In what is quoted or shown as code a command is an example, unless it is how the message begins.
        if begins or not isinstance(block, Code | Quote):
            before = ""
            for n, span in enumerate(spans):
                if _is_us(span, us):
                    after = "".join(one.text for one in spans[n + 1 :])
                    if (begins and not _seen(before) and _seen(after)) or _is_verb(_VERB.match(after)):
                        return True
                before += span.text
            if any(_is_verb(_VERB.match(text, found.end())) for found in typed.finditer(text)):
                return True
            for line in text.split("\n"):
                if (found := _SLASH.match(_seen(line))) and (found[1] is None or _is_verb(found)):
                    return True
        start = start and not begins
    return False


def people(blocks: Sequence[Block], known: Mapping[str, Person]) -> dict[str, Person]:
    """Return whom the mentions in a command stand for, by how they are written in it.

    What is written like a mention of two people, or stands there as words as well, stands for nobody.
    """
    spans = [span for block in blocks if not isinstance(block, Code) for span in block.spans]
    text = hub.plain(hub.write(_plainly(blocks)))
    found: dict[str, Person] = {}
    made = [
        (f"@{known[span.user].name}", span.user)
        for span in spans
        if isinstance(span, Mention) and span.user in known
    ]
    for token in sorted({token for token, _ in made}, key=len, reverse=True):
        users = [user for name, user in made if name == token]
        if len(set(users)) == 1 and text.count(token) == len(users):
            found[token] = known[users[0]]
        text = text.replace(token, "")
    return found


def visible_beside(blocks: Sequence[Block], us: str) -> bool:
    """Whether there are any words beside our mention."""
    return any(
        _seen(span.text)
        for block in blocks
        for span in ((Span(block.text),) if isinstance(block, Code) else block.spans)
        if not _is_us(span, us)
    )


def _plainly(blocks: Sequence[Block]) -> list[Block]:
    return [
        block
        if isinstance(block, Code)
        else replace(block, spans=tuple(Span(span.text) for span in block.spans))
        for block in blocks
    ]


def _after(spans: Sequence[Span]) -> list[Span]:
    """Take the space and one sign off that part our mention from what follows it."""
    rest = list(spans)
    sign = True
    while rest and not rest[0].code and not isinstance(rest[0], Mention):
        text = rest[0].text
        cut = _COLON.match(text) if sign else re.match(r"\s*", text)
        assert cut is not None
        sign = sign and not cut[0].strip()
        rest[0] = replace(rest[0], text=text[cut.end() :])
        if rest[0].text:
            break
        rest.pop(0)
    return rest


def _is_us(span: Span, us: str) -> bool:
    return isinstance(span, Mention) and span.user == us


def _is_verb(found: re.Match[str] | None) -> bool:
    return found is not None and found[1] is not None and found[1].lower() in VERBS


def _seen(text: str) -> str:
    """Return a text from its first sign on that can be seen."""
    n = next(
        (n for n, sign in enumerate(text) if not (sign.isspace() or unicodedata.category(sign) == "Cf")), None
    )
    return "" if n is None else text[n:]
