"""Backups as whoever keeps them meets them: what is refused, in which words, and who can read the files."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.web.network import WebNetwork
from adapters.web.settings import WebSettings
from bot.wiring import SystemClock
from storage.lanes import lock_file
from storage.store import SqlStore
from storage.upgrade import is_current, upgrade
from tests.unit.test_running import elsewhere, invoke, log_as_before

__all__ = ["elsewhere", "log_as_before"]

LINK = ("project", "add", "ACME", "Acme", "--customer", "slack:C0123456", "--staff", "slack:C0123457")
KEPT = "ab" + "0123456789abcdef" * 2
KEPT = KEPT[:32]


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """A umask that hides nothing from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def desk(elsewhere: None) -> None:
    """A database with a project in it, and a kept file."""
    assert invoke("db", "upgrade")[0] == 0
    assert invoke(*LINK)[0] == 0
    folder = Path("halfdoor-files") / KEPT[:2]
    folder.mkdir(parents=True)
    (folder / KEPT).write_bytes(b"kept")


def beside(change: int | None = None) -> list[int]:
    """The modes of a database's file and of all that is kept beside it, after a change of them all."""
    for path in Path().glob("new.db*"):
        path.chmod(mode(path) if change is None else change)
    return [mode(path) for path in Path().glob("new.db*")]


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


@pytest.mark.usefixtures("desk")
def test_a_backup_holds_the_database_and_the_kept_files_and_brings_both_back() -> None:
    (Path("halfdoor-files") / "ab" / "notes.txt").write_text("not ours")
    code, said = invoke("db", "backup", "b.zip")
    assert (code, said) == (0, "The database and 1 files are in b.zip.\n")
    assert mode("b.zip") == 0o600
    assert sorted(os.listdir()) == ["b.zip", "halfdoor-files", "halfdoor.db"]
    (Path("halfdoor-files") / KEPT[:2] / KEPT).unlink()
    assert (
        invoke(
            "project", "add", "LATER", "Later", "--customer", "slack:C9999991", "--staff", "slack:C9999992"
        )[0]
        == 0
    )
    code, said = invoke("db", "restore", "b.zip", "--force")
    assert code == 0
    assert "with 1 files" in said
    assert (Path("halfdoor-files") / KEPT[:2] / KEPT).read_bytes() == b"kept"
    assert mode(Path("halfdoor-files") / KEPT[:2] / KEPT) == 0o600
    listed = invoke("project", "list")[1]
    assert "ACME" in listed
    assert "LATER" not in listed
    assert not [name for name in os.listdir() if name.startswith(".")]


@pytest.mark.usefixtures("desk")
def test_a_backup_is_restored_where_there_is_nothing_yet() -> None:
    invoke("db", "backup", "b.zip")
    code, _ = invoke(
        "db", "restore", "b.zip", HALFDOOR_DATABASE_URL="sqlite:///new.db", HALFDOOR_WEB_FILES="other"
    )
    assert code == 0
    assert is_current("sqlite:///new.db")
    assert mode("new.db") == 0o600
    assert (Path("other") / KEPT[:2] / KEPT).read_bytes() == b"kept"
    assert (mode("other"), mode(Path("other") / KEPT[:2])) == (0o700, 0o700)


