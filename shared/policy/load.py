"""Read a pack and, when it is wrong, name every mistake with its line, its key and what to do."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import Invalid
from shared.languages import Sentence
from shared.policy import implausible
from shared.policy.bases import BASES, BasePack, BaseRules, FindBase, no_base
from shared.policy.clause_list import citation_mistakes
from shared.policy.contradictions import Finding
from shared.policy.examples import EXAMPLE_KIND, example_places
from shared.policy.gone import gone_keys
from shared.policy.layered import laid_on_base, set_by_the_platform
from shared.policy.leaves import keys_of_packs
from shared.policy.mistake_words import said_of
from shared.policy.pack import PolicyPack
from shared.policy.place_words import place_words
from shared.policy.yaml_source import KeyPath, Mistake, Parsed, key_path, parse, path_of

_KEY = re.compile(r"[A-Za-z0-9_-]+")
_QUOTE_IT: Final = Sentence(
    "花括号内的逗号会把文本拆开，请给整段文本加引号",
    "A comma splits a text inside { }: put the whole text in quotes",
)

_CORRECT_IT: Final = Sentence("请更正后重试", "Correct the value and try again")


class PackRefused(Invalid):
    """The pack has mistakes; each is named with its line, its key and what to do."""

    code = "policy-pack-invalid"
    title = "政策包有误 Policy pack invalid"

    def __init__(self, origin: str, mistakes: list[Mistake]) -> None:
        mistakes = [replace(each, place=place_words(path_of(each.key))) for each in mistakes]
        self.mistakes = tuple(mistakes)
        named_zh = "政策包" if origin.lower() == "the pack" else origin
        listed_zh = "\n".join(f"- {mistake.sentence.zh}" for mistake in mistakes)
        listed = "\n".join(f"- {mistake.sentence.en}" for mistake in mistakes)
        super().__init__(
            zh=f"{named_zh} 有 {len(mistakes)} 处错误，请逐项更正后重新提交：\n{listed_zh}",
            en=f"{origin} has {len(mistakes)} mistake(s); correct them and submit again:\n{listed}",
            mistakes=[
                {
                    "line": each.line,
                    "key": each.key,
                    "clause": each.clause,
                    "message": asdict(each.message),
                    "remedy": asdict(each.remedy),
                }
                for each in mistakes
            ],
        )


def load_pack(path: Path) -> PolicyPack:
    """Read and check a county's file; a base it rests on is one of the files in `policy/bases`, or in `../bases`.

    Raises:
        PackRefused: with every mistake found, each with its line and key.
    """
    return read_pack(path.read_text(encoding="utf-8"), path.name, bases_beside(path))


def read_pack(text: str, origin: str = "the pack", find_base: FindBase = no_base) -> PolicyPack:
    """Read and check a pack from YAML or JSON text; every clause cited must be one that it or its base lists.

    Raises:
        PackRefused: with every mistake found, each with its line and key.
    """
    return read_with_lines(text, origin, find_base)[0]


def read_with_lines(text: str, origin: str = "the pack", find_base: FindBase = no_base) -> tuple[PolicyPack, Parsed]:
    """Read and check a pack, and return with it the line of every key.

    Raises:
        PackRefused: with every mistake found, each with its line and key; one is a base that `find_base` does not know.
    """
    parsed = parse(text)
    if parsed.mistakes:
        raise PackRefused(origin, parsed.mistakes)
    whole, missing = laid_on_base(parsed, find_base)
    if missing is not None:
        raise PackRefused(origin, [missing])
    found = [
        *_blank_facts(parsed),
        *set_by_the_platform(parsed),
        *gone_keys(parsed),
        *citation_mistakes(replace(parsed, data=whole)),
    ]
    pack, mistakes = _validated(PolicyPack, whole, parsed)
    named = {mistake.key for mistake in found}
    found += (mistake for mistake in mistakes if mistake.key not in named)
    if pack is not None:
        found += (_at(finding, parsed) for finding in implausible.mistakes(pack))
    if pack is None or found:
        raise PackRefused(origin, in_order(found, parsed))
    return pack, parsed


def read_base(text: str, origin: str = "the base") -> BaseRules:
    """Read and check a province's base from YAML or JSON text; every clause cited must be one that it lists.

    Raises:
        PackRefused: with every mistake found, each with its line and key.
    """
    parsed = parse(text)
    if parsed.mistakes:
        raise PackRefused(origin, parsed.mistakes)
    found = [*set_by_the_platform(parsed), *gone_keys(parsed), *citation_mistakes(parsed)]
    base, mistakes = _validated(BasePack, parsed.data, parsed)
    found += mistakes
    if base is None or found:
        raise PackRefused(origin, in_order(found, parsed))
    return base


def load_base(path: Path) -> BaseRules:
    """Read and check the file of a province's base.

    Raises:
        PackRefused: with every mistake found, each with its line and key.
    """
    return read_base(path.read_text(encoding="utf-8"), path.name)


def bases_beside(path: Path) -> FindBase:
    """Return what finds the bases of the files in `policy/bases` and in the folder `bases` beside a pack's folder."""

    def find(code: str, version: int) -> BaseRules | None:
        for file in (*_bases_in(path.resolve().parent.parent / "bases"), *_bases_in(BASES)):
            base = load_base(file)
            if (base.header.code, base.header.version) == (code, version):
                return base
        return None

    return find


