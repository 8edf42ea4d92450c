"""CONTRIBUTING stays short, and every file, folder and command that its recipes name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:services|shared|tests|tools|docs|policy)/[\w./-]+)`", PAGE)))
TARGETS = sorted(set(re.findall(r"`make ([a-z-]+)", PAGE)))


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(PAGE.splitlines()) < 150


@pytest.mark.parametrize("path", PATHS)
def test_each_path_it_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", TARGETS)
def test_each_command_it_names_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
