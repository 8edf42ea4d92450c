"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound, Refused


class LineUnknown(NotFound):
    """No such line in the caller's regions."""

    code = "subsidy-line-unknown"
    title = "没有该贴息明细 Subsidy line unknown"

    def __init__(self, line_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有贴息明细 {line_id}，请在批次的明细列表中查找。",
            en=f"There is no subsidy line {line_id} in your regions; look it up among the lines of its batch.",
            line_id=str(line_id),
        )


class DerivationMissing(Refused):
    """A counter-line has nothing to derive, and older lines did not keep it."""

    code = "derivation-missing"
    title = "该明细没有推算依据 No derivation"
    clause = "DZ-7(a)"

    def __init__(self, line_id: UUID, kind: str) -> None:
        super().__init__(
            zh=f"贴息明细 {line_id} 没有推算依据：抵扣追回的明细请查看所抵扣的追回，较早的明细请查看其各项核减金额。",
            en=f"Subsidy line {line_id} has no derivation: for one that offsets a claw-back see the claw-back, for an "
            "older one the amounts withheld on the line itself.",
            line_id=str(line_id),
            kind=kind,
        )


class AccountUnknown(NotFound):
    """No such loan in the caller's regions."""

    code = "subsidy-account-unknown"
    title = "没有该贷款的贴息台账 Subsidy account unknown"

    def __init__(self, loan_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有贷款 {loan_id} 的贴息台账，请核对贷款编号；刚发放的贷款请稍后再查。",
            en=f"There is no subsidy account of loan {loan_id} in your regions; check the number. A loan just paid out "
            "arrives shortly.",
            loan_id=str(loan_id),
        )
