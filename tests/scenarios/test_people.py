"""Who may do what, in words; and what each of them is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.doubles.slack import NotOffered
from tests.doubles.slack.world import GUEST_ORG, HOST
from tests.office import Office


async def test_guests_of_the_workspace_are_customers(office: Office) -> None:
    await office.ticket()
    assert await office.dora.slash(office.front, "note ACME-1 x") == "Only the support team can do that."
    assert await office.dora.slash(office.front, "preview ACME-1") == "Only the support team can do that."
    listed = await office.dora.slash(office.front, "list")
    assert listed == "*1 ticket of Acme*\n• *ACME-1* Export fails with an empty file · Open"


async def test_a_guest_in_the_staff_channel_is_still_a_customer(office: Office) -> None:
    await office.ticket()
    office.world.join(office.back, office.dora.user)
    await office.settle()
    assert await office.dora.slash(office.back, "time ACME-1 5m x") == "Only the support team can do that."


async def test_staff_is_whoever_sits_in_the_staff_channel(office: Office) -> None:
    await office.ticket()
    assert await office.olga.slash(office.front, "time ACME-1 5m x") == "Only the support team can do that."
    office.world.join(office.back, office.olga.user)
    await office.settle()
    assert "5 min booked" in await office.olga.slash(office.back, "time ACME-1 5m x")
    office.world.leave(office.back, office.olga.user)
    await office.settle()
    assert await office.olga.slash(office.front, "time ACME-1 5m x") == "Only the support team can do that."


async def test_a_foreign_and_an_unknown_ticket_are_refused_in_the_same_words(office: Office) -> None:
    await office.ticket()
    other = office.world.channel("beta-support", office.dora.user, office.robin.user)
    private = office.world.channel("beta-desk", office.robin.user, private=True)
    await office.robin.slash(other, "setup")
    assert await office.robin.submit(key="BETA", name="Beta", customer=other.id, staff=private.id) == {}
    await office.settle()
    foreign = await office.dora.slash(other, "status ACME-1")
    unknown = await office.dora.slash(other, "status ACME-2")
    assert (foreign, unknown) == ("There is no ticket ACME-1 here.", "There is no ticket ACME-2 here.")
    assert await office.robin.slash(private, "reply ACME-1 hi") == "There is no ticket ACME-1 here."


async def test_external_people_cannot_use_slash_commands_and_have_words_for_everything(
    office: Office,
) -> None:
    await office.ticket()
    with pytest.raises(NotOffered):
        await office.carla.slash(office.front, "list")
    thread = office.outside()
    office.carla.say(office.front, "<@UHALFDOOR> close", thread=thread)
    await office.settle()
    assert "ACME-1 is solved" in office.customer_thread()[-1]
    office.carla.say(office.front, "<@UHALFDOOR> rate 5", thread=thread)
    await office.settle()
    assert "You gave 5 of 5" in office.customer_thread()[-2]
    office.carla.say(office.front, "<@UHALFDOOR> reopen", thread=thread)
    await office.settle()
    assert "Carla opened it again" in office.customer_thread()[-3]
    assert "Carla closed the ticket." in " ".join(office.staff_thread())


async def test_a_customers_word_reopens_within_the_window_and_begins_a_new_ticket_after_it(
    office: Office,
) -> None:
    await office.ticket()
    thread = office.outside()
    await office.robin.slash(office.back, "close ACME-1 public: Done.")
    await office.settle()
    await office.clock.advance(timedelta(days=6).total_seconds())
    office.carla.say(office.front, "Not yet.", thread=thread)
    await office.settle()
    assert "*Open*" in office.carla.find(office.front, "ACME-1 ·").blocks[1]["text"]["text"]
    await office.robin.slash(office.back, "close ACME-1")
    await office.settle()
    await office.clock.advance(timedelta(days=7, hours=1).total_seconds())
    await office.settle()
    assert "The time to open it again is over" in office.customer_thread()[-1]
    office.carla.say(office.front, "Again the same.", thread=thread)
    await office.settle()
    card = office.carla.find(office.front, "ACME-2 ·").blocks[1]["text"]["text"]
    assert "takes up ACME-1" in card
    assert office.staff_thread("ACME-2") == ["Carla (Acme): Again the same.\n🌐 public"]
    assert office.staff_thread("ACME-1")[-1].startswith("Halfdoor: Carla wrote again after the reopen window")
    office.carla.say(office.front, "And more.", thread=thread)
    await office.settle()
    assert office.staff_thread("ACME-2")[-1] == "Carla (Acme): And more.\n🌐 public"


async def test_a_word_on_a_pending_ticket_opens_it_again(office: Office) -> None:
    await office.ticket()
    await office.robin.slash(office.back, "status ACME-1 pending")
    await office.settle()
    assert "Waiting for you" in office.carla.find(office.front, "ACME-1 ·").blocks[1]["text"]["text"]
    office.carla.say(office.front, "Here it is.", thread=office.outside())
    await office.settle()
    assert "*Open*" in office.carla.find(office.front, "ACME-1 ·").blocks[1]["text"]["text"]


async def test_each_is_answered_in_their_own_language_and_all_read_the_projects(office: Office) -> None:
    await office.ticket()
    heidi = office.human("Heidi", locale="de-DE")
    jean = office.human("Jean", locale="fr-FR")
    for one in (heidi, jean):
        office.world.join(office.back, one.user)
    await office.settle()
    assert await heidi.slash(office.back, "status ACME-1 pending") == "ACME-1: Wartet auf den Kunden."
    assert await jean.slash(office.back, "status ACME-1 open") == "ACME-1: Open."
    assert await heidi.slash(office.back, "close ACME-9") == "Hier gibt es kein Ticket ACME-9."
    await heidi.click(heidi.find(office.back, "ACME-1 ·"), "note")
    assert heidi.form()["submit"]["text"] == "Notiz behalten"
    heidi.say(office.back, "<@UHALFDOOR> repyl soon", thread=office.inside())
    await office.settle()
    assert heidi.told()[-1].startswith("Ich kenne „repyl“ nicht.")
    nowhere = office.world.channel("random", heidi.user)
    assert (await heidi.slash(nowhere, "list")).startswith("Dieser Kanal ist noch nicht eingerichtet.")
    assert "nobody yet" in office.robin.find(office.back, "ACME-1 ·").blocks[1]["text"]["text"]


async def test_a_title_taken_from_a_message_goes_with_it(office: Office) -> None:
    message = office.carla.say(office.front, "<@UHALFDOOR> my password is swordfish")
    await office.settle()
    office.carla.delete(message)
    await office.settle()
    assert "swordfish" not in office.carla.sees_everything(office.front)
    assert "swordfish" not in office.robin.sees_everything(office.back)


async def test_a_form_without_a_title_and_errors_beside_the_field(office: Office) -> None:
    assert await office.robin.slash(office.front, "create") == ""
    assert await office.robin.submit(title="   x ", text="") == {}
    await office.settle()
    assert "ACME-1 · x" in office.carla.sees(office.front)[-1]
    await office.robin.click(office.robin.find(office.back, "ACME-1 ·"), "reply")
    assert await office.robin.submit(text="   ") == {"text": "There is no text yet."}
    assert await office.robin.submit(text="Hello") == {}
    await office.robin.click(office.robin.find(office.back, "ACME-1 ·"), "assign")
    refused = await office.robin.submit(to=office.olga.id)
    assert refused == {"to": "Olga cannot see the staff channel, so the ticket cannot be assigned to them."}


async def test_slash_commands_answer_in_words(office: Office) -> None:
    await office.ticket()
    robin, back = office.robin, office.back
    assert await robin.slash(back, "closs ACME-1") == "I don't know “closs”. Did you mean *close*?"
    assert await robin.slash(back, "xyzzy") == "I don't know “xyzzy”."
    assert await robin.slash(back, "status ACME-1 flying") == (
        "“flying” is not one of: open, in progress, pending, on hold, closed."
    )
    assert await robin.slash(back, "status ACME-1 closed internal") == (
        "Closing is always public: the customer is told at once. Use on hold to set it aside quietly."
    )
    assert await robin.slash(back, "time ACME-1 soon") == (
        "Give a time such as 45m, 1h or 1h30, at most 24 hours."
    )
    assert await robin.slash(back, "reply") == "Write it like this: `/ticket reply KEY text`."
    assert await robin.slash(back, f"reply ACME-1 {'x' * 12_001}") == (
        "That is 12,001 characters; at most 12,000 fit here. Please shorten it, or send it as a file."
    )
    assert await robin.slash(back, f"assign ACME-1 <@{office.kim.id}|kim> internal") == (
        "ACME-1 is with Kim. The customer is not told."
    )
    assert await robin.slash(back, "comment ACME-1 public holidays ahead") == (
        "Noted on ACME-1. It stays in here. To show it to the customer, write `public: …`."
    )
    assert await robin.slash(back, "comment ACME-1 public: Hello") == "Added to ACME-1."
    await office.settle()
    assert office.customer_thread() == ["Robin (Support): Hello"]
    assert await robin.slash(back, "panel") == ("The panel belongs into a customer channel: say this there.")


async def test_an_unlinked_channel_says_how_to_link_it(office: Office) -> None:
    elsewhere = office.world.channel("random", office.robin.user, office.dora.user)
    told = "This channel is not set up yet. A member of your team can do it with `/ticket setup`."
    assert await office.robin.slash(elsewhere, "create x") == told
    office.robin.say(elsewhere, "<@UHALFDOOR> hello")
    await office.settle()
    assert office.robin.told() == [told]
    assert await office.dora.slash(elsewhere, "setup") == (
        "Only members of this workspace can set Halfdoor up."
    )


async def test_somebody_slack_will_not_name_is_heard_all_the_same(office: Office) -> None:
    await office.ticket()
    ghost = office.human("Ghost", team=GUEST_ORG)
    office.front.members.add(ghost.id)
    said = ghost.say(office.front, "Boo", thread=office.outside())
    del office.world.users[ghost.id]
    await office.settle()
    assert office.staff_thread()[-1] == "Ghost (Acme): Boo\n🌐 public"
    assert said.user == ghost.id


async def test_when_the_staff_channel_is_out_of_sight_who_is_staff_is_not_known_and_customers_are_heard(
    office: Office,
) -> None:
    await office.ticket()
    office.back.members.discard("UHALFDOOR")
    office.network.people.membership_changed(office.back.id)
    office.carla.say(office.front, "Hello?", thread=office.outside())
    told = await office.robin.slash(office.front, "time ACME-1 5m x")
    assert told.startswith("I cannot see your team's channel right now")
    await office.settle()
    office.world.invite_back(office.back)
    await office.clock.advance(60)
    await office.settle()
    assert office.staff_thread()[-1] == "Carla (Acme): Hello?\n🌐 public"


async def test_an_edit_never_sends_anything(office: Office) -> None:
    """Neither of a note, nor of a command that was refused and so left nothing behind."""
    await office.ticket()
    thread = office.inside()
    note = office.robin.say(office.back, "thinking", thread=thread)
    refused = office.robin.say(office.back, "<@UHALFDOOR> status open", thread=thread)
    await office.settle()
    for message in (note, refused):
        office.robin.edit(message, "<@UHALFDOOR> reply not for you")
        await office.settle()
        assert office.robin.told()[-1].startswith("An edit never sends anything")
    assert office.customer_thread() == []
    assert "not for you" not in office.carla.sees_everything(office.front)


class TestSetup:
    async def errors(self, office: Office, **entered: str) -> dict[str, str]:
        front = office.world.channel("beta", office.robin.user)
        await office.robin.slash(front, "setup")
        values = {"key": "BETA", "name": "Beta", "customer": front.id, **entered}
        return await office.robin.submit(**values)

    async def test_a_public_staff_channel_is_refused(self, office: Office) -> None:
        staff = office.world.channel("open", office.robin.user)
        errors = await self.errors(office, staff=staff.id)
        assert list(errors) == ["staff"]
        assert errors["staff"].startswith("The staff channel must be private")

    async def test_a_shared_one_and_one_about_to_be_shared(self, office: Office) -> None:
        staff = office.world.channel("desk", office.robin.user, private=True, shared=True)
        assert "is shared with another organisation" in (await self.errors(office, staff=staff.id))["staff"]
        staff.teams.discard(GUEST_ORG)
        staff.pending_share = True
        assert "is shared with another organisation" in (await self.errors(office, staff=staff.id))["staff"]
        staff.pending_share = False
        assert await self.errors(office, staff=staff.id) == {}

    async def test_one_with_guests_in_it(self, office: Office) -> None:
        staff = office.world.channel("desk", office.robin.user, office.dora.user, private=True)
        assert "There are guests" in (await self.errors(office, staff=staff.id))["staff"]

    async def test_one_the_bot_is_not_in(self, office: Office) -> None:
        staff = office.world.channel("desk", office.robin.user, private=True, bot=False)
        assert "Invite me" in (await self.errors(office, staff=staff.id))["staff"]

    async def test_a_bad_key_and_a_place_that_is_taken(self, office: Office) -> None:
        staff = office.world.channel("desk", office.robin.user, private=True)
        assert list(await self.errors(office, key="1X", staff=staff.id)) == ["key"]
        taken = await self.errors(office, staff=staff.id, customer=office.front.id)
        assert taken == {"customer": "That channel already belongs to ACME."}

    async def test_only_its_staff_can_change_a_project(self, office: Office) -> None:
        staff = office.world.channel("olgas", office.olga.user, private=True)
        await office.olga.slash(office.front, "setup")
        errors = await office.olga.submit(key="ACME", name="Acme", staff=staff.id)
        assert list(errors.values()) == ["Only the support team can do that."]


async def test_nothing_mirrored_can_ping_or_inject(office: Office) -> None:
    await office.ticket()
    nasty = (
        "&lt;!channel&gt; <!here> @channel ＠here <@U00000003> <#C00000001|general> &lt;@U00000003&gt;"
        " <https://evil.example|https://bank.example> &amp;lt;!everyone&amp;gt;"
    )
    office.carla.say(office.front, nasty, thread=office.outside())
    await office.settle()
    copy = office.staff_thread()[-1]
    assert "PING" not in copy
    assert "https://evil.example" in copy
    post = office.robin.find(office.back, "evil.example")
    call = next(call for call in reversed(office.server.calls) if call.posted == post.ts)
    assert call.arguments["unfurl_links"] is False
    assert call.arguments["unfurl_media"] is False
    assert "link_names" not in call.arguments
    assert "bank.example" not in repr(post.blocks)  # what looks like an address never hides another
    (said,) = [block for block in post.blocks if block["type"] == "rich_text"]
    kinds = {one["type"] for section in said["elements"] for one in section["elements"]}
    assert kinds == {"text", "link"}  # nothing in them is parsed
    for sign in ("<!", "<@", "<#", "@channel", "＠here", "@here"):
        assert sign not in post.text


async def test_a_long_text_arrives_whole(office: Office) -> None:
    await office.ticket()
    text = " ".join(f"word{n}" for n in range(3000))
    office.carla.say(office.front, text, thread=office.outside())
    await office.settle()
    copies = [row.removeprefix("Carla (Acme): ") for row in office.staff_thread()[1:]]
    assert len(copies) == 8
    assert copies[1].endswith("\n2 of 8")
    said = [
        row.rpartition("\n1 of")[0] if n == 0 else row.rpartition("\n")[0] for n, row in enumerate(copies)
    ]
    assert " ".join(said).split() == text.split()


async def test_the_desk_speaks_german(sqlite_url: str) -> None:
    async with Office(sqlite_url, language="de") as office:
        await office.ticket("Der Export ist leer")
        assert "Antworten Sie in diesem Thread" in office.carla.sees(office.front)[-1]
        assert await office.robin.slash(office.back, "status ACME-9") == "Hier gibt es kein Ticket ACME-9."


class TestTheAppHome:
    async def test_staff_see_what_awaits_them_on_all_their_desks(self, office: Office) -> None:
        for text in ("Export fails", "Login fails", "Invoice missing", "Old one"):
            await office.ticket(text)
        await office.robin.slash(office.back, "assign ACME-2 me internal")
        await office.robin.slash(office.back, "status ACME-3 pending internal")
        await office.robin.slash(office.back, "close ACME-4")
        other = office.world.channel("beta-support", office.dora.user, office.robin.user)
        private = office.world.channel("beta-desk", office.robin.user, private=True)
        await office.robin.slash(other, "setup")
        await office.robin.submit(key="BETA", name="Beta", customer=other.id, staff=private.id)
        office.dora.say(other, "<@UHALFDOOR> Beta needs help")
        await office.settle()
        office.robin.open_home()
        office.kim.open_home()
        await office.settle()
        link = (
            f"https://host.slack.test/archives/{office.back.id}/p{office.inside('ACME-2').replace('.', '')}"
        )
        assert link in str(office.world.homes[office.robin.id])
        assert office.robin.home().split("\n") == [
            "Yours: 1",
            "• *ACME-2* Login fails · Acme · Open · Robin · Normal",
            "Nobody is on these: 3",
            "• *ACME-3* Invoice missing · Acme · Waiting for the customer (the customer sees: Open)"
            " · nobody yet · Normal",
            "• *ACME-1* Export fails · Acme · Open · nobody yet · Normal",
            "• *BETA-1* Beta needs help · Beta · Open · nobody yet · Normal",
            "Waiting for the customer: 1",
            "• *ACME-3* Invoice missing · Acme · Waiting for the customer (the customer sees: Open)"
            " · nobody yet · Normal",
        ]
        assert "Yours: 0\nNothing here." in office.kim.home()
        assert "Beta" not in office.kim.home()

    async def test_others_are_told_how_to_open_a_ticket(self, office: Office) -> None:
        await office.ticket("A secret of theirs")
        ines = office.human("Ines", locale="de-DE")
        for one in (office.carla, office.dora, office.olga, ines):
            one.open_home()
        await office.settle()
        for one in (office.carla, office.dora, office.olga):
            assert one.home().startswith("*How can we help?*\nOpen a ticket in the channel that you share")
            assert "secret" not in str(office.world.homes[one.id])
        assert ines.home().startswith("*Wie können wir helfen?*")


class TestWhoIsWho:
    """Grid customers and our own Grid, guests, bots, people who left, and people Slack won't tell of."""

    async def test_a_grid_member_with_a_seat_in_our_workspace_is_staff_and_one_without_is_not(
        self, office: Office
    ) -> None:
        await office.ticket()
        seated = office.human("Sia", team="TGRID0002", grid=("TGRID0002", HOST))
        office.world.join(office.back, seated.user)
        await office.settle()
        assert "5 min booked" in await office.robin.slash(office.back, "time ACME-1 5m x")
        seated.say(office.back, "<@UHALFDOOR> reply From the other house.", thread=office.inside())
        await office.settle()
        assert office.customer_thread() == ["Sia (Support): From the other house."]
        stranger = office.human("Uma", team="TGRID0003", grid=("TGRID0003",))
        office.world.join(office.back, stranger.user)
        await office.settle()
        assert "there are guests in this channel (Uma)" in office.robin.sees(office.back)[-1]
        stranger.say(office.back, "<@UHALFDOOR> reply I should not.", thread=office.inside())
        await office.settle()
        assert "I should not" not in office.carla.sees_everything(office.front)

    async def test_a_customers_grid_is_theirs_whatever_id_it_has(self, office: Office) -> None:
        grid = office.human("Gus", team="E0CUSTOMER")
        office.world.join(office.front, grid.user)
        grid.say(office.front, "<@UHALFDOOR> Our export fails")
        await office.settle()
        assert office.staff_thread() == ["Gus (Acme): Our export fails\n🌐 public"]
        grid.say(office.front, "<@UHALFDOOR> time 5m x", thread=office.outside())
        await office.settle()
        assert "booked" not in office.robin.find(office.back, "ACME-1 ·").blocks[1]["text"]["text"]

    async def test_whoever_left_the_company_is_staff_no_more_at_once(self, office: Office) -> None:
        await office.ticket()
        assert "5 min booked" in await office.kim.slash(office.back, "time ACME-1 5m x")
        office.kim.user.deleted = True
        event = {"type": "user_change", "user": office.kim.user.info(), "event_ts": office.world.ts()}
        office.world.emit(event, None)
        await office.settle()
        assert await office.kim.slash(office.back, "time ACME-1 5m x") == "Only the support team can do that."

    async def test_bots_open_nothing_and_shut_no_door(self, office: Office) -> None:
        bot = office.human("Deploys", bot=True)
        office.world.join(office.back, bot.user)
        office.world.join(office.front, bot.user)
        message = office.carla.say(office.front, "The export is empty")
        await office.settle()
        bot.react(message, "ticket")
        await office.settle()
        assert office.robin.sees(office.back) == []
