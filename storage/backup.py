"""A desk on SQLite in one file: its database and the files that came by the web, and back from there."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import codec
from storage.lanes import lock_file
from storage.ledger import Ledger
from storage.store import make_engine
from storage.tx import SqlTx
from storage.upgrade import upgrade

#: What is in a backup: what it is, the database, and files by their ids. Nothing else is taken out of one.
ABOUT, DATABASE, FILES = "halfdoor.json", "halfdoor.db", "files/"
_FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{30})")
#: The form of this archive.
FORM = 1
#: How much later than the restore, by our clock, a network may say that something happened before it.
MARGIN = timedelta(hours=1)


class NoBackup(Exception):
    """Why a file cannot be restored, in words."""


class InTheWay(Exception):
    """What stands where something is to be written."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: when it was taken, and how many kept files."""

    taken: datetime
    files: int


def back_up(database: str, files: Path, target: Path, now: datetime) -> Backup:
    """Write a backup, while a desk runs or not; what stood at `target` is replaced when all is written.

    Raises:
        NoBackup: there is no database, or it is damaged.
        InTheWay: `target` is something else than a backup.
        OSError: it cannot be written.
    """
    if not Path(database).is_file() or not Path(database).stat().st_size:
        raise NoBackup(f"There is no database at {database}.")
    if target.exists():
        try:
            with zipfile.ZipFile(target) as there:
                _about(there)
        except (NoBackup, zipfile.BadZipFile, OSError):
            raise InTheWay(str(target)) from None
    with _beside(target) as snapshot, _beside(target) as whole:
        _snapshot(database, snapshot)
        # The database first: whatever it names was kept before.
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            archive.write(snapshot, DATABASE)
            kept = sum(_add(archive, path) for path in _kept(files))
            about = {"form": FORM, "taken": now.timestamp(), "files": kept}
            archive.writestr(ABOUT, json.dumps(about))
        _replace(whole, target)
    return Backup(now, kept)


def restore(source: Path, database: str, files: Path, now: datetime, *, force: bool) -> Backup:
    """Put a backup in the place of a database that no desk runs on, and bring it up to date.

    What was sent since the backup is not sent again: see `Ledger.doubt`.

    Raises:
        NoBackup: the file is none, or is damaged.
        InTheWay: there is a database already, and it is not to be replaced by `force`.
        AlreadyRunning: a desk runs on it.
        Newer: a later version of this program made it.
        OSError: it cannot be read or written.
    """
    target = Path(database)
    with closing(lock_file(database)), _read(source) as archive:
        if target.exists() and target.stat().st_size and not force:
            raise InTheWay(database)
        backup = _about(archive)
        with _beside(target) as made:
            _take_out(archive, DATABASE, made)
            _check(made)
            upgrade(f"sqlite:///{made}")
            _doubt(made, backup.taken, now + MARGIN)
            for name in archive.namelist():
                if (found := _FILE.fullmatch(name)) is not None:
                    _put(archive, name, files, found)
            _clear(database)
            _replace(made, target)
    return backup


# ------------------------------------------------------------ writing


def _snapshot(database: str, snapshot: Path) -> None:
    with closing(sqlite3.connect(database)) as ours, closing(sqlite3.connect(snapshot)) as copy:
        try:
            ours.backup(copy)  # all at once, as one look: who writes meanwhile waits for nothing
            copy.execute("pragma journal_mode=delete")  # one file, with nothing beside it
        except sqlite3.DatabaseError as error:
            raise NoBackup(f"{database} is damaged: {error}.") from error
    _check(snapshot)


def _kept(files: Path) -> Iterator[Path]:
    for path in sorted(files.glob("[0-9a-f][0-9a-f]/*")) if files.is_dir() else ():
        if _FILE.fullmatch(_name(path)) and path.is_file() and not path.is_symlink():
            yield path


def _add(archive: zipfile.ZipFile, path: Path) -> bool:
    try:
        archive.write(path, _name(path), zipfile.ZIP_STORED)
    except FileNotFoundError:  # its author has just taken it back
        return False
    return True


def _name(path: Path) -> str:
    return f"{FILES}{path.parent.name}/{path.name}"


@contextmanager
def _beside(target: Path) -> Generator[Path]:
    """Yield a private file in the same folder, so that it can take the other's place in one step."""
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(number)
    try:
        yield Path(name)
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(name + end).unlink(missing_ok=True)


def _replace(made: Path, target: Path) -> None:
    """Let a file that is whole take another's place, so that it does even when the power goes."""
    for path, now in ((made, False), (target.parent, True)):
        if now:
            os.replace(made, target)
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


# ------------------------------------------------------------ reading


@contextmanager
def _read(source: Path) -> Generator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        with source.open("rb") as opened:
            begun = opened.read(4) == b"PK\x03\x04"
        what = "is cut short or damaged" if begun else "is no backup of Halfdoor"
        raise NoBackup(f"{source} {what}.") from error


def _about(archive: zipfile.ZipFile) -> Backup:
    """Read what a backup says of itself, and whether all of that is there, each once."""
    names = archive.namelist()
    try:
        about: dict[str, Any] = json.loads(archive.read(ABOUT))
        form, taken, files = int(about["form"]), float(about["taken"]), int(about["files"])
    except (KeyError, ValueError, TypeError, UnicodeDecodeError):
        raise NoBackup(f"{archive.filename} is no backup of Halfdoor.") from None
    if form > FORM:
        raise NoBackup(f"{archive.filename} was made by a newer Halfdoor. Restore it with that one.")
    strange = [name for name in names if name not in (ABOUT, DATABASE) and not _FILE.fullmatch(name)]
    if strange or len(set(names)) != len(names) or DATABASE not in names or len(names) != files + 2:
        raise NoBackup(f"{archive.filename} is not as Halfdoor makes backups. Nothing was restored.")
    return Backup(codec.at(taken), files)


def _take_out(archive: zipfile.ZipFile, name: str, to: Path) -> None:
    with archive.open(name) as source, to.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _put(archive: zipfile.ZipFile, name: str, files: Path, found: re.Match[str]) -> None:
    folder = files / found[1]
    for one in (files, folder):
        one.mkdir(0o700, parents=True, exist_ok=True)
    with _beside(folder / found[2]) as made:
        _take_out(archive, name, made)
        os.replace(made, folder / found[2])


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as opened:
            found = opened.execute("pragma quick_check(1)").fetchone()
            tables = opened.execute("select 1 from sqlite_master where name = 'alembic_version'").fetchone()
    except sqlite3.DatabaseError as error:
        raise NoBackup(f"The database is damaged: {error}.") from error
    if found != ("ok",):
        raise NoBackup(f"The database is damaged: {found[0]}.")
    if tables is None:
        raise NoBackup("The database is not Halfdoor's.")


def _doubt(path: Path, taken: datetime, until: datetime) -> None:
    engine = make_engine(sa.make_url(f"sqlite:///{path}"))
    try:
        with engine.begin() as connection:
            Ledger(connection, SqlTx(connection)).doubt(taken.timestamp(), until.timestamp())
    finally:
        engine.dispose()


def _clear(database: str) -> None:
    """Leave nothing beside a database that is replaced: its write-ahead log would destroy the new one."""
    try:
        with closing(sqlite3.connect(database)) as old:
            old.execute("pragma journal_mode=delete")
    except sqlite3.DatabaseError:
        pass  # it is damaged, which may be why it is replaced
    for end in ("-wal", "-shm", "-journal"):
        Path(database + end).unlink(missing_ok=True)
