"""What Slack knows: two organisations, people, channels, messages, and who may see what."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.doubles.slack.files import SlackFile, Uploads

HOST, GUEST_ORG = "THOST0001", "TCUST0001"
TEAMS = {HOST: "Host", GUEST_ORG: "Acme", "TBETA0001": "Beta Corp"}
BOT_USER, BOT_ID, APP_ID = "UHALFDOOR", "BHALFDOOR", "AHALFDOOR"
SLACKBOT = "USLACKBOT"
BOT_TOKEN, APP_TOKEN = "xoxb-test-secret-token", "xapp-test-secret-token"
SIGNING_SECRET = "test-signing-secret"
SCOPES = (
    "app_mentions:read channels:history groups:history im:history channels:read groups:read chat:write"
    " chat:write.customize commands files:read files:write reactions:read reactions:write team:read users:read im:write"
)


class SlackError(Exception):
    """An error code that the Web API answers with."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


@dataclass
class User:
    id: str
    team: str
    name: str
    restricted: bool = False
    bot: bool = False
    deleted: bool = False
    #: The workspaces that a person of an Enterprise Grid sits in beside their own.
    grid: tuple[str, ...] = ()
    locale: str = "en-US"

    def info(self, *, locale: bool = False) -> dict[str, Any]:
        own = {"locale": self.locale} if locale and self.team == HOST else {}
        grid = {"enterprise_user": {"id": self.id, "teams": list(self.grid)}} if self.grid else {}
        return {
            **own,
            **grid,
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower(),
            "real_name": self.name,
            "deleted": self.deleted,
            "is_bot": self.bot,
            "is_restricted": self.restricted,
            "is_ultra_restricted": False,
            "is_stranger": False,
            "profile": {
                "display_name": self.name,
                "real_name": self.name,
                "image_72": f"https://pictures.example/{self.id}.png",
                "team": self.team,
            },
        }


@dataclass
class Message:
    channel: str
    ts: str
    user: str
    text: str
    thread: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    bot: bool = False
    username: str | None = None
    icon: str | None = None
    metadata: dict[str, Any] | None = None
    edited: str | None = None
    subtype: str | None = None
    #: The ids of the files shared with it, and each reaction as emoji and user.
    files: list[str] = field(default_factory=list)
    reactions: list[tuple[str, str]] = field(default_factory=list)
    #: How the event shows its files; stubs in shared channels.
    file_objects: Callable[[str], dict[str, Any]] | None = field(default=None, repr=False)
    #: What hangs below the words: forwards and previews of links of people's, the older layouts of bots'.
    attachments: list[dict[str, Any]] = field(default_factory=list)
    #: What else an event has of it: of a post by another app `bot_id`, `app_id` and `bot_profile`
    #: (docs.slack.dev/reference/events/message), of a huddle its `room`.
    more: dict[str, Any] = field(default_factory=dict)

    def payload(self, *, metadata: bool = False) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        if not self.user:  # what an integration of the old kind posts has no user at all
            del body["user"]
        body |= self.more
        if self.thread is not None:
            body["thread_ts"] = self.thread
        if self.blocks:
            body["blocks"] = self.blocks
        if self.bot:
            body |= {"bot_id": BOT_ID, "app_id": APP_ID}
        if self.attachments:
            body["attachments"] = self.attachments
        if self.username:
            body["username"] = self.username
        if self.subtype:
            body["subtype"] = self.subtype
        if self.files:
            shown = self.file_objects or (lambda ident: {"id": ident, "mode": "file_access"})
            body["files"] = [shown(ident) for ident in self.files]
        if self.edited:
            body["edited"] = {"user": self.user, "ts": self.edited}
        if metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass
class Ephemeral:
    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str | None


@dataclass
class Channel:
    id: str
    name: str
    private: bool
    teams: set[str]
    members: set[str]
    messages: dict[str, Message] = field(default_factory=dict)
    pending_share: bool = False
    pending_teams: set[str] = field(default_factory=set)
    archived: bool = False
    #: The direct messages of the app with somebody.
    direct: bool = False

    @property
    def kind(self) -> str:
        """What events call it in `channel_type` (docs.slack.dev/reference/events/message)."""
        return "im" if self.direct else "group" if self.private else "channel"

    @property
    def shared(self) -> bool:
        return len(self.teams) > 1


