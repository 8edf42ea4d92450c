"""The code of the project as trees: which function stands where, and what its names stand for."""

import ast
import builtins
import functools
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

PROJECT: Final = ("services", "shared")
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def is_ours(module_name: str | None) -> bool:
    """Return whether a module is code that services run."""
    return module_name is not None and module_name.partition(".")[0] in PROJECT and ".tests" not in module_name


def modules_below(package: str) -> Iterator[ModuleType]:
    """Import and return a package's modules, without tests and migrations."""
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        parts = found.name.split(".")
        if not {"tests", "testing", "migrations", "versions", "__main__"} & set(parts):
            yield importlib.import_module(found.name)


def unwrapped(thing: Any) -> Any:
    """Return the plain function behind a decorator, a method, a property or a partial."""
    while True:
        if isinstance(thing, functools.partial):
            thing = thing.func
        elif isinstance(thing, property):
            thing = thing.fget
        elif isinstance(thing, functools.cached_property):
            thing = thing.func
        elif isinstance(thing, classmethod | staticmethod) or inspect.ismethod(thing):
            thing = thing.__func__
        elif hasattr(thing, "__wrapped__") and not isinstance(thing, type):
            thing = thing.__wrapped__
        else:
            return thing


@cache
def _functions_of(file: str) -> Mapping[tuple[str, int], Function]:
    """Return the functions of a file by name and first line, a decorator's line included."""
    found: dict[tuple[str, int], Function] = {}
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[node.name, first] = node
        elif isinstance(node, ast.Lambda):
            found.setdefault(("<lambda>", node.lineno), node)
    return found


@cache
def _tree(file: str) -> ast.Module:
    with open(file, encoding="utf-8") as text:
        return ast.parse(text.read())


def tree_of(function: FunctionType) -> Function | None:
    """Return a function's tree; None for one that was not written in a file of ours, such as a dataclass's own."""
    code: CodeType = function.__code__
    if not is_ours(function.__module__) or not code.co_filename.endswith(".py"):
        return None
    return _functions_of(code.co_filename).get((code.co_name, code.co_firstlineno))


def class_tree(cls: type) -> ast.ClassDef | None:
    """Return a class's tree."""
    file = getattr(sys.modules[cls.__module__], "__file__", None)
    if file is None or not is_ours(cls.__module__):
        return None
    name = cls.__qualname__.rpartition(".")[2]
    return next((node for node in ast.walk(_tree(file)) if isinstance(node, ast.ClassDef) and node.name == name), None)


def namespace_of(function: FunctionType) -> dict[str, Any]:
    """Return what a function's free names stand for."""
    names: dict[str, Any] = {**vars(builtins), **function.__globals__}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            names[name] = cell.cell_contents
        except ValueError:
            continue  # a name of the outer function that has no value yet
    return names


def own_methods(cls: type) -> Iterator[tuple[str, FunctionType]]:
    """Return the methods and properties that a class of ours defines."""
    for name, thing in list(vars(cls).items()):
        plain = unwrapped(thing)
        if isinstance(plain, FunctionType) and is_ours(plain.__module__):
            yield name, plain
