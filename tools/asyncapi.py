"""Write the event catalogue: `docs/asyncapi.json` and a JSON schema per event in `docs/events/`.

`python -m tools.asyncapi` writes, `--check` only compares and fails on any difference. An event version that was
written before may only gain optional fields: anything else needs a new version, or `--allow-breaking` while nobody
outside relies on it.
"""

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

import shared.events
from shared.bus.topology import CONSUMERS, stream_of
from shared.events.base import Event, EventType, list_events

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = Path("docs/asyncapi.json")
SCHEMAS: Final = Path("docs/events")
_SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"
_REGION_PARAMETERS: Final = {
    "province": {"description": "Two digits of the province, e.g. 50 for 重庆 Chongqing."},
    "prefecture": {"description": 'Two digits of the prefecture, "00" when the event concerns a whole province.'},
    "county": {"description": 'Two digits of the county, "00" when the event concerns a whole prefecture.'},
}


def catalogue() -> list[type[Event]]:
    """Return every event of the platform, by owner, name and version."""
    for module in pkgutil.iter_modules(shared.events.__path__):
        importlib.import_module(f"shared.events.{module.name}")
    return [event for event in list_events() if event.__module__.startswith("shared.events.")]


def schema_of(event: type[Event]) -> dict[str, Any]:
    """Return the JSON schema of one event's data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.event_type.schema_path,
        **event.model_json_schema(),
    }


def document(events: list[type[Event]]) -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of all events."""
    _, schemas = models_json_schema(
        [(event, "validation") for event in events], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Subsidised small loans: events",
            "version": "1",
            "description": "小额信贷平台事件目录. CloudEvents 1.0 in structured JSON over NATS JetStream. Delivered at "
            "least once: recognise repeats by `id`, order an aggregate by `aggregateversion`. Ignore unknown fields.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {"host": "{host}:4222", "protocol": "nats", "variables": {"host": {"default": "localhost"}}}
        },
        "channels": {_key(event.event_type): _channel(event) for event in events},
        "operations": {f"send-{_key(event.event_type)}": _operation(event.event_type) for event in events},
        "components": {
            "messages": {_key(event.event_type): _message(event) for event in events},
            "schemas": schemas.get("$defs", {}),
        },
    }


def _key(kind: EventType) -> str:
    return f"{kind.name}.v{kind.version}"


def _summary(event: type[Event]) -> str:
    return " ".join((event.__doc__ or "").split())


def _channel(event: type[Event]) -> dict[str, Any]:
    kind = event.event_type
    return {
        "address": f"{kind.owner}.{kind.name}.v{kind.version}.{{province}}.{{prefecture}}.{{county}}",
        "description": f"{_summary(event)} In stream {stream_of(kind.owner)}.",
        "parameters": _REGION_PARAMETERS,
        "messages": {_key(kind): {"$ref": f"#/components/messages/{_key(kind)}"}},
        "x-stream": stream_of(kind.owner),
        "x-consumers": [spec.name for spec in CONSUMERS if spec.owner == kind.owner],
    }


def _operation(kind: EventType) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{_key(kind)}"},
        "messages": [{"$ref": f"#/channels/{_key(kind)}/messages/{_key(kind)}"}],
        "summary": f"{kind.owner} publishes {kind.name}",
    }


def _message(event: type[Event]) -> dict[str, Any]:
    kind = event.event_type
    return {
        "name": kind.name,
        "title": event.__name__,
        "summary": _summary(event),
        "contentType": "application/cloudevents+json",
        "headers": {
            "type": "object",
            "properties": {"Nats-Msg-Id": {"type": "string", "format": "uuid", "description": "The event's id."}},
        },
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": _envelope(event)},
    }


def _envelope(event: type[Event]) -> dict[str, Any]:
    kind, text, uuid = event.event_type, {"type": "string"}, {"type": "string", "format": "uuid"}
    properties: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": uuid,
        "source": {"const": f"/{kind.owner}"},
        "type": {"const": kind.name},
        "subject": {**uuid, "description": f"The {kind.aggregate}'s id."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"const": kind.schema_path},
        "aggregatetype": {"const": kind.aggregate},
        "aggregateversion": {"type": "integer", "minimum": 1, "description": "1, 2, 3 … without a gap."},
        "region": {**text, "description": "Official region code of 2, 4, 6, 9 or 12 digits."},
        "schemaversion": {"const": kind.version},
        "data": {"$ref": f"#/components/schemas/{event.__name__}"},
    }
    optional = {"traceparent": {**text, "description": "W3C trace context of the request that caused the event."}}
    return {"type": "object", "properties": {**properties, **optional}, "required": list(properties)}


def breaking_changes(old: dict[str, Any], new: dict[str, Any], path: str = "") -> list[str]:
    """Return what a reader of the old schema could stumble over in the new one."""
    found = []
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, schema in before.items():
        if name not in after:
            found.append(f"{path}{name} was removed")
        elif _bare(schema) != _bare(after[name]):
            found.append(f"{path}{name} changed its type")
    added = set(new.get("required", ())) - set(old.get("required", ()))
    found += [f"{path}{name} became required" for name in sorted(added)]
    for name, schema in old.get("$defs", {}).items():
        found += breaking_changes(schema, new.get("$defs", {}).get(name, {}), f"{path}{name}.")
    return found


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in {"title", "description", "examples", "default"}}


def rendered() -> dict[Path, str]:
    """Return the text of every file, by its path in the project."""
    events = catalogue()
    files = {SCHEMAS / Path(event.event_type.schema_path).name: _text(schema_of(event)) for event in events}
    return {DOCUMENT: _text(document(events)), **files}


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _all_breaking(files: dict[Path, str]) -> list[str]:
    found = []
    for path, text in files.items():
        if path.parent == SCHEMAS and (ROOT / path).exists():
            old = json.loads((ROOT / path).read_text())
            found += [f"{path.stem}: {change}" for change in breaking_changes(old, json.loads(text))]
    found += [
        f"{path.stem} disappeared" for path in (ROOT / SCHEMAS).glob("*.json") if SCHEMAS / path.name not in files
    ]
    return found


def stale(files: dict[Path, str]) -> list[str]:
    """Return the files on disk that differ from what the code says."""
    changed = [str(path) for path, text in files.items() if not _is_written(path, text)]
    gone = [str(SCHEMAS / path.name) for path in (ROOT / SCHEMAS).glob("*.json") if SCHEMAS / path.name not in files]
    return changed + gone


def _is_written(path: Path, text: str) -> bool:
    return (ROOT / path).exists() and (ROOT / path).read_text() == text


def main() -> int:
    """Write or check the catalogue and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.asyncapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is out of date")
    parser.add_argument("--allow-breaking", action="store_true", help="change versions that were written before")
    options = parser.parse_args()
    files = rendered()
    if options.check:
        out_of_date = stale(files)
        print("\n".join(f"{path} is out of date: run python -m tools.asyncapi" for path in out_of_date) or "up to date")
        return 1 if out_of_date else 0
    breaking = _all_breaking(files)
    if breaking and not options.allow_breaking:
        print("\n".join([*breaking, "Make it a new version, or add --allow-breaking."]), file=sys.stderr)
        return 1
    for name in stale(files):
        (ROOT / name).unlink(missing_ok=True)
    for path, text in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    print(f"{len(files)} files written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
