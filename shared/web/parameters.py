"""What an operation takes: the methods of its path, and the parameters of its query, which holds nothing else."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, get_args, get_origin

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import compile_path

from shared.web.refusals import RepeatedParameter, UnknownParameter

_KNOWN: Final[dict[Any, Mapping[str, bool]]] = {}
_APPS_MAX: Final = 16


async def ensure_known_parameters(request: Request) -> None:
    """Refuse what the operation would not read; pages without a schema, such as /docs, are not looked at.

    Raises:
        UnknownParameter: naming the parameters that there are.
        RepeatedParameter: a parameter that takes one value stands there twice.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    known = known_parameters(route)
    given = Counter(name for name, _ in request.query_params.multi_items())
    if unknown := given.keys() - known.keys():
        raise UnknownParameter(unknown, known)
    if repeated := [name for name, count in given.items() if count > 1 and not known[name]]:
        raise RepeatedParameter(repeated)


def known_parameters(route: APIRoute) -> Mapping[str, bool]:
    """Return the query parameters of a route by name, and whether each may be repeated."""
    if route.endpoint not in _KNOWN:  # as many as there are routes
        _KNOWN[route.endpoint] = dict(_parameters(route.dependant))
    return _KNOWN[route.endpoint]


def _parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    for field in dependant.query_params:
        yield field.alias, _is_list(field.field_info.annotation)
    for dependency in dependant.dependencies:
        yield from _parameters(dependency)


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, list | set | frozenset | tuple):
        return True
    return any(_is_list(part) for part in get_args(annotation))


def methods_of(app: FastAPI, path: str) -> set[str]:
    """Return the methods that the application has for a path, of all its routes that match."""
    return {method for pattern, methods in _routes(app) if pattern.match(path) for method in methods}


@lru_cache(maxsize=_APPS_MAX)
def _routes(app: FastAPI) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    return tuple(
        (compile_path(str(context.path))[0], frozenset(context.methods or ()))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and context.original_route.include_in_schema
    )
