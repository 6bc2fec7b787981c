"""A long text takes its time, and nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from adapters.slack import markup
from bot import hub
from bot.aside import LONG
from tests.office import Office


@pytest.fixture
def on_the_loop(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the texts that are read or split on the event loop's own thread."""
    lengths, loop = list[int](), threading.get_ident()

    def watch(module: Any, name: str) -> None:
        work: Callable[..., Any] = getattr(module, name)

        def watched(text: str, *more: Any, **named: Any) -> Any:
            if threading.get_ident() == loop:
                lengths.append(len(text))
            return work(text, *more, **named)

        monkeypatch.setattr(module, name, watched)

    for module, name in ((hub, "read"), (markup, "to_hub"), (markup, "rich_text")):
        watch(module, name)
    return lengths


@pytest.mark.parametrize("sign", ["*a", "[", "_a", "x "])
async def test_nobody_waits_while_a_long_text_is_read_and_drawn(
    socket: Office, on_the_loop: list[int], sign: str
) -> None:
    await socket.ticket()
    post = socket.carla.say(socket.front, sign * 10_000, thread=socket.outside())
    await socket.settle()
    assert len(socket.staff_thread()) > 3  # it arrived, in parts
    socket.carla.edit(post, f"{sign * 8_000} mended")
    await socket.settle()
    assert "mended" in " ".join(socket.staff_thread())
    assert on_the_loop
    assert max(on_the_loop) <= LONG
