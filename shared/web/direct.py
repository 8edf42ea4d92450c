"""Routes that are asked thousands of times an hour: a well-formed request goes straight to its endpoint.

FastAPI looks at a route's signature for every request anew, which costs as much as the answer of such a route. Here the
arguments are found once. Whatever is not plainly right (a query, another content type, a field that does not validate)
goes FastAPI's ordinary way, so that every refusal is the ordinary one.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from inspect import signature
from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.access import Right
from shared.errors import Refusal
from shared.web.identity import principal
from shared.web.writes import KEY, writer, writer_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_JSON: Final = frozenset({"application/json", "application/json; charset=utf-8"})
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_KEY: Final = re.compile(KEY, re.ASCII)


class DirectRoute(APIRoute):
    """Calls its endpoint itself where that takes ids of the path, one body, one right and the writer, no more."""

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler, with the straight way before it where there is one."""
        ordinary, takes, endpoint = super().get_route_handler(), _takes(self), self.endpoint
        if takes is None:
            return ordinary

        async def handle(request: Request) -> Response:
            arguments = await takes.arguments(request)
            if arguments is None:
                return await ordinary(request)
            response: Response = await endpoint(**arguments)
            return response

        return handle


@dataclass(frozen=True, slots=True)
class _Takes:
    """What an endpoint takes: names of its arguments, and the kind of its body."""

    ids: tuple[str, ...]
    body_name: str
    body: type[BaseModel]
    caller_name: str
    right: Right
    writer_name: str

    async def arguments(self, request: Request) -> dict[str, Any] | None:
        """Return the endpoint's arguments, or None when the request is not plainly right.

        Raises:
            TokenRefused: as in `identity.principal`.
            RightMissing: the caller holds the right nowhere.
        """
        headers, given = request.headers, request.path_params
        key = headers.get("idempotency-key", "")
        if request.scope["query_string"] or headers.get("content-type") not in _JSON or not _KEY.fullmatch(key):
            return None
        if not all(_ID.fullmatch(given[name]) for name in self.ids):
            return None
        text = await request.body()
        try:
            said = orjson.loads(text)  # first, as FastAPI does: what is no JSON is refused as such, whoever sent it
        except ValueError:
            return None
        caller = await principal(request)
        caller.ensure_has(self.right)
        try:
            body = self.body.model_validate(said)
        except (ValueError, Refusal):
            return None
        return {
            **{name: UUID(given[name]) for name in self.ids},
            self.body_name: body,
            self.caller_name: caller,
            self.writer_name: writer_of(request, caller, key, text),
        }


def _takes(route: APIRoute) -> _Takes | None:
    dependant = route.dependant
    rights = {
        str(each.name): Right(right) for each in dependant.dependencies if (right := getattr(each.call, "right", None))
    }
    writers = [str(each.name) for each in dependant.dependencies if each.call is writer]
    others = [*dependant.query_params, *dependant.header_params, *dependant.cookie_params]
    bodies = {field.name: field.field_info.annotation for field in dependant.body_params}
    plain = (
        len(rights) == len(writers) == len(bodies) == 1
        and len(dependant.dependencies) == len(rights) + len(writers)
        and not others
        and dependant.request_param_name is None
        and all(field.field_info.annotation is UUID for field in dependant.path_params)
        and signature(route.endpoint).return_annotation is Response
    )
    if not plain:
        return None
    ((caller_name, right),), ((body_name, body),) = rights.items(), bodies.items()
    if not (isinstance(body, type) and issubclass(body, BaseModel)):
        return None
    ids = tuple(field.name for field in dependant.path_params)
    return _Takes(ids, body_name, body, caller_name, right, writers[0])
