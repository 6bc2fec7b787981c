"""One ticket's whole life through the real slack-bolt over Socket Mode, both sides asserted in full."""

from __future__ import annotations

from typing import Any

from tests.doubles.slack import validate
from tests.office import Office

PANEL = (
    "Halfdoor: *How can we help?*\nPress the button to open a ticket, or mention @Halfdoor with your question.\n"
    "[Open a ticket]"
)
HINT = "_Answer in this thread. Everything here can be seen by both of us._"
STAFF_HINT = "_This thread is ours: what you write here stays here. To answer, press Reply to customer or write `@Halfdoor reply …`._"
ADD = "[Add to this ticket] [Close, it is solved]"
STAFF_BUTTONS = "[Reply to customer] [Note] [Status] [Assign] [Close]"
WINDOW = "Anything you write here until (time) opens it again."
FALLBACK = "No buttons? Write `@Halfdoor rate 5` or `@Halfdoor reopen` here."
EXPORT, INVOICES = "Export fails with an empty file", "Invoices are late"


def customer_card(key: str, title: str, line: str) -> str:
    return f"Halfdoor: *{key} · {title}*\n{line} · opened by Carla (time)\n{ADD}\n{HINT}"


def closed_card(key: str, title: str) -> str:
    return (
        f"Halfdoor: *{key} · {title}*\n*Closed* · opened by Carla (time)\n"
        "_This ticket is closed. Write here within 7 days to open it again, or mention me for a new one._"
    )


