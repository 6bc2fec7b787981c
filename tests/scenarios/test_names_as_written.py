"""Names of people and files and titles of tickets are shown as they were written, wherever they are."""

from __future__ import annotations

import pytest

from bot.tickets.model import Place, Project
from tests.doubles.slack import Channel, Human
from tests.doubles.slack.aloud import styled
from tests.office import Office

SIGNS = [
    "Error in SELECT * FROM *",
    "_DSC1234_ is missing",
    "Where *is* it",
    "Call f(x) `twice` and more",
    "Port 10:100: closed",
    "~no~ way",
]


def drawn(who: Human, *channels: Channel) -> list[str]:
    """Return each run of words, on posts and in lists, that has a style because of signs in it."""
    posts = [post for channel in channels for post in channel.messages.values() if post.bot]
    lists = [one.blocks for one in who.world.ephemerals if "•" in str(one.blocks)]
    shown = lists + [post.blocks for post in posts]
    return [run for blocks in shown for run in styled(blocks)]


@pytest.mark.parametrize("words", SIGNS)
async def test_on_cards_in_lists_and_below_posts(socket: Office, words: str) -> None:
    project = Project("ACME", words)
    front, back = Place("slack", socket.front.id), Place("slack", socket.back.id)
    await socket.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
    socket.halfdoor.desk.forget()
    for one in (socket.carla, socket.robin, socket.kim):
        socket.world.users[one.id].name = words
        socket.network.people.changed({"id": one.id}, "")
    socket.network.people.told(socket.carla.id, {"display_name": words})
    socket.carla.say(
        socket.front,
        words,
        rich=[{"type": "rich_text_section", "elements": [
            {"type": "user", "user_id": "UHALFDOOR"}, {"type": "text", "text": f" {words}"}]}],
    )  # fmt: skip
    await socket.settle()
    thread, inside = socket.outside(), socket.inside()
    card = socket.carla.find(socket.front, "ACME-1 ·")
    assert card.blocks[0]["text"] == {"type": "plain_text", "text": f"ACME-1 · {words}", "emoji": False}
    file = socket.carla.send_file(words, b"x")
    plan = socket.carla.send_file(words, b"x")
    plan.mode = "canvas"
    empty = socket.carla.send_file(words, b"")
    socket.carla.share(socket.front, file, plan, empty, text="Here", thread=thread)
    socket.robin.say(socket.back, "<@UHALFDOOR> assign me", thread=inside)
    socket.robin.say(socket.back, "<@UHALFDOOR> reply We look", thread=inside)
    await socket.settle()
    await socket.robin.click(socket.robin.find(socket.back, "We look"), "recall")
    await socket.robin.click(socket.robin.find(socket.back, "ACME-1 ·"), "reply")
    form = styled(socket.robin.form()["blocks"])
    assert not [run for run in form if run != "ACME-1"]
    socket.robin.say(socket.back, "<@UHALFDOOR> list", thread=inside)
    socket.robin.say(socket.back, "<@UHALFDOOR> close public: Done", thread=inside)
    await socket.settle()
    await socket.carla.click(socket.carla.find(socket.front, "is solved"), "reopen")
    await socket.settle()
    socket.robin.open_home()
    await socket.settle()
    runs = drawn(socket.robin, socket.front, socket.back) + styled(
        socket.world.homes[socket.robin.id]["blocks"]
    )
    assert [run for run in runs if run in words] == []
    assert words in str(socket.robin.told())
    assert words in socket.robin.home()
