"""What cannot be true together in what a pack says of borrowers, projects and entities."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.policy.contradictions import Finding
from shared.policy.vocabulary import NOT_STATED, LoanMode, LoanSecurity

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


def borrowing_contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for what nobody could ever meet, or what would never be asked (JN-3, JN-4, MS-3, SX-10)."""
    yield from _priority(pack)
    yield from _project(pack)
    yield from _securities(pack)
    yield from _entities(pack)


def _priority(pack: "PolicyPack") -> Iterator[Finding]:
    known = {industry.code for industry in pack.purposes.industries.value}
    if NOT_STATED in known:
        yield Finding(
            "purposes.industries",
            f"代码 {NOT_STATED} 用于未说明产业的贷款，请另用代码",
            f"the code {NOT_STATED} stands for loans that state no industry; use another code",
        )
    strange = [code for code in (pack.purposes.priority.value if pack.purposes.priority else ()) if code not in known]
    if strange:
        yield Finding(
            "purposes.priority",
            f"{'、'.join(strange)} 不在统计产业中，请先列入 industries",
            f"{', '.join(strange)} is not among the industries that are reported; list it there first",
        )


def _project(pack: "PolicyPack") -> Iterator[Finding]:
    stages = pack.eligibility.project_stages
    if stages is not None and not stages.value:
        yield Finding(
            "eligibility.project_stages",
            "没有列出任何进度，谁也不能申请；不作要求的请删去此项",
            "names no stage, so nobody could apply; leave it out where nothing is asked",
        )
    highest = pack.eligibility.income_per_head_max
    if highest is not None and highest.value <= 0:
        yield Finding("eligibility.income_per_head_max", "须大于零", "must be above zero")


def _securities(pack: "PolicyPack") -> Iterator[Finding]:
    lending = pack.lending
    securities = lending.securities.value if lending.securities else (LoanSecurity.CREDIT,)
    unsecured = LoanSecurity.CREDIT in securities
    if unsecured and lending.securities and (lending.guarantee_required.value or lending.collateral_required.value):
        yield Finding(
            "lending.securities",
            "既要求担保或抵押，又允许信用贷款，请更正其一",
            "a guarantee or collateral is required and loans on credit are given; correct one of them",
        )


def _entities(pack: "PolicyPack") -> Iterator[Finding]:
    if pack.entities.joint_participation_required and LoanMode.JOINT not in pack.entities.modes.value:
        yield Finding(
            "entities.joint_participation_required",
            "modes 中没有 joint（合作发展），此项永远不会用到，请补充方式或删去此项",
            "the mode joint does not exist here, so this is never asked; add the mode or leave this out",
        )
