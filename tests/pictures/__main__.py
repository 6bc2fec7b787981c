"""`uv run python -m tests.pictures` draws manifest/pictures from what the code would send to Slack."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.pictures import draw
from tests.pictures.gallery import PICTURES, READER

FOLDER = Path(__file__).parents[2] / "manifest" / "pictures"
CHROMIUM = "/usr/bin/chromium"
MISSING = (
    "These pictures are taken with chromium. Please install it, with fonts that have letters like Slack's and"
    " its emoji, and pngquant to keep the files small:\n"
    "    apt-get install -y chromium fonts-lato fonts-noto-color-emoji pngquant"
)
#: Pixels: how wide a post and a form are drawn.
POST, FORM = 640, 560
MEASURE = "<script>for (const one of document.querySelectorAll('.picture')) one.dataset.height = Math.ceil(one.getBoundingClientRect().height)</script>"


def payloads() -> dict[str, Any]:
    return {name: payload() for name, payload in PICTURES.items()}


def written(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    if not (shutil.which(CHROMIUM) and shutil.which("pngquant")):
        sys.exit(MISSING)
    FOLDER.mkdir(exist_ok=True)
    made = payloads()
    with tempfile.TemporaryDirectory() as folder:
        for name, payload in made.items():
            _take(name, payload, Path(folder))
    for stale in {path.stem for path in FOLDER.glob("*.png")} - set(made):
        (FOLDER / f"{stale}.png").unlink()
    (FOLDER / "payloads.json").write_text(written(made))


def _take(name: str, payload: Any, folder: Path) -> None:
    width = FORM if isinstance(payload, Mapping) else POST
    page = folder / f"{name}.html"
    page.write_text(draw.page(draw.picture(payload, READER) + MEASURE, width))
    measured = re.search(r'data-height="(\d+)"', _chromium(folder, "--dump-dom", page.as_uri()))
    assert measured is not None, f"{name} has no height"
    raw = folder / f"{name}.png"
    _chromium(folder, f"--window-size={width},{measured[1]}", f"--screenshot={raw}", page.as_uri())
    shrunk = ["pngquant", "--force", "--strip", "--output", str(FOLDER / raw.name), "32", str(raw)]
    subprocess.run(shrunk, check=True, timeout=60)


def _chromium(folder: Path, *arguments: str) -> str:
    switches = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync hide-scrollbars force-device-scale-factor=2"
    with tempfile.TemporaryDirectory(dir=folder) as profile:
        command = [
            CHROMIUM,
            *(f"--{one}" for one in switches.split()),
            f"--user-data-dir={profile}",
            *arguments,
        ]
        return subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
