"""Start another county's pack from an existing one: every value is assumed until its own document confirms it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from shared.policy.bases import BaseRules
from shared.policy.clause_list import clause_of, document_of
from shared.policy.dependence import unproven
from shared.policy.examples import BorrowingExample, Example, example_clauses
from shared.policy.load import PackRefused, cited_clauses, read_pack
from shared.policy.overlays import SECTIONS
from shared.policy.pack import PackCode, PolicyPack
from shared.policy.signing import TO_BE_CONFIRMED
from shared.policy.sourced import Section, Sourced
from shared.policy.yaml_source import Parsed, path_of
from shared.regions import RegionCode
from tools.packs.check import try_examples
from tools.packs.yaml_text import yaml_lines


class DraftImpossible(ValueError):
    """A draft cannot be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Whose pack is to be started and from when it shall hold."""

    code: PackCode
    regions: tuple[RegionCode, ...]
    zh: str
    en: str
    effective_from: date


def draft_text(source: PolicyPack, draft: Draft, base: BaseRules | None = None) -> str:
    """Return the text of a draft for another county in which nothing is wrong and everything is open.

    With the province's base that `source` rests on, the draft rests on it too, and holds only what it does not say.

    Every value that a pack must have is taken from the first product of `source` and marked as assumed and open;
    `after` keeps the clauses it had there. What a county may do without is not copied, nor are worked examples that
    then do not hold.

    Raises:
        DraftImpossible: a code is not one, or the regions cannot be those of a pack.
    """
    rules = "\n".join((*_head(source, draft), *_based_on(base), *_citations(source, base), *_sections(source, base)))
    examples = _examples([each for each in source.examples if each.product is None and not _says_own_word(each)])
    try:
        kept = read_pack(f"{rules}\n{examples}", draft.code, lambda *_: base)
    except PackRefused as refused:
        raise DraftImpossible(refused.detail) from None
    except ValidationError as refused:
        raise DraftImpossible(str(refused)) from None
    proving_nothing = {path_of(each.key)[1] for each in unproven(kept, Parsed(), try_examples)}
    holding = [each.example for each in try_examples(kept) if each.passed and each.number not in proving_nothing]
    return f"{rules}\n{_examples(holding)}"


def _head(source: PolicyPack, draft: Draft) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../pack.schema.json"
    yield f"# {draft.zh}政策包草稿，取自{source.header.name.zh}：逐项对照本县文件，改成 clause，或说明推定理由。"
    yield f"# {draft.en}, a draft taken from {source.header.name.en}. Go through your document clause by clause: write"
    yield "# `clause: <id>` where it sets the value; where it is silent keep `assumed: true` and give your own reason."
    yield ""
    header = {
        "code": draft.code,
        "regions": list(draft.regions),
        "name": {"zh": draft.zh, "en": draft.en},
        "source": {"zh": "待填写：本县文件名称", "en": "To be filled in: the county's document"},
        "version": 1,
        "effective_from": draft.effective_from,
    }
    yield from yaml_lines("header", header, 0)


def _says_own_word(example: Example) -> bool:
    """Return whether an example says a household's state in the source's own word, which no other county has."""
    return isinstance(example, BorrowingExample) and example.borrowing.state_word is not None


def _based_on(base: BaseRules | None) -> Iterator[str]:
    if base is not None:
        yield ""
        yield "# 省级基础已写明的不必再写，本县另有规定的才写 What the base says is left out here."
        yield f"based_on: {{code: {base.header.code}, version: {base.header.version}}}"


def _citations(source: PolicyPack, base: BaseRules | None) -> Iterator[str]:
    """Yield the documents and clauses that the draft's values follow; the county's own are still to be added."""
    inherited = {each.prefix for each in base.documents} if base else set()
    cited = {clause_of(each) for _, each, _ in cited_clauses(source)}
    cited |= {clause_of(each) for _, each in example_clauses(source.examples)}
    cited = {each for each in cited if document_of(each) not in inherited}
    prefixes = {document_of(each) for each in cited}
    yield ""
    yield "# 本县文件及其条款写在最前 Add your document first: {prefix: …, zh: …, en: …}, and its clauses with `at`."
    documents = [
        {"prefix": each.prefix, "zh": each.zh, "en": each.en, "elsewhere": True}
        for each in source.documents
        if each.prefix in prefixes
    ]
    yield from yaml_lines("documents", documents, 0)
    yield ""
    clauses = [{"id": each.id, **each.model_dump(exclude_defaults=True)} for each in source.clauses if each.id in cited]
    yield from yaml_lines("clauses", clauses, 0)


def _sections(source: PolicyPack, base: BaseRules | None) -> Iterator[str]:
    for name, model in SECTIONS.items():
        held = getattr(source, name)
        yield ""
        yield f"# {model.__doc__ or name}"
        begun = held is not None and getattr(base, name, None) is not None  # what the base begins the county completes
        if not PolicyPack.model_fields[name].is_required() and not begun:
            yield f"# {name}: 本县没有可不写 only where your county has it; keys: {', '.join(model.model_fields)}"
        else:
            own, absent = list(_leaves(held, source, base)), list(_absent(held, base))
            yield f"{name}:" if own else f"# {name}: 省级基础已全部写明 the base says it all"
            yield from (*own, *absent)


def _is_inherited(value: Sourced[Any] | None, base: BaseRules | None) -> bool:
    return base is not None and value is not None and value.layer == base.header.code


def _leaves(section: Section, source: PolicyPack, base: BaseRules | None) -> Iterator[str]:
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if field.is_required() and not _is_inherited(value, base):
            yield from _leaf_lines(key, value, f"{field.title} {field.description}", source, 2)


def _absent(section: Section, base: BaseRules | None) -> Iterator[str]:
    for key, field in type(section).model_fields.items():
        said = f"  # {key}: {field.title} {field.description};"
        if _is_inherited(getattr(section, key), base):
            yield f"{said} 省级基础已写明 said by the base"
        elif not field.is_required():
            yield f"{said} 文件有规定才写 only if your document has it"


def _leaf_lines(key: str, value: Sourced[Any], meaning: str, source: PolicyPack, indent: int) -> Iterator[str]:
    plain = value.model_dump(mode="json", exclude_none=True)
    shown, own = _without_own_clauses(plain["value"])
    node = {"value": shown, "assumed": True, "open": True, "reason": _reason(value, source)}
    follows = list(dict.fromkeys([*(plain.get("clause") or plain.get("after") or ()), *own]))
    if follows:
        node["after"] = follows if len(follows) > 1 else follows[0]
    first, *rest = yaml_lines(key, node, indent)
    yield f"{first}  # {meaning}" if rest else f"{' ' * indent}# {meaning}\n{first}"
    yield from rest


def _without_own_clauses(value: Any) -> tuple[Any, list[str]]:
    """Return the value without the clauses that its rows name themselves, and these clauses."""
    rows = value if isinstance(value, list) and all(isinstance(row, dict) for row in value) else None
    if rows is None:
        return value, []
    plain = [{key: each for key, each in row.items() if key != "clause"} for row in rows]
    return plain, [row["clause"] for row in rows if "clause" in row]


def _reason(value: Sourced[Any], source: PolicyPack) -> str:
    there_zh, there = ("，该县亦为推定", ", assumed there too") if value.assumed else ("", "")
    name = source.header.name
    return f"取自{name.zh}{there_zh}，{TO_BE_CONFIRMED[0]}。 Taken from {name.en}{there}; {TO_BE_CONFIRMED[1]}."


def _examples(examples: Any) -> str:
    plain = [_written(example) for example in examples]
    if not plain:
        return ""
    lines = ["\n# 算例：改成本县文件的数字 Worked examples: replace them with the figures of your own document."]
    lines += ["examples:"]
    for each in plain:
        first, *rest = (line for key, node in each.items() for line in yaml_lines(key, node, 4))
        lines += [f"  - {first.lstrip()}", *rest]
    return "\n".join(lines) + "\n"


def _written(example: Example) -> dict[str, Any]:
    plain: dict[str, Any] = _as_lists(example.model_dump(exclude_none=True))
    return plain


def _as_lists(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _as_lists(each) for key, each in node.items()}
    if isinstance(node, tuple):
        return [_as_lists(each) for each in node]
    return node
