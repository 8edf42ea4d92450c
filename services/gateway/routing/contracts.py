"""The services' API contracts: committed OpenAPI documents, turned into a routing table and one merged document."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.access import Right

FOLDER = Path(__file__).resolve().parent.parent / "contracts"
GATEWAY = "gateway"
SERVICES = ("registry", "lending", "subsidy", "riskfund")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service, and the right it asks for."""

    service: str
    method: str
    template: str
    right: Right


def read_contracts(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI document of each service by its name."""
    return {service: _read(folder, service) for service in SERVICES}


def read_own(folder: Path = FOLDER) -> dict[str, Any]:
    """Return the OpenAPI document of the gateway's own operations."""
    return _read(folder, GATEWAY)


def _read(folder: Path, service: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / f"{service}.json").read_text())
    return document


def operations(contracts: dict[str, dict[str, Any]]) -> list[Operation]:
    """Return every operation; one without a right is left out, so nobody can reach it (deny by default)."""
    return [
        Operation(service, method.upper(), template, Right(operation["x-right"]))
        for service, contract in contracts.items()
        for template, path_item in contract["paths"].items()
        for method, operation in path_item.items()
        if method in METHODS and "x-right" in operation
    ]


_PARAMETER = re.compile(r"\{[^}]*\}")


class RoutingTable:
    """Finds the operation of a request by walking the path's segments.

    A literal segment wins over one with a parameter in it (`export.{form}`), and that over one that is a parameter.
    """

    def __init__(self, known: list[Operation]) -> None:
        self._root: dict[str, Any] = {}
        for operation in known:
            node = self._root
            for segment in operation.template.strip("/").split("/"):
                node = node.setdefault(_PARAMETER.sub("{}", segment), {})
            node[f" {operation.method}"] = operation

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation, or None when no service has it; a path that ends in a slash is another path."""
        return next((each for each in self._found(path) if each.method == method), None)

    def methods_of(self, path: str) -> set[str]:
        """Return the methods that services have for a path."""
        return {operation.method for operation in self._found(path)}

    def _found(self, path: str) -> Iterator[Operation]:
        """Return the operations of a path, those of the narrowest template first."""
        return self._walk(self._root, path.removeprefix("/").split("/"))

    def _walk(self, node: dict[str, Any], segments: list[str]) -> Iterator[Operation]:
        if not segments:
            yield from (found for key, found in node.items() if key.startswith(" "))
            return
        head, rest = segments[0], segments[1:]
        if head.startswith(" ") or "{}" in head:
            return  # the table's own keys
        literal = [head] if head in node else []
        patterns = sorted((key for key in node if "{}" in key and _fits(key, head)), key=len, reverse=True)
        for key in (*literal, *patterns):
            yield from self._walk(node[key], rest)


def _fits(pattern: str, segment: str) -> bool:
    before, _, after = pattern.partition("{}")
    return segment.startswith(before) and segment.endswith(after) and len(segment) > len(before) + len(after)


def merged(own: dict[str, Any], contracts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return one OpenAPI document of the gateway's own operations and every service's.

    Schemas of the same name and content appear once; a name that two services use differently gets the
    service's name in front.
    """
    schemas: dict[str, Any] = dict(own.get("components", {}).get("schemas", {}))
    paths: dict[str, Any] = dict(own["paths"])
    for service, contract in contracts.items():
        theirs = contract.get("components", {}).get("schemas", {})
        renamed = {
            name: f"{service.capitalize()}{name}"
            for name, schema in theirs.items()
            if name in schemas and schemas[name] != schema
        }
        contract = json.loads(_with_renamed_references(json.dumps(contract), renamed))
        for name, schema in contract.get("components", {}).get("schemas", {}).items():
            schemas[renamed.get(name, name)] = schema
        for template, path_item in contract["paths"].items():
            paths.setdefault(template, {}).update(_tagged(path_item, service))
    components = {**own.get("components", {}), "schemas": dict(sorted(schemas.items()))}
    return {**own, "paths": dict(sorted(paths.items())), "components": components}


def _with_renamed_references(text: str, renamed: dict[str, str]) -> str:
    for old, new in renamed.items():
        text = text.replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    return text


def _tagged(path_item: dict[str, Any], service: str) -> dict[str, Any]:
    for method, operation in path_item.items():
        if method in METHODS:
            operation["tags"] = [f"{service}: {tag}" for tag in operation.get("tags", ["operations"])]
    return path_item
