"""Kinds of documents and which of them a stage of the approval needs (LG-11, LG-43, FJ-4a). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.policy.terms import ApprovalChain, RequiredDocument


@dataclass(frozen=True, slots=True)
class KindName:
    """What a kind of document is called."""

    zh: str
    en: str


OF_THE_FILE: Final[Mapping[str, KindName]] = MappingProxyType(
    {
        "rating_form": KindName("评级表", "rating form"),
        "identity_proof": KindName("身份证明", "identity document"),
        "household_register": KindName("户口簿", "household register"),
        "marriage_proof": KindName("婚姻状况证明", "proof of marriage status"),
        "credit_report": KindName("征信报告", "credit report"),
        "application_form": KindName("贷款申请表", "application form"),
        "loan_contract": KindName("借款合同", "loan contract"),
        "iou": KindName("借据", "IOU"),
        "photo": KindName("照片", "photo"),
        "check_report": KindName("检查报告", "check report"),
        "classification_form": KindName("五级分类认定表", "classification form"),
        "other": KindName("其他", "other"),
    }
)


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """A paper that a stage needs, and whether it is on file."""

    document: RequiredDocument
    present: bool


def known_kinds(required: Collection[RequiredDocument]) -> dict[str, KindName]:
    """Return the kinds a county files: those of LG-43 and those its pack requires, which name them."""
    return {**OF_THE_FILE, **{each.code: KindName(each.zh, each.en) for each in required}}


def stages_of(chain: ApprovalChain) -> list[str]:
    """Return the stages of a county's approval in their order, each once."""
    return list(dict.fromkeys(str(step.level) for step in chain.steps))


def checklist(chain: ApprovalChain, stage: str, on_file: Collection[str]) -> list[ChecklistLine]:
    """Return what must be on file before `stage` decides: its own papers and those of every stage before it.

    A paper whose own stage the county does not have is needed from the start.
    """
    stages = stages_of(chain)
    reached = stages.index(stage)
    due = [
        each for each in chain.documents if str(each.before) not in stages or stages.index(str(each.before)) <= reached
    ]
    return [ChecklistLine(each, each.code in on_file) for each in due]
