"""What the README says of the settings is what they are."""

from __future__ import annotations

from tests.readme import README, rows, written


def test_the_table_of_settings_is_made_from_the_settings() -> None:
    text = README.read_text()
    assert text == written(text), "write it anew: python -m tests.readme"
    assert len(rows()) > 20
