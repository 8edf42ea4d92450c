"""The seven things that a project must be able to show (七有): read off its file (ZJ-10). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.subsidy.projects.rules.life import ProjectStep, StepOutcome
from shared.languages import Sentence

WORDS: Final[Mapping[str, Sentence]] = {
    "plan": Sentence("有计划", "a plan"),
    "money": Sentence("有资金", "money"),
    "project": Sentence("有项目", "a project"),
    "measures": Sentence("有措施", "measures"),
    "inspection": Sentence("有督查", "inspection"),
    "result": Sentence("有成效", "a result"),
    "accountability": Sentence("有问责", "accountability"),
}


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """What a project's file holds.

    Args:
        taken: each step that counts, with how it ended.
        money: committed to it by programmes or paid, in yuan.
        inspections: findings of those who supervise.
        settled: findings that were answered and closed by another person.
    """

    taken: Collection[tuple[ProjectStep, StepOutcome]]
    money: Decimal
    inspections: int
    settled: int


def proofs(file: ProjectFile) -> dict[str, bool]:
    """Return for each of the seven whether the file shows it, in the document's order (ZJ-10(b))."""
    return {
        "plan": (ProjectStep.ENTITY, StepOutcome.DONE) in file.taken,
        "money": file.money > 0,
        "project": (ProjectStep.APPROVAL, StepOutcome.APPROVE) in file.taken,
        "measures": (ProjectStep.WORKS, StepOutcome.DONE) in file.taken,
        "inspection": file.inspections > 0,
        "result": (ProjectStep.ACCEPTANCE, StepOutcome.PASS) in file.taken,
        "accountability": file.settled > 0,
    }
