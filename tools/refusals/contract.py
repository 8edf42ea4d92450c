"""Write into a service's OpenAPI document which refusals each operation can answer with, and the values of each."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from shared.dates import DateInFuture
from shared.vocabulary.load import field_words
from shared.web.bodies import NOT_AFTER_TODAY
from shared.web.problems import MEDIA_TYPE
from shared.web.refusals import (
    BodyTooLarge,
    BodyUnreadable,
    DatabaseUnavailable,
    InternalError,
    InvalidRequest,
    RepeatedParameter,
    UnknownParameter,
    ValueNotStorable,
)
from tools.refusals.reach import Kind, Reach
from tools.refusals.sentences import sentence_of
from tools.refusals.values import values_of

Schema = dict[str, Any]
Found = Mapping[tuple[str, str], frozenset[Kind]]  # by method and path template
OF_EVERY_OPERATION: Final[frozenset[Kind]] = frozenset(
    {InvalidRequest, UnknownParameter, ValueNotStorable, DatabaseUnavailable, InternalError}
)
OF_EVERY_QUERY: Final[frozenset[Kind]] = frozenset({RepeatedParameter})
OF_EVERY_BODY: Final[frozenset[Kind]] = frozenset({BodyTooLarge, BodyUnreadable})


def refusals_of(app: FastAPI, service: str) -> Found:
    """Return the refusals of each operation that a service documents."""
    reach, document = Reach(f"services.{service}", "shared"), app.openapi()
    return {
        (method.lower(), path): _of_route(reach, route) | of_edge(document, document["paths"][path][method.lower()])
        for path, methods, route in documented(app)
        for method in methods
    }


def documented(app: FastAPI) -> Iterator[tuple[str, set[str], APIRoute]]:
    """Yield path template, methods and route of what stands in the document."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema and context.path is not None:
            yield context.path, set(context.methods or ()), route


def _of_route(reach: Reach, route: APIRoute) -> frozenset[Kind]:
    return frozenset(kind for call in calls_of(route.dependant) for kind in reach.of(call))


def calls_of(dependant: Dependant) -> Iterator[Any]:
    """Yield what answering a request calls: the operation itself and everything that it depends on."""
    if dependant.call is not None:
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from calls_of(dependency)


def of_edge(document: Schema, operation: Schema) -> frozenset[Kind]:
    """Return what is refused before the operation's own code runs, or in its stead."""
    found = OF_EVERY_OPERATION
    if any(each["in"] == "query" for each in operation.get("parameters", [])):
        found |= OF_EVERY_QUERY
    if "requestBody" in operation:
        found |= OF_EVERY_BODY
    asked = [operation.get("parameters", []), operation.get("requestBody", {})]
    if _names(asked, document["components"]["schemas"], NOT_AFTER_TODAY, frozenset()):
        found |= {DateInFuture}
    return found


def _names(node: Any, schemas: Schema, key: str, seen: frozenset[str]) -> bool:
    """Return whether a schema, or one that it refers to, has a key."""
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if key in node or (name and name not in seen and _names(schemas[name], schemas, key, seen | {name})):
            return True
        node = list(node.values())
    return any(_names(part, schemas, key, seen) for part in node) if isinstance(node, list) else False


def describe(document: Schema, found: Found) -> Schema:
    """Return the document with an answer for each status, and a component for each code."""
    by_code: dict[str, set[Kind]] = defaultdict(set)
    for (method, path), kinds in found.items():
        responses = document["paths"][path][method]["responses"]
        for general in ("4XX", "5XX"):
            responses.pop(general, None)
        for status in sorted({kind.http_status for kind in kinds}):
            responses[str(status)] = _answer([kind for kind in kinds if kind.http_status == status])
        for kind in kinds:
            by_code[kind.code].add(kind)
    for code, together in by_code.items():
        document["components"]["schemas"][component_name(code)] = component(together)
    return document


def component_name(code: str) -> str:
    """Return the name of the schema of a code."""
    return "".join(word.capitalize() for word in code.split("-")) + "Problem"


def component(kinds: Collection[Kind]) -> Schema:
    """Return the schema of one code: the problem with its code, status, clause and values.

    Several classes may have one code: to a client they are one refusal, and each of their values may be there.
    """
    first, *others = sorted(kinds, key=lambda kind: f"{kind.__module__}.{kind.__name__}")
    own: Schema = {"code": {"const": first.code}, "status": {"const": first.http_status}}
    if first.clause is not None:
        own["clause"] = {"const": first.clause}
    values = {name: schema for kind in (first, *others) for name, schema in values_of(kind).items()}
    if values:
        titled = {name: _titled(name, schema) for name, schema in values.items()}
        own["values"] = {"type": "object", "properties": titled}
    part: Schema = {"type": "object", "properties": own}
    if values and not others:
        own["values"]["required"], part["required"] = list(values), ["values"]
    said = [sentence.spoken(None) for kind in (first, *others) if (sentence := sentence_of(kind)) is not None]
    return {
        "title": first.title,
        "description": "\n\n".join([(first.__doc__ or "").strip(), *said]),
        "allOf": [{"$ref": "#/components/schemas/Problem"}, part],
    }


def _titled(name: str, schema: Schema) -> Schema:
    words = field_words().get(name)
    return schema if words is None else {**schema, "title": words.title}


def _answer(kinds: Collection[Kind]) -> Schema:
    by_code = {kind.code: kind for kind in sorted(kinds, key=lambda kind: kind.code)}
    references = [{"$ref": f"#/components/schemas/{component_name(code)}"} for code in by_code]
    named = "\n".join(f"- `{code}`: {kind.title}" for code, kind in by_code.items())
    schema = references[0] if len(references) == 1 else {"oneOf": references}
    return {"description": named, "content": {MEDIA_TYPE: {"schema": schema}}}
