"""Mirroring as faithful as Slack allows: formatting, files, reactions, long texts, and their ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doubles.slack.server import Kind
from tests.office import Office

FIRST = "Carla (Acme): Export fails with an empty file\n🌐 public"


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


async def test_formatting_arrives_as_it_was_written(office: Office) -> None:
    await office.ticket()
    rich = [
        section(text("Look", bold=True), text(" at 2*3*4: "), {"type": "link", "url": "https://a.example/x"}),
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 0,
            "elements": [section(text("open it")), section(text("press "), text("save", code=True))],
        },
        {"type": "rich_text_quote", "elements": [text("file is empty")]},
        {"type": "rich_text_preformatted", "elements": [text("a < b\n  *c*")]},
    ]
    raw = "*Look* at 2*3*4: <https://a.example/x>\n1. open it\n2. press `save`"
    office.carla.say(office.front, raw, thread=office.outside(), rich=rich)
    await office.settle()
    assert office.staff_thread()[-1] == (
        "Carla (Acme): *Look* at 2*3*4: https://a.example/x\n1. open it\n2. press `save`\n> file is empty\n"
        "```a < b\n  *c*```\n🌐 public"
    )
    shown = office.robin.find(office.back, "open it").blocks[0]
    assert [one["type"] for one in shown["elements"]] == [one["type"] for one in rich]


async def test_a_reply_by_mention_keeps_its_formatting(office: Office) -> None:
    await office.ticket()
    rich = [
        section(
            {"type": "user", "user_id": "UHALFDOOR"},
            text(" reply We "),
            text("fixed", bold=True),
            text(" it."),
        )
    ]
    raw = "<@UHALFDOOR> reply We *fixed* it."
    office.robin.say(office.back, raw, thread=office.inside(), rich=rich)
    await office.settle()
    assert office.customer_thread() == ["Robin (Support): We *fixed* it."]


async def test_an_action_message_and_a_broadcast_reply_are_words_too(office: Office) -> None:
    await office.ticket()
    office.carla.say(office.front, "sighs", thread=office.outside(), subtype="me_message")
    office.carla.say(office.front, "to all", thread=office.outside(), subtype="thread_broadcast")
    await office.settle()
    said = [row.split(": ")[1].split("\n")[0] for row in office.staff_thread()[1:]]
    assert said == ["_sighs_", "to all"]


class TestFiles:
    async def test_they_go_both_ways_as_copies(self, office: Office) -> None:
        await office.ticket()
        report = office.carla.send_file("report.csv", b"a;b\n1;2\n")
        picture = office.carla.send_file("shot.png", b"\x89PNG...", kind="image/png")
        office.carla.share(office.front, report, picture, text="Here", thread=office.outside(), stub=True)
        await office.settle()
        assert office.staff_thread() == [
            FIRST,
            "Carla (Acme): Here\nreport.csv (8 B)\nshot.png (7 B)\n🌐 public",
            "Carla (Acme): report.csv\n[file report.csv, 8]",
            "Carla (Acme): shot.png\n[file shot.png, 7]",
        ]
        copies = [file for file in office.world.files.values() if file.user == "UHALFDOOR"]
        assert [copy.content for copy in copies] == [report.content, picture.content]
        # a note's file stays; sent to the customer it goes along
        secret = office.robin.send_file("fix.patch", b"+++")
        note = office.robin.share(office.back, secret, text="the fix", thread=office.inside())
        await office.settle()
        assert office.customer_thread()[-1].startswith("Carla: Here")
        assert "fix.patch" not in office.carla.sees_everything(office.front)
        await office.robin.shortcut(note, "publish")
        assert await office.robin.submit() == {}
        await office.settle()
        assert office.customer_thread()[-2:] == [
            "Robin (Support): the fix\nfix.patch (3 B)",
            "Robin (Support): fix.patch\n[file fix.patch, 3]",
        ]

    async def test_a_file_alone_opens_a_ticket_with_its_name(self, office: Office) -> None:
        file = office.carla.send_file("broken.xlsx", b"x")
        office.carla.share(office.front, file, text="<@UHALFDOOR>")
        await office.settle()
        assert "ACME-1 · broken.xlsx" in office.carla.sees(office.front)[-1]
        assert office.staff_thread()[-1] == "Carla (Acme): broken.xlsx\n[file broken.xlsx, 1]"

    async def test_a_large_one_is_streamed_and_one_over_the_limit_is_named(self, office: Office) -> None:
        await office.ticket()
        large = office.carla.send_file("video.mp4", 30_000_000)
        huge = office.carla.send_file("dump.zip", 2_100_000_000)
        office.carla.share(office.front, large, huge, thread=office.outside())
        await office.settle()
        limit = f"“dump.zip” (2.1 GB) is larger than I may copy (100 MB): open it in #{office.front.id}."
        assert office.staff_thread()[1:] == [
            f"Carla (Acme): video.mp4 (30 MB)\n{limit}\n🌐 public",
            "Carla (Acme): video.mp4\n[file video.mp4, 30000000]",
        ]

    async def test_a_file_that_cannot_be_read_is_named(self, office: Office) -> None:
        await office.ticket()
        gone, elsewhere = office.carla.send_file("gone.txt", b"x"), office.carla.send_file("Plan", b"x")
        elsewhere.mode = "external"
        office.server.hold()
        office.carla.share(office.front, gone, elsewhere, thread=office.outside())
        gone.mode = "tombstone"
        office.server.release()
        await office.settle()
        assert office.staff_thread()[1:] == [
            f"Carla (Acme): gone.txt (1 B)\n“Plan” can only be opened in #{office.front.id}.\n🌐 public",
            "Carla (Acme): “gone.txt” could not be brought here. Please ask for it in another way.",
        ]

    async def test_deleting_the_message_erases_the_copies(self, office: Office) -> None:
        await office.ticket()
        file = office.carla.send_file("password.txt", b"swordfish")
        message = office.carla.share(office.front, file, text="see file", thread=office.outside())
        await office.settle()
        office.carla.delete(message)
        await office.settle()
        assert office.staff_thread() == [FIRST, "Carla (Acme): _This message was deleted._\n🌐 public"]
        copies = [one for one in office.world.files.values() if one.user == "UHALFDOOR"]
        assert [(one.mode, one.content) for one in copies] == [("tombstone", b"")]
        assert "password.txt" not in office.robin.sees_everything(office.back)

    async def test_taking_one_of_two_away_takes_its_copy_away(self, office: Office) -> None:
        await office.ticket()
        one, two = office.carla.send_file("one.txt", b"1"), office.carla.send_file("two.txt", b"22")
        message = office.carla.share(office.front, one, two, text="two files", thread=office.outside())
        await office.settle()
        office.carla.edit(message, "one file", [two])
        await office.settle()
        assert office.staff_thread()[1:] == [
            "Carla (Acme): one file\ntwo.txt (2 B)\n🌐 public · (edited)",
            "Carla (Acme): two.txt\n[file two.txt, 2]",
        ]

    @pytest.mark.parametrize("kind", ["500_before", "500_after", "cut_before", "cut_after", "429"])
    async def test_a_doubtful_copy_is_made_once(self, office: Office, kind: Kind) -> None:
        await office.ticket()
        office.server.fault("files.completeUploadExternal", kind)
        file = office.carla.send_file("report.csv", b"a;b")
        office.carla.share(office.front, file, text="Here", thread=office.outside())
        office.carla.say(office.front, "after it", thread=office.outside())
        await office.settle()
        await office.clock.advance(40)
        await office.settle()
        assert office.staff_thread()[1:] == [
            "Carla (Acme): Here\nreport.csv (3 B)\n🌐 public",
            "Carla (Acme): report.csv\n[file report.csv, 3]",
            "Carla (Acme): after it\n🌐 public",
        ]

    async def test_one_that_shows_late_is_waited_for(self, office: Office) -> None:
        await office.ticket()
        office.world.share_delay = 0.7
        file = office.carla.send_file("report.csv", b"a;b")
        office.carla.share(office.front, file, text="Here", thread=office.outside())
        await office.settle()
        assert office.staff_thread()[-1] == "Carla (Acme): report.csv\n[file report.csv, 3]"


class TestLongTexts:
    @staticmethod
    def words(first: int, last: int) -> str:
        return " ".join(f"word{n}" for n in range(first, last))

    async def test_an_edit_that_changes_the_number_of_parts(self, office: Office) -> None:
        await office.ticket()
        message = office.carla.say(office.front, self.words(0, 900), thread=office.outside())
        office.carla.say(office.front, "another", thread=office.outside())
        await office.settle()
        assert len(office.staff_thread()) == 5
        office.carla.edit(message, "short now")
        await office.settle()
        assert office.staff_thread()[1:] == [
            "Carla (Acme): short now\n🌐 public · (edited)",
            "Carla (Acme): another\n🌐 public",
        ]
        office.carla.edit(message, self.words(0, 600))
        await office.settle()
        rows = office.staff_thread()
        assert len(rows) == 4
        assert rows[1].endswith("1 of 2\n🌐 public · (edited)")
        assert rows[3].endswith("word599\n2 of 2")

    @pytest.mark.parametrize("kind", ["500_after", "cut_after", "429"])
    async def test_a_doubtful_part_is_made_once(
        self, office: Office, kind: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await office.ticket()
        seen = 0
        inner = office.server._fault

        def second(method: str, arguments: dict[str, Any]) -> Any:
            nonlocal seen
            if method == "chat.postMessage":
                seen += 1
                if seen == 2:
                    office.server.fault("chat.postMessage", kind)
            return inner(method, arguments)

        monkeypatch.setattr(office.server, "_fault", second)
        await office.robin.slash(office.back, f"reply ACME-1 {self.words(0, 900)}")
        await office.settle()
        await office.clock.advance(40)
        await office.settle()
        rows = office.customer_thread()
        assert [row.rpartition("\n")[2] for row in rows] == ["1 of 3", "2 of 3", "3 of 3"]
        said = " ".join(row.removeprefix("Robin (Support): ").rpartition("\n")[0] for row in rows)
        assert said.split() == self.words(0, 900).split()


async def test_reactions_in_the_customers_channel_are_seen_by_staff_and_staffs_own_stay_inside(
    office: Office,
) -> None:
    await office.ticket()
    said = office.carla.say(office.front, "Any news?", thread=office.outside())
    await office.settle()
    await office.robin.slash(office.back, "reply ACME-1 Soon")
    await office.settle()
    office.dora.react(said, "eyes")
    office.carla.react(office.carla.find(office.front, "Soon"), "+1")
    office.robin.react(office.robin.find(office.back, "Any news?"), "face_with_rolling_eyes")
    before = office.carla.sees_everything(office.front)
    await office.settle()
    assert office.staff_thread()[1] == "Carla (Acme): Any news?\n👀 1\n🌐 public"
    assert office.staff_thread()[2] == "Robin → customer: Soon\n👍 1\n🌐 public\n[Edit] [Recall]"
    assert office.carla.sees_everything(office.front) == before
    office.server.hold()
    office.dora.unreact(said, "eyes")
    office.dora.react(said, "eyes")
    office.dora.unreact(said, "eyes")
    office.server.release(lambda held: held[::-1])
    await office.settle()
    assert office.staff_thread()[1] == "Carla (Acme): Any news?\n🌐 public"


async def test_a_long_resolution_goes_on_in_further_posts(office: Office) -> None:
    await office.ticket()
    words = TestLongTexts.words(0, 1100)
    await office.robin.slash(office.back, f"close ACME-1 public: {words}")
    await office.settle()
    rows = office.customer_thread()
    assert rows[0].startswith("Halfdoor: ✅ *ACME-1 is solved.*\nRobin writes:\nword0 word1 ")
    assert "1 of 3\nHow was it?" in rows[0]
    assert rows[2].endswith("word1099\n3 of 3")
    await office.carla.click(office.carla.find(office.front, "is solved"), "rate_5")
    await office.settle()
    assert "You gave 5 of 5" in office.customer_thread()[0]
    assert len(office.customer_thread()) == 3


async def test_a_reply_by_mention_takes_its_files_along_and_an_edit_adds_none(office: Office) -> None:
    await office.ticket()
    patch, secret = (
        office.robin.send_file("fix.patch", b"+++"),
        office.robin.send_file("customers.xlsx", b"x"),
    )
    words = "<@UHALFDOOR> reply Here is the fix"
    reply = office.robin.share(office.back, patch, text=words, thread=office.inside())
    await office.settle()
    sent = [
        "Robin (Support): Here is the fix\nfix.patch (3 B)",
        "Robin (Support): fix.patch\n[file fix.patch, 3]",
    ]
    assert office.customer_thread() == sent
    office.robin.edit(reply, words, [patch, secret])
    await office.settle()
    assert office.customer_thread() == sent
    assert "customers.xlsx" not in office.carla.sees_everything(office.front)
    office.robin.edit(reply, words, [])
    await office.settle()
    assert office.customer_thread() == ["Robin (Support): Here is the fix\n(edited)"]
    office.robin.say(office.back, "<@UHALFDOOR> reply", thread=office.inside())
    await office.settle()
    assert office.robin.told()[-1].startswith("There is no text yet.")
    assert len(office.customer_thread()) == 1
