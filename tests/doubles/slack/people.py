"""The people in the loopback Slack: what they can do there, and what each of them sees."""

from __future__ import annotations

import time
from typing import Any

from tests.doubles.slack import validate
from tests.doubles.slack.files import SlackFile
from tests.doubles.slack.server import Envelope, SlackServer
from tests.doubles.slack.world import APP_ID, HOST, Channel, Message, User


class NotOffered(Exception):
    """Slack does not offer that to this person."""


class Human:
    """Somebody at a keyboard."""

    def __init__(self, server: SlackServer, user: User) -> None:
        self.server = server
        self.world = server.world
        self.user = user
        self.id = user.id

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
    ) -> Message:
        """Write a message; `rich`: the elements of its rich_text block, as Slack's own editor adds them."""
        self._must_see(channel)
        root = thread.ts if isinstance(thread, Message) else thread
        blocks = [{"type": "rich_text", "block_id": self.world.fresh("b"), "elements": rich}] if rich else []
        return self.world.post(
            Message(channel.id, self.world.ts(), self.id, text, root, blocks, subtype=subtype)
        )

    def send_file(self, name: str, content: bytes | int, *, kind: str = "text/plain") -> SlackFile:
        """Upload a file without sharing it yet; a number stands for so many bytes."""
        size = content if isinstance(content, int) else len(content)
        kept = None if isinstance(content, int) else content
        file = SlackFile(self.world.fresh("F"), name, self.id, size, kept, kind)
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
        message = Message(channel.id, self.world.ts(), self.id, text, root, subtype="file_share")
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

    def edit(self, message: Message, text: str, files: list[SlackFile] | None = None) -> None:
        if message.user != self.id:
            raise NotOffered("editing another's message")
        self.world.change(message, text, None, None if files is None else [file.id for file in files])

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
        author = message.username or self.world.users[message.user].name
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
        began = time.monotonic()
        envelope: Envelope = self.server.send(kind, payload)
        answer = await envelope.acked
        assert time.monotonic() - began < 3.0, "Slack waits three seconds for an answer"
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
