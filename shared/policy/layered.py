"""A county's file on its province's base: the whole of both, and what a file may not say of its layers."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.languages import Sentence
from shared.policy.bases import FindBase, laid_on, wanted_base
from shared.policy.yaml_source import KeyPath, Mistake, Parsed, key_path


def laid_on_base(parsed: Parsed, find_base: FindBase) -> tuple[Any, Mistake | None]:
    """Return the data of a file with those of the base that it rests on, or the mistake that the base is not here."""
    wanted = wanted_base(parsed.data)
    if wanted is None:
        return parsed.data, None
    base = find_base(*wanted)
    if base is None:
        code, version = wanted
        message = Sentence(
            f"省级基础 {code} 第 {version} 版不在此处", f"the province's base {code} version {version} is not here"
        )
        remedy = Sentence(
            "请先提交该基础并由省级两名人员确认，或改写为已有的代码和版本",
            "Submit that base first and have two officers of the province confirm it, or name one that is here",
        )
        return parsed.data, Mistake(parsed.line_of(("based_on",)), "based_on", message, remedy)
    return laid_on(parsed.data, base), None


def set_by_the_platform(parsed: Parsed) -> Iterator[Mistake]:
    """Find what a file says and only the platform may: which layer a value stands in, and what the base is."""
    for path in _paths_of("layer", parsed.data, ()):
        yield _not_yours(parsed, path)
    based_on = parsed.data.get("based_on") if isinstance(parsed.data, Mapping) else None
    for key in based_on if isinstance(based_on, Mapping) else ():
        if key in ("region", "name", "content_hash"):
            yield _not_yours(parsed, ("based_on", key))


def _not_yours(parsed: Parsed, path: KeyPath) -> Mistake:
    message = Sentence("由平台填写", "is written by the platform")
    return Mistake(parsed.line_of(path), key_path(path), message, Sentence("请从文件中删去", "Remove it from the file"))


def _paths_of(name: str, node: Any, path: KeyPath) -> Iterator[KeyPath]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if key == name:
            yield (*path, key)
        else:
            yield from _paths_of(name, child, (*path, key))
