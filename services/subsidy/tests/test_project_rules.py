"""Which step of a project may follow where, what its file shows, and from whose money it is paid. Pure."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.projects.refusals import (
    AboveProjectMoney,
    StepNotOfCounty,
)
from services.subsidy.projects.rules.life import (
    BEFORE_APPROVAL,
    ORDER,
    OUTCOMES,
    REACHED,
    ProjectState,
    ProjectStep,
    StepOutcome,
    next_state,
    order_of,
)
from services.subsidy.projects.rules.money import drawn
from services.subsidy.projects.rules.proofs import WORDS, ProjectFile, proofs
from shared.errors import Refusal

S, T, O = ProjectState, ProjectStep, StepOutcome  # noqa: E741 - the table below reads by them
# Every move there is; whatever is not here is refused.
MOVES = {
    (S.PLANNED, T.APPLICATION, O.DONE): S.APPLIED,
    (S.APPLIED, T.ENTITY, O.DONE): S.DESIGNED,
    (S.DESIGNED, T.APPROVAL, O.APPROVE): S.APPROVED,
    (S.DESIGNED, T.APPROVAL, O.RETURN): S.APPLIED,
    (S.DESIGNED, T.APPROVAL, O.REFUSE): S.REFUSED,
    (S.APPROVED, T.WORKS, O.DONE): S.UNDER_WAY,
    (S.UNDER_WAY, T.WORKS, O.DONE): S.UNDER_WAY,
    (S.UNDER_WAY, T.COMPLETION, O.DONE): S.COMPLETED,
    (S.COMPLETED, T.ACCEPTANCE, O.PASS): S.ACCEPTED,
    (S.COMPLETED, T.ACCEPTANCE, O.FAIL): S.UNDER_WAY,
    (S.ACCEPTED, T.REIMBURSEMENT, O.DONE): S.CLAIMED,
    (S.CLAIMED, T.REIMBURSEMENT, O.APPROVE): S.REIMBURSED,
    (S.CLAIMED, T.REIMBURSEMENT, O.RETURN): S.ACCEPTED,
    **{(state, T.WITHDRAWAL, O.DONE): S.WITHDRAWN for state in BEFORE_APPROVAL},
}


@pytest.mark.clause("ZJ-9")
def test_each_step_follows_the_one_before_and_no_other_move_is_possible() -> None:
    for state in S:
        for step in T:
            for outcome in O:
                if step is T.PLANNING:
                    continue  # it opens the file
                if (wanted := MOVES.get((state, step, outcome))) is not None:
                    assert next_state(ORDER, state, step, outcome) is wanted
                    continue
                wanted_code = "project-in-wrong-state" if outcome in OUTCOMES[step] else "project-step-outcome"
                with pytest.raises(Refusal) as refused:
                    next_state(ORDER, state, step, outcome)
                assert refused.value.code == wanted_code


def test_a_county_that_names_its_steps_takes_no_other() -> None:
    order = order_of(["application", "approval", "works", "completion", "acceptance", "reimbursement"])
    assert next_state(order, S.APPLIED, T.APPROVAL, O.APPROVE) is S.APPROVED
    with pytest.raises(StepNotOfCounty) as refused:
        next_state(order, S.APPLIED, T.ENTITY, O.DONE)
    assert refused.value.code == "project-step-not-of-county"
    assert "申报、审批、进度和质量" in refused.value.sentence.zh
    assert order_of(None) == ORDER == tuple(REACHED)


@pytest.mark.clause("ZJ-10(b)")
def test_each_of_the_seven_proofs_rests_on_its_own_step() -> None:
    nothing = ProjectFile(taken=(), money=Decimal(0), inspections=0, settled=0)
    assert list(proofs(nothing)) == list(WORDS)
    assert not any(proofs(nothing).values())
    shows = {
        "plan": replace(nothing, taken=[(T.ENTITY, O.DONE)]),
        "money": replace(nothing, money=Decimal("0.01")),
        "project": replace(nothing, taken=[(T.APPROVAL, O.APPROVE)]),
        "measures": replace(nothing, taken=[(T.WORKS, O.DONE)]),
        "inspection": replace(nothing, inspections=1),
        "result": replace(nothing, taken=[(T.ACCEPTANCE, O.PASS)]),
        "accountability": replace(nothing, settled=1),
    }
    for code, file in shows.items():
        assert [each for each, present in proofs(file).items() if present] == [code]


_FEN = st.integers(0, 10**8).map(lambda fen: Decimal(fen) / 100)


@given(st.lists(_FEN, max_size=5), _FEN)
def test_an_amount_is_drawn_whole_from_the_programmes_in_their_order(left: list[Decimal], amount: Decimal) -> None:
    committed = [(UUID(int=n), each) for n, each in enumerate(left)]
    if amount > sum(left):
        with pytest.raises(AboveProjectMoney):
            drawn(amount, committed)
        return
    parts = drawn(amount, committed)
    assert sum(each for _, each in parts) == amount
    assert all(0 < part <= dict(committed)[programme] for programme, part in parts)
    used = [programme for programme, _ in parts]
    assert used == sorted(used)
    # Only the last programme that pays keeps anything; nobody is passed over.
    assert all(part == dict(committed)[programme] for programme, part in parts[:-1])
    skipped = [programme for programme, each in committed if used and programme < used[-1] and programme not in used]
    assert all(dict(committed)[programme] == 0 for programme in skipped)
