"""The reconciliation shares no code with what it checks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import tools.reconcile
from tools.reconcile.checks import CHECKS

FOLDER = Path(tools.reconcile.__file__).parent
FORBIDDEN = {"services", "shared"}
# Only the command line looks for the platform's servers; no check does.
MAY_IMPORT_DEPLOY = {"__main__.py"}


def imported(file: Path) -> Iterator[str]:
    """Yield the modules a file imports."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


def test_no_file_imports_the_services_or_what_they_share() -> None:
    """Every formula is the reconciliation's own."""
    for file in sorted(FOLDER.glob("*.py")):
        packages = {module.split(".")[0] for module in imported(file)}
        assert not packages & FORBIDDEN, file.name
        assert "deploy" not in packages or file.name in MAY_IMPORT_DEPLOY, file.name


def test_the_document_names_every_check() -> None:
    """`docs/reconciliation.md` says what each check is for."""
    text = (FOLDER.parents[1] / "docs" / "reconciliation.md").read_text("utf-8")
    named = {
        name.strip() for line in text.splitlines() if line.startswith("| ") for name in line.split("|")[1].split(",")
    }
    assert named - {"check"} == set(CHECKS)