def _bases_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []


Model = TypeVar("Model", bound=BaseModel)


def _validated(model: type[Model], data: Any, parsed: Parsed) -> tuple[Model | None, list[Mistake]]:
    try:
        return model.model_validate(data), []
    except ValidationError as problem:
        return None, [mistake for detail in problem.errors() for mistake in _explained(detail, parsed)]


def in_order(found: list[Mistake], parsed: Parsed) -> list[Mistake]:
    """Return mistakes by line, each with the clause that the value there rests on."""
    ordered = sorted(found, key=lambda mistake: (mistake.line or 0, mistake.key))
    clauses = (parsed.clause_of(path_of(mistake.key)) for mistake in ordered)
    return [replace(each, clause=clause) for each, clause in zip(ordered, clauses, strict=True)]


def cited_clauses(pack: PolicyPack) -> Iterator[tuple[KeyPath, str, bool]]:
    """Yield (path of the value, clause id, True when the value only follows that clause) for every origin named.

    A row of a list that names its own clause is a value of its own.
    """
    yield from _cited(pack.model_dump(mode="json", exclude={"examples"}, exclude_none=True), ())


def _cited(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str, bool]]:
    if isinstance(node, dict) and "value" in node and ("clause" in node or "assumed" in node):
        yield from ((path, clause, False) for clause in node.get("clause", ()))
        yield from ((path, clause, True) for clause in node.get("after", ()))
        rows = node["value"] if isinstance(node["value"], list) else ()
        own = ((number, row["clause"]) for number, row in enumerate(rows) if isinstance(row, dict) and "clause" in row)
        yield from (((*path, "value", number), clause, False) for number, clause in own)
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _cited(child, (*path, key))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _cited(child, (*path, number))


def _blank_facts(parsed: Parsed) -> Iterator[Mistake]:
    """Find keys of examples without a value: they would be taken for left out."""
    examples = parsed.data.get("examples") if isinstance(parsed.data, dict) else None
    for path in _blank(examples, ("examples",)):
        write = Sentence("请填写，或删去此键", "Write one, or remove the key")
        remedy = write if _KEY.fullmatch(str(path[-1])) else _QUOTE_IT
        yield Mistake(parsed.line_of(path), key_path(path), Sentence("没有值", "has no value"), remedy)


