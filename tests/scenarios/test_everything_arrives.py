"""Whatever a person posts on Slack arrives as something, under whose name it is, and never as nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doubles.slack import Bot, send_email
from tests.office import Office

GIF = {"type": "image", "image_url": "https://pictures.example/cat.gif", "alt_text": "a cat"}


def table(*rows: tuple[str, ...]) -> dict[str, Any]:
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    return {"type": "table", "rows": cells}


def last(office: Office) -> str:
    return office.staff_thread()[-1]


class TestForwards:
    async def test_one_with_a_comment_arrives_with_its_author_and_place(self, office: Office) -> None:
        await office.ticket()
        ops = office.world.channel("ops", office.carla.user, office.dora.user, bot=False)
        alarm = office.dora.say(ops, "The nightly job stops with *code 137*")
        office.carla.forward(office.front, alarm, "This one again", thread=office.outside())
        await office.settle()
        address = f"https://acme.slack.test/archives/{ops.id}/p{alarm.ts.replace('.', '')}"
        assert last(office) == (
            f"Carla (Acme): This one again\n\nDora wrote in #ops: ({address})\n"
            "> The nightly job stops with *code 137*\n🌐 public"
        )

    async def test_one_without_a_word_arrives_too_and_names_the_ticket_it_opens(self, socket: Office) -> None:
        ops = socket.world.channel("ops", socket.carla.user, bot=False)
        alarm = socket.carla.say(ops, "Disk usage is 91% on web-1")
        socket.carla.forward(socket.front, alarm, "<@UHALFDOOR>")
        await socket.settle()
        assert "ACME-1 · Disk usage is 91% on web-1" in socket.robin.sees(socket.back)[0]
        assert "> Disk usage is 91% on web-1" in last(socket)

    async def test_its_files_come_along(self, socket: Office) -> None:
        await socket.ticket()
        ops = socket.world.channel("ops", socket.carla.user, bot=False)
        graph = socket.carla.send_file("graph.png", b"\x89PNG", kind="image/png")
        shared = socket.carla.share(ops, graph)
        socket.carla.forward(socket.front, shared, thread=socket.outside())
        await socket.settle()
        assert "[file graph.png, 4]" in last(socket)

    async def test_one_that_holds_what_cannot_be_carried_says_where_to_look(self, socket: Office) -> None:
        await socket.ticket()
        share = {"is_share": True, "is_msg_unfurl": True, "author_name": "Mona", "text": "", "id": 1}
        share["message_blocks"] = [{"message": {"blocks": [{"type": "poll_of_tomorrow"}]}}]
        socket.carla.say(socket.front, "", thread=socket.outside(), attachments=[share])
        await socket.settle()
        assert "Mona wrote:" in last(socket)
        assert "Carla posted something that I cannot bring along: look at it in #acme-support" in last(socket)

    async def test_one_inside_stays_inside_and_goes_with_no_reply(self, socket: Office) -> None:
        await socket.ticket()
        plan = socket.robin.say(socket.back, "CANARY: we tell them on Friday")
        socket.robin.forward(socket.back, plan, "<@UHALFDOOR> reply It is done", thread=socket.inside())
        await socket.settle()
        assert "Robin (Support): It is done" in socket.customer_thread()
        assert "CANARY" not in socket.carla.sees_everything(socket.front)


class TestPreviews:
    async def test_the_preview_of_a_link_is_no_words(self, socket: Office) -> None:
        await socket.ticket()
        link = "https://news.example/a"
        preview = {"id": 1, "from_url": link, "original_url": link, "title": "NEWS", "text": "About"}
        post = socket.carla.say(socket.front, f"See <{link}>", thread=socket.outside())
        socket.world.change(post, post.text, attachments=[preview], silently=True)
        await socket.settle()
        assert last(socket) == f"Carla (Acme): See {link}\n🌐 public"

    async def test_the_preview_of_a_message_is_not_mirrored(self, socket: Office) -> None:
        await socket.ticket()
        seen = {"id": 1, "is_msg_unfurl": True, "from_url": "https://a.slack.test/x", "text": "PRIVATE"}
        socket.carla.say(socket.front, "Look", thread=socket.outside(), attachments=[seen])
        await socket.settle()
        assert last(socket) == "Carla (Acme): Look\n🌐 public"


class TestLayouts:
    @pytest.mark.parametrize(
        ("block", "arrives"),
        [
            (GIF, "a cat (https://pictures.example/cat.gif)"),
            (table(("Month", "Rows"), ("March", "0")), "Month | Rows\nMarch | 0"),
            ({"type": "markdown", "text": "**Lunch?**"}, "*Lunch?*"),
            ({"type": "section", "text": {"type": "mrkdwn", "text": "*Lunch?*"}}, "*Lunch?*"),
            (
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Yes"}}
                    ],
                },
                "[Yes]",
            ),
        ],
    )  # fmt: skip
    async def test_words_beside_another_block_arrive_with_it(
        self, socket: Office, block: dict[str, Any], arrives: str
    ) -> None:
        await socket.ticket()
        words = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "It looks like this"}]}]
        text = "This message contains interactive elements."
        socket.carla.say(socket.front, text, rich=words, beside=[block], thread=socket.outside())
        await socket.settle()
        assert last(socket) == f"Carla (Acme): It looks like this\n\n{arrives}\n🌐 public"

    async def test_a_block_nobody_knows_is_named(self, socket: Office) -> None:
        await socket.ticket()
        beside = [{"type": "poll_of_tomorrow"}]
        socket.carla.say(socket.front, "Vote", beside=beside, thread=socket.outside())
        socket.carla.say(socket.front, "", beside=beside, thread=socket.outside())
        await socket.settle()
        two, one = socket.staff_thread()[-2:]
        assert two.startswith("Carla (Acme): Vote\n")
        for row in (one, two):
            assert "something that I cannot bring along: look at it in #acme-support" in row
        assert "–" not in one

    async def test_a_huddle_is_named(self, socket: Office) -> None:
        await socket.ticket()
        socket.carla.huddle(socket.front, thread=socket.outside())
        socket.carla.huddle(socket.front)
        await socket.settle()
        assert "Carla began a huddle: it is in #acme-support" in last(socket)
        assert len(socket.staff_thread()) == 2

    async def test_a_canvas_is_named(self, socket: Office) -> None:
        await socket.ticket()
        plan = socket.carla.send_file("Plan", b"x")
        plan.mode = "canvas"
        socket.carla.share(socket.front, plan, thread=socket.outside())
        await socket.settle()
        assert "“Plan” can only be opened in" in last(socket)


class TestAppsAndBots:
    async def test_what_an_app_posts_for_a_person_is_theirs_and_no_command(self, office: Office) -> None:
        await office.ticket()
        office.carla.say(office.front, "Sent from my mail client", app="Mail App", thread=office.outside())
        office.robin.say(
            office.back, "<@UHALFDOOR> reply From a script", app="Script", thread=office.inside()
        )
        await office.settle()
        assert "Carla (Acme): Sent from my mail client\n🌐 public" in office.staff_thread()
        assert office.customer_thread() == ["Carla: Sent from my mail client"]

    @pytest.mark.parametrize("old", [True, False])
    async def test_a_customers_bot_speaks_in_a_tickets_thread_under_its_name(
        self, office: Office, old: bool
    ) -> None:
        await office.ticket()
        bot = Bot(office.server, "Deploys", old=old)
        bot.post(office.front, "Version 7 is out", thread=office.outside())
        bot.post(
            office.front, attachments=[{"fallback": "f", "text": "All *green*"}], thread=office.outside()
        )
        bot.post(office.front, "<@UHALFDOOR> close", thread=office.outside())
        bot.post(office.front, "<@UHALFDOOR> open one for me")
        await office.settle()
        rows = [row for row in office.staff_thread() if row.startswith("Deploys (Acme)")]
        assert [row.split("\n")[0] for row in rows] == [
            "Deploys (Acme): Version 7 is out",
            "Deploys (Acme): All *green*",
            "Deploys (Acme): @Halfdoor close",
        ]
        assert len(office.robin.sees(office.back)) == 1

    async def test_a_post_of_ours_is_ours_without_a_bot_id_too(self, socket: Office) -> None:
        await socket.ticket()
        socket.robin.say(socket.back, "<@UHALFDOOR> reply Hello", thread=socket.inside())
        await socket.settle()
        before = socket.staff_thread()
        ours = socket.carla.find(socket.front, "Hello").payload() | {"channel": socket.front.id}
        for name in ("bot_id", "app_id"):
            del ours[name]
        socket.server.emit(ours | {"event_ts": ours["ts"]}, None)
        await socket.settle()
        assert socket.staff_thread() == before

    async def test_a_ticket_of_an_alarm_is_asked_for_by_who_put_the_sign(self, office: Office) -> None:
        alarm = Bot(office.server, "Alarm", old=True)
        post = alarm.post(office.front, attachments=[{"fallback": "Disk full", "text": "Disk full on db-2"}])
        office.carla.react(post, "ticket")
        await office.settle()
        card = office.robin.sees(office.back)[0]
        assert "ACME-1 · Disk full on db-2" in card
        assert "Carla, Acme" in card
        assert last(office) == "Carla (Acme): Disk full on db-2\n\n— Alarm\n🌐 public"


class TestMails:
    async def test_one_into_a_channel_where_every_message_counts_is_a_ticket(self, socket: Office) -> None:
        await link_every_message(socket)
        body = "Dear team,\nthe sum on invoice 17 is wrong."
        send_email(socket.server, socket.front, "Invoice 17 is wrong", body, "Mona", "mona@acme.example")
        await socket.settle()
        assert "ACME-1 · Invoice 17 is wrong" in socket.robin.sees(socket.back)[0]
        assert "Mona, Acme" in socket.robin.sees(socket.back)[0]
        assert last(socket) == (
            "Mona (Acme): *Invoice 17 is wrong*\n\nE-mail from Mona (mona@acme.example)\n\n"
            "Dear team,\nthe sum on invoice 17 is wrong.\n🌐 public"
        )

    async def test_one_becomes_a_ticket_by_a_sign(self, socket: Office) -> None:
        post = send_email(socket.server, socket.front, "Late", "Where is it", "Mona", "mona@acme.example")
        socket.carla.react(post, "ticket")
        await socket.settle()
        assert "ACME-1 · Late" in socket.robin.sees(socket.back)[0]
        assert "Where is it" in last(socket)


class TestNames:
    async def test_channels_and_groups_go_by_their_names(self, socket: Office) -> None:
        await socket.ticket()
        other = socket.world.channel("acme-billing", socket.carla.user)
        socket.carla.say(socket.front, f"In <#{other.id}>", thread=socket.outside())
        ask = "Ask <!subteam^S0TEAM|@billing-team> in <#C0ELSE|acme-hidden>"
        socket.carla.say(socket.front, ask, thread=socket.outside())
        await socket.settle()
        assert [row.split("\n")[0] for row in socket.staff_thread()[-2:]] == [
            "Carla (Acme): In #acme-billing",
            "Carla (Acme): Ask @billing-team in #acme-hidden",
        ]

    async def test_a_file_has_the_name_that_its_owner_sees(self, socket: Office) -> None:
        await socket.ticket()
        report = socket.carla.send_file("______.pdf", b"x", title="報告書 März")
        socket.carla.share(socket.front, report, thread=socket.outside())
        await socket.settle()
        assert "[file 報告書 März.pdf, 1]" in last(socket)

    async def test_code_keeps_its_tabs(self, socket: Office) -> None:
        await socket.ticket()
        socket.carla.say(socket.front, "```all:\n\tmake x\na\tb\tc```", thread=socket.outside())
        await socket.settle()
        assert "```all:\n\tmake x\na\tb\tc```" in last(socket)

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            (
                "See <https://logs.example/q?f=a|b|the dashboard> please",
                "See the dashboard (https://logs.example/q?f=a%7Cb) please",
            ),
            (
                "<https://x.example/deep|https://status.example is down>",
                "https://status.example is down (https://x.example/deep)",
            ),
            (
                "<https://x.example/deep|www.x.example, second tab>",
                "www.x.example, second tab (https://x.example/deep)",
            ),
            ("<https://x.example/deep|deep>", "deep (https://x.example/deep)"),
            ("<http://x.example|x.example>", "http://x.example"),
            ("<https://evil.example|https://bank.example>", "https://evil.example"),
        ],
    )
    async def test_a_named_link_keeps_its_name_and_its_address(
        self, socket: Office, said: str, shown: str
    ) -> None:
        await socket.ticket()
        url, _, label = said.partition("<")[2].partition(">")[0].rpartition("|")
        before, after = said.partition("<")[0], said.partition(">")[2]
        rich = [
            {
                "type": "rich_text_section",
                "elements": [
                    *([{"type": "text", "text": before}] if before else []),
                    {"type": "link", "url": url, "text": label},
                    *([{"type": "text", "text": after}] if after else []),
                ],
            }
        ]
        socket.carla.say(socket.front, said, rich=rich, thread=socket.outside())
        await socket.settle()
        assert last(socket) == f"Carla (Acme): {shown}\n🌐 public"


async def link_every_message(office: Office) -> None:
    from bot.tickets.model import Place, Project

    project = Project("ACME", "Acme", every_message=True)
    front, back = Place("slack", office.front.id), Place("slack", office.back.id)
    await office.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
    office.halfdoor.desk.forget()
