"""Write each service's OpenAPI document to where the gateway reads it (`make contracts`).

A document names for each operation the refusals that it can answer with (`tools.refusals`), those of the gateway on
the way to it included.
"""

import importlib
import json
from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from services.gateway.routing.contracts import FOLDER, GATEWAY, SERVICES
from services.gateway.routing.refusals import NoSuchOperation
from services.gateway.routing.routes import forward
from shared.web.refusals import MethodNotAllowed
from tools.refusals.contract import Found, calls_of, describe, refusals_of
from tools.refusals.reach import Kind, Reach

# The gateway answers so when there is no such operation at all.
_OF_NO_OPERATION: Final[frozenset[Kind]] = frozenset({NoSuchOperation, MethodNotAllowed})


def contract(service: str) -> str:
    """Return a service's OpenAPI document as stable text."""
    app = app_of(service)
    document: dict[str, Any] = describe(app.openapi(), refusals_through_the_gateway(service))
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@cache
def app_of(service: str) -> FastAPI:
    """Return a service's application."""
    app: FastAPI = importlib.import_module(f"services.{service}.main").create_app()
    return app


@cache
def refusals_through_the_gateway(service: str) -> Found:
    """Return what a client of the gateway may be refused with at each operation of a service."""
    own = refusals_of(app_of(service), service)
    on_the_way = frozenset() if service == GATEWAY else _on_the_way()
    return {operation: kinds | on_the_way for operation, kinds in own.items()}


@cache
def _on_the_way() -> frozenset[Kind]:
    reach = Reach(f"services.{GATEWAY}", "shared")
    routes = (each.original_route for each in iter_route_contexts(app_of(GATEWAY).routes))
    (passing_on,) = (each for each in routes if isinstance(each, APIRoute) and each.endpoint is forward)
    return frozenset(kind for call in calls_of(passing_on.dependant) for kind in reach.of(call)) - _OF_NO_OPERATION


def main() -> None:
    """Write all documents."""
    FOLDER.mkdir(exist_ok=True)
    for service in (GATEWAY, *SERVICES):
        (FOLDER / f"{service}.json").write_text(contract(service))
        print(f"{service}: {FOLDER / f'{service}.json'}")


if __name__ == "__main__":
    main()
