"""The people in the loopback Slack: what they can do there, and what each of them sees."""

from __future__ import annotations

import time
from typing import Any

from tests.doubles.slack import validate
from tests.doubles.slack.composer import compose
from tests.doubles.slack.files import SlackFile
from tests.doubles.slack.server import Envelope, SlackServer
from tests.doubles.slack.world import APP_ID, HOST, SLACKBOT, Channel, Message, User, World


class NotOffered(Exception):
    """Slack does not offer that to this person."""


def app_fields(name: str) -> dict[str, Any]:
    """Return what says of a message that an app posted it (docs.slack.dev/reference/events/message)."""
    ident = name.upper().replace(" ", "")
    profile = {"id": f"B{ident}", "app_id": f"A{ident}", "name": name, "deleted": False}
    return {"bot_id": f"B{ident}", "app_id": f"A{ident}", "bot_profile": profile}


class Bot:
    """Another app in the workspace.

    One of today has a user of its own, and its posts have no subtype; an integration of the old kind, and
    Workflow Builder, post as subtype `bot_message`, under a `username` and without a user
    (docs.slack.dev/reference/events/message/bot_message).
    """

    def __init__(self, server: SlackServer, name: str, *, old: bool = False) -> None:
        self.world: World = server.world
        self.name = name
        self.old = old
        self.user = None if old else self.world.user(name, bot=True)

    def post(
        self,
        channel: Channel,
        text: str = "",
        *,
        thread: Message | str | None = None,
        blocks: list[dict[str, Any]] | None = None,
        attachments: list[dict[str, Any]] | None = None,
    ) -> Message:
        root = thread.ts if isinstance(thread, Message) else thread
        user = self.user.id if self.user else ""
        message = Message(channel.id, self.world.ts(), user, text, root, blocks or [])
        message.attachments = attachments or []
        message.more = app_fields(self.name)
        if self.old:
            message.subtype, message.username = "bot_message", self.name
            del message.more["bot_profile"]
        return self.world.post(message)


def send_email(
    server: SlackServer, channel: Channel, subject: str, body: str, name: str, address: str
) -> Message:
    """Send an e-mail to a channel's address: Slackbot shares it as a file of mode `email`.

    The words are in the file object alone: `subject`, `from`, `plain_text`
    (docs.slack.dev/reference/objects/file-object).
    """
    world = server.world
    mail = {
        "subject": subject,
        "from": [{"address": address, "name": name, "original": f"{name} <{address}>"}],
    }
    kept = "_".join(subject.split())
    file = SlackFile(world.fresh("F"), kept, SLACKBOT, 4000, b"", "text/html", "email", subject)
    file.more = {**mail, "plain_text": body, "filetype": "email"}
    world.files[file.id] = file
    message = Message(channel.id, world.ts(), SLACKBOT, "", subtype="file_share", files=[file.id])
    message.file_objects = lambda ident: world.files[ident].info(server.url)
    return world.post(message)


