"""A sample project, and on request a believable month of it: all of it said and done through the desk."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.ports import Act, Answer, Asked, Incoming, Words
from bot.tickets import asks as a
from bot.tickets.model import Person, Place, PostRef, Priority, Project, Status, Visibility

PROJECT = Project("ACME", "Acme")
FRONT, BACK = Place("web", "acme"), Place("web", "acme-team")
CARLA, DORA = Person("web", "carla", "Carla"), Person("web", "dora", "Dora")
ROBIN, KIM = Person("web", "robin", "Robin"), Person("web", "kim", "Kim")
#: How many days a month has here, and how many tickets are opened in it.
DAYS, TICKETS = 30, 60
#: What customers ask, what is answered, and what is said of it among the team.
QUESTIONS = (
    ("Export fails with an empty file", "Since this morning **every** export is empty.", "export"),
    ("Invoices show last year's address", "Our address changed in March, see the settings.", "billing"),
    ("Login takes half a minute", "It is slow for all of us, on Monday mornings most of all.", "speed"),
    ("Can we have a dark mode?", "Several of us work at night.", "wish"),
    ("Import refuses umlauts", "The file is UTF-8:\n```\nMüller;Köln\n```", "import"),
    ("Two people are charged twice", "See lines 4 and 9 of the invoice.", "billing"),
    ("The calendar is an hour off", "Only for our colleagues in Lisbon.", "time"),
    ("How do I remove a user?", "She left last week.", "question"),
    ("Reports are cut off when printed", "- page 2 is missing\n- the legend overlaps", "print"),
    ("Webhook arrives three times", "Our log shows the same id each time.", "api"),
)
ANSWERS = ("We found it, a fix goes out today.", "Could you send us the file?", "This works again now.")
NOTES = ("That is the new CSV writer.", "Seen before, look at the deploy log.", "Ask billing first.")

Handle = Callable[[Incoming], Awaitable[Answer | None]]


async def month(handle: Handle, now: datetime) -> None:
    """Let customers and team live through a month that ends `now`. The same month each time."""
    chance, count = random.Random(7), 0

    async def does(who: Person, at: datetime, act: Act) -> str:
        nonlocal count
        count += 1
        place = FRONT if who in (CARLA, DORA) else BACK
        answer = await handle(Incoming(f"demo:{count}", who, place, min(at, now), act))
        return answer.ticket or "" if isinstance(answer, Words) else ""

    opened = sorted(now - timedelta(days=DAYS * chance.random()) for _ in range(TICKETS))
    for n, at in enumerate(opened):
        title, text, tag = QUESTIONS[n % len(QUESTIONS)]
        who, worker = chance.choice((CARLA, CARLA, DORA)), chance.choice((ROBIN, KIM))
        post = PostRef(FRONT, f"demo {n}")
        key = await does(who, at, Asked(a.AskOpen(title, text), post=post))
        left = (now - at).total_seconds() / 3600
        answered = at + timedelta(hours=chance.expovariate(1 / 4))
        solved = answered + timedelta(hours=chance.expovariate(1 / 80))
        if chance.random() < 0.3:
            await does(worker, at, Asked(a.AskPriority(key, chance.choice((Priority.HIGH, Priority.URGENT)))))
        await does(worker, at, Asked(a.AskTags(key, (tag,), ())))
        if answered > now or left < 1:
            continue
        await does(worker, answered, Asked(a.AskAssign(key, None, me=True)))
        await does(worker, answered, Asked(a.AskStatus(key, Status.IN_PROGRESS)))
        await does(worker, answered, Asked(a.AskNote(key, chance.choice(NOTES))))
        await does(worker, answered, Asked(a.AskReply(key, chance.choice(ANSWERS))))
        spent = chance.choice((15, 20, 30, 45, 60, 90, 120))
        await does(worker, answered, Asked(a.AskTime(key, spent, title.lower())))
        if chance.random() < 0.4:
            thanks = a.AskComment(key, "Thank you, we will try.")
            at = answered + timedelta(minutes=50)
            await does(who, at, Asked(thanks, post=PostRef(FRONT, f"demo {n} thanks")))
        if solved > now:
            if chance.random() < 0.4:
                await does(worker, answered, Asked(a.AskStatus(key, Status.ON_HOLD, Visibility.INTERNAL)))
            elif chance.random() < 0.5:
                await does(worker, answered, Asked(a.AskStatus(key, Status.PENDING)))
            continue
        await does(worker, solved, Asked(a.AskClose(key, "It is fixed; please reload the page.")))
        if chance.random() < 0.6:
            await does(who, solved, Asked(a.AskRate(key, chance.choice((3, 4, 4, 5, 5, 5)))))
