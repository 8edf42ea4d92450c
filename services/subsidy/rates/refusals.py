"""Why a publication of reference rates is not proposed or not published."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.subsidy.rates.rules.plausibility import STEP_MAX, UnusualStep
from shared.errors import Invalid, NotAllowed, NotFound, Refused

STEPS_SHOWN = 20


class RatesAreNational(NotAllowed):
    """Every county's ceiling rests on the series, so only officers of the whole country speak for it."""

    code = "rates-are-national"
    title = "基准利率由全国统一公布 Rates are national"
    clause = "LG-2"

    def __init__(self) -> None:
        super().__init__(
            zh="基准利率适用于全国各县，只有辖区为全国的人员可以提出或确认；请联系全国负责利率的人员办理。",
            en="Reference rates hold in every county, so only officers whose region is the whole country propose or "
            "confirm them; ask the officers who publish rates nationwide.",
        )


class RateProposalUnknown(NotFound):
    """No such proposal."""

    code = "reference-rate-proposal-unknown"
    title = "利率公布申请不存在 Rate proposal unknown"

    def __init__(self, proposal_id: UUID) -> None:
        super().__init__(
            zh=f"没有编号为 {proposal_id} 的利率公布申请；请从申请列表中查找。",
            en=f"There is no rate proposal {proposal_id}; list the proposals to find it.",
            proposal_id=str(proposal_id),
        )


class RateProposalDecided(Refused):
    """A proposal is decided once."""

    code = "reference-rate-proposal-decided"
    title = "利率公布申请已处理 Rate proposal decided"

    def __init__(self, proposal_id: UUID, state: str) -> None:
        words = {"confirmed": "确认", "rejected": "驳回"}
        super().__init__(
            zh=f"申请 {proposal_id} 已被{words[state]}；如需更改，请重新提出申请。",
            en=f"Proposal {proposal_id} is {state} already; propose again to change anything.",
            proposal_id=str(proposal_id),
            state=state,
        )


class ReferenceRateProposed(Refused):
    """The day's rates wait for a decision in another proposal."""

    code = "reference-rate-proposed"
    title = "该日利率已在申请中 Rate proposed already"

    def __init__(self, basis: str, effective_from: date, proposal_id: UUID) -> None:
        super().__init__(
            zh=f"{basis} 自 {effective_from} 起的利率已在申请 {proposal_id} 中待确认；请先确认或驳回该申请。",
            en=f"{basis} from {effective_from} waits in proposal {proposal_id}; have that one confirmed or rejected "
            "first.",
            basis=basis,
            effective_from=effective_from.isoformat(),
            proposal_id=str(proposal_id),
        )


class NothingToPublish(Refused):
    """Everything sent is published with the same rates."""

    code = "nothing-to-publish"
    title = "利率均已公布 Nothing to publish"

    def __init__(self, count: int) -> None:
        super().__init__(
            zh=f"所报 {count} 条利率均已公布且数值一致，无需再办理。",
            en=f"All {count} publications are on file with the same rates; nothing more is to be done.",
            count=count,
        )


class ReferenceRateContradicts(Refused):
    """The series already has other rates from that day on."""

    code = "reference-rate-contradicts"
    title = "与已公布利率矛盾 Contradicts a published rate"

    def __init__(self, basis: str, effective_from: date, known: str, sent: str) -> None:
        super().__init__(
            zh=f"{basis} 自 {effective_from} 起已公布为 {known}，所报为 {sent}，未作任何登记；"
            "所报有误请更正数值；已公布的有误，请在 corrects 中填写该公布的编号，说明理由，申请更正。",
            en=f"{basis} from {effective_from} is published as {known}, you sent {sent}; nothing was recorded. Correct "
            "your figures; if the published ones are wrong, propose a correction: name the publication in `corrects`, "
            "with a reason.",
            basis=basis,
            effective_from=effective_from.isoformat(),
            known=known,
            sent=sent,
        )


class CorrectedPublicationUnknown(Refused):
    """A correction names a publication that does not hold for the day."""

    code = "corrected-publication-unknown"
    title = "被更正的公布不在执行 Corrected publication not in force"
    clause = "LG-2"

    def __init__(self, basis: str, effective_from: date, corrects: UUID, in_force: UUID | None) -> None:
        held_zh = f"现行公布为 {in_force}" if in_force else "该日没有公布"
        held_en = f"{in_force} is in force for that day" if in_force else "nothing is published for that day"
        super().__init__(
            zh=f"{corrects} 不是 {basis} 自 {effective_from} 起的现行公布（{held_zh}）；请核对后重新提出更正。",
            en=f"{corrects} is not what holds of {basis} from {effective_from} ({held_en}); check it and propose the "
            "correction again.",
            basis=basis,
            effective_from=effective_from.isoformat(),
            corrects=str(corrects),
            in_force=None if in_force is None else str(in_force),
        )


class RateConsequencesUnseen(Refused):
    """Loans would change, and the officer did not say to have seen how many and by how much, or saw other figures."""

    code = "rate-consequences-unseen"
    title = "请先查看影响 Consequences not seen"
    clause = "LG-2"

    def __init__(self, loan_count: int, interest_before: str, interest_after: str) -> None:
        super().__init__(
            zh=f"确认后将有 {loan_count} 笔贷款调整利率，利息合计由 {interest_before} 元变为 {interest_after} 元；"
            "请查看影响明细，在 consequences 中填写这三个数后重新确认。",
            en=f"Confirming changes the rate of {loan_count} loans, and all their interest from {interest_before} to "
            f"{interest_after}; look at the list of consequences, repeat the three figures as `consequences` and "
            "confirm again.",
            loan_count=loan_count,
            interest_before=interest_before,
            interest_after=interest_after,
        )


class ReferenceRateEmpty(Invalid):
    """A publication without any rate."""

    code = "reference-rate-empty"
    title = "利率为空 No rate given"

    def __init__(self, basis: str, effective_from: date) -> None:
        super().__init__(
            zh=f"{basis} 自 {effective_from} 起未填任何利率；三个期限至少填写一个。",
            en=f"{basis} from {effective_from} names no rate at all; give at least one of the three tenors.",
            basis=basis,
            effective_from=effective_from.isoformat(),
        )


class ReferenceRateUnusual(Refused):
    """Some rates lie far from their neighbours in the series and nobody has said that this is meant."""

    code = "reference-rate-unusual"
    title = "利率变动异常 Unusual rate"
    clause = "LG-2"

    def __init__(self, steps: Sequence[UnusualStep]) -> None:
        first, more = steps[0], len(steps) - 1
        super().__init__(
            zh=f"{first.basis} 自 {first.effective_from} 起为 {first.rate}%，与 {first.neighbour_from} 的 "
            f"{first.neighbour_rate}% 相差超过 {STEP_MAX} 个百分点（另有 {more} 处）；"
            "请核对是否错填，确属无误的，请将 unusual_confirmed 填为 true 后重新提交。",
            en=f"{first.basis} from {first.effective_from} is {first.rate} %, more than {STEP_MAX} points from "
            f"{first.neighbour_rate} % of {first.neighbour_from} ({more} more such steps); check the figures, and if "
            "they are right send them again with unusual_confirmed set to true.",
            steps=[
                {
                    "basis": step.basis,
                    "tenor": step.tenor,
                    "effective_from": step.effective_from.isoformat(),
                    "rate": str(step.rate),
                    "neighbour_from": step.neighbour_from.isoformat(),
                    "neighbour_rate": str(step.neighbour_rate),
                }
                for step in steps[:STEPS_SHOWN]
            ],
            step_max=str(STEP_MAX),
        )