class Human:
    """Somebody at a keyboard."""

    def __init__(self, server: SlackServer, user: User) -> None:
        self.server = server
        self.world = server.world
        self.user = user
        self.id = user.id
        #: The answer to their last slash command, as the app gave it.
        self.answered: dict[str, Any] = {}

    @property
    def external(self) -> bool:
        return self.user.team != HOST

    # ------------------------------------------------------------ talking

    def say(
        self,
        channel: Channel,
        text: str,
        *,
        thread: Message | str | None = None,
        rich: list[dict[str, Any]] | None = None,
        subtype: str | None = None,
        plain: bool = False,
        beside: list[dict[str, Any]] | None = None,
        attachments: list[dict[str, Any]] | None = None,
        app: str | None = None,
    ) -> Message:
        """Write a message, with the rich_text block that Slack's own editor adds.

        `rich`: the elements of that block, if they are not what the editor makes of the text; `plain`: there
        is none, as older clients and the API leave it out. `beside`: further blocks. `app`: the name of an
        app that posts it for this person, with their token: it is theirs, and has a `bot_id` as well.
        """
        self._must_see(channel)
        root = thread.ts if isinstance(thread, Message) else thread
        blocks = [] if plain else self._blocks(text, rich)
        message = Message(channel.id, self.world.ts(), self.id, text, root, blocks, subtype=subtype)
        message.blocks = [*blocks, *(beside or [])]
        message.attachments = attachments or []
        if app is not None:
            message.more = app_fields(app)
        return self.world.post(message)

    def forward(
        self, channel: Channel, message: Message, text: str = "", *, thread: Message | str | None = None
    ) -> Message:
        """Forward a message, with some words or none."""
        return self.say(channel, text, thread=thread, attachments=[self.forwarded(message)])

    def forwarded(self, message: Message) -> dict[str, Any]:
        """Return the attachment that a forwarded message is, as events have it.

        Slack documents only the flags; the fields are those of recorded events, among them
        langchain-ai/open-swe and NousResearch/hermes-agent (tests of forwarded shares).
        """
        source = self.world.channels[message.channel]
        author = message.username or self.world.users[message.user].name
        shown: dict[str, Any] = {
            "id": 1,
            "ts": message.ts,
            "channel_id": message.channel,
            "channel_team": self.user.team,
            "is_msg_unfurl": True,
            "is_share": True,
            "author_name": author,
            "author_subname": author,
            "author_id": message.user,
            "from_url": f"https://acme.slack.test/archives/{message.channel}/p{message.ts.replace('.', '')}",
            "fallback": f"[today] {author}: {message.text}",
            "text": message.text,
            "footer": f"Posted in #{source.name}",
            "mrkdwn_in": ["text"],
        }
        if message.blocks:
            inner = {"team": self.user.team, "channel": message.channel, "ts": message.ts}
            shown["message_blocks"] = [{**inner, "message": {"blocks": message.blocks}}]
        if message.files:
            shown["files"] = [self.world.files[one].info(self.server.url) for one in message.files]
        return shown

    def huddle(self, channel: Channel, *, thread: Message | str | None = None) -> Message:
        """Begin to talk aloud in a channel: a message that has no words, and a room."""
        self._must_see(channel)
        root = thread.ts if isinstance(thread, Message) else thread
        message = Message(channel.id, self.world.ts(), self.id, "", root, subtype="huddle_thread")
        message.more = {
            "room": {"id": self.world.fresh("R"), "call_family": "huddle"},
            "no_notifications": True,
        }
        return self.world.post(message)

    def write_to_app(self, text: str) -> Message:
        """Write to the app itself, in its messages tab."""
        return self.say(self.world.direct(self.user), text)

    def _blocks(self, text: str, rich: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        elements = compose(text) if rich is None else rich
        return (
            [{"type": "rich_text", "block_id": self.world.fresh("b"), "elements": elements}]
            if elements
            else []
        )

    def send_file(
        self, name: str, content: bytes | int, *, kind: str = "text/plain", title: str | None = None
    ) -> SlackFile:
        """Upload a file without sharing it yet; a number stands for so many bytes."""
        size = content if isinstance(content, int) else len(content)
        kept = None if isinstance(content, int) else content
        file = SlackFile(self.world.fresh("F"), name, self.id, size, kept, kind, title=title)
        self.world.files[file.id] = file
        return file

    def share(
        self,
        channel: Channel,
        *files: SlackFile,
        text: str = "",
        thread: Message | str | None = None,
        stub: bool = False,
    ) -> Message:
        """Share files. In shared channels events may hold stubs of them."""
        self._must_see(channel)
        root = thread.ts if isinstance(thread, Message) else thread
        blocks = self._blocks(text)
        message = Message(channel.id, self.world.ts(), self.id, text, root, blocks, subtype="file_share")
        message.files = [file.id for file in files]

        def shown(ident: str) -> dict[str, Any]:
            file = self.world.files[ident]
            return file.stub() if stub else file.info(self.server.url)

        message.file_objects = shown
        return self.world.post(message)

    def react(self, message: Message, emoji: str) -> None:
        self._must_see(self.world.channels[message.channel])
        self.world.react(message, emoji, self.user, added=True)

    def unreact(self, message: Message, emoji: str) -> None:
        self.world.react(message, emoji, self.user, added=False)

    def edit(
        self,
        message: Message,
        text: str,
        files: list[SlackFile] | None = None,
        *,
        rich: list[dict[str, Any]] | None = None,
    ) -> None:
        """Change one's own message; what was written in the editor has new blocks then."""
        if message.user != self.id:
            raise NotOffered("editing another's message")
        composed = rich is not None or any(block["type"] == "rich_text" for block in message.blocks)
        beside = [block for block in message.blocks if block["type"] != "rich_text"]
        blocks = [*self._blocks(text, rich), *beside] if composed or not message.text else None
        self.world.change(message, text, blocks, None if files is None else [file.id for file in files])

    def delete(self, message: Message) -> None:
        if message.user != self.id:
            raise NotOffered("deleting another's message")
        self.world.delete(message)

    # ------------------------------------------------------------ asking

    async def slash(self, channel: Channel, text: str, command: str = "/ticket") -> str:
        """Type a slash command; returns what is shown to this person alone. Not within threads."""
        self._must_see(channel)
        if self.external:
            raise NotOffered("slash commands are for members of the host workspace")
        answer = await self._interact(
            "slash_commands",
            {
                "command": command,
                "text": text,
                "channel_id": channel.id,
                "channel_name": channel.name,
                "user_id": self.id,
                "user_name": self.user.name.lower(),
                "team_id": self.user.team,
                "api_app_id": APP_ID,
                "trigger_id": self.world.trigger(self.user),
                "response_url": f"{self.server.url}response",
                "token": "verification",
            },
        )
        # Who sees an answer is said in it; without that it is the one who asked
        # (docs.slack.dev/interactivity/implementing-slash-commands).
        self.answered = answer
        return validate.read(answer.get("blocks") or [], answer.get("text") or "")

    async def click(self, message: Message, action: str) -> None:
        """Press a button of a message that this person sees."""
        channel = self.world.channels[message.channel]
        self._must_see(channel)
        current = channel.messages[message.ts]
        button = _button(current.blocks, action)
        if button is None:
            raise NotOffered(f"there is no button {action} in: {validate.read(current.blocks, current.text)}")
        await self._interact(
            "interactive",
            {
                "type": "block_actions",
                "team": {"id": HOST, "domain": "host"},
                "user": {"id": self.id, "team_id": self.user.team, "name": self.user.name},
                "api_app_id": APP_ID,
                "token": "verification",
                "trigger_id": self.world.trigger(self.user),
                "channel": {"id": channel.id, "name": channel.name},
                "container": {"type": "message", "message_ts": current.ts, "channel_id": channel.id},
                "message": current.payload(),
                "actions": [{**button, "type": "button", "action_ts": self.world.ts(), "block_id": "b"}],
            },
        )

    async def shortcut(self, message: Message, callback: str) -> None:
        """Use a message shortcut: offered to members of the host workspace only."""
        channel = self.world.channels[message.channel]
        self._must_see(channel)
        if self.external:
            raise NotOffered("shortcuts are for members of the host workspace")
        await self._interact(
            "interactive",
            {
                "type": "message_action",
                "callback_id": callback,
                "token": "verification",
                "team": {"id": HOST, "domain": "host"},
                "user": {"id": self.id, "team_id": self.user.team, "name": self.user.name},
                "channel": {"id": channel.id, "name": channel.name},
                "message": channel.messages[message.ts].payload(),
                "message_ts": message.ts,
                "action_ts": self.world.ts(),
                "trigger_id": self.world.trigger(self.user),
                "response_url": f"{self.server.url}response",
            },
        )

    def form(self) -> dict[str, Any]:
        """Return the form that is open in front of this person."""
        mine = [view for ident, view in self.world.views.items() if self.world.opened_by[ident] == self.id]
        if not mine:
            raise NotOffered("no form is open")
        return mine[-1]

    async def submit(self, **entered: str) -> dict[str, str]:
        """Fill the open form in and send it; returns the errors shown beside its fields."""
        view = self.form()
        values: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            name = element["action_id"]
            values[block["block_id"]] = {name: _state(element, entered.pop(name, None))}
            self._check(block, values[block["block_id"]][name])
        if entered:
            raise NotOffered(f"no such fields: {entered}")
        answer = await self._interact(
            "interactive",
            {
                "type": "view_submission",
                "team": {"id": self.user.team},
                "user": {"id": self.id, "team_id": self.user.team, "name": self.user.name},
                "api_app_id": APP_ID,
                "token": "verification",
                "trigger_id": self.world.trigger(self.user),
                "view": {**view, "state": {"values": values}},
            },
        )
        if answer.get("response_action") == "errors":
            errors: dict[str, str] = answer["errors"]
            inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
            assert set(errors) <= inputs, f"errors for unknown fields: {errors}"
            return errors
        if "error" in answer:
            return {"": answer["error"]}
        if answer.get("response_action") == "update":
            validate.view(answer["view"])
            return {"": validate.read(answer["view"]["blocks"], "")}
        del self.world.views[view["id"]]
        return {}

    def open_home(self) -> None:
        """Look at the app's home; `home` reads what is there once the app has drawn it."""
        event = {"type": "app_home_opened", "user": self.id, "tab": "home", "channel": "D0", "event_ts": "1"}
        self.world.emit(event, self.user)

    def home(self) -> str:
        return validate.read(self.world.homes[self.id]["blocks"], "")

    # ------------------------------------------------------------ seeing

    def sees(self, channel: Channel, *, thread: Message | str | None = None) -> list[str]:
        """Read the channel's own posts out, or a thread's replies, each as `author: text`."""
        self._must_see(channel)
        root = thread.ts if isinstance(thread, Message) else thread
        shown = sorted(channel.messages.values(), key=lambda m: float(m.ts))
        return [self._read(message) for message in shown if message.thread == root]

    def sees_everything(self, channel: Channel) -> str:
        """Return all that Slack would hand this person of a channel: texts, layouts, names, metadata."""
        self._must_see(channel)
        return repr([message.payload(metadata=True) for message in channel.messages.values()])

    def told(self) -> list[str]:
        """Read out what was shown to this person alone."""
        mine = [one for one in self.world.ephemerals if one.user == self.id]
        return [validate.read(one.blocks, one.text) for one in mine]

    def find(self, channel: Channel, words: str) -> Message:
        """Return the last message in which this person reads `words`."""
        self._must_see(channel)
        found = [one for one in channel.messages.values() if words in self._read(one)]
        if not found:
            raise AssertionError(f"{words!r} is nowhere in {self.sees(channel)}")
        return max(found, key=lambda m: float(m.ts))

    # ------------------------------------------------------------ inside

    def _read(self, message: Message) -> str:
        known = self.world.users.get(message.user)
        author = message.username or (known.name if known else message.user)
        text = validate.aloud(message.text) if not message.blocks else validate.read(message.blocks, "")
        edited = " (edited)" if message.edited and not message.bot else ""
        files = [self.world.files[ident] for ident in message.files]
        shown = "".join(
            f"\n[file {file.name}, {'deleted' if file.mode == 'tombstone' else file.size}]" for file in files
        )
        return f"{author}: {text}{edited}{shown}"

    def _must_see(self, channel: Channel) -> None:
        if self.id not in channel.members:
            raise NotOffered(f"{self.user.name} is not in #{channel.name}")

    def _check(self, block: dict[str, Any], state: dict[str, Any]) -> None:
        """What Slack itself checks before it sends a form."""
        value = next((value for name, value in state.items() if name != "type"), None)
        if not value and not block.get("optional"):
            raise NotOffered(f"{block['block_id']} must be filled in")
        limit = block["element"].get("max_length")
        if limit and value and len(value) > limit:
            raise NotOffered(f"{block['block_id']} is too long")

    async def _interact(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        began, worked = time.monotonic(), time.process_time()
        envelope: Envelope = self.server.send(kind, payload)
        answer = await envelope.acked
        # Slack waits three seconds. Of those only our own count here, whatever else the machine does.
        slow = time.process_time() - worked > 3.0 or time.monotonic() - began > self.server.patience
        assert not slow, "Slack waits three seconds for an answer"
        return answer


def _state(element: dict[str, Any], given: str | None) -> dict[str, Any]:
    match element["type"]:
        case "plain_text_input":
            return {
                "type": element["type"],
                "value": element.get("initial_value") if given is None else given,
            }
        case "static_select" | "radio_buttons":
            chosen = element.get("initial_option")
            if given is not None:
                chosen = next(option for option in element["options"] if option["value"] == given)
            return {"type": element["type"], "selected_option": chosen}
        case "users_select":
            user = element.get("initial_user") if given is None else given or None
            return {"type": element["type"], "selected_user": user}
        case _:
            chosen = element.get("initial_conversation") if given is None else given
            return {"type": element["type"], "selected_conversation": chosen}


def _button(blocks: list[dict[str, Any]], action: str) -> dict[str, Any] | None:
    for block in blocks:
        if block["type"] == "actions":
            for element in block["elements"]:
                if element["action_id"] == action:
                    return {"action_id": action, "value": element["value"]}
    return None
