"""What somebody looks for is found, however it is written, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from operator import methodcaller

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.ports import Tx
from bot.tickets.asks import AskList
from bot.tickets.model import Status
from storage.codec import FOLDED, folded
from storage.store import SqlStore
from tests.contracts.test_store import BACK, FRONT, LINK, ROBIN, new_ticket
from tests.doubles.postgres import PostgresServer


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(database_url)
    await made.transact(lambda tx: tx.link_places(LINK.project, LINK.customer_places, BACK))
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Ärger mit dem Export", "ärger"),
        ("ärger mit dem Export", "ÄRGER MIT"),
        ("Ärger mit dem Export", "arger"),
        ("Straße 5 fehlt", "STRASSE"),
        ("STRASSE 5 fehlt", "straße 5"),
        ("Grüße aus Köln", "grüsse"),
        ("Отчёт не грузится", "ОТЧЁТ"),
        ("Отчёт не грузится", "отчет"),
        ("ΣΦΑΛΜΑ στο αρχείο", "σφάλμα"),
        ("Το τέλος", "ΤΕΛΟΣ"),
        ("Café menu", "CAFE\u0301"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("ﬁle is empty", "FILE"),
        ("IĞDIR şubesi", "ığdır"),
        ("İstanbul", "istanbul"),
        ("ガラスが割れた", "ｶﾞﾗｽ"),
        ("한글 파일", unicodedata.normalize("NFD", "한글")),
        ("Ex\u00adport\u00a0fails", "export fails"),
        ("100%_done", "100%_"),
    ],
)
async def test_a_title_is_found_whatever_its_case_and_form(store: SqlStore, title: str, typed: str) -> None:
    await store.transact(lambda tx: new_ticket(tx, title="Something else"))
    await store.transact(lambda tx: new_ticket(tx, title=title))
    for form in ("NFC", "NFD"):
        words = unicodedata.normalize(form, typed)

        def listed(tx: Tx, words: str = words) -> tuple[list[str], list[str], list[str]]:
            ask = AskList(words=words)
            found, _ = tx.list_tickets(["ACME"], ask, ROBIN.person, public=False, limit=9)
            place = tx.tickets_at(FRONT, 9, words=words)
            suggested = tx.suggested("ACME", words, list(Status), public=True, limit=9)
            return (
                [one.ticket.key for one in found],
                [one.ticket.key for one in place],
                [key for key, _ in suggested],
            )

        assert await store.read(listed) == (["ACME-2"], ["ACME-2"], ["ACME-2"])


@pytest.mark.parametrize("typed", ["\u0301", "\u200b", "%", "_", "\\", "'", "100_"])
async def test_signs_that_nobody_sees_and_wildcards_find_nothing(store: SqlStore, typed: str) -> None:
    await store.transact(new_ticket)
    found, total = await store.read(
        lambda tx: tx.list_tickets(["ACME"], AskList(words=typed), ROBIN.person, public=False, limit=9)
    )
    assert (found, total) == ([], 0)
    assert await store.read(lambda tx: tx.tickets_at(FRONT, 9, words=typed)) == []


async def test_a_key_is_found_in_any_case_and_width(store: SqlStore) -> None:
    await store.transact(new_ticket)
    for typed in ("acme-1", "ACME-1 ", "ＡＣＭＥ－１"):
        found = await store.read(methodcaller("tickets_at", FRONT, 9, words=typed))
        assert [one.ticket.key for one in found] == ["ACME-1"]


async def test_the_longest_titles_fit_into_the_index(store: SqlStore) -> None:
    title = "".join(chr(0xAC00 + 71 * n) for n in range(100)) + "ﷺ" * 50
    await store.transact(lambda tx: new_ticket(tx, title=title))
    assert len(folded("ﷺ" * 150)) == FOLDED
    found = await store.read(lambda tx: tx.tickets_at(FRONT, 9, words=title[:50]))
    assert [one.ticket.key for one in found] == ["ACME-1"]


async def test_words_are_looked_for_in_an_index_alone(store: SqlStore) -> None:
    """Whole tickets are ten times as much to read; see the `web` benchmark."""
    if not store.sqlite:
        pytest.skip("PostgreSQL chooses by how much there is")
    asked: list[tuple[str, tuple[str, ...]]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    await store.read(lambda tx: tx.tickets_at(FRONT, 9, words="x"))

    def plans(connection: sa.Connection, _: object) -> list[str]:
        searches = [(one, of) for one, of in asked if "folded" in one]
        found = (connection.exec_driver_sql(f"explain query plan {one}", of).all() for one, of in searches)
        return [str(rows) for rows in found]

    (plan,) = await store.look(plans)
    assert "COVERING INDEX ix_ticket_list" in plan


def test_the_tests_postgresql_knows_letters(postgres: tuple[PostgresServer, str]) -> None:
    with psycopg.connect(f"host=127.0.0.1 port={postgres[0].port} user=postgres") as connection:
        asked = connection.execute(
            "select lower('ÄΣЁ'), 'Ä' ilike 'ä', 'straße' ~ '^\\w+$',"
            " pg_encoding_to_char(encoding) from pg_database where datname = current_database()"
        )
        assert asked.fetchone() == ("äσё", True, True, "UTF8")
