"""Keys that packs no longer have: content confirmed with one is read without it, a file that writes one is refused."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.languages import Sentence
from shared.policy.yaml_source import Mistake, Parsed, key_path

# Section, key, and what the platform does whatever it said.
_GONE: Final = {
    ("subsidy", "covers_penalty"): Sentence(
        "不再设此键：罚息一律不予贴息", "is no longer a key: penalty interest is never subsidised"
    ),
}
_REMOVE_IT: Final = Sentence("请删去", "Remove it")


def without_gone(given: Any) -> Any:
    """Return the content of a pack or a base without the keys that packs no longer have, its products' too."""
    if not isinstance(given, Mapping):
        return given
    kept = {name: _section(name, content) for name, content in given.items()}
    if isinstance(kept.get("products"), list):
        kept["products"] = [without_gone(product) for product in kept["products"]]
    return kept


def gone_keys(parsed: Parsed) -> Iterator[Mistake]:
    """Find keys in a file that packs no longer have."""
    whole = parsed.data if isinstance(parsed.data, Mapping) else {}
    products = whole.get("products")
    parts = [((), whole), *((("products", at), part) for at, part in enumerate(products or ()))]
    for above, part in parts:
        for (section, key), why in _GONE.items():
            content = part.get(section) if isinstance(part, Mapping) else None
            if isinstance(content, Mapping) and key in content:
                path = (*above, section, key)
                yield Mistake(parsed.line_of(path), key_path(path), why, _REMOVE_IT)


def _section(name: Any, content: Any) -> Any:
    gone = {key for section, key in _GONE if section == name}
    if not gone or not isinstance(content, Mapping):
        return content
    return {key: value for key, value in content.items() if key not in gone}
