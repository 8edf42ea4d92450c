"""Which fields of which classes a piece of code reads, worked out from the annotations of what runs.

`reads` follows parameters, local names, attributes, calls and loops through the annotations of the functions and
classes it meets. What it cannot follow it leaves out, so a read that it names is one.
"""

import ast
import functools
import importlib
import inspect
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import ModuleType, NoneType, UnionType
from typing import Any, Final

from pydantic import BaseModel

from tests.architecture.test_reached import sources

Function = ast.FunctionDef | ast.AsyncFunctionDef
Read = tuple[type[Any], str]
RULES_OF_PACKS: Final = frozenset({"shared.policy.losses"})  # whoever calls them reads what they read
_SAME: Final = frozenset({"sorted", "tuple", "list", "set", "frozenset", "reversed", "iter"})
_ONE_OF: Final = frozenset({"next", "min", "max"})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something known itself and not by its kind: a module, a class, a function or a method."""

    it: Any


def functions(module: str) -> Iterator[tuple[str, Function]]:
    """Yield (qualified name, code) of every function and method of a module."""
    for node in sources()[module].body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, Function))


def reads(module: str, name: str, code: Function) -> frozenset[Read]:
    """Return (class, field) for every field that a function reads of something whose class is known."""
    return _Reader(module, name).of(code)


@functools.cache
def names_in(module: str) -> Mapping[str, Any]:
    """Return what a module's names stand for, also those that it imports for its annotations alone."""
    found = dict(vars(importlib.import_module(module)))
    for node in ast.walk(sources()[module]):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("services.", "shared.")):
            there = importlib.import_module(node.module)
            for each in node.names:
                if hasattr(there, each.name):
                    found.setdefault(each.asname or each.name, getattr(there, each.name))
    return found


@functools.cache
def _hints(it: Any) -> Mapping[str, Any]:
    """Return what annotations say of a function's answer and arguments or of a class's fields, as far as they can."""
    found: dict[str, Any] = {}
    for each in reversed(it.__mro__) if isinstance(it, type) else (it,):
        module = getattr(each, "__module__", "")
        names = names_in(module) if module in sources() else {}
        for name, written in getattr(each, "__annotations__", {}).items():
            found[name] = _evaluated(written, names)
    return found


def _evaluated(written: Any, names: Mapping[str, Any]) -> Any:
    if not isinstance(written, str):
        return written
    try:
        return eval(written, dict(names))  # noqa: S307 - our own annotations
    except (NameError, TypeError, AttributeError, SyntaxError):
        return None


