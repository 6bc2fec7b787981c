"""Slack's payloads to `Incoming`. Pure: whoever calls has looked up the people they name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from adapters.slack import content, markup, spoken
from bot import hub
from bot.hub import Paragraph, Span
from bot.ports import Act, Asked, Deleted, Edited, Incoming, Raised, Reacted, Said
from bot.tickets.asks import Ask
from bot.tickets.model import File, Person, Place, PostRef, title_of
from bot.words.say import say

#: The type under which our mark stands in a message's metadata. Other apps can read it: no secrets in it.
MARK = "halfdoor_delivery"
#: Subtypes that are somebody's words, as a message without one is; a huddle is an invitation to talk.
WORDS = frozenset(
    {
        None,
        "file_share",
        "thread_broadcast",
        "me_message",
        "bot_message",
        "huddle_thread",
        "sh_room_created",
        "ekm_access_denied",
    }
)
HUDDLES = ("huddle_thread", "sh_room_created")
#: The sign of what Slack itself says, e-mails to a channel's address among it.
SLACKBOT = "USLACKBOT"


#: The kinds of events that tell of a post which is not there any more.
GONE = ("deleted", "lost")


@dataclass(frozen=True, slots=True)
class Event:
    """A message event that concerns us, cut down to what every subtype has: the same checks for all.

    `kind` is said, edited, deleted, or lost: it is not there any more, and nobody knows that its author took
    it back. `user` is whom the post belongs to, empty for what an app of the old kind posts. `message` is the
    post as Slack has it.
    """

    kind: str
    channel: str
    ts: str
    user: str
    thread: str | None
    text: str
    edited_at: str | None = None
    message: Mapping[str, Any] = field(default_factory=dict[str, Any])
    #: The app that posted it, for itself or for somebody.
    bot: str = ""

    @property
    def size(self) -> int:
        """How much there is to read, in characters: of a long text the layout is as long again."""
        return len(self.text)

    @property
    def files(self) -> list[dict[str, Any]]:
        """File objects as Slack has them, of forwards too; those of shared channels must be looked up."""
        return content.files(self.message)

    @property
    def profile(self) -> Mapping[str, Any]:
        """What the event itself says of a person of another organisation."""
        profile = self.message.get("user_profile")
        return profile if isinstance(profile, dict) else {}

    @property
    def named(self) -> dict[str, str]:
        """Whom and what it names by id: people, channels, groups."""
        parts = [self.message.get(name) for name in ("text", "blocks", "attachments")]
        return markup.named(parts)

    def is_whole(self) -> bool:
        """Whether all of it can be carried, so that nobody has to be told where it is."""
        held = content.content(self.message, {}, "en")
        huddle = self.message.get("subtype") in HUDDLES
        return not (huddle or held.missing or (held.empty and not self.files))

    @property
    def person(self) -> str:
        """Whose words it may be, to look up; empty for an app, and for an e-mail."""
        return "" if self.user == SLACKBOT or self.message.get("subtype") == "bot_message" else self.user


@dataclass(frozen=True, slots=True)
class About:
    """What an event only names, looked up.

    `us` is our own user id; `people` and `names` hold those of `Event.named`. `by` is the author, whose words
    are `automated` when it is a bot. `language` is that of the project, `where` what its place is called and
    at which address the post is. `inside`: it is a staff place.
    """

    us: str
    by: Person
    people: Mapping[str, Person]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    files: tuple[File, ...] = ()
    automated: bool = False
    language: str = "en"
    where: tuple[str, str | None] = ("Slack", None)
    inside: bool = False


def event(payload: Mapping[str, Any]) -> Event | None:
    """Read a `message` event; None when it is nobody's words. A mention arrives as one too.

    Changes without new words (a link that was unfurled) and what Slack says of the channel are nobody's.
    Whether it is our own is for whoever knows our ids: see `ours`.
    """
    subtype = payload.get("subtype")
    channel = str(payload.get("channel") or "")
    if subtype == "message_deleted":
        before = payload.get("previous_message") or {}
        ts = payload.get("deleted_ts") or before.get("ts")
        return _post("deleted", channel, {"ts": ts} | before, None) if ts else None
    if subtype == "message_changed":
        message = payload.get("message") or {}
        before = payload.get("previous_message") or {}
        if not message.get("ts"):
            return None
        if message.get("subtype") == "tombstone":  # a parent that was deleted while its thread lives on
            return _post("deleted", channel, before | {"ts": message["ts"], "thread_ts": None}, None)
        edited = (message.get("edited") or {}).get("ts") or str(payload.get("ts") or "")
        same = content.says(message) == content.says(before) and _held(message) == _held(before)
        if same or not edited or not (message.get("user") or message.get("bot_id")):
            return None
        return _post("edited", channel, message, edited)
    if subtype in WORDS and payload.get("ts") and (payload.get("user") or payload.get("bot_id")):
        return _post("said", channel, payload, None)
    return None


def ours(told: Event, who: Mapping[str, Any]) -> bool:
    """Whether we posted it. `who` is auth.test's answer: our ids alone tell, not that some app posted it."""
    return told.user == who.get("user_id") or bool(told.bot and told.bot == who.get("bot_id"))


