"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class HouseholdLives(Refused):
    """The household has not died out."""

    code = "payee-household-lives"
    title = "该户未消亡 Household not died out"

    def __init__(self, household_id: UUID) -> None:
        super().__init__(
            zh=f"农户 {household_id} 未登记为消亡户，贴息发放到其本户账户；账户有误的请在登记簿中更正账户。",
            en=f"Household {household_id} has not died out, so it is paid to its own account; where that is wrong, "
            "correct the account on the register.",
        )


class HouseholdUnknown(NotFound):
    """No loan of such a household in the caller's region."""

    code = "payee-household-unknown"
    title = "没有该农户的贴息台账 Household unknown"

    def __init__(self, household_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有农户 {household_id} 的贴息台账，请核对编号。",
            en=f"There is no subsidy account of household {household_id} in your region; check the number.",
        )


class PayeeProposed(Refused):
    """Another payee of the household waits for its decision."""

    code = "payee-proposed"
    title = "已有待定代领人 Payee proposed already"

    def __init__(self, household_id: UUID) -> None:
        super().__init__(
            zh=f"农户 {household_id} 已有代领人待决定，请先由另一人决定。",
            en=f"A payee of household {household_id} waits for its decision; let the second officer decide it first.",
        )


class PayeeUnknown(NotFound):
    """No such payee in the caller's region."""

    code = "payee-unknown"
    title = "代领人不存在 Payee unknown"

    def __init__(self, payee_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有代领人记录 {payee_id}，请在代领人列表中查找。",
            en=f"There is no payee {payee_id} in your region; list the payees to find it.",
        )


class PayeeDecided(Refused):
    """Someone decided on it before."""

    code = "payee-decided"
    title = "代领人已处理 Payee decided"

    def __init__(self, payee_id: UUID) -> None:
        super().__init__(
            zh=f"代领人记录 {payee_id} 已处理，不能再决定；如需更改请另行提出。",
            en=f"Payee {payee_id} is decided already; propose another one to change it.",
        )


class PayeeNotInForce(Refused):
    """Only who receives now can be withdrawn."""

    code = "payee-not-in-force"
    title = "代领人未生效 Payee not in force"

    def __init__(self, payee_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"代领人记录 {payee_id} 当前为“{in_chinese(state, 'list_subsidy_payees.state')}”，"
            "只有已生效的才能撤销；待决定的请由另一人退回。",
            en=f"Payee {payee_id} is '{state}'; only one in force is withdrawn. Let the second officer return one that "
            "waits for its decision.",
            state=state,
        )
