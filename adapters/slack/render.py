"""What people see on Slack, as Block Kit. Pure; `for_customer` takes nothing that is not public."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, TypeAlias, assert_never

from adapters.slack import markup
from bot import hub
from bot.ports import Listing, Preview, Words
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    CustomerContent,
    StaffCard,
    StaffContent,
)
from bot.tickets.model import File, Message, Note, Place, PostRef, Project
from bot.view import customer, layout, staff
from bot.view.layout import Look, Weight
from bot.words.keys import TextKey
from bot.words.say import say

Block: TypeAlias = dict[str, Any]
#: Names the address at which a post can be opened.
Where: TypeAlias = Callable[[PostRef], str | None]

#: Slack's limits: characters in a section and in a fallback text, blocks in a message.
SECTION, TEXT, BLOCKS = 3000, 3000, 50
#: Characters of the layout of one answer: Slack refuses a message whose texts are over about 13,000 together.
ANSWER = 9000
#: The id of a button where it is not its act: what stands in channels since ever.
ACTIONS = {"open": "open_ticket"}
#: What a button or a form is about: the names in its value, as short as they have been since ever.
ABOUT = {"t": "ticket", "e": "entry", "d": "seen", "p": "where"}
#: How each look is written in mrkdwn.
_LOOKS = {Look.PLAIN: "{}", Look.BOLD: "*{}*", Look.QUIET: "_{}_", Look.CODE: "`{}`", Look.OURS: "{}"}
_STYLES = {Weight.MAIN: "primary", Weight.RISKY: "danger"}
#: Elements of a line of small print.
CONTEXT = 10
#: What a line of a list begins with.
BULLET = "• "
#: What our own words have as code.
_COMMAND = re.compile(r"`(?:/ticket|@Halfdoor|halfdoor)\b[^`]*`")
#: Blocks in an App Home.
HOME_BLOCKS = 100
#: Characters of a text in one post: Slack recommends no more than 4,000. Longer ones go on in the next.
PART = 3500
#: The largest file that is copied, in bytes, unless the settings say otherwise.
LARGEST = 100_000_000


class Drawn(str):
    """Mrkdwn of our own, in a line with names of others: a time, a channel."""


def nowhere(_: PostRef) -> None:
    """No post has an address."""


@dataclass(frozen=True, slots=True)
class Post:
    """One Slack message. `author` and `picture` are whom it is shown as, where the scope allows it."""

    text: str
    blocks: list[Block] = field(default_factory=list[Block])
    author: str | None = None
    picture: str | None = None

    def named(self) -> Post:
        """The same with the author in a line of its own, for when Slack won't show it as theirs."""
        if self.author is None:
            return self
        quiet = markup.is_quiet(self.author)
        line = _context(f"*{markup.plain(self.author)}*") if quiet else _author_line(self.author)
        return Post(f"{markup.plain(self.author)}: {self.text}", [line, *self.blocks])


def parts(content: CustomerContent | StaffContent, largest: int = LARGEST) -> tuple[str, ...]:
    """Name the posts that `content` takes: its text's, then one for each file that is copied."""
    if isinstance(content, ClosingNotice) and content.resolution is not None:
        # All text of a post counts together: much over 11,000 characters, Slack refuses it.
        return _text_parts(content.resolution.text)
    if not isinstance(content, Message | Note) or content.retracted:
        return ("",)
    if isinstance(content, Message) and content.recalled:
        return ("",)
    copied = (f"file:{file.id}" for file in content.files if layout.is_copied(file, largest))
    return (*_text_parts(content.text), *copied)


def file_line(content: Message | Note, part: str, about: Project, *, customer: bool) -> tuple[Post, File]:
    """Return who sent the file that `part` names, as the post that comes with its copy, and the file."""
    file = next(one for one in content.files if part == f"file:{one.id}")
    author = layout.author(content, about.name, about.language, customer=customer)
    name = layout.name(file.name)
    return Post(markup.plain(name), [small((layout.Text(name),))], author, content.by.person.picture), file


def file_gone(post: Post, file: File, language: str, key: TextKey) -> Post:
    """Draw what stands for a file that could not be brought. `key`: why, in words."""
    size = layout.size(file.size, language)
    line = layout.filled(key, language, name=layout.name(file.name), size=size)
    return replace(post, text="".join(map(_inline, line)), blocks=[small(line)])


