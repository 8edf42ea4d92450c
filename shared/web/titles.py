"""Give every field, parameter and closed value of an OpenAPI document its words from the vocabulary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.vocabulary.load import FieldWords, ValueWords, field_words, value_words

METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One place of a document where a field is described, and the keys under which its words may stand."""

    name: str
    keys: tuple[str, ...]  # the narrowest first
    described: Schema  # the property's schema, or the parameter

    def key(self, known: Mapping[str, Any]) -> str | None:
        """Return the narrowest key that the vocabulary knows; None when it knows none."""
        return next((key for key in self.keys if key in known), None)


@dataclass(frozen=True, slots=True)
class ClosedSet:
    """One place of a document where a closed set of values is listed."""

    names: tuple[str, ...]  # of the enum, or of the field that lists its values; the narrowest first
    values: list[str]
    described: Schema

    def key(self, value: str, known: Mapping[str, Any]) -> str | None:
        """Return the narrowest key under which the vocabulary knows a value; None when it knows none."""
        keys = (*(f"{name}={value}" for name in self.names), value)
        return next((key for key in keys if key in known), None)


def entitle(document: Schema, service: str) -> None:
    """Write title and description of every field into a service's document, and the words of every closed value.

    A field or value that the vocabulary does not know is left as it is; `tests/contracts` names it.
    """
    words = field_words()
    for field in fields(document, service):
        if (key := field.key(words)) is not None:
            _describe(field, words[key])
    known = value_words()
    for closed in closed_sets(document):
        keys = [closed.key(value, known) for value in closed.values]
        _describe_values(closed, [known[key] if key else None for key in keys])


def fields(document: Schema, service: str) -> Iterator[Field]:
    """Yield every property of every body, then every parameter of every operation."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        owner = name.rsplit("__", 1)[-1]
        for field, described in schema.get("properties", {}).items():
            yield Field(field, _keys(service, (name, owner), field), described)
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            name, owner = parameter["name"], operation["operationId"]
            general = (f"?{name}", name) if parameter["in"] == "query" else (name,)
            keys = (f"{service}.{owner}.{name}", f"{owner}.{name}", *general)
            yield Field(name, keys, parameter)


def closed_sets(document: Schema) -> Iterator[ClosedSet]:
    """Yield every closed set of values in bodies and parameters."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        owner = name.rsplit("__", 1)[-1]
        yield from _closed_in(schema, (owner,))
        for field, described in schema.get("properties", {}).items():
            yield from _closed_in(described, (f"{owner}.{field}", field))
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            yield from _closed_in(parameter.get("schema", {}), (f"{operation['operationId']}.{name}", name))


def _closed_in(schema: Schema, names: tuple[str, ...]) -> Iterator[ClosedSet]:
    if "enum" in schema:
        yield ClosedSet(names, schema["enum"], schema)
    elif isinstance(schema.get("const"), str):
        yield ClosedSet(names, [schema["const"]], schema)
    for part in (*schema.get("anyOf", ()), *filter(None, (schema.get("items"),))):
        yield from _closed_in(part, names)


def _operations(document: Schema) -> Iterator[Schema]:
    for item in document.get("paths", {}).values():
        for method, operation in item.items():
            if method in METHODS:
                yield operation


def _keys(service: str, owners: tuple[str, ...], field: str) -> tuple[str, ...]:
    narrow = [f"{prefix}{owner}.{field}" for owner in owners for prefix in (f"{service}.", "")]
    return (*dict.fromkeys(narrow), field)


def _describe(field: Field, words: FieldWords) -> None:
    field.described["description"] = words.meaning
    # A parameter's title belongs to its schema; a property is a schema itself, beside its reference if it has one.
    field.described.get("schema", field.described)["title"] = words.title


def _describe_values(closed: ClosedSet, words: list[ValueWords | None]) -> None:
    named = [f"{each.zh} {each.en}" if each else "" for each in words]
    closed.described["x-enum-descriptions"] = named
    if len(named) > 1:
        lines = "\n".join(f"- `{value}`: {each}" for value, each in zip(closed.values, named, strict=True))
        before = closed.described.get("description")
        closed.described["description"] = f"{before}\n\n{lines}" if before else lines