def _blank(node: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            if child is None:
                yield (*path, key)
            else:
                yield from _blank(child, (*path, key))


def _explained(detail: ErrorDetails, parsed: Parsed) -> Iterator[Mistake]:
    path = _written_path(detail)
    if detail["type"] == "contradictions":
        for found in detail["ctx"]["found"]:
            yield _at(found, parsed, Sentence("请更正其中一个相互矛盾的值", "Correct one of the values that disagree"))
        return
    key, line = key_path(path), parsed.line_of(path)
    if detail["type"] in ("missing", "missing_keyword_only", "missing_argument"):
        yield Mistake(line, key, Sentence("缺失", "is missing"), _how_to_add(path))
    elif detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        no_key = Sentence("政策包在此处没有这个键", "is not a key that a pack has here")
        yield Mistake(line, key, no_key, _where_it_belongs(path, parsed.value_at(path)))
    else:
        yield Mistake(line, key, said_of(detail), _CORRECT_IT)


def _at(found: Finding, parsed: Parsed, remedy: Sentence = _CORRECT_IT) -> Mistake:
    return Mistake(parsed.line_of(path_of(found.key)), found.key, Sentence(found.zh, found.en), remedy)


def _written_path(detail: ErrorDetails) -> KeyPath:
    """Return where the mistake stands in the file; an example's kind is no key of its own there."""
    path: KeyPath = tuple(detail["loc"])
    in_example = len(path) > 2 and path[0] == "examples" and detail["type"] != EXAMPLE_KIND
    return (*path[:2], *path[3:]) if in_example else path


def _how_to_add(path: KeyPath) -> Sentence:
    if path[-1] == "value":
        return Sentence(
            "请写 value:，并在旁边写 clause:，或 assumed: true 与 reason:",
            "Write `value:` and beside it `clause:`, or `assumed: true` with a `reason:`",
        )
    return Sentence(
        f"请补充 {path[-1]}；所有的键见 docs/policy-packs.md",
        f"Add `{path[-1]}`; the guide docs/policy-packs.md shows every key",
    )


def _where_it_belongs(path: KeyPath, written: Any) -> Sentence:
    key, places = str(path[-1]), example_places() if path[0] == "examples" else _places()
    if not _KEY.fullmatch(key):
        return _QUOTE_IT if written is None else _key_meant(key)
    if key in places:
        return Sentence(
            f"请从此处删去；{key} 属于 {'、'.join(place.zh for place in places[key])}",
            f"Remove it here; `{key}` belongs under {' or '.join(place.en for place in places[key])}",
        )
    if close := get_close_matches(key, places, n=1):
        return Sentence(f"请删去，或改写为 {close[0]}", f"Remove it, or write `{close[0]}` if that is meant")
    return Sentence("请删去", "Remove it")


def _key_meant(name: str) -> Sentence:
    """Say which key a name in Chinese stands for."""
    if meant := get_close_matches(name, _titles(), n=1):
        key = _titles()[meant[0]]
        return Sentence(
            f"键须用英文：“{meant[0]}”请写 {key}", f"Keys are written in English: `{key}` is the one for {meant[0]}"
        )
    return Sentence(
        "键须用英文；所有的键见 docs/policy-packs.md",
        "Keys are written in English; the guide docs/policy-packs.md shows every key",
    )


@cache
def _titles() -> dict[str, str]:
    """Return the keys of the sections by their names in Chinese, `lending.amount_max` for 单笔最高金额."""
    return {each.zh: each.key for each in keys_of_packs()}


@cache
def _places() -> dict[str, list[Sentence]]:
    places: dict[str, list[Sentence]] = {}
    for section, info in PolicyPack.model_fields.items():
        places.setdefault(section, []).append(Sentence("顶层", "the top level"))
        for model in (info.annotation, *get_args(info.annotation)):
            if isinstance(model, type) and issubclass(model, BaseModel):
                for key in model.model_fields:
                    places.setdefault(key, []).append(Sentence(section, f"`{section}`"))
    return places
