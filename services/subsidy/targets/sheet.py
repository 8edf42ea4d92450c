"""A programme's targets as a sheet."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from services.subsidy.targets.schemas import TargetOut
from shared.households_sheet import CellKind, SheetColumn
from shared.vocabulary.load import value_words

TARGET_COLUMNS: Final = (
    SheetColumn("code", "指标", "target", 26),
    SheetColumn("value", "目标值", "value", 18, CellKind.NUMBER),
    SheetColumn("reached", "完成值", "reached", 18, CellKind.NUMBER),
    SheetColumn("state", "完成情况", "state", 34),
)


def target_rows(targets: Iterable[TargetOut]) -> Iterator[tuple[Any, ...]]:
    """Yield each target's name, value, reached figure and verdict, the words in Chinese and English."""
    for target in targets:
        yield (_words("code", target.code), target.value, target.reached, _words("Verdict", target.state))


def _words(name: str, value: str) -> str:
    words = value_words()
    meant = words.get(f"{name}={value}") or words[value]
    return f"{meant.zh} {meant.en}"
