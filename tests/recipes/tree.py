"""A copy of the tree in which a recipe is carried out, and what its checks say there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED: Final = ("services", "shared", "spec", "deploy", "tools", "tests", "policy", "docs", "data")
FILES: Final = ("conftest.py", "pyproject.toml", "CONTRIBUTING.md", "Makefile", "README.md", "CHANGELOG.md")
CHECK_SECONDS: Final = 200


def headings() -> list[str]:
    """Return what CONTRIBUTING has recipes for."""
    return [each.partition(" (")[0] for each in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)]


@dataclass(frozen=True)
class Edit:
    """One small change: text that comes into a file after, or before, a piece that stands there once; or a new file."""

    file: str
    text: str
    after: str = ""
    before: str = ""

    @property
    def is_new(self) -> bool:
        """Return whether the file is made."""
        return not self.after + self.before

    def fits(self, root: Path) -> bool:
        """Return whether it can be carried out below a root."""
        path = root / self.file
        if self.is_new:
            return not path.exists()
        return path.read_text(encoding="utf-8").count(self.after + self.before) == 1

    def apply(self, root: Path) -> None:
        """Carry it out below a root."""
        assert self.fits(root), f"{self.file} has not once: {self.after}{self.before}"
        path = root / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = self.after + self.text + self.before
        if self.is_new:
            path.write_text(text.lstrip("\n"), encoding="utf-8")
        else:
            whole = path.read_text(encoding="utf-8")
            path.write_text(whole.replace(self.after + self.before, text), encoding="utf-8")


@dataclass(frozen=True)
class Recipe:
    """An example of a recipe: its edits, the commands that write files, and the tests that hold it."""

    title: str
    edits: Sequence[Edit]
    checks: Sequence[str]
    commands: Sequence[str] = ()
    lints: bool = False

    def section(self) -> str:
        """Return the recipe's text."""
        found = re.search(rf"^## {re.escape(self.title)}.*?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
        assert found is not None, f"CONTRIBUTING has no recipe called {self.title}"
        return found[1]

    def names(self, file: str) -> bool:
        """Return whether the recipe names a file, its folder, or its name within a folder that it names.

        That a new folder is a package goes without saying.
        """
        if file.endswith("/__init__.py") and any(edit.file == file and edit.is_new for edit in self.edits):
            return True
        named = re.findall(r"`([^`]+)`", self.section())
        return any(
            fnmatch(file, each.replace("<owner>", "*"))
            or file.startswith(f"{each.rstrip('/')}/")
            or f"/{file}".endswith(f"/{each}")
            or f"/{each.rstrip('/')}/" in f"/{file}"
            for each in named
        )


def copied_to(folder: Path) -> Path:
    """Copy what the checks need and return the copy's root."""
    root = folder / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name)  # with what is compiled already: that is half of a check's time
    for name in FILES:
        shutil.copy(ROOT / name, root / name)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Return every file below a root, but for what tools keep for themselves."""
    files = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    kept = (file for file in files if not any(part.startswith((".", "__pycache__")) for part in file.parts))
    return {str(file): (root / file).read_bytes() for file in kept}


def run(root: Path, *arguments: str) -> None:
    """Run Python in the copy; a failure fails the test with what was printed."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]


def carried_out(recipe: Recipe, folder: Path) -> list[str]:
    """Carry a recipe out on a copy, run its commands and checks, and return the files that changed."""
    root = copied_to(folder)
    before = contents(root)
    for edit in recipe.edits:
        edit.apply(root)
    for command in recipe.commands:
        run(root, "-m", *command.split())
    if recipe.lints:
        run(root, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    run(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *recipe.checks)
    return sorted(file for file, content in contents(root).items() if before.get(file) != content)
