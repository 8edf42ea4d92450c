"""Where the code carries out a clause: the functions, classes and statements that name it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FOLDERS: Final = ("services", "shared")
_ID: Final = re.compile(r"\b[A-Z]{2}-\d+[a-z]?\b")
_NOT_RUN: Final = frozenset({"tests", "testing", "migrations"})
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def places_of(root: Path) -> dict[str, list[str]]:
    """Return `module:name` of everything that names a clause, by the clause's id.

    A function or class names it in its docstring or as a value of its own (a reason's or a refusal's clause), a
    module-level statement in its own text, such as the comment within an SQL statement.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py")):
        if not _NOT_RUN & set(file.relative_to(root).parts):
            module = ".".join(file.relative_to(root).with_suffix("").parts)
            for name, clause in _named_in(ast.parse(file.read_text(encoding="utf-8"))):
                found[clause].add(f"{module}:{name}")
    return {clause: sorted(places) for clause, places in found.items()}


def _named_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, Named):
            yield from _within(node, node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                yield from ((target.id, clause) for clause in _clauses(node))


def _within(node: Named, name: str) -> Iterator[tuple[str, str]]:
    own = [each for each in node.body if not isinstance(each, Named)]
    yield from ((name, clause) for each in own for clause in _clauses(each))
    for inner in (each for each in node.body if isinstance(each, Named)):
        yield from _within(inner, f"{name}.{inner.name}")


def _clauses(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield from _ID.findall(each.value)