def by_app(told: Event) -> Person:
    """Return an app, or who sent an e-mail to the channel, as whoever said something."""
    message = told.message
    for mail in content.mails(message):
        name, address = content.sender(mail)
        if name or address:
            return Person("slack", address or told.user, name or address)
    profile = message.get("bot_profile")
    profile = profile if isinstance(profile, dict) else {}
    icons = profile.get("icons") or message.get("icons")
    picture = icons.get("image_72") or icons.get("image_48") if isinstance(icons, dict) else None
    ident = told.bot or told.user
    name = message.get("username") or profile.get("name") or ("Slackbot" if told.user == SLACKBOT else ident)
    return Person("slack", ident, str(name), str(picture) if picture else None)


def incoming(told: Event, about: About, *, locale: str | None = None) -> Incoming:
    """Turn an event into what the desk takes."""
    place = Place("slack", told.channel)
    post = PostRef(place, told.ts)
    ref = f"slack:{told.channel}:{told.ts}"
    if told.kind in GONE:
        gone = Deleted(post, sure=told.kind == "deleted")
        return Incoming(f"{ref}:{told.kind}", about.by, place, moment(told.ts), gone)
    said = _said(told, post, about)
    if told.kind == "edited":
        when = told.edited_at or told.ts
        return Incoming(f"{ref}:edit:{when}", about.by, place, moment(when), Edited(said, ref), locale)
    return Incoming(ref, about.by, place, moment(told.ts), said, locale)


def raised(
    told: Event, about: About, *, ref: str, by: Person, at: datetime, locale: str | None = None
) -> Incoming:
    """Return a post that `by`, whom `ref` names, wants to be a ticket: its author asks for it.

    For what a bot said, it is `by` who asks. `locale` is theirs.
    """
    place = Place("slack", told.channel)
    said = _said(told, PostRef(place, told.ts), about)
    whose = about.by
    if about.automated:
        # The words stay the bot's, whoever asks.
        whose, said = (
            by,
            replace(said, text=f"{said.text}\n\n{hub.literal(f'— {about.by.name}')}", automated=False),
        )
    return Incoming(f"slack:{told.channel}:{told.ts}:{ref}", whose, place, at, Raised(said), locale)


def reacted(event: Mapping[str, Any], by: Person) -> Incoming:
    """Turn a reaction that was added or removed into what the desk takes."""
    item, when = event["item"], str(event["event_ts"])
    place, added = Place("slack", str(item["channel"])), event["type"] == "reaction_added"
    act: Act = Reacted(PostRef(place, str(item["ts"])), markup.emoji_sign(str(event["reaction"])), added)
    sign = "+" if added else "-"
    ref = f"slack:{place.id}:{item['ts']}:{sign}{event['reaction']}:{by.id}:{when}"
    return Incoming(ref, by, place, moment(when), act)


def asked(
    ask: Ask,
    *,
    ref: str,
    by: Person,
    channel: str,
    at: datetime,
    locale: str | None = None,
    held: bool = False,
) -> Incoming:
    """Return a command, a pressed button or a form as what the desk takes.

    `held`: a form that stays open when it is refused.
    """
    return Incoming(f"slack:{ref}", by, Place("slack", channel), at, Asked(ask, held=held), locale)


