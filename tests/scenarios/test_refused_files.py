"""One file that Slack will never take is words in its place, and the thread goes on."""

from __future__ import annotations

import pytest

from tests.doubles.slack.files import Uploads
from tests.office import Office


@pytest.mark.parametrize(
    ("rules", "content", "words"),
    [
        (Uploads(), b"", "“march.csv” is empty"),
        (Uploads(blocked=(".csv",)), b"a;b", "“march.csv” could not be brought here: files of this kind"),
        (Uploads(images_only=True), b"a;b", "“march.csv” could not be brought here: files of this kind"),
        (Uploads(largest=2), b"a;b", "“march.csv” (3 B) could not be brought here: it is larger"),
        (Uploads(disabled=True), b"a;b", "“march.csv” could not be brought here: files are switched off"),
        (Uploads(full=True), b"a;b", "“march.csv” could not be brought here: there is no room left"),
    ],
)
async def test_a_file_that_is_refused_is_words_at_once(
    socket: Office, rules: Uploads, content: bytes, words: str
) -> None:
    await socket.ticket()
    march = socket.carla.send_file("march.csv", content)
    socket.world.uploads = rules
    socket.carla.share(socket.front, march, text="See", thread=socket.outside())
    socket.carla.say(socket.front, "PRODUCTION IS DOWN", thread=socket.outside())
    await socket.settle()
    said, file, after = socket.staff_thread()[-3:]
    assert said.startswith("Carla (Acme): See")
    assert file.startswith(f"Carla (Acme): {words}")
    assert after == "Carla (Acme): PRODUCTION IS DOWN\n🌐 public"


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_fault_that_passes_keeps_its_place(socket: Office, method: str) -> None:
    await socket.ticket()
    march = socket.carla.send_file("march.csv", b"a;b")
    socket.server.fault(method, "429", retry_after=2)
    socket.carla.share(socket.front, march, text="See", thread=socket.outside())
    socket.carla.say(socket.front, "PRODUCTION IS DOWN", thread=socket.outside())
    await socket.settle()
    assert "PRODUCTION" not in str(socket.staff_thread())
    for _ in range(4):
        await socket.clock.advance(40)
        await socket.settle()
    assert "[file march.csv, 3]" in socket.staff_thread()[-2]
    assert socket.staff_thread()[-1] == "Carla (Acme): PRODUCTION IS DOWN\n🌐 public"


async def test_a_customer_reads_words_for_a_file_of_staff_too(socket: Office) -> None:
    await socket.ticket()
    post = socket.robin.share(socket.back, socket.robin.send_file("fix.exe", b"MZ"), thread=socket.inside())
    await socket.settle()
    socket.world.uploads = Uploads(blocked=(".exe",))
    await socket.robin.shortcut(post, "publish")
    await socket.robin.submit()
    await socket.settle()
    assert "“fix.exe” could not be brought here" in socket.customer_thread()[-1]