def for_customer(content: CustomerContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Print what a customer sees.

    Raises:
        Leak: `content` is not one of the public types; the type checker was bypassed.
    """
    return _printed(customer.for_customer(content, about, part, largest))


def for_staff(content: StaffContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Print what staff see."""
    return _printed(staff.for_staff(content, about, part, largest))


def answer(given: Words | Listing | Preview, where: Where = nowhere) -> Post:
    """Draw an answer for the one who asked. `where` names the address of a post."""
    match given:
        case Words(text=text):
            pieces = markup.pieces(layout.cut(text, ANSWER), SECTION)
            return Post(text[:TEXT], [_section(piece) for piece in pieces])
        case Listing():
            return _listing(given, where)
        case Preview():
            return _preview(given)
        case _:
            assert_never(given)


def home(listings: Sequence[Listing], where: Where) -> Block:
    """Draw the App Home of somebody who is staff: what awaits them on all their desks."""
    blocks: list[Block] = []
    for listing in listings:
        blocks.append({"type": "header", "text": _plain(listing.title)})
        if listing.cards:
            blocks += _list(listing, where, many=True)
        else:
            blocks.append(_context(say("home.nothing", listing.language)))
    return {"type": "home", "blocks": blocks[:HOME_BLOCKS]}


def home_of_others(language: str, bot: str) -> Block:
    """Draw the App Home of anybody else: how to open a ticket."""
    return {"type": "home", "blocks": [_section(say("home.customer", language, bot=f"<@{bot}>"))]}


def pressed(action: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the act of a button of ours and what it is about, as `_button` wrote it."""
    ident, value = str(action["action_id"]), str(action.get("value") or "")
    act, _, choice = ident.rpartition("_")
    if choice.isdigit():
        return act, {**unpacked(json.loads(value)), "choice": choice}
    acts = {shown: act for act, shown in ACTIONS.items()}
    return acts.get(ident, ident), unpacked(json.loads(value) if value.startswith("{") else {})


def unpacked(told: Mapping[str, str]) -> dict[str, str]:
    """Return what a button or a form says that it is about, by its names."""
    return {name: told[key] for key, name in ABOUT.items() if key in told}


def panel(language: str) -> Post:
    """Print the panel with the button that opens a ticket."""
    return _printed(customer.panel(language))


def channel(place: Place) -> str:
    """Write a place as people find it: a channel of ours as a link, else its network's name."""
    return f"<#{place.id}>" if place.network == "slack" else place.network.capitalize()


def spot(shown: str) -> layout.Spot:
    """Read a place as `channel` wrote it."""
    ours = shown.startswith("<#")
    return layout.Spot(Place("slack", shown[2:-1]) if ours else Place(shown.lower(), ""))


def tombstone(language: str) -> Post:
    """Draw what stands for a post that Slack would not let us delete."""
    text = say("post.recalled.stub", language)
    return Post(text, [_context(f"_{text}_")])


# ---------------------------------------------------------------- posts


def _printed(post: layout.Post) -> Post:
    if post.summary:
        text = "".join(_inline(span, plain=True) for span in post.summary)[:TEXT]
    else:
        assert post.said is not None
        gone = post.said.retracted
        text = say("post.deleted", post.language) if gone else _fallback(post.said)
    blocks = [block for box in post.boxes for one in box for block in _block(one, post.language)]
    return Post(text, blocks, post.author, post.picture)


def _block(block: layout.Block, language: str) -> list[Block]:
    match block:
        case layout.Headline():
            return [_headline(block)]
        case layout.State(items=items):
            return [_line([part for n, one in enumerate(items) for part in _parts(one, dot=n > 0)])]
        case layout.Plain(line=line):
            return [_section("".join(map(_inline, line)))]
        case layout.Byline(line=line) | layout.Small(line=line):
            return [small(line)]
        case layout.Hint(line=line, typed=typed):
            hint = "".join(map(_inline, line))
            return [_context(f"_{hint}{typed and f' {typed}'}_")]
        case layout.Body(text=text, part=part):
            return _body(text, part, language)
        case layout.Struck(text=text):
            return [markup.rich_text(piece, strike=True) for piece in hub.pieces(text, PART)]
        case layout.Files(lines=lines):
            return [small(line) for line in lines[: BLOCKS - 8]]
        case layout.Marks(counts=counts):
            return [_context("  ".join(f"{emoji} {n}" for emoji, n in counts))]
        case layout.Notice(text=text):
            return _notice(text)
        case layout.Buttons(buttons=buttons):
            return [_actions(*(_button(one, language) for one in buttons))]
        case _:
            assert_never(block)


def _notice(text: str) -> list[Block]:
    if markup.is_quiet(_COMMAND.sub("", text)):
        return [_context(piece) for piece in markup.pieces(markup.plain(text), SECTION)]
    return [{"type": "context", "elements": [_literal(one)]} for one in markup.pieces(text, SECTION)]


def _parts(line: layout.Line, *, dot: bool) -> Iterator[str]:
    """Yield the parts of an item of a card's line: names as they are, and what is drawn of ours."""
    if dot:
        yield " · "
    for span in line:
        printed = _inline(span)
        quiet = not isinstance(span, layout.Text) or markup.is_quiet(span.text)
        if not isinstance(span, layout.Text):
            yield Drawn(printed)
        elif span.look in (Look.PLAIN, Look.OURS):
            yield span.text
        else:
            yield Drawn(printed) if quiet else span.text


def _inline(span: layout.Span, *, plain: bool = False) -> str:
    """Print a piece of a line as mrkdwn; `plain`: without its looks."""
    match span:
        case layout.Text(text=text, look=look):
            if look is Look.OURS:
                return text
            return markup.plain(text) if plain else _LOOKS[look].format(markup.plain(text))
        case layout.Moment(at=at, exact=exact):
            style = ("{date_long_pretty} {time}",) if exact else ()
            return markup.date(at.timestamp(), f"{at:%Y-%m-%d %H:%M} UTC", *style)
        case layout.Spot(place=place, named=named):
            ours = named and place.network == "slack"
            return f"Slack {channel(place)}" if ours else channel(place)
        case _:
            assert_never(span)


# ---------------------------------------------------------------- answers


def _listing(listing: Listing, where: Where) -> Post:
    if not listing.cards:
        empty = say("list.empty", listing.language)
        return Post(empty, [_section(empty)])
    title = [f"*{markup.plain(listing.title)}*"] if listing.title else []
    text = "\n".join([*title, *(markup.written(line) for line in _lines(listing, where))])
    return Post(text[:TEXT], _list(listing, where, title=listing.title))


def _list(listing: Listing, where: Where, *, title: str = "", many: bool = False) -> list[Block]:
    """Draw a list: as mrkdwn, which takes long ones, or as rich text if a name or a title has signs in it."""
    lines = _lines(listing, where, many=many)
    plain = [part for line in lines for part in line if isinstance(part, str) and part != BULLET]
    if all(map(markup.is_quiet, [title, *plain])):
        head = [f"*{markup.plain(title)}*"] if title else []
        text = "\n".join([*head, *map(markup.written, lines)])
        return [_section(piece) for piece in markup.pieces(text, SECTION)]
    return [*([_rich(_bold(title))] if title else []), *(_rich(*line) for line in lines)]


def _lines(listing: Listing, where: Where, *, many: bool = False) -> list[list[str | Block]]:
    """Draw a line for each ticket; `many`: they may belong to several projects."""
    language, lines, more = listing.language, list[list[str | Block]](), listing.more
    length = 0
    cards: tuple[CustomerCard | StaffCard, ...] = listing.cards
    for card, thread in zip_longest(cards, listing.threads):
        address = where(thread) if thread else None
        key: Block = {"type": "link", "url": address, "text": card.ticket} if address else _bold(card.ticket)
        key = {**key, "style": {"bold": True}}
        if length > ANSWER * 2 // 3 and not many:
            more += 1
            continue
        if isinstance(card, CustomerCard):
            row = customer.row(card, language)
        else:
            row = staff.row(card, language, project=many)
        items = ["".join(one.text for one in item if isinstance(one, layout.Text)) for item in row.items]
        line: list[str | Block] = [BULLET, key, f" {' · '.join((row.title, *items))}"]
        length += len(markup.written(line))
        lines.append(line)
    if more:
        lines.append([say("list.more", language, n=more)])
    return lines


def _preview(preview: Preview) -> Post:
    """Staff see the customer's posts, drawn by the same code; their buttons are shown, not offered."""
    title = say("form.preview.title", preview.language)
    posts = [
        [{"type": "divider"}, *(_shown(block) for block in post.blocks)]
        for delivery in preview.deliveries
        for part in parts(delivery.content)
        if not part.startswith("file:")
        for post in (for_customer(delivery.content, delivery.surface.project, part).named(),)
    ]
    # The newest that Slack shows in one answer, after the card.
    card, *others = posts
    shown: list[list[Block]] = []
    room, space = BLOCKS - 2 - len(card), ANSWER - len(str(card))
    for post in reversed(others):
        room, space = room - len(post), space - len(str(post))
        if room < 0 or space < 0:
            break
        shown.insert(0, post)
    left = len(others) - len(shown)
    out = [_context(say("form.preview.left_out", preview.language, n=left))] if left else []
    blocks = [block for post in shown for block in post]
    return Post(title, [_section(f"*{title}*"), *card, *out, *blocks])


def _shown(block: Block) -> Block:
    if block["type"] != "actions":
        return block
    return _context("  ".join(f"`{button['text']['text']}`" for button in block["elements"]))


# ---------------------------------------------------------------- pieces


def _headline(head: layout.Headline) -> Block:
    """Draw a card's first line.

    What has signs in it is plain text. It is no rich text: Slack would not let that be replaced later.
    """
    title, about = f"{head.ticket} · {head.title}", head.about and f" — {head.about}"
    where = _inline(layout.Spot(head.where, named=True)) if head.where else ""
    if markup.is_quiet(f"{title}{about}"):
        return _section(f"*{markup.plain(title)}*{markup.plain(about)}{where and f' ({where})'}")
    fields = {"fields": [{"type": "mrkdwn", "text": where, "verbatim": True}]} if where else {}
    return {"type": "section", "text": _literal(f"{title}{about}"), **fields}


def _text_parts(text: str) -> tuple[str, ...]:
    return ("", *(str(n) for n in range(2, len(hub.pieces(text, PART)) + 1)))


def _body(text: str, part: str, language: str) -> list[Block]:
    """Draw one part of what was said."""
    pieces, number = hub.pieces(text, PART), int(part or 1)
    blocks = [markup.rich_text(pieces[number - 1])]
    if len(pieces) > 1:
        blocks.append(_context(say("post.part", language, n=number, of=len(pieces))))
    return blocks


def _fallback(entry: Message | Note) -> str:
    """What notifications and screen readers give: cut, for the blocks have all of it."""
    text = hub.plain(entry.text[:TEXT]) or ", ".join(file.name for file in entry.files)
    short = markup.plain(text[: TEXT // 6])
    return f"{short}…" if len(text) > TEXT // 6 else short or "–"


def small(line: layout.Line) -> Block:
    """Draw a line of small print. Names in it are shown as written: no signs of theirs mean anything."""
    if all(markup.is_quiet(one.text) for one in line if isinstance(one, layout.Text) and not _is_ours(one)):
        return _context("".join(map(_inline, line)))
    return _mixed([one.text if isinstance(one, layout.Text) else Drawn(_inline(one)) for one in line])


def _is_ours(text: layout.Text) -> bool:
    return text.look is Look.OURS


def _line(parts: Sequence[str]) -> Block:
    """Draw a line of a card; in small print if a name in it has signs that would be read."""
    if all(isinstance(part, Drawn) or markup.is_quiet(part) for part in parts):
        return _section("".join(part if isinstance(part, Drawn) else markup.plain(part) for part in parts))
    return _mixed(parts)


def _mixed(parts: Sequence[str]) -> Block:
    """Draw words that stay as they are beside mrkdwn of ours, which only small print can."""
    runs: list[tuple[bool, str]] = []
    for part in parts:
        drawn = isinstance(part, Drawn)
        if runs and (runs[-1][0] == drawn or not part.strip()):
            runs[-1] = runs[-1][0], runs[-1][1] + part
        else:
            runs.append((drawn, part))
    elements = [
        {"type": "mrkdwn", "text": text, "verbatim": True} if drawn else _literal(text.strip())
        for drawn, text in runs
        if text.strip()
    ]
    return {"type": "context", "elements": elements[:CONTEXT]}


def _rich(*parts: str | Block) -> Block:
    """Draw a line in which nothing is read as a sign: words, and elements of rich text."""
    elements = [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts if part]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def _author_line(name: str) -> Block:
    return {"type": "context", "elements": [_literal(name)]}


def _literal(text: str) -> Block:
    """Words that stay as they are, the names of emoji too."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def _button(button: layout.Button, language: str) -> Block:
    about = {"t": button.ticket, "l": language}
    about |= {"e": button.entry} if button.entry else {}
    about |= {"p": channel(button.place)} if button.place else {}
    drawn: Block = {
        "type": "button",
        "action_id": ACTIONS.get(button.act, f"{button.act}_{button.choice}".rstrip("_")),
        "text": _plain(button.label),
        "value": json.dumps(about) if button.ticket else button.act,
    }
    if button.weight is not Weight.NORMAL:
        drawn["style"] = _STYLES[button.weight]
    if button.sure is not None:
        title, text = button.sure
        drawn["confirm"] = {
            "title": _plain(title),
            "text": _plain(text),
            "confirm": _plain(button.label),
            "deny": _plain(say("form.cancel", language)),
            "style": "danger",
        }
    return drawn
