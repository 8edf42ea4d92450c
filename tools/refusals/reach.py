"""Which refusals calling a function may raise, found by walking everything that it may call."""

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import FunctionType
from typing import Any, Final
from uuid import UUID

import asyncpg
from fastapi import Request

from shared.errors import Refusal
from tools.refusals.kinds import classes_of
from tools.refusals.names import Meaning, Names, inside, names_of
from tools.refusals.source import Function, is_ours, modules_below, own_methods, tree_of, unwrapped

Kind = type[Refusal]
Target = tuple[FunctionType, type | None]
Caught = frozenset[type[BaseException]]


@dataclass(frozen=True, slots=True)
class Body:
    """What one function does: the refusals it raises itself, and what it calls within which handlers."""

    raises: frozenset[Kind]
    calls: frozenset[tuple[FunctionType, Caught]]


# An unknown thing's `get` or `execute` is no method of ours.
_COMMON_NAMES: Final = frozenset(
    name
    for cls in (dict, str, bytes, list, set, date, Decimal, UUID, asyncpg.Connection, asyncpg.Record, Request)
    for name in dir(cls)
)
_ASKS_ABOUT_CLASSES: Final = {"isinstance", "issubclass", "suppress"}


class Reach:
    """Finds the refusals of functions; those of a function are found once."""

    def __init__(self, *packages: str) -> None:
        self._by_name: dict[str, set[Target]] = defaultdict(set)
        self._owners: dict[FunctionType, type] = {}
        for module in (each for package in packages for each in modules_below(package)):
            for thing in list(vars(module).values()):
                if isinstance(thing, type) and thing.__module__ == module.__name__:
                    for name, function in own_methods(thing):
                        self._owners.setdefault(function, thing)
                        self._by_name[name].add((function, thing))
        self._bodies: dict[FunctionType, Body] = {}
        self.guessed: dict[str, set[str]] = defaultdict(set)  # methods found by their name alone, and where

    def of(self, function: Any) -> frozenset[Kind]:
        """Return every refusal that may leave a function, a class's construction or a callable object."""
        roots = [target for target, _ in self.targets(function)]
        for target, owner in self.targets(function):
            self._walk(target, owner)
        found = {each: self._bodies[each].raises for each in self._below(roots)}
        while True:
            before = sum(map(len, found.values()))
            for each in found:
                found[each] |= {
                    kind
                    for called, caught in self._bodies[each].calls
                    for kind in found[called]
                    if not issubclass(kind, tuple(caught))
                }
            if sum(map(len, found.values())) == before:
                return frozenset(kind for root in roots for kind in found[root])

    def _below(self, roots: list[FunctionType]) -> list[FunctionType]:
        """Return the roots and everything that they call, the called ones first."""
        order: dict[FunctionType, None] = {}
        seen: set[FunctionType] = set()

        def visit(function: FunctionType) -> None:
            if function not in seen:
                seen.add(function)
                for called, _ in self._bodies[function].calls:
                    visit(called)
                order[function] = None

        for root in roots:
            visit(root)
        return list(order)

    def _walk(self, function: FunctionType, owner: type | None) -> None:
        """Read a function's body, and those of all that it calls; each once."""
        waiting: list[Target] = [(function, owner)]
        while waiting:
            each, its_owner = waiting.pop()
            if each in self._bodies:
                continue
            tree = tree_of(each)
            if tree is None:
                self._bodies[each] = Body(frozenset(), frozenset())
                continue
            walk = _Walk(self, names_of(each, its_owner), each)
            self._bodies[each] = walk.body_of(tree)
            waiting += walk.called

    def targets(self, thing: Any) -> Iterator[Target]:
        plain = unwrapped(thing)
        if isinstance(plain, FunctionType):
            yield plain, self._owners.get(plain)
        elif isinstance(plain, type):
            for name in ("__init__", "__post_init__", "__new__"):
                if isinstance(made := unwrapped(getattr(plain, name, None)), FunctionType) and is_ours(made.__module__):
                    yield made, plain
        elif is_ours(type(plain).__module__) and callable(plain):
            yield from self.targets(type(plain).__call__)

    def targets_of(self, meaning: Meaning) -> Iterator[Target]:
        """Return the functions of ours that an expression stands for; a table stands for all that it holds."""
        for thing in meaning.objects:
            for each in inside(thing):
                if not (isinstance(each, type) and issubclass(each, BaseException)):
                    yield from self.targets(each)

    def methods_named(self, name: str, where: FunctionType) -> Iterator[Target]:
        """Return every method of ours with this name, for a call on something unknown."""
        for target in self._by_name.get(name, ()) if name not in _COMMON_NAMES else ():
            self.guessed[name].add(f"{where.__module__}.{where.__qualname__}")
            yield target

    def returned(self, function: Any) -> Iterator[Kind]:
        """Return the refusals that a function makes and returns, for `raise refusal_of(...)`."""
        for plain, owner in self.targets(function):
            tree = tree_of(plain)
            if tree is None:
                continue
            raised = Raised(self, names_of(plain, owner))
            if isinstance(tree, ast.Lambda):
                yield from raised.of(tree.body)
            for node in ast.walk(tree):
                if isinstance(node, ast.Return):
                    yield from raised.of(node.value)


