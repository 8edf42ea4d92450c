"""What `services` and `shared` offer is reached by something that runs: a rule proven by tests alone is no rule.

Modules are walked by their imports from what is started: each service's `main`, its migrations, and what has a
`__main__`. A name is reached when a module that runs says it outside its own definition. What is shared may be there
for the commands in `deploy` and `tools` too; what stands in a service is there for that service.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = ("services", "shared", "deploy", "tools")
NEVER_RUN: Final = frozenset({"tests", "testing"})


def runs(path: Path) -> bool:
    """Return whether a file belongs to what is started, and not to its tests."""
    return not NEVER_RUN & set(path.relative_to(ROOT).parts)


@cache
def sources() -> dict[str, ast.Module]:
    """Return every module, by its dotted name."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if runs(path):
                parts = path.relative_to(ROOT).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports, a package with each name that may be a module of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def starting_points() -> list[str]:
    """Return what is started: the services' applications, their migrations, and the commands of modules."""
    return [
        name
        for name in sources()
        if name.endswith((".main", ".__main__")) or ".migrations." in name or name.startswith(("tools.", "deploy."))
    ]


@cache
def reached(*, by_services: bool) -> frozenset[str]:
    """Return every module that is imported, however indirectly, by what is started; with the packages around it."""
    seen: set[str] = set()
    waiting = [name for name in starting_points() if not by_services or name.startswith(("services.", "shared."))]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in sources():
            continue
        seen.add(name)
        waiting += imported(sources()[name])
        waiting.append(name.rpartition(".")[0])
    return frozenset(seen)


def offered(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield a module's public functions and classes; a decorated one is called by whom it was handed to."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            is_route = bool(node.decorator_list) and not isinstance(node, ast.ClassDef)
            if not node.name.startswith("_") and not is_route:
                yield node


def said(tree: ast.AST) -> set[str]:
    """Return the names that a piece of code says, as names, attributes or in imports."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.Constant(value=str(name)) if name.isidentifier():
                names.add(name)
    return names


def said_by(modules: Iterable[str]) -> dict[str, set[str]]:
    """Return for each name the modules that say it; in its own module, outside its own definition."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        own = {node.name for node in offered(sources()[module])}
        for node in sources()[module].body:
            for name in said(node):
                if name not in own or getattr(node, "name", "") != name:
                    found[name].add(module)
    return found


@cache
def unreached_modules() -> frozenset[str]:
    """Return the modules of the services that no service reaches, and those of what is shared that nothing reaches."""
    return frozenset(
        name
        for name in sources()
        if (name.startswith("services.") and name not in reached(by_services=True))
        or (name.startswith("shared.") and name not in reached(by_services=False))
    )


@cache
def unreached_names() -> frozenset[str]:
    """Return the public names of modules that run which nobody that runs says outside their own definition."""
    by_services, by_all = said_by(reached(by_services=True)), said_by(reached(by_services=False))
    return frozenset(
        f"{module}.{node.name}"
        for module in sources()
        if module.startswith(("services.", "shared.")) and ".migrations." not in module
        for node in offered(sources()[module])
        if node.name not in (by_services if module.startswith("services.") else by_all)
        and (module.rpartition(".")[2], node.name) != ("main", "create_app")  # the server is started with its name
    )


def test_something_is_started() -> None:
    assert {f"services.{name}.main" for name in ("gateway", "lending", "registry", "riskfund", "subsidy")} <= set(
        starting_points()
    )
    assert len(reached(by_services=True)) > 300


def test_every_module_is_reached_by_something_that_runs() -> None:
    assert sorted(unreached_modules()) == []


def test_every_public_function_and_class_is_used_by_something_that_runs() -> None:
    assert sorted(unreached_names()) == []


def private(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield a module's own functions and classes; a decorated function is called by whom it was handed to."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            is_handed_over = bool(node.decorator_list) and not isinstance(node, ast.ClassDef)
            if node.name.startswith("_") and not is_handed_over:
                yield node


def unused_of(tree: ast.Module) -> Iterator[str]:
    """Yield the private names that a module says nowhere outside their own definition."""
    for node in private(tree):
        if not any(node.name in said(other) for other in tree.body if other is not node):
            yield node.name


def thrown_away(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that read something and keep nothing of it: `_ = pack.lending.amount_max`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and all(isinstance(each, ast.Name) and each.id == "_" for each in node.targets):
            yield node.lineno


def test_every_private_function_and_class_is_used_in_its_module() -> None:
    of_services = {name: tree for name, tree in sources().items() if name.startswith(("services.", "shared."))}
    assert {name: unused for name, tree in of_services.items() if (unused := list(unused_of(tree)))} == {}
    dead = ast.parse("def _dead(pack):\n    return _dead(pack.lending)\n\ndef _used():\n    return 1\n\nlive = _used()")
    assert list(unused_of(dead)) == ["_dead"]


def test_nothing_is_read_to_be_thrown_away() -> None:
    assert {name: lines for name, tree in sources().items() if (lines := list(thrown_away(tree)))} == {}
    assert list(thrown_away(ast.parse("def a(pack):\n    _ = pack.lending\n    b = _"))) == [2]
