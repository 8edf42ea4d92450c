"""Write docs/api.md: every operation with its right and refusals, every event with its consumers; and docs/refusals.md.

They are made from the committed contracts and the services' subscriptions (`make contracts`); a test compares.
"""

import importlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from services.gateway.routing.contracts import GATEWAY, METHODS, SERVICES, read_contracts, read_own
from shared.inbox import Subscription
from shared.web.problems import MEDIA_TYPE
from tools import refusals_page
from tools.asyncapi import catalogue

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
        "# Operations and events\n",
        "`make contracts` writes this page from the code. The full document is `/openapi.json`, shown at `/docs`; "
        "what each refusal says: [refusals.md](refusals.md).\n",
        f"Every operation may answer {_listed(_EVERYWHERE)}; one with a body {_listed(_OF_BODIES)}; a write "
        f"{_listed(_OF_WRITES)}; a paged list `cursor-invalid`. These are not repeated below.\n",
        *(_operations_of(service, document) for service, document in documents.items()),
        _events(),
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


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def main() -> None:
    """Write both pages."""
    for path, text in ((PAGE, page()), (refusals_page.PAGE, refusals_page.page(ROOT))):
        (ROOT / path).write_text(text, encoding="utf-8")
        print(f"reference: {ROOT / path}")


if __name__ == "__main__":
    main()