class Raised:
    """The refusals that an expression behind `raise` may be."""

    def __init__(self, reach: Reach, names: Names) -> None:
        self._reach = reach
        self._names = names
        self._seen: set[str] = set()

    def of(self, node: ast.expr | None) -> Iterator[Kind]:
        """Return them; an exception that is no refusal is none."""
        match node:
            case None:
                return
            case ast.Call(func=called):
                yield from self.of(called)
                for thing in self._names.of(called).objects:
                    if not isinstance(thing, type):
                        yield from self._reach.returned(thing)
            case ast.IfExp(body=one, orelse=other):
                yield from self.of(one)
                yield from self.of(other)
            case ast.Name(id=name) if name in self._names.caught:
                for caught in self._names.caught[name]:
                    yield from refusals_in(self._names.of(caught))
            case ast.Name(id=name) if name in self._names.assigned and name not in self._seen:
                self._seen.add(name)
                for value in self._names.assigned[name]:
                    yield from self.of(value)
                    yield from refusals_in(self._names.of(value))
            case _:
                yield from refusals_in(self._names.of(node))


class _Walk(ast.NodeVisitor):
    """Walks one function's body and collects what may leave it."""

    def __init__(self, reach: Reach, names: Names, function: FunctionType) -> None:
        self._reach = reach
        self._names = names
        self._function = function
        self._caught: Caught = frozenset()  # by the handlers around the present statement
        self._raises: set[Kind] = set()
        self._calls: set[tuple[FunctionType, Caught]] = set()
        self.called: list[Target] = []

    def body_of(self, tree: Function) -> Body:
        """Return what the function does."""
        for each in tree.body if isinstance(tree.body, list) else [tree.body]:
            self.visit(each)
        return Body(frozenset(self._raises), frozenset(self._calls))

    def _reached(self, targets: Iterator[Target]) -> None:
        for target in targets:
            self._calls.add((target[0], self._caught))
            self.called.append(target)

    def _raised(self, kinds: Iterator[Kind]) -> None:
        self._raises |= {kind for kind in kinds if not issubclass(kind, tuple(self._caught))}

    def visit_Raise(self, node: ast.Raise) -> None:
        self._raised(Raised(self._reach, self._names).of(node.exc))
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        outer = self._caught
        for handler in node.handlers:
            if not any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(handler)):
                self._caught |= frozenset(refusals_in(self._names.of(handler.type), of=Exception))
        for each in node.body:
            self.visit(each)
        self._caught = outer
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        for each in node.body:  # the classes it names are not raised
            self.visit(each)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        for default in (*node.defaults, *node.kw_defaults):
            if default is not None:
                self.visit(default)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._nested(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._nested(node)

    def _nested(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.visit(node.args)
        for each in node.body:
            self.visit(each)

    def visit_Call(self, node: ast.Call) -> None:
        meaning = self._names.of(node.func)
        self._reached(self._reach.targets_of(meaning))
        for cls in classes_of(meaning.kinds):
            self._reached(self._reach.targets(getattr(cls, "__call__", None)))  # noqa: B004 - the function is wanted
        if isinstance(node.func, ast.Attribute) and not meaning and not self._names.of(node.func.value):
            self._reached(self._reach.methods_named(node.func.attr, self._function))
        if not (isinstance(node.func, ast.Name) and node.func.id in _ASKS_ABOUT_CLASSES):
            for given in (*node.args, *(each.value for each in node.keywords)):
                if isinstance(given, ast.Name | ast.Attribute):
                    self._raised(refusals_in(self._names.of(given)))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._reached(self._reach.targets_of(self._names.of(node)))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._reached(self._reach.targets_of(self._names.of(node)))
        for cls in classes_of(self._names.of(node.value).kinds):
            if isinstance(found := getattr(cls, node.attr, None), property | functools.cached_property):
                self._reached(self._reach.targets(found))
        self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        for cls in classes_of(self._names.of(node.context_expr).kinds):
            for name in ("__enter__", "__aenter__", "__exit__", "__aexit__"):
                self._reached(self._reach.targets(getattr(cls, name, None)))
        self.generic_visit(node)


def refusals_in(meaning: Meaning, of: type[BaseException] = Refusal) -> Iterator[Any]:
    """Return the exception classes among what an expression stands for, tables included."""
    for thing in meaning.objects:
        for each in inside(thing):
            if isinstance(each, type) and issubclass(each, of):
                yield each
    for cls in classes_of(meaning.kinds):
        if issubclass(cls, of) and cls not in (Refusal, Exception):
            yield cls
