"""Write docs/api.md: every operation with its right and refusals, every event with its consumers, every refusal's code.

It is made from the committed contracts and the services' subscriptions (`make contracts`); a test compares.
"""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from services.gateway.routing.contracts import GATEWAY, METHODS, SERVICES, read_contracts, read_own
from shared.inbox import Subscription
from shared.web.problems import MEDIA_TYPE
from tools.asyncapi import catalogue

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = Path("docs/api.md")
Schema = dict[str, Any]
# So common that they are named once, above the tables.
_EVERYWHERE: Final = frozenset(
    {
        "database-busy",
        "database-unavailable",
        "internal-error",
        "invalid-request",
        "repeated-parameter",
        "right-missing",
        "service-unavailable",
        "token-refused",
        "too-many-requests",
        "unknown-parameter",
        "value-not-storable",
    }
)
_OF_WRITES: Final = frozenset({"idempotency-key-missing", "idempotency-key-reused", "still-running"})
_OF_BODIES: Final = frozenset({"body-too-large", "body-unreadable"})


def page() -> str:
    """Return docs/api.md."""
    documents = {GATEWAY: read_own(), **read_contracts()}
    parts = [
        "# Operations, events and refusals\n",
        "`make contracts` writes this page from the code. The full document is `/openapi.json`, shown at `/docs`.\n",
        f"Every operation may answer {_listed(_EVERYWHERE)}; one with a body {_listed(_OF_BODIES)}; a write "
        f"{_listed(_OF_WRITES)}; a paged list `cursor-invalid`. These are not repeated below.\n",
        *(_operations_of(service, document) for service, document in documents.items()),
        _events(),
        _refusals(documents),
    ]
    return "\n".join(parts)


def codes_of(document: Schema, operation: Schema) -> Iterator[str]:
    """Yield the codes of an operation's refusals."""
    for response in operation["responses"].values():
        schema = response.get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
        for reference in (schema, *schema.get("oneOf", ())):
            if name := reference.get("$ref", "").rpartition("/")[2]:
                own: Schema = document["components"]["schemas"][name]["allOf"][1]["properties"]
                yield own["code"]["const"]


def events_of(service: str) -> tuple[set[str], set[str]]:
    """Return the names of the events that a service publishes, and of those that it consumes."""
    published = {event.event_type.name for event in catalogue() if event.event_type.owner == service}
    consumed = {event.event_type.name for each in _subscriptions(service) for event in each.handlers}
    return published, consumed


def _subscriptions(service: str) -> tuple[Subscription, ...]:
    found: tuple[Subscription, ...] = importlib.import_module(f"services.{service}.consumers").SUBSCRIPTIONS
    return found


def _operations_of(service: str, document: Schema) -> str:
    lines = [f"## {service}\n", "| operation | what it does | right | refused with |", "|---|---|---|---|"]
    common = _EVERYWHERE | _OF_WRITES | _OF_BODIES | {"cursor-invalid"}
    for template, item in sorted(document["paths"].items()):
        for method, operation in item.items():
            if method in METHODS:
                does = str(operation.get("description") or operation["summary"]).split("\n")[0].replace("|", "\\|")
                right = f"`{operation['x-right']}`" if "x-right" in operation else "–"
                codes = _listed(frozenset(codes_of(document, operation)) - common)
                lines.append(f"| `{method.upper()} {template}` | {does} | {right} | {codes or '–'} |")
    return "\n".join(lines) + "\n"


def _events() -> str:
    consumers: dict[str, list[str]] = defaultdict(list)
    for service in (GATEWAY, *SERVICES):
        for name in events_of(service)[1]:
            consumers[name].append(service)
    lines = ["## Events\n", "| owner | event | version | aggregate | consumed by |", "|---|---|---|---|---|"]
    for event in catalogue():
        kind = event.event_type
        consumed = ", ".join(sorted(consumers[kind.name])) or "–"
        lines.append(f"| {kind.owner} | `{kind.name}` | {kind.version} | {kind.aggregate} | {consumed} |")
    return "\n".join(lines) + "\n"


def _refusals(documents: dict[str, Schema]) -> str:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for service, document in documents.items():
        for name, schema in document["components"]["schemas"].items():
            if name.endswith("Problem") and "allOf" in schema:
                found[_row(schema)].append(service)
    lines = [
        "## Refusals\n",
        "| code | status | what it says | clause | values | services |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"{row} {', '.join(services)} |" for (_, row), services in sorted(found.items())]
    return "\n".join(lines) + "\n"


def _row(schema: Schema) -> tuple[str, str]:
    own = schema["allOf"][1]["properties"]
    code, values = own["code"]["const"], _typed(own.get("values", {}).get("properties", {}))
    clause = own.get("clause", {}).get("const", "–")
    return code, f"| `{code}` | {own['status']['const']} | {_said(schema)} | {clause} | {values or '–'} |"


def _typed(values: Schema) -> str:
    return ", ".join(f"`{name}` ({_kind(schema)})" for name, schema in sorted(values.items()))


def _kind(schema: Schema) -> str:
    parts = [_kind(each) for each in schema.get("anyOf", ())] or [schema.get("format") or schema.get("type", "any")]
    return " or ".join(parts)


def _said(schema: Schema) -> str:
    """Return a refusal's title and its sentences, the Chinese first; a value's name stands for the value."""
    sentences = [each for each in schema["description"].split("\n\n") if _CHINESE.search(each.split("\n")[0])]
    lines = [f"**{schema['title']}**", *(line for said in sentences for line in said.split("\n"))]
    return "<br>".join(line.replace("|", "\\|") for line in lines)


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def main() -> None:
    """Write the page."""
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
    print(f"reference: {ROOT / PAGE}")


if __name__ == "__main__":
    main()