def command_text(text: str, people: Mapping[str, Person]) -> tuple[str, dict[str, Person]]:
    """Return a slash command's text as people read it, and whom its mentions stand for."""
    blocks = markup.read(text, {user: person.name for user, person in people.items()})
    return markup.write(blocks).strip(), spoken.people(blocks, people)


def installed_in(body: Mapping[str, Any]) -> str | None:
    """Return the workspace whose installation a payload is meant for, if it says so.

    The outer `team_id` of an event and the `team` of a form are the actor's own.
    """
    if body.get("type") == "event_callback":
        given = body.get("authorizations")
        first = given[0] if isinstance(given, list) and given else {}
        team = (first.get("team_id") if isinstance(first, dict) else None) or body.get("context_team_id")
    elif isinstance(view := body.get("view"), dict):
        team = view.get("app_installed_team_id")
    else:
        team = body["team"].get("id") if isinstance(body.get("team"), dict) else None
    return str(team) if team else None


def mark_of(message: Mapping[str, Any]) -> str:
    """Return the mark that a post of ours carries: in its metadata, or as the id of a file's layout."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    if payload.get("mark"):
        return str(payload["mark"])
    return next((str(block.get("block_id")) for block in message.get("blocks") or []), "")


def moment(ts: str) -> datetime:
    """Return the time in a Slack `ts`."""
    return datetime.fromtimestamp(float(ts), UTC)


def fields(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was entered into a form, by action id; what was left empty is an empty text."""
    found: dict[str, str] = {}
    for block in view["state"]["values"].values():
        for name, state in block.items():
            value = (
                state.get("value")
                or (state.get("selected_option") or {}).get("value")
                or state.get("selected_user")
                or state.get("selected_conversation")
            )
            found[name] = str(value or "")
    return found


def metadata(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what `forms` put into a form when it was opened."""
    loaded: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return loaded


def _post(kind: str, channel: str, message: Mapping[str, Any], edited: str | None) -> Event:
    thread, ts = message.get("thread_ts"), str(message["ts"])
    return Event(
        kind,
        channel,
        ts,
        str(message.get("user") or ""),
        thread if thread != ts else None,
        str(message.get("text") or ""),
        edited,
        {} if kind in GONE else message,
        str(message.get("bot_id") or ""),
    )


def _held(message: Mapping[str, Any]) -> list[tuple[object, bool]]:
    """Which files a message has: their previews change by themselves."""
    return [(one.get("id"), one.get("mode") == "tombstone") for one in content.files(message)]


def _said(told: Event, post: PostRef, about: About) -> Said:
    message = told.message
    held = content.content(message, about.names, about.language)
    words = held.words
    if message.get("subtype") == "me_message":
        words = [Paragraph((Span(markup.unescape(told.text), italic=True),))]
    below = list(held.below)
    name, address = about.where
    if message.get("subtype") in HUDDLES:
        text = say("said.huddle", about.language, name=about.by.name, place="{place}")
        below.append(content.paragraph(text, name, address))
    elif held.missing or (held.empty and not about.files):
        what = say("what.something", about.language)
        text = say("said.not_carried", about.language, name=about.by.name, what=what, place="{place}")
        below.append(content.paragraph(text, name, address))
    command, mentioned = spoken.command(words, about.us), spoken.mentioned(words, about.us)
    rest = [] if command is None else command
    # What staff forward below a command goes to no customer with it.
    rest = rest if about.inside else [*rest, *below]
    personal = not about.automated and not told.bot
    return Said(
        post=post,
        thread=told.thread,
        text=markup.write([*words, *below]),
        mentioned=mentioned,
        command=markup.write(rest) if command is not None and personal else None,
        people=tuple(spoken.people(rest, about.people).items()),
        files=about.files,
        automated=about.automated or message.get("subtype") in HUDDLES,
        attempted=command is None and spoken.attempted(words, about.us, about.names),
        title=title_of(hub.literal(held.title)) if not spoken.visible_beside(words, about.us) else "",
    )
