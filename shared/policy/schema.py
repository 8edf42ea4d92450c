"""The JSON schema of a pack, for editors that complete keys and for programs that write packs."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from shared.policy.pack import PolicyPack

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
EXPLAINED = (
    "县级扶贫小额信贷政策包：每个值须注明条款 clause，或 assumed: true 并写明理由 reason。"
    "A county's rules for subsidised small loans: every value names the clause that sets it (an id of "
    "the pack's own list `clauses`), or says `assumed: true` with a reason. Unknown keys are errors."
)


@cache
def pack_schema() -> dict[str, Any]:
    """Return the JSON schema of a pack as it is written: titles in Chinese, descriptions in English."""
    plain = PolicyPack.model_json_schema(mode="validation")
    names = {name: str(node.get("title", name)) for name, node in plain["$defs"].items()}
    found: dict[str, Any] = _tidied(plain, {f"#/$defs/{name}": f"#/$defs/{short}" for name, short in names.items()})
    found["$defs"] = {names[name]: found["$defs"][name] for name in sorted(names, key=names.__getitem__)}
    return {"$schema": SCHEMA_ID, **found, "title": "政策包 Policy pack", "description": EXPLAINED}


def schema_text() -> str:
    """Return the schema as the file `policy/pack.schema.json` holds it."""
    return json.dumps(pack_schema(), ensure_ascii=False, indent=1) + "\n"


def _tidied(node: Any, refs: Mapping[str, str]) -> Any:
    """Shorten the names of definitions; drop what only says that a value may be left out (null, default null)."""
    if isinstance(node, list):
        return [_tidied(each, refs) for each in node]
    if not isinstance(node, dict):
        return refs.get(node, node) if isinstance(node, str) else node
    found = {key: _tidied(each, refs) for key, each in node.items() if not (key == "default" and each is None)}
    choices = found.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        left = [choice for choice in choices if choice != {"type": "null"}]
        del found["anyOf"]
        return {**left[0], **found} if len(left) == 1 else {**found, "anyOf": left}
    return found
