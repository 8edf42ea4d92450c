"""The JSON schema of a pack, for editors that complete keys and for programs that write packs."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, create_model

from shared.policy.bases import BasedOn, BasePack
from shared.policy.overlays import BASE_SECTIONS, parts_of
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
EXPLAINED = (
    "县级扶贫小额信贷政策包：每个值须注明条款 clause，或 assumed: true 并写明理由 reason。"
    "A county's rules for subsidised small loans: every value names the clause that sets it (an id of "
    "the pack's own list `clauses`), or says `assumed: true` with a reason. Unknown keys are errors."
)


_ALSO_ON_A_BASE = (
    "header",
    "documents",
    "clauses",
    "product",
    "legacy_rules",
    "programmes",
    "without",
    "answers",
    "left_open",
    "products",
    "examples",
)


@cache
def pack_schema() -> dict[str, Any]:
    """Return the JSON schema of a pack as it is written: titles in Chinese, descriptions in English."""
    return {**_schema_of(PolicyPack), "title": "政策包 Policy pack", "description": EXPLAINED}


@cache
def based_pack_schema() -> dict[str, Any]:
    """Return the JSON schema of the file of a county that rests on its province's base: only its own values."""
    held = {name: (info.annotation, info) for name, info in PolicyPack.model_fields.items() if name in _ALSO_ON_A_BASE}
    given: dict[str, Any] = {**held, "based_on": (BasedOn, ...), **parts_of(BASE_SECTIONS)}
    layer = create_model("BasedPack", __base__=Section, __doc__=None, **given)
    said = "县级政策包，只写省级基础以外的值。 A county's values on its province's base."
    return {**_schema_of(layer), "title": "省级基础上的政策包 Policy pack on a base", "description": said}


@cache
def base_schema() -> dict[str, Any]:
    """Return the JSON schema of a province's base."""
    said = "省级基础：只写省级文件规定的值。 A province's values under its counties' packs."
    return {**_schema_of(BasePack), "title": "省级基础 Base", "description": said}


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    plain = model.model_json_schema(mode="validation")
    names = {name: str(node.get("title", name)) for name, node in plain["$defs"].items()}
    found: dict[str, Any] = _tidied(plain, {f"#/$defs/{name}": f"#/$defs/{short}" for name, short in names.items()})
    found["$defs"] = {names[name]: found["$defs"][name] for name in sorted(names, key=names.__getitem__)}
    return {"$schema": SCHEMA_ID, **found}


def schema_texts() -> dict[str, str]:
    """Return the schemas as the files in `policy` hold them, by their names."""
    schemas = {
        "pack.schema.json": pack_schema(),
        "based-pack.schema.json": based_pack_schema(),
        "base.schema.json": base_schema(),
    }
    return {name: json.dumps(each, ensure_ascii=False, indent=1) + "\n" for name, each in schemas.items()}


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
