"""What the expressions of one function stand for: objects known now, or values whose class is known."""

import ast
import enum
import importlib
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import FunctionType, ModuleType
from typing import Any

from tools.refusals.kinds import (
    Kinds,
    assigned_in_init,
    classes_of,
    elements_of,
    entered_of,
    hints_of,
    parts_of,
    returned_by,
    values_of,
)
from tools.refusals.source import Function, is_ours, namespace_of, unwrapped


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an expression may stand for: these very objects, or values of these kinds; with neither, it is unknown."""

    objects: tuple[Any, ...] = ()
    kinds: Kinds = ()

    def __or__(self, other: "Meaning") -> "Meaning":
        """Return both possibilities."""
        return Meaning(self.objects + other.objects, self.kinds + other.kinds)

    def __bool__(self) -> bool:
        """Return whether anything is known."""
        return bool(self.objects or self.kinds)


UNKNOWN = Meaning()
Source = Callable[[], Meaning]


class Names:
    """The names of one function, resolved when they are asked for."""

    def __init__(self, function: FunctionType, tree: Function, owner: type | None = None) -> None:
        self._global = namespace_of(function)
        self._sources: dict[str, list[Source]] = defaultdict(list)
        self.caught: dict[str, list[ast.expr]] = defaultdict(list)  # a handler's name to the classes it catches
        self.assigned: dict[str, list[ast.expr]] = defaultdict(list)
        self._known: dict[int, Meaning] = {}
        self._open: set[int] = set()
        self.optional: set[str] = set()  # arguments that may be None
        self._take_arguments(hints_of(function), tree, owner)
        for node in ast.walk(tree):
            self._learn_binding(node)
            self._learn_annotation(node, tree)

    def of(self, node: ast.AST | None) -> Meaning:
        """Return what an expression stands for."""
        if node is None:
            return UNKNOWN
        key = id(node)
        if key not in self._known:
            if key in self._open:
                return UNKNOWN
            self._open.add(key)
            self._known[key] = self._resolved(node)
            self._open.discard(key)
        return self._known[key]

    # How names get their values.

    def _take_arguments(self, hints: Mapping[str, Any], tree: Function, owner: type | None) -> None:
        for argument in _arguments(tree):
            name, hint = argument.arg, hints.get(argument.arg)
            meaning = Meaning(kinds=parts_of(hint))
            if owner is not None and name in ("self", "cls"):
                meaning = Meaning(objects=(owner,)) if name == "cls" else Meaning(kinds=(owner,))
            if type(None) in getattr(hint, "__args__", ()):
                self.optional.add(name)
            self._sources[name].append(lambda meaning=meaning: meaning)  # type: ignore[misc]

    def _learn_binding(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, lambda value=value: self.of(value), value)  # type: ignore[misc]
            case ast.NamedExpr(target=target, value=value):
                self._bind(target, lambda: self.of(value), value)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                iterated = node.iter
                self._bind(node.target, lambda: self._iterated(iterated), iterated)
            case ast.withitem(context_expr=entered, optional_vars=target) if target is not None:
                self._bind(target, lambda: Meaning(kinds=entered_of(self.of(entered).kinds)), entered)
            case ast.ExceptHandler(name=str(name), type=caught) if caught is not None:
                self.caught[name].append(caught)

    def _learn_annotation(self, node: ast.AST, tree: Function) -> None:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                self._sources[name].append(lambda: self._annotated(annotation))
                if node.value is not None:
                    self.assigned[name].append(node.value)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node is not tree:
                for argument in _arguments(node):
                    inner = argument.annotation
                    self._sources[argument.arg].append(lambda inner=inner: self._annotated(inner))  # type: ignore[misc]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found = importlib.import_module(module)
                for each in names:
                    self._global[each.asname or each.name] = getattr(found, each.name)

    def _bind(self, target: ast.expr, source: Source, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._sources[target.id].append(source)
            self.assigned[target.id].append(value)
        elif isinstance(target, ast.Tuple):
            literal = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
            for place, each in enumerate(target.elts):
                if literal:
                    part = value.elts[place]  # type: ignore[attr-defined]
                    self._bind(each, lambda part=part: self.of(part), part)  # type: ignore[misc]
                else:
                    self._bind(each, lambda place=place: _at(source(), place), value)  # type: ignore[misc]

    def _annotated(self, annotation: ast.expr | None) -> Meaning:
        found = self.of(annotation)
        return Meaning(kinds=tuple(part for each in found.objects for part in parts_of(each)))

    def _iterated(self, node: ast.expr) -> Meaning:
        found = self.of(node)
        members = tuple(each for container in found.objects for each in _members(container))
        return Meaning(objects=members, kinds=elements_of(found.kinds))

    # What expressions stand for.

    def _resolved(self, node: ast.AST) -> Meaning:
        match node:
            case ast.Name(id=name):
                return self._named(name)
            case ast.Attribute(value=value, attr=attr):
                return self._attribute(self.of(value), attr)
            case ast.Call(func=called):
                return self._called(node, self.of(called))
            case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
                return self.of(value)
            case ast.Subscript(value=value):
                return self._subscript(self.of(value), node)
            case ast.IfExp(body=one, orelse=other):
                return self.of(one) | self.of(other)
            case ast.BoolOp(values=values):
                return _union(self.of(each) for each in values)
            case ast.BinOp(left=left, right=right):
                return self.of(left) | self.of(right)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return Meaning(objects=tuple(tuple(self.of(each).objects) for each in elements))
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.SetComp(elt=element):
                found = self.of(element)
                return Meaning(objects=(found.objects,), kinds=tuple(list[each] for each in found.kinds))  # type: ignore[valid-type]
            case ast.Constant(value=str(text)):
                return Meaning(objects=(text,))
        return UNKNOWN

    def _named(self, name: str) -> Meaning:
        if name in self._sources:
            return _union(source() for source in self._sources[name])
        return Meaning(objects=(self._global[name],)) if name in self._global else UNKNOWN

    def _attribute(self, of: Meaning, attr: str) -> Meaning:
        found = UNKNOWN
        for thing in of.objects:
            if isinstance(thing, ModuleType | type | enum.Enum) or is_ours(type(thing).__module__):
                found |= Meaning(objects=(getattr(thing, attr),)) if hasattr(thing, attr) else UNKNOWN
        for cls in classes_of(of.kinds):
            found |= member_of(cls, attr)
        if attr in ("values", "items", "get") and not found:
            return of  # `_called` looks into the mapping
        return found

    def _called(self, node: ast.Call, called: Meaning) -> Meaning:
        found = UNKNOWN
        for thing in called.objects:
            if isinstance(thing, type):
                found |= Meaning(kinds=(thing,))
            elif callable(thing):
                found |= Meaning(kinds=returned_by(thing))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("values", "items", "get"):
            holder = self.of(node.func.value)
            found |= Meaning(objects=tuple(_members(each) for each in holder.objects), kinds=values_of(holder.kinds))
        for cls in classes_of(called.kinds):
            found |= Meaning(kinds=returned_by(getattr(cls, "__call__", None)))  # noqa: B004 - its annotation
        return found

    def _subscript(self, of: Meaning, node: ast.Subscript) -> Meaning:
        if isinstance(node.slice, ast.Slice):
            return of
        members = tuple(member for container in of.objects for member in _members(container))
        aliases: tuple[Any, ...] = ()
        for thing in of.objects:  # an annotation such as list[Case]
            part = self.of(node.slice)
            alias = getattr(thing, "__class_getitem__", None)
            if isinstance(thing, type) and part.objects and alias is not None:
                aliases += (alias(part.objects[0]),)
        return Meaning(objects=members + aliases, kinds=values_of(of.kinds))


def member_of(cls: type, name: str) -> Meaning:
    """Return what an attribute of a class's instances stands for; a method is the function itself."""
    thing = inspect.getattr_static(cls, name, None)
    if isinstance(thing, property):
        return Meaning(kinds=returned_by(thing))
    if (plain := unwrapped(thing)) is not None and isinstance(plain, FunctionType):
        return Meaning(objects=(plain,))
    hinted = parts_of(hints_of(cls).get(name)) if is_ours(cls.__module__) else ()
    if hinted:
        return Meaning(kinds=hinted)
    for base in cls.__mro__:
        value = assigned_in_init(base).get(name) if is_ours(base.__module__) else None
        if value is not None and (init := unwrapped(base.__init__)) is not None:  # type: ignore[misc]
            return names_of(init, base).of(value)
    return UNKNOWN