@dataclass
class Trigger:
    """A trigger_id: good for one modal, within three seconds."""

    user: str
    made: float
    used: bool = False


class World:
    """The state behind the API. `now` gives the time in seconds; events go out through `emit`."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.users: dict[str, User] = {
            BOT_USER: User(BOT_USER, HOST, "Halfdoor", bot=True),
            # Slack's own, which every workspace has; users.info does not call it a bot.
            SLACKBOT: User(SLACKBOT, HOST, "Slackbot"),
        }
        #: The handles of user groups, by id.
        self.groups: dict[str, str] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, SlackFile] = {}
        #: What may be uploaded; set by the server, which knows files.
        self.uploads: Uploads
        #: Seconds until a shared file shows, and how many shares are lost after Slack said yes.
        self.share_delay = 0.0
        self.lose_shares = 0
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.opened_by: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.scopes = SCOPES
        self.customised_can_be_deleted = True
        self.token = BOT_TOKEN
        self.emit: Callable[[dict[str, Any], User | None], None] = lambda event, actor: None
        #: Microseconds.
        self._last = 0
        self._ids = itertools.count(1)

    def ts(self) -> str:
        """Return a new message's ts: the time, never twice."""
        self._last = max(int(self.now() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"

    def fresh(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):08d}"

    def user(self, name: str, *, team: str = HOST, restricted: bool = False, **more: Any) -> User:
        made = User(self.fresh("U"), team, name, restricted, **more)
        self.users[made.id] = made
        return made

    def direct(self, user: User) -> Channel:
        """Return the direct messages of the app with somebody."""
        known = [one for one in self.channels.values() if one.name == f"direct {user.id}"]
        if known:
            return known[0]
        made = self.channel(f"direct {user.id}", user, private=True)
        made.direct = True
        return made

    def channel(
        self, name: str, *members: User, private: bool = False, shared: bool = False, bot: bool = True
    ) -> Channel:
        teams = {HOST, GUEST_ORG} if shared else {HOST}
        ids = {user.id for user in members} | ({BOT_USER} if bot else set())
        made = Channel(self.fresh("C"), name, private, teams, ids)
        self.channels[made.id] = made
        return made

    def trigger(self, user: User) -> str:
        made = f"{self.fresh('trigger.')}.{HOST}"
        self.triggers[made] = Trigger(user.id, time.monotonic())
        return made

    # ------------------------------------------------------------ what the bot may reach

    def for_bot(self, channel: str) -> Channel:
        """Return a channel the bot can see, as Slack decides it."""
        found = self.channels.get(channel)
        if found is None or (found.private and BOT_USER not in found.members):
            raise SlackError("channel_not_found")
        return found

    def for_bot_to_post(self, channel: str) -> Channel:
        found = self.for_bot(channel)
        if BOT_USER not in found.members:
            raise SlackError("not_in_channel")
        if found.archived:
            raise SlackError("is_archived")
        return found

    # ------------------------------------------------------------ what changes

    def post(self, message: Message) -> Message:
        channel = self.channels[message.channel]
        channel.messages[message.ts] = message
        actor = self.users.get(message.user)
        event = message.payload() | {"channel": channel.id, "event_ts": message.ts}
        event["channel_type"] = channel.kind
        if actor is not None and actor.team != HOST:
            event |= {"user_team": actor.team, "source_team": actor.team, "team": actor.team}
            event["user_profile"] = actor.info()["profile"]
        self.emit(event, actor)
        self._mention(event, message, actor)
        return message

    def _mention(self, event: dict[str, Any], message: Message, actor: User | None) -> None:
        """Who mentions the app in a channel makes a second event of it, but for the app itself."""
        if f"<@{BOT_USER}" in message.text and not message.bot:
            self.emit({**event, "type": "app_mention"}, actor)

    def react(self, message: Message, emoji: str, user: User, *, added: bool) -> None:
        """Slack does not say which team the actor is of."""
        one = (emoji, user.id)
        if added == (one in message.reactions):
            return
        message.reactions.append(one) if added else message.reactions.remove(one)
        event = {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user.id,
            "reaction": emoji,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.ts(),
        }
        self.emit(event, user)

    def change(
        self,
        message: Message,
        text: str,
        blocks: list[dict[str, Any]] | None = None,
        files: list[str] | None = None,
        *,
        attachments: list[dict[str, Any]] | None = None,
        silently: bool = False,
    ) -> None:
        """Change a message. `silently`: not by its author; a preview of a link has come or gone.

        Slack tells of that by `message_changed` too, with the same words and without `edited`.
        """
        before = message.payload()
        message.text = text
        if files is not None:
            message.files = files
        if blocks is not None:
            message.blocks = blocks
        if attachments is not None:
            message.attachments = attachments
        ts = self.ts()
        if not silently:
            message.edited = ts
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": message.channel,
            "channel_type": self.channels[message.channel].kind,
            "ts": ts,
            "event_ts": ts,
            "message": message.payload(),
            "previous_message": before,
        }
        actor = self.users.get(message.user)
        self.emit(event, actor)
        if not silently:
            # An edit that leaves or puts a mention in sends `app_mention` once more, with `edited`
            # (slack-go/slack#1256).
            again = message.payload() | {"channel": message.channel, "event_ts": ts}
            self._mention(again, message, actor)

    def delete(self, message: Message) -> None:
        del self.channels[message.channel].messages[message.ts]
        ts = self.ts()
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "channel": message.channel,
            "ts": ts,
            "event_ts": ts,
            "deleted_ts": message.ts,
            "previous_message": message.payload(),
        }
        self.emit(event, self.users.get(message.user))

    def changed(self, channel: Channel, kind: str, **more: Any) -> None:
        """Tell the app of something about a channel itself."""
        event = {"type": kind, "channel": channel.id, "event_ts": self.ts(), **more}
        self.emit(event, None)

    def share(self, channel: Channel, team: str, *, pending: bool = False) -> None:
        if pending:
            channel.pending_share = True
            channel.pending_teams.add(team)
        else:
            channel.teams.add(team)
        self.changed(channel, "channel_shared", connected_team_id=team)

    def unshare(self, channel: Channel, team: str) -> None:
        channel.pending_share = False
        channel.pending_teams.discard(team)
        channel.teams.discard(team)
        self.changed(channel, "channel_unshared", previously_connected_team_id=team)

    def convert(self, channel: Channel, *, private: bool) -> None:
        """Slack tells of it by a message alone."""
        channel.private = private
        subtype = f"channel_convert_to_{'private' if private else 'public'}"
        event = {
            "type": "message",
            "subtype": subtype,
            "channel": channel.id,
            "ts": self.ts(),
            "user": "USLACK",
        }
        self.emit(event, None)

    def throw_out(self, channel: Channel, by: User, *, tell: bool = True) -> None:
        """Take the app out of a channel."""
        if tell:
            kind = "group_left" if channel.private else "channel_left"
            self.changed(channel, kind, actor_id=by.id)
        channel.members.discard(BOT_USER)

    def invite_back(self, channel: Channel) -> None:
        self.join(channel, self.users[BOT_USER])

    def archive(self, channel: Channel, *, archived: bool) -> None:
        channel.archived = archived
        kind = "group" if channel.private else "channel"
        self.changed(channel, f"{kind}_{'archive' if archived else 'unarchive'}")

    def renumber(self, channel: Channel, *, tell: bool = True) -> str:
        """Give a channel another id, as Slack does when a private one begins to be shared."""
        old, channel.id = channel.id, self.fresh("C")
        del self.channels[old]
        self.channels[channel.id] = channel
        for message in channel.messages.values():
            message.channel = channel.id
        if tell:
            event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": channel.id}
            self.emit(event | {"event_ts": self.ts()}, None)
        return old

    def join(self, channel: Channel, user: User) -> None:
        channel.members.add(user.id)
        self._membership("member_joined_channel", channel, user)

    def leave(self, channel: Channel, user: User) -> None:
        channel.members.discard(user.id)
        self._membership("member_left_channel", channel, user)

    def _membership(self, kind: str, channel: Channel, user: User) -> None:
        event = {
            "type": kind,
            "user": user.id,
            "channel": channel.id,
            "team": user.team,
            "event_ts": self.ts(),
        }
        self.emit(event, user)