def _kinds(hint: Any) -> Iterator[Any]:
    """Yield the kinds that a value annotated so may be of, without None."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        yield from _kinds(typing.get_args(hint)[0])
    elif origin in (typing.Union, UnionType):
        for each in typing.get_args(hint):
            yield from _kinds(each)
    elif hint is not NoneType and hint is not None:
        yield hint


@functools.cache
def _reads_of_function(module: str, name: str) -> frozenset[Read]:
    code = dict(functions(module)).get(name) if module in sources() else None
    return frozenset() if code is None else reads(module, name, code)


class _Reader:
    """One function's names and what they stand for, as far as annotations say."""

    def __init__(self, module: str, name: str) -> None:
        self.globals = names_in(module)
        self.owner = self.globals.get(name.partition(".")[0]) if "." in name else None
        self.locals: dict[str, Any] = {}
        self.found: set[Read] = set()

    def of(self, code: Function) -> frozenset[Read]:
        """Return the reads of a function, with those of the functions within it."""
        self._bind_parameters(code)
        for node in sorted(ast.walk(code), key=lambda each: getattr(each, "lineno", 0)):
            self._bind(node)
        for node in ast.walk(code):
            if isinstance(node, ast.Attribute | ast.Call):
                self.kind(node)
        return frozenset(self.found)

    def _bind_parameters(self, code: Function) -> None:
        for inner in ast.walk(code):
            if isinstance(inner, Function):
                for each in (*inner.args.posonlyargs, *inner.args.args, *inner.args.kwonlyargs):
                    if each.annotation is not None:
                        self.locals[each.arg] = self._annotation(each.annotation)
        if self.owner is not None and code.args.args:
            self.locals.setdefault(code.args.args[0].arg, self.owner)

    def _annotation(self, node: ast.expr) -> Any:
        written = node.value if isinstance(node, ast.Constant) else ast.unparse(node)
        return _evaluated(str(written), self.globals)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for each, given in zip(targets, values, strict=False):
                    self._name(each, self.kind(given))
            case ast.Assign(targets=[target], value=value) | ast.NamedExpr(target=target, value=value):
                self._name(target, self.kind(value))
            case ast.AnnAssign(target=target, annotation=annotation):
                self._name(target, self._annotation(annotation))
            case ast.For(target=target, iter=several) | ast.AsyncFor(target=target, iter=several):
                self._name(target, self._each(several))
            case ast.comprehension(target=target, iter=several):
                self._name(target, self._each(several))

    def _name(self, target: ast.AST, kind: Any) -> None:
        if isinstance(target, ast.Name):
            if kind is not None:
                self.locals[target.id] = kind
        elif isinstance(target, ast.Tuple):
            args = typing.get_args(kind) if typing.get_origin(kind) is tuple else ()
            same = len(args) == 2 and args[1] is Ellipsis
            for number, each in enumerate(target.elts):
                self._name(each, args[0] if same else args[number] if number < len(args) else None)

    def _each(self, several: ast.expr) -> Any:
        return self._element(self.kind(several))

    def _element(self, hint: Any) -> Any:
        for kind in _kinds(hint):
            if args := typing.get_args(kind):
                return args[0]
        return None

    def kind(self, node: ast.AST) -> Any:
        """Return what an expression stands for: an annotation, a Thing, or None where nobody knows."""
        match node:
            case ast.Name(id=name):
                return self.locals.get(name) or self._global(name)
            case ast.Attribute(value=value, attr=attr):
                return self._field(self.kind(value), attr)
            case ast.Await(value=value) | ast.Starred(value=value):
                return self.kind(value)
            case ast.Call():
                return self._call(node)
            case ast.IfExp(body=body, orelse=other):
                return self.kind(body) or self.kind(other)
            case ast.BoolOp(values=values):
                return next((kind for value in values if (kind := self.kind(value)) is not None), None)
            case ast.Subscript(value=value):
                return self._item(self.kind(value))
            case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt) | ast.SetComp(elt=elt):
                kind = self.kind(elt)
                return None if kind is None or isinstance(kind, Thing) else list.__class_getitem__(kind)
        return None

    def _global(self, name: str) -> Any:
        if name not in self.globals:
            return None
        it = self.globals[name]
        known = isinstance(it, ModuleType | type) or callable(it)
        return Thing(it) if known else type(it)

    def _field(self, kind: Any, attr: str) -> Any:
        if isinstance(kind, Thing):
            it = getattr(kind.it, attr, None)
            return None if it is None else Thing(it) if callable(it) or isinstance(it, ModuleType) else type(it)
        for each in _kinds(kind):
            plain = typing.get_origin(each) or each
            if plain in (dict, Mapping) and attr in ("items", "values", "get"):
                key, value = (*typing.get_args(each), None, None)[:2]
                pairs = tuple.__class_getitem__((key, value))
                return Thing({"items": list[pairs], "values": list[value], "get": value}[attr])  # type: ignore[valid-type]
            if isinstance(plain, type):
                return self._of_class(plain, attr)
        return None

    def _of_class(self, kind: type[Any], attr: str) -> Any:
        if issubclass(kind, BaseModel) and attr in kind.model_fields:
            self.found.add((kind, attr))
            return kind.model_fields[attr].annotation
        owner: Any = kind
        if attr in (hints := _hints(owner)):
            self.found.add((kind, attr))
            return hints[attr]
        it = inspect.getattr_static(kind, attr, None)
        if is_dataclass(kind):
            self.found |= _reads_of_function(kind.__module__, f"{kind.__name__}.{attr}")
        if isinstance(it, property):
            return _hints(it.fget).get("return")
        if isinstance(it, functools.cached_property):
            return _hints(it.func).get("return")
        return None if it is None else Thing(inspect.unwrap(it) if callable(it) else it)

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id not in self.globals and node.args:
            if node.func.id in _SAME:
                return self.kind(node.args[0])
            if node.func.id in _ONE_OF:
                return self._each(node.args[0])
        called = self.kind(node.func)
        if not isinstance(called, Thing):
            return None
        it = called.it
        if getattr(it, "__module__", "") in RULES_OF_PACKS:
            self.found |= _reads_of_function(it.__module__, it.__name__)
        if isinstance(it, type):
            return it
        if typing.get_origin(it) is not None:
            return it
        return _hints(inspect.unwrap(getattr(it, "__func__", it))).get("return") if callable(it) else it

    def _item(self, kind: Any) -> Any:
        for each in _kinds(kind):
            args = typing.get_args(each)
            if args:
                return args[-1] if typing.get_origin(each) in (dict, Mapping) else args[0]
        return None
