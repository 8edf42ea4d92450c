"""What officers sign for when a pack is submitted: the answers to its questions and the values they leave open.

A value of a draft that its county's document has not confirmed yet is *open* (`open: true`), and so is any text that
still says 待填写. Whoever submits the pack lists all of them under `left_open`, whoever confirms it names the same.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import StringConstraints

from shared.policy.contradictions import Finding
from shared.policy.implausible import Question, questions
from shared.policy.leaves import leaves
from shared.policy.sourced import Section, Sourced, leaf

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack

Sentence = Annotated[str, StringConstraints(min_length=6, strip_whitespace=True)]
# The reason of a value that was taken from a template, whether or not it still says `open: true`.
TO_BE_CONFIRMED: Final = ("请按本县文件确认", "confirm it with your document")
TO_BE_FILLED_IN: Final = ("待填写", "To be filled in")


class AnsweredQuestion(Section):
    """An officer's answer to a question of the check: why the value is right as it stands."""

    question: str = leaf("疑问", "code of the question, as the check prints it")
    key: str = leaf("键", "key that it is asked about")
    answer: Sentence = leaf("答复", "why the value is right, a sentence")


def open_values(pack: "PolicyPack") -> tuple[str, ...]:
    """Return the places in the file whose value nobody has confirmed yet, in the order of the file."""
    texts = pack.model_dump(mode="json", include={"header", "documents", "clauses"}, exclude_none=True)
    return (*_to_be_filled_in(texts, ""), *(leaf.place for leaf in leaves(pack) if _is_open(leaf.value)))


def _is_open(value: Sourced[Any]) -> bool:
    return value.open is True or any(said in (value.reason or "") for said in TO_BE_CONFIRMED)


def _to_be_filled_in(node: Any, place: str) -> Iterator[str]:
    if isinstance(node, dict) and {"zh", "en"} <= node.keys():
        if any(str(node[language]).startswith(TO_BE_FILLED_IN) for language in ("zh", "en")):
            yield place
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _to_be_filled_in(child, f"{place}.{key}".removeprefix("."))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _to_be_filled_in(child, f"{place}[{number}]")


def unanswered(pack: "PolicyPack") -> tuple[Question, ...]:
    """Return the questions about a pack that it does not answer."""
    answered = {(each.question, each.key) for each in pack.answers or ()}
    return tuple(each for each in questions(pack) if (each.code, each.key) not in answered)


def unsigned(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield everything for which an officer still has to sign before the pack can be submitted."""
    for asked in unanswered(pack):
        yield Finding(
            asked.key,
            f"{asked.zh}（疑问 {asked.code}）。请更正，或在 answers 中写明理由",
            f"{asked.en} (question {asked.code}). Correct it, or say under `answers` why it is right",
        )
    known = {(each.code, each.key) for each in questions(pack)}
    for number, each in enumerate(pack.answers or ()):
        if (each.question, each.key) not in known:
            yield Finding(f"answers[{number}]", "没有这个疑问，请删去", "nothing of the kind is asked; remove it")
    listed, found = pack.left_open or (), open_values(pack)
    for place in found:
        if place not in listed:
            yield Finding(
                place,
                "为草稿值，尚未按本县文件确认。请确认后删去 open，或将此键列入 left_open",
                "is a draft value that your document has not confirmed. Confirm it and remove `open`, or list the key "
                "under `left_open`",
            )
    for place in listed:
        if place not in found:
            yield Finding("left_open", f"{place} 并非未确认的值，请删去", f"{place} is not open; remove it")
