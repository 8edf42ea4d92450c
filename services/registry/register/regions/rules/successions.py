"""What a change of official codes must look like: renamed, recoded, merged, split. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.languages import Sentence

_ONE_LEVEL: Final = Sentence(
    "一次变更的代码须为同一级别，请按级别分别登记",
    "all codes of one change are of the same level; record one change for each level",
)
_PAIR_TWICE: Final = Sentence(
    "同一对代码重复出现",
    "the same pair of codes appears twice",
)
_TAKES_ONLY_SPLIT: Final = Sentence(
    "只有拆分可以填写 moved_codes",
    "`moved_codes` belongs to a split only",
)
_RENAME_WRONG: Final = Sentence(
    "更名保留原代码，并须填写 to_name",
    "a rename keeps the code and gives `to_name`",
)
_RECODE_REUSES: Final = Sentence(
    "更换的代码不得是本次变更中已有的代码",
    "a recoded region gets a code that no region of the change had",
)
_RECODE_NOT_ONE: Final = Sentence(
    "更换代码须一对一；多个合为一个是合并，一个分为多个是拆分",
    "a recode turns each code into exactly one new code; several into one is a merge, one into many a split",
)
_MERGE_WRONG: Final = Sentence(
    "合并须将两个以上代码合为一个；保留原代码的，变更前一侧也要列出",
    "a merge turns two or more codes into one; name the code that remains on the left side too if it remains",
)
_SPLIT_WRONG: Final = Sentence(
    "拆分须将一个代码分为两个以上；保留原代码的，变更后一侧也要列出",
    "a split turns one code into two or more; name the code that remains on the right side too if it remains",
)
_TAKEN_TWICE: Final = Sentence(
    "有下级区划被归入两个部分，请只归入一个",
    "a region below is taken by two parts of the split; give it to one",
)


class ChangeKind(StrEnum):
    """The ways in which a region's code or name changes."""

    RENAME = "rename"  # 更名: same code, new name
    RECODE = "recode"  # 代码变更: one code becomes one new code, with everything below it
    MERGE = "merge"  # 撤并: several codes become one
    SPLIT = "split"  # 拆分: one code becomes several


@dataclass(frozen=True, slots=True)
class Succession:
    """One code becomes another; `to_name` names a new one, `moved_codes` are the children a part of a split gets."""

    from_code: str
    to_code: str
    to_name: str | None = None
    moved_codes: tuple[str, ...] = ()


def faults_in(kind: ChangeKind, successions: Sequence[Succession]) -> list[Sentence]:
    """Return what is wrong with the shape of a change, in both languages; empty when it is right."""
    return list(_faults(kind, successions))


def _faults(kind: ChangeKind, successions: Sequence[Succession]) -> Iterator[Sentence]:
    sources = Counter(each.from_code for each in successions)
    targets = Counter(each.to_code for each in successions)
    if len({len(code) for code in (*sources, *targets)}) > 1:
        yield _ONE_LEVEL
    if len({(each.from_code, each.to_code) for each in successions}) < len(successions):
        yield _PAIR_TWICE
    if kind is not ChangeKind.SPLIT and any(each.moved_codes for each in successions):
        yield _TAKES_ONLY_SPLIT
    yield from _SHAPES[kind](successions, sources, targets)


def _rename(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[Sentence]:
    if any(each.from_code != each.to_code or not each.to_name for each in successions):
        yield _RENAME_WRONG


def _recode(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[Sentence]:
    if sources.keys() & targets.keys():
        yield _RECODE_REUSES
    if max(sources.values()) > 1 or max(targets.values()) > 1:
        yield _RECODE_NOT_ONE


def _merge(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[Sentence]:
    if len(targets) != 1 or len(sources) < 2:
        yield _MERGE_WRONG


def _split(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[Sentence]:
    if len(sources) != 1 or len(targets) < 2:
        yield _SPLIT_WRONG
        return
    taken = Counter(child for each in successions for child in each.moved_codes)
    if any(count > 1 for count in taken.values()):
        yield _TAKEN_TWICE


_SHAPES = {
    ChangeKind.RENAME: _rename,
    ChangeKind.RECODE: _recode,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
}
