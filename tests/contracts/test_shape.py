"""The core knows no network: only the file that builds adapters, and the command line, name one."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
NETWORKS = {"slack", "discord", "web"}
BUILDERS = {
    "bot/__main__.py",
    "bot/wiring.py",
    *(f"bot/cli/{one.name}" for one in (ROOT / "bot/cli").glob("*.py")),
}


def test_no_line_of_the_core_asks_which_network_it_is() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("bot", "storage")
        for path in (ROOT / folder).rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in BUILDERS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in NETWORKS
    ]
    assert found == []