@pytest.mark.usefixtures("desk")
def test_nothing_is_replaced_that_is_not_meant() -> None:
    invoke("db", "backup", "b.zip")
    Path("letter.txt").write_text("dear")
    assert invoke("db", "backup", "letter.txt") == (
        1, "letter.txt is there already, and is no backup. Name another file.\n",
    )  # fmt: skip
    assert invoke("db", "backup", "halfdoor.db")[0] == 1
    assert invoke("db", "backup", "b.zip")[0] == 0
    code, said = invoke("db", "restore", "b.zip")
    assert (code, said) == (1, "There is a database at halfdoor.db already. Say --force to replace it.\n")
    with closing(lock_file("halfdoor.db")):
        code, said = invoke("db", "restore", "b.zip", "--force")
        assert (code, said) == (1, "A desk runs on this database. Stop it first.\n")
        code, said = invoke("db", "restored", "--at", "2026-01-05T09:00:00+00:00")
        assert (code, said) == (1, "A desk runs on this database. Stop it first.\n")
    assert "ACME" in invoke("project", "list")[1]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing", "b.zip cannot be restored: No such file or directory"),
        ("empty", "b.zip is no backup of Halfdoor."),
        ("text", "b.zip is no backup of Halfdoor."),
        ("the database itself", "b.zip is no backup of Halfdoor."),
        ("another zip", "b.zip is no backup of Halfdoor."),
        ("cut", "b.zip is cut short or damaged."),
        ("a bit flipped", "b.zip is cut short or damaged."),
        ("climbing", "b.zip is not as Halfdoor makes backups. Nothing was restored."),
        ("absolute", "b.zip is not as Halfdoor makes backups. Nothing was restored."),
        ("twice", "b.zip is not as Halfdoor makes backups. Nothing was restored."),
        ("a file missing", "b.zip is not as Halfdoor makes backups. Nothing was restored."),
        ("newer form", "b.zip was made by a newer Halfdoor. Restore it with that one."),
        ("newer tables", "A newer Halfdoor made b.zip. Restore it with that one."),
        ("not a database", "The database is damaged"),
        ("another's database", "The database is not Halfdoor's."),
    ],
)
def test_what_is_no_backup_is_refused_in_words_and_changes_nothing(how: str, words: str) -> None:
    file = Path("b.zip")
    invoke("db", "backup", "b.zip")
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(parts["halfdoor.json"])
    match how:
        case "missing":
            file.unlink()
        case "empty":
            file.write_bytes(b"")
        case "text":
            file.write_text("dear")
        case "the database itself":
            file.write_bytes(Path("halfdoor.db").read_bytes())
        case "cut":
            file.write_bytes(whole[: len(whole) // 2])
        case "a bit flipped":
            at = len(whole) // 3
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        case _:
            if how == "another zip":
                parts = {"a.txt": b"a"}
            elif how == "climbing":
                parts["files/ab/../../../evil"] = b"x"
            elif how == "absolute":
                parts["/tmp/evil"] = b"x"
            elif how == "a file missing":
                parts.pop(f"files/ab/{KEPT}")
            elif how == "newer form":
                parts["halfdoor.json"] = json.dumps(about | {"form": 99}).encode()
            elif how == "not a database":
                parts["halfdoor.db"] = b"x" * 5000
            elif how in ("newer tables", "another's database"):
                Path("o.db").write_bytes(parts["halfdoor.db"])
                with closing(sqlite3.connect("o.db")) as other:
                    change = "update alembic_version set version_num = '9999'"
                    other.execute("drop table alembic_version" if "another" in how else change)
                    other.commit()
                    other.execute("pragma journal_mode=delete")
                parts["halfdoor.db"] = Path("o.db").read_bytes()
            with zipfile.ZipFile(file, "w") as archive:
                for name, content in parts.items():
                    archive.writestr(name, content)
                if how == "twice":
                    with pytest.warns(UserWarning, match="Duplicate"):
                        archive.writestr("halfdoor.db", b"x")
    before = sorted(str(path) for path in Path().rglob("*"))
    code, said = invoke("db", "restore", "b.zip", "--force")
    assert code == 1
    assert words in said
    assert "Traceback" not in said
    assert "ACME" in invoke("project", "list")[1]
    assert sorted(str(path) for path in Path().rglob("*") if path.suffix != ".lock") == before


def test_a_backup_of_an_older_version_is_brought_up_to_date(desk: None) -> None:
    from alembic import command

    from tests.contracts.test_migrations import migrate, opened

    with opened("sqlite:///halfdoor.db") as connection:
        migrate(connection, "0005", command.downgrade)
    assert invoke("db", "backup", "b.zip")[0] == 0
    assert invoke("db", "restore", "b.zip", "--force")[0] == 0
    assert "ACME" in invoke("project", "list")[1]


def test_what_cannot_be_backed_up_is_said_in_words(tmp_path: Path) -> None:
    assert invoke("db", "backup", "b.zip") == (1, "There is no database at halfdoor.db.\n")
    assert sorted(os.listdir()) == []
    assert invoke("db", "upgrade")[0] == 0
    code, said = invoke("db", "backup", "no/such/folder/b.zip")
    assert (code, said) == (1, "no/such/folder/b.zip cannot be written: No such file or directory.\n")
    Path("halfdoor.db").write_bytes(b"x" * 5000)
    code, said = invoke("db", "backup", "b.zip")
    assert code == 1
    assert "is damaged" in said
    assert not Path("b.zip").exists()
    for what, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        code, said = invoke("db", what, "b.zip", HALFDOOR_DATABASE_URL="postgresql://x@127.0.0.1:1/x")
        assert code == 1
        assert tool in said
        assert "halfdoor-files" in said
    for at in ("yesterday", "2999-01-01T00:00:00+00:00"):
        assert invoke("db", "restored", "--at", at)[0] == 1


async def test_nobody_else_reads_the_database_nor_what_is_kept(tmp_path: Path) -> None:
    upgrade("sqlite:///new.db")
    store = SqlStore("sqlite:///new.db")
    await store.transact(lambda tx: tx.links())
    with closing(lock_file("new.db")):
        assert beside() == [0o600] * 4
    await store.close()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"words"

    pages = WebNetwork(WebSettings(listen="127.0.0.1:0", url="", files=Path("a/files")), SystemClock())
    kept = await pages.keep("a.txt", "text/plain", chunks())
    assert kept is not None
    folder = Path("a/files") / kept.id[:2]
    assert [mode(one) for one in (folder.parent, folder, folder / kept.id)] == [0o700, 0o700, 0o600]


async def test_a_database_that_others_could_read_is_narrowed_at_start() -> None:
    upgrade("sqlite:///new.db")
    store = SqlStore("sqlite:///new.db")
    await store.transact(lambda tx: tx.links())
    lock_file("new.db").close()
    assert beside(0o666) == [0o666] * 4
    again = SqlStore("sqlite:///new.db")
    assert beside() == [0o600] * 4
    await again.close()
    await store.close()
