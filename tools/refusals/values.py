"""The values that a refusal carries, as JSON schemas, read from how its `__init__` hands them to its base."""

import ast
import enum
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import FunctionType
from typing import Any, Final, get_args, get_origin
from uuid import UUID

from shared.errors import Refusal
from tools.refusals.kinds import classes_of, hints_of, parts_of
from tools.refusals.names import Names, names_of
from tools.refusals.source import tree_of, unwrapped

Schema = dict[str, Any]
ANYTHING: Final[Schema] = {}
_TEXT: Final[Schema] = {"type": "string"}
_NULL: Final[Schema] = {"type": "null"}
_OF_CLASS: Final[Mapping[type, Schema]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: _TEXT,
    UUID: {"type": "string", "format": "uuid"},
    Decimal: _TEXT,
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
_SENTENCES: Final = frozenset({"zh", "en"})
_COUNTS: Final = frozenset({"len", "sum", "int", "round"})
_KEEP_ELEMENTS: Final = frozenset({"sorted", "list", "tuple", "set", "frozenset"})


def values_of(refusal: type[Refusal]) -> dict[str, Schema]:
    """Return the schema of each value by name; what is not known is `ANYTHING`."""
    init = unwrapped(refusal.__init__)
    if refusal.__init__ is Refusal.__init__ or not isinstance(init, FunctionType):
        return {}
    owner = next(cls for cls in refusal.__mro__ if "__init__" in vars(cls))
    call, names = _base_call(init, owner)
    if call is None or names is None:
        return {}
    base = next((cls for cls in owner.__mro__[1:] if "__init__" in vars(cls)), Refusal)
    arguments = set() if base is Refusal else _arguments_of(base)
    given = {
        each.arg: schema_of(each.value, names)
        for each in call.keywords
        if each.arg is not None and each.arg not in _SENTENCES | arguments
    }
    return given if base is Refusal else {**values_of(base), **given}


def base_call_of(refusal: type[Refusal]) -> ast.Call | None:
    """Return the call in which a refusal's own `__init__` says to its base what it is; None when it has none."""
    init = unwrapped(vars(refusal).get("__init__"))
    return _base_call(init, refusal)[0] if isinstance(init, FunctionType) else None


def _base_call(init: FunctionType, owner: type) -> tuple[ast.Call | None, Names | None]:
    tree = tree_of(init)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__")):
                return node, names_of(init, owner)
    return None, None


def _arguments_of(cls: type) -> set[str]:
    code = unwrapped(vars(cls)["__init__"]).__code__
    return set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def schema_of(node: ast.expr, names: Names) -> Schema:
    """Return the schema of what an expression gives."""
    match node:
        case ast.Constant(value=None):
            return _NULL
        case ast.Constant(value=value):
            return _OF_CLASS.get(type(value), ANYTHING)
        case ast.JoinedStr():
            return _TEXT
        case ast.IfExp(body=one, orelse=other):
            return _either(schema_of(one, names), schema_of(other, names))
        case ast.BoolOp(op=ast.And(), values=[*_, last]):
            return _either(schema_of(last, names), _NULL)
        case ast.List(elts=[first, *_]):
            return {"type": "array", "items": schema_of(first, names)}
        case ast.ListComp(elt=element):
            return {"type": "array", "items": schema_of(element, names)}
        case ast.Dict(keys=keys, values=values):
            return _object(keys, [schema_of(each, names) for each in values])
        case ast.DictComp(value=value):
            return {"type": "object", "additionalProperties": schema_of(value, names)}
        case ast.Subscript(value=value, slice=ast.Slice()):
            return schema_of(value, names)
        case ast.Call():
            return _called(node, names)
    known = _either(*(_of_kind(part) for part in names.of(node).kinds)) or _of_assigned(node, names)
    return _either(known, _NULL) if _may_be_null(node, names) else known


def _may_be_null(node: ast.expr, names: Names) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names.optional
    if isinstance(node, ast.Attribute):
        hints = [hints_of(cls).get(node.attr) for cls in classes_of(names.of(node.value).kinds)]
        return any(type(None) in get_args(hint) for hint in hints)
    return False


def _called(node: ast.Call, names: Names) -> Schema:
    match node:
        case ast.Call(func=ast.Attribute(value=receiver, attr="isoformat")):
            known = schema_of(receiver, names)
            return known if known.get("format") in ("date", "date-time") else _TEXT
        case ast.Call(func=ast.Name(id="str"), args=[given]):
            known = schema_of(given, names)
            return known if known.get("type") == "string" else _TEXT
        case ast.Call(func=ast.Name(id=name)) if name in _COUNTS:
            return {"type": "integer"}
        case ast.Call(func=ast.Name(id=name), args=[given, *_]) if name in _KEEP_ELEMENTS:
            known = schema_of(given, names)
            return known if known.get("type") == "array" else {"type": "array", "items": ANYTHING}
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join")):
            return _TEXT
    return _either(*(_of_kind(part) for part in names.of(node).kinds))


def _of_assigned(node: ast.expr, names: Names) -> Schema:
    if isinstance(node, ast.Name) and len(names.assigned.get(node.id, ())) == 1:
        return schema_of(names.assigned[node.id][0], names)
    if isinstance(node, ast.GeneratorExp):
        return {"type": "array", "items": schema_of(node.elt, names)}
    return ANYTHING


def _of_kind(kind: Any) -> Schema:
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _TEXT if issubclass(kind, str) else ANYTHING
    if isinstance(kind, type):
        return next((schema for cls, schema in _OF_CLASS.items() if issubclass(kind, cls)), ANYTHING)
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) == 2:
        return {"type": "object", "additionalProperties": _of_parts(arguments[1])}
    if isinstance(origin, type) and arguments:
        return {"type": "array", "items": _of_parts(arguments[0])}
    if arguments and all(isinstance(each, str) for each in arguments):  # Literal["appeal", "removal"]
        return _TEXT
    return ANYTHING


def _of_parts(kind: Any) -> Schema:
    return _either(*(_of_kind(part) for part in parts_of(kind)))


def _object(keys: list[ast.expr | None], schemas: list[Schema]) -> Schema:
    if not all(isinstance(key, ast.Constant) for key in keys):
        return {"type": "object"}
    named = {str(key.value): schema for key, schema in zip(keys, schemas, strict=True)}  # type: ignore[union-attr]
    return {"type": "object", "properties": named, "required": list(named)}


def _either(*schemas: Schema) -> Schema:
    """Return what fits one of the schemas; none of them known is `ANYTHING`."""
    different = [each for place, each in enumerate(schemas) if each not in schemas[:place]]
    if not different or ANYTHING in different:
        return ANYTHING
    return different[0] if len(different) == 1 else {"anyOf": different}