_NAMES: dict[FunctionType, Names] = {}


def names_of(function: FunctionType, owner: type | None) -> Names:
    """Return the names of a function; made once, so that meanings are found once."""
    from tools.refusals.source import tree_of

    if function not in _NAMES:
        tree = tree_of(function)
        assert tree is not None
        _NAMES[function] = Names(function, tree, owner)
    return _NAMES[function]


def _members(container: Any) -> tuple[Any, ...]:
    if isinstance(container, Mapping):
        return tuple(container.values())
    if isinstance(container, tuple | list | set | frozenset):
        return tuple(container)
    return ()


def inside(thing: Any, depth: int = 4) -> Iterator[Any]:
    """Return what a table of the program holds: the leaves of its containers and of the records in them."""
    if depth and isinstance(thing, Mapping | tuple | list | set | frozenset):
        for each in _members(thing):
            yield from inside(each, depth - 1)
    elif depth and is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from inside(getattr(thing, field.name), depth - 1)
    else:
        yield thing


def _at(meaning: Meaning, place: int) -> Meaning:
    objects = tuple(
        _members(each)[place]
        for each in meaning.objects
        if not isinstance(each, Mapping) and len(_members(each)) > place
    )
    kinds: Kinds = ()
    for kind in (part for each in meaning.kinds for part in parts_of(each)):
        arguments = getattr(kind, "__args__", ())
        kinds += arguments[place : place + 1] if len(arguments) > place else elements_of((kind,))
    return Meaning(objects, kinds)


def _union(found: Iterator[Meaning]) -> Meaning:
    whole = UNKNOWN
    for each in found:
        whole |= each
    return whole


def _arguments(tree: Function) -> list[ast.arg]:
    given = tree.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return every + [each for each in (given.vararg, given.kwarg) if each is not None]
