"""What a change of official codes must look like: renamed, recoded, merged, split. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """The ways in which a region's code or name changes."""

    RENAME = "rename"  # 更名: same code, new name
    RECODE = "recode"  # 代码变更: one code becomes one new code, with everything below it
    MERGE = "merge"  # 撤并: several codes become one
    SPLIT = "split"  # 拆分: one code becomes several


@dataclass(frozen=True, slots=True)
class Succession:
    """One code becomes another; `to_name` for a new or renamed one, `takes` the children a part of a split gets."""

    from_code: str
    to_code: str
    to_name: str | None = None
    takes: tuple[str, ...] = ()


def faults_in(kind: ChangeKind, successions: Sequence[Succession]) -> list[str]:
    """Return what is wrong with the shape of a change, in words; empty when it is right."""
    return list(_faults(kind, successions))


def _faults(kind: ChangeKind, successions: Sequence[Succession]) -> Iterator[str]:
    sources = Counter(each.from_code for each in successions)
    targets = Counter(each.to_code for each in successions)
    if len({len(code) for code in (*sources, *targets)}) > 1:
        yield "all codes of one change are of the same level; record one change for each level"
    if len({(each.from_code, each.to_code) for each in successions}) < len(successions):
        yield "the same pair of codes stands there twice"
    if kind is not ChangeKind.SPLIT and any(each.takes for each in successions):
        yield "`takes` belongs to a split only"
    yield from _SHAPES[kind](successions, sources, targets)


def _rename(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[str]:
    if any(each.from_code != each.to_code or not each.to_name for each in successions):
        yield "a rename keeps the code and gives `to_name`"


def _recode(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[str]:
    if sources.keys() & targets.keys():
        yield "a recoded region gets a code that no region of the change had"
    if max(sources.values()) > 1 or max(targets.values()) > 1:
        yield "a recode turns each code into exactly one new code; several into one is a merge, one into many a split"


def _merge(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[str]:
    if len(targets) != 1 or len(sources) < 2:
        yield "a merge turns two or more codes into one; name the code that remains on the left side too if it remains"


def _split(successions: Sequence[Succession], sources: Counter[str], targets: Counter[str]) -> Iterator[str]:
    if len(sources) != 1 or len(targets) < 2:
        yield "a split turns one code into two or more; name the code that remains on the right side too if it remains"
        return
    taken = Counter(child for each in successions for child in each.takes)
    if any(count > 1 for count in taken.values()):
        yield "a region below is taken by two parts of the split; give it to one"


_SHAPES = {
    ChangeKind.RENAME: _rename,
    ChangeKind.RECODE: _recode,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
}