class Views:
    """What both sides see, kept up by hand beside what the desk does, and compared after each step."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.front: list[str] = []
        self.back: list[str] = []
        self.outside: dict[str, list[str]] = {"ACME-1": [], "ACME-2": []}
        self.inside: dict[str, list[str]] = {"ACME-1": [], "ACME-2": []}
        self.carla_told: list[str] = []
        self.robin_told: list[str] = []

    def staff_card(self, key: str, title: str, line: str, buttons: str = STAFF_BUTTONS) -> str:
        where = f"Carla, Acme (Slack #{self.office.front.id})"
        return f"Halfdoor: *{key} · {title}* — {where}\n{line}\nopened (time)\n{buttons}\n{STAFF_HINT}"

    async def check(self, *keys: str) -> None:
        office = self.office
        await office.settle()
        assert office.carla.sees(office.front) == self.front
        assert office.robin.sees(office.front) == self.front
        assert office.robin.sees(office.back) == self.back
        for key in keys:
            assert office.customer_thread(key) == self.outside[key]
            assert office.staff_thread(key) == self.inside[key]
        assert office.carla.told() == self.carla_told
        assert office.robin.told() == self.robin_told


async def test_a_tickets_whole_life_as_both_sides_see_it(everywhere: Office) -> None:
    office, see = everywhere, Views(everywhere)
    carla, robin, kim = office.carla, office.robin, office.kim
    first, second = "ACME-1", "ACME-2"

    # the panel, and a ticket by its button and form
    assert await robin.slash(office.front, "panel") == "The panel is on its way."
    see.front = [PANEL]
    await see.check()
    await carla.click(carla.find(office.front, "How can we help"), "open_ticket")
    assert await carla.submit(title=EXPORT, text="Since this morning the export is empty.") == {}
    see.front.append(customer_card(first, EXPORT, "*Open*"))
    see.back = [see.staff_card(first, EXPORT, "*Open* · nobody yet · *Priority: Normal*")]
    see.outside[first] = ["Carla: Since this morning the export is empty."]
    see.inside[first] = ["Carla (Acme): Since this morning the export is empty.\n🌐 public"]
    await see.check(first)

    # another by mention
    carla.say(office.front, f"<@UHALFDOOR> {INVOICES}")
    see.front += [f"Carla: PING:UHALFDOOR {INVOICES}", customer_card(second, INVOICES, "*Open*")]
    see.back.append(see.staff_card(second, INVOICES, "*Open* · nobody yet · *Priority: Normal*"))
    see.inside[second] = [f"Carla (Acme): {INVOICES}\n🌐 public"]
    await see.check(first, second)

    # staff discuss, and one of them mistypes a command
    robin.say(office.back, "That is the new CSV writer, see the deploy log.", thread=office.inside())
    kim.say(office.back, "<@UHALFDOOR> repyl On it", thread=office.inside())
    see.inside[first] += [
        "Robin: That is the new CSV writer, see the deploy log.",
        "Kim: PING:UHALFDOOR repyl On it",
    ]
    await see.check(first, second)
    assert kim.told() == [
        "I don't know “repyl”. Did you mean *reply*? Your message stayed in here, the customer has not seen it."
    ]

    # a reply is published by form
    await robin.click(robin.find(office.back, "ACME-1 ·"), "reply")
    hint = robin.form()["blocks"][-1]["elements"][0]["text"]
    assert hint == f"The customer will see this as “Robin (Support)” in <#{office.front.id}>."
    assert robin.form()["submit"]["text"] == "Send to customer"
    assert await robin.submit(text="We found it, a fix goes out tomorrow.") == {}
    see.outside[first].append("Robin (Support): We found it, a fix goes out tomorrow.")
    see.inside[first].append(
        "Robin → customer: We found it, a fix goes out tomorrow.\n🌐 public\n[Edit] [Recall]"
    )
    await see.check(first, second)

    # edited
    await robin.click(robin.find(office.back, "We found it"), "edit")
    assert await robin.submit(text="We found it, a fix goes out today.") == {}
    see.outside[first][-1] = "Robin (Support): We found it, a fix goes out today.\n(edited)"
    see.inside[first][-1] = (
        "Robin → customer: We found it, a fix goes out today.\n🌐 public · (edited)\n[Edit] [Recall]"
    )
    await see.check(first, second)

    # and recalled
    await robin.click(robin.find(office.back, "We found it"), "recall")
    see.outside[first].pop()
    see.inside[first][-1] = (
        "Robin → customer: ~We found it, a fix goes out today.~\n🌐 public · recalled by Robin (time)"
    )
    await see.check(first, second)

    # a reply by command; it is edited where it was written
    asked = robin.say(office.back, "<@UHALFDOOR> reply We know the cos.", thread=office.inside())
    await office.settle()
    robin.edit(asked, "<@UHALFDOOR> reply We know the cause.")
    see.outside[first].append("Robin (Support): We know the cause.\n(edited)")
    see.inside[first] += [
        "Robin: PING:UHALFDOOR reply We know the cause. (edited)",
        "Robin → customer: We know the cause.\n🌐 public · (edited)\n[Edit] [Recall]",
    ]
    see.robin_told.append("The customer has it now (ACME-1).")
    await see.check(first, second)

    # the customer answers, mends it, and deletes another message
    answer = carla.say(office.front, "It happens with the March report too.", thread=office.outside())
    slip = carla.say(office.front, "wrong window", thread=office.outside())
    await office.settle()
    carla.edit(answer, "It happens with the March &amp; April reports too.")
    carla.delete(slip)
    see.outside[first].append("Carla: It happens with the March & April reports too. (edited)")
    see.inside[first] += [
        "Carla (Acme): It happens with the March & April reports too.\n🌐 public · (edited)",
        "Carla (Acme): _This message was deleted._\n🌐 public",
    ]
    await see.check(first, second)

    # formatted words, a file each way, and a reaction
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in ("a", "b")
    ]
    list_ = {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": items}
    bold = {"type": "text", "text": "These two:", "style": {"bold": True}}
    rich: list[dict[str, Any]] = [{"type": "rich_text_section", "elements": [bold]}, list_]
    carla.say(office.front, "*These two:*\n• a\n• b", thread=office.outside(), rich=rich)
    report = carla.send_file("march.csv", b"a;b;c")
    carla.share(office.front, report, text="The report", thread=office.outside(), stub=True)
    await office.settle()
    plan = robin.send_file("plan.txt", b"step one")
    robin.share(office.back, plan, text="<@UHALFDOOR> reply Our plan", thread=office.inside())
    await office.settle()
    secret = robin.send_file("deploy.log", b"internal")
    robin.share(office.back, secret, text="look at line 7", thread=office.inside())
    carla.react(carla.find(office.front, "Our plan"), "thumbsup")
    see.outside[first] += [
        "Carla: *These two:*\n• a\n• b",
        "Carla: The report\n[file march.csv, 5]",
        "Robin (Support): Our plan\nplan.txt (8 B)",
        "Robin (Support): plan.txt\n[file plan.txt, 8]",
    ]
    see.inside[first] += [
        "Carla (Acme): *These two:*\n• a\n• b\n🌐 public",
        "Carla (Acme): The report\nmarch.csv (5 B)\n🌐 public",
        "Carla (Acme): march.csv\n[file march.csv, 5]",
        "Robin: PING:UHALFDOOR reply Our plan\n[file plan.txt, 8]",
        "Robin → customer: Our plan\nplan.txt (8 B)\n👍 1\n🌐 public\n[Edit] [Recall]",
        "Robin → customer: plan.txt\n[file plan.txt, 8]",
        "Robin: look at line 7\n[file deploy.log, 8]",
    ]
    see.robin_told.append("The customer has it now (ACME-1).")
    await see.check(first, second)

    # an internal status by command, a public one by form
    robin.say(office.back, "<@UHALFDOOR> status on hold internal", thread=office.inside())
    line = "*On hold* _(the customer sees: Open)_ · nobody yet · *Priority: Normal*"
    see.back[0] = see.staff_card(first, EXPORT, line)
    see.inside[first].append("Robin: PING:UHALFDOOR status on hold internal")
    see.robin_told.append("ACME-1: On hold. The customer still sees: Open.")
    await see.check(first, second)
    await robin.click(robin.find(office.back, "ACME-1 ·"), "status")
    assert await robin.submit(status="in_progress", visibility="public") == {}
    see.front[1] = customer_card(first, EXPORT, "*In progress*")
    see.back[0] = see.staff_card(first, EXPORT, "*In progress* · nobody yet · *Priority: Normal*")
    await see.check(first, second)

    # assigned in public, time is booked
    await robin.click(robin.find(office.back, "ACME-1 ·"), "assign")
    assert await robin.submit() == {}
    robin.say(office.back, "<@UHALFDOOR> time 1h30 reading the CSV writer", thread=office.inside())
    see.front[1] = customer_card(first, EXPORT, "*In progress* · Robin is on it")
    line = "*In progress* · Robin · *Priority: Normal* · 1 h 30 booked"
    see.back[0] = see.staff_card(first, EXPORT, line)
    see.inside[first].append("Robin: PING:UHALFDOOR time 1h30 reading the CSV writer")
    see.robin_told.append("1 h 30 booked on ACME-1, 1 h 30 in all.")
    await see.check(first, second)

    # closed, with words for the customer and others for staff
    await robin.click(robin.find(office.back, "ACME-1 ·"), "close")
    assert await robin.submit(resolution="Fixed in 4.2.1, please reload.", reason="it was our deploy") == {}
    see.front[1] = closed_card(first, EXPORT)
    closed = STAFF_BUTTONS.replace("[Close]", "[Reopen]")
    see.back[0] = see.staff_card(first, EXPORT, line.replace("In progress", "Closed"), closed)
    solved = "Halfdoor: ✅ *ACME-1 is solved.*\nRobin writes:\nFixed in 4.2.1, please reload.\n"
    again = "[It is not solved] [Read it again]"
    see.outside[first].append(
        f"{solved}How was it? 1 is poor, 5 is great.\n[1] [2] [3] [4] [5]\n{again}\n_{WINDOW} {FALLBACK}_"
    )
    see.inside[first] += [
        "Robin → customer: Fixed in 4.2.1, please reload.\n🌐 public\n[Edit] [Recall]",
        "Robin: it was our deploy\n🔒 internal note",
    ]
    await see.check(first, second)

    # the customer rates it
    await carla.click(carla.find(office.front, "is solved"), "rate_4")
    see.outside[first][-1] = f"{solved}You gave 4 of 5. Thank you.\n{again}\n_{WINDOW}_"
    line = line.replace("In progress", "Closed") + " · rated 4 of 5"
    see.back[0] = see.staff_card(first, EXPORT, line, closed)
    see.inside[first].append("Halfdoor: Carla rated it 4 of 5.")
    await see.check(first, second)

    # reads it again, the public half alone
    await carla.click(carla.find(office.front, "is solved"), "read")
    record = validate.read(carla.form()["blocks"], "")
    for shown in (
        "We know the cause.",
        "It happens with the March & April reports",
        "The report",
        "Fixed in 4.2.1",
    ):
        assert shown in record
    for internal in ("CSV", "deploy", "recalled", "wrong window", "going out today", "1 h 30"):
        assert internal not in record

    # and opens it again
    await carla.click(carla.find(office.front, "is solved"), "reopen")
    see.front[1] = customer_card(first, EXPORT, "*Open* · Robin is on it")
    see.outside[first][-1] = f"{solved}Carla opened it again."
    see.back[0] = see.staff_card(first, EXPORT, line.replace("Closed", "Open"))
    see.inside[first].append("Halfdoor: Carla opened the ticket again.")
    await see.check(first, second)

    # nothing internal in all that Slack would hand the customer, and nothing was delivered twice
    everything = office.carla.sees_everything(office.front)
    for internal in ("CSV", "repyl", "deploy", "line 7", "on hold", "On hold", "1 h 30", "Priority", "Kim"):
        assert internal not in everything
    assert office.server.redelivered == 0
