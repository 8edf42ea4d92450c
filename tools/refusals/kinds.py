"""What a type annotation says about a value: its classes, what iterating over it gives, what its members are."""

import ast
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, get_args, get_origin

from tools.refusals.source import class_tree, is_ours, unwrapped

_AWAITED: Final = {"Awaitable", "Coroutine"}
_MANAGED: Final = {"AsyncIterator", "Iterator", "AsyncGenerator", "Generator", "AbstractAsyncContextManager"}
Kinds = tuple[Any, ...]  # annotations, of which one holds


def parts_of(kind: Any) -> Kinds:
    """Return a kind without the wrappers that say nothing of its class: a union as its parts."""
    if kind is None or kind is type(None) or kind is Any or isinstance(kind, str):
        return ()
    if isinstance(kind, typing.TypeVar):
        return parts_of(kind.__bound__)
    origin = get_origin(kind)
    if origin is typing.Annotated or origin in (typing.ClassVar, typing.Final, typing.Required, typing.NotRequired):
        return parts_of(get_args(kind)[0])
    if origin is typing.Union or origin is types.UnionType:
        return tuple(part for each in get_args(kind) for part in parts_of(each))
    if getattr(origin, "__name__", "") in _AWAITED:
        return parts_of(get_args(kind)[-1])
    if isinstance(kind, typing.NewType):
        return parts_of(kind.__supertype__)
    return (kind,)


def classes_of(kinds: Kinds) -> tuple[type, ...]:
    """Return the run-time classes of the kinds."""
    found: list[Any] = [get_origin(part) or part for kind in kinds for part in parts_of(kind)]  # type: ignore[truthy-bool]
    return tuple(each for each in found if isinstance(each, type))


def elements_of(kinds: Kinds) -> Kinds:
    """Return what iterating over such a value gives."""
    found: list[Any] = []
    for kind in (part for each in kinds for part in parts_of(each)):
        args = [each for each in get_args(kind) if each is not Ellipsis]
        origin = get_origin(kind)
        if origin is tuple:
            found += args
        elif args and isinstance(origin, type):
            found.append(args[0])
        elif isinstance(kind, type) and is_ours(kind.__module__):
            for name in ("__iter__", "__aiter__"):
                found += elements_of(returned_by(getattr(kind, name, None)))
    return tuple(found)


def values_of(kinds: Kinds) -> Kinds:
    """Return what a mapping of such a kind holds under its keys, or a sequence at its places."""
    found: list[Any] = []
    for kind in (part for each in kinds for part in parts_of(each)):
        args, origin = get_args(kind), get_origin(kind)
        if isinstance(origin, type) and issubclass(origin, Mapping) and len(args) == 2:
            found.append(args[1])
        else:
            found += elements_of((kind,))
    return tuple(found)


def entered_of(kinds: Kinds) -> Kinds:
    """Return what `with` binds for such a value."""
    found: list[Any] = []
    for kind in (part for each in kinds for part in parts_of(each)):
        if getattr(get_origin(kind), "__name__", "") in _MANAGED:
            found += get_args(kind)[:1]
        elif isinstance(kind, type) and is_ours(kind.__module__):
            for name in ("__enter__", "__aenter__"):
                found += returned_by(getattr(kind, name, None)) or ((kind,) if hasattr(kind, name) else ())
    return tuple(found)


@cache
def hints_of(thing: Any) -> Mapping[str, Any]:
    """Return the annotations of a function or class, evaluated; those that cannot be are left out."""
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return _hints_one_by_one(thing)


def _hints_one_by_one(thing: Any) -> dict[str, Any]:
    names = vars(sys.modules[thing.__module__])
    found: dict[str, Any] = {}
    for name, written in getattr(thing, "__annotations__", {}).items():
        try:
            found[name] = eval(written, dict(names)) if isinstance(written, str) else written  # noqa: S307 - our own source
        except (NameError, TypeError, AttributeError):
            continue
    return found


def returned_by(function: Any) -> Kinds:
    """Return what calling a function gives, from its annotation."""
    plain = unwrapped(function)
    if not inspect.isfunction(plain):
        return ()
    return parts_of(hints_of(plain).get("return"))


@cache
def assigned_in_init(cls: type) -> Mapping[str, ast.expr]:
    """Return what `__init__` assigns to attributes without an annotation: attribute to expression."""
    tree = class_tree(cls)
    init = next((each for each in tree.body if getattr(each, "name", "") == "__init__"), None) if tree else None
    found: dict[str, ast.expr] = {}
    assignments = [node for node in ast.walk(init) if isinstance(node, ast.Assign)] if init is not None else []
    for assignment in assignments:
        for target in assignment.targets:
            for each, value in _pairs(target, assignment.value):
                if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "self":
                    found[each.attr] = value
    return found


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]
