"""The rule in SQL equals the rule in Python, on made-up loans of counties with every kind of clause."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.due_sql import DUE, PART, rule_rows
from services.subsidy.batches.rules.due import WITHHELD
from services.subsidy.tests.county import COUNTY, VILLAGE, confirmed, pack
from shared.ids import new_id
from shared.policy.copies import pack_of_version
from shared.policy.in_force import ConfirmedPack
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import DayCount, Payer, PovertyState
from shared.testing.service import ServiceUnderTest
from spec.repeated import Paid, counted
from spec.subsidy import Contract, InterestPaid, StateFrom, SubsidyDue, subsidy_due, subsidy_status

LOANS = 400
EVERY = (
    "concerned AS (SELECT loan_id FROM subsidy_account), "
    f"candidate AS (SELECT {PART}, DATE '2018-01-01' AS ruled_on FROM interest_payment p)"
)
SETTLE_FIRST = "  settle_first: {value: true, clause: FJ-11}\n"
LEGACY = """
legacy_rules:
  - named: {value: {code: larger, zh: 较大贷款, en: larger loans}, clause: FJ-11}
    amount_above: {value: "50000.00", clause: FJ-11}
    amount_max: {value: "80000.00", clause: FJ-11}
    term_months_max: {value: 36, clause: FJ-11}
    guarantee_required: {value: true, clause: FJ-11}
    granted_until: {value: 2017-06-30, clause: FJ-11}
    subsidy_share: {value: "0.37", clause: FJ-11}
  - named: {value: {code: largest, zh: 更早的较大贷款, en: larger loans of before}, clause: FJ-11}
    amount_above: {value: "40000.00", clause: FJ-11}
    amount_max: {value: "60000.00", clause: FJ-11}
    term_months_max: {value: 36, clause: FJ-11}
    guarantee_required: {value: true, clause: FJ-11}
    granted_from: {value: 2016-03-01, clause: FJ-11}
    granted_until: {value: 2017-09-30, clause: FJ-11}
  - named: {value: {code: any, zh: 早年贷款, en: loans of the first years}, clause: FJ-11}
    amount_max: {value: "100000.00", clause: FJ-11}
    term_months_max: {value: 36, clause: FJ-11}
    guarantee_required: {value: false, clause: FJ-11}
    granted_until: {value: 2015-12-31, clause: FJ-11}
    subsidy_share: {value: "0.11", clause: FJ-11}

products:
  - code: farm
    name: {zh: 农户贷款, en: Farm loan}
    subsidy:
      share: {value: "0.25", clause: FJ-11}
      principal_max: {value: "70000.00", clause: FJ-11}
    without: [{value: subsidy.rate_cap, clause: FJ-11}, {value: subsidy.years_max, clause: FJ-11}]

deposit:
"""
CAPPED = (
    SETTLE_FIRST
    + """  rate_cap:
    value:
      basis: LPR
      tenors:
        - {up_to_months: 12, column: up_to_1y}
        - {up_to_months: 36, column: over_5y}
    clause: FJ-11
  years_max: {value: 2, clause: FJ-11}
  later_shares:
    value:
      - {from_on: 2018-03-17, share: "0.70"}
      - {from_on: 2019-01-01, share: "0.333"}
    clause: FJ-11
"""
)
FIXED = (
    SETTLE_FIRST
    + """  fixed_rate: {value: "3.333", clause: FJ-11}
  reimbursed_payers: {value: [borrower, entity, insurer], clause: FJ-11}
  months_max: {value: 17, clause: FJ-11}
"""
)
RATES = (
    (date(2014, 1, 1), Decimal("4.25"), Decimal("4.85")),
    (date(2016, 5, 4), Decimal("3.10"), Decimal("3.60")),
    (date(2017, 9, 9), Decimal("4.00"), None),
)


def _packs() -> dict[int, PolicyPack]:
    strict = pack(
        (SETTLE_FIRST, CAPPED),
        ("\ndeposit:\n", LEGACY),
        ('  principal_max:\n    value: "50000.00"', '  principal_max:\n    value: "30000.00"'),
        ("  lifted_may_start:\n    value: true", "  lifted_may_start:\n    value: false"),
        ("  covers_prepaid_interest:\n    value: true", "  covers_prepaid_interest:\n    value: false"),
    )
    return {
        1: pack(),
        2: strict,
        3: pack(("  keeps_after_lifting:\n    value: true", "  keeps_after_lifting:\n    value: false")),
        4: pack((SETTLE_FIRST, FIXED)),
    }


@dataclass
class Case:
    """One loan of the test with what was paid on it and how its household stood."""

    loan_id: UUID
    household_id: UUID
    contract: Contract
    term_months: int
    pack_version: int
    product_code: str
    states: list[tuple[int, date, PovertyState]]
    payments: list[tuple[UUID, int, int, str, date, date, Decimal]]
    listings: list[tuple[str, date, date | None, bool]] = field(default_factory=list)
    payer: Payer = Payer.BORROWER


def _day(draw: random.Random) -> date:
    return date(2015, 1, 1) + timedelta(draw.randrange(5 * 365))


def _case(draw: random.Random, versions: Sequence[int]) -> Case:
    fen = Decimal(draw.randrange(100, 10_000_000)).scaleb(-2)
    principal = draw.choice([Decimal("50000.00"), Decimal("30000.00"), Decimal("80000.00"), fen])
    rate = draw.choice([Decimal("4.35"), Decimal("4.75"), Decimal("3.1"), Decimal(draw.randrange(1000)).scaleb(-2)])
    legacy = draw.choice([None, None, "larger", "largest", "any"])
    lent_on = _day(draw)
    changes = sorted(draw.sample(range(1, 1300), draw.choice([0, 0, 1, 3])))
    later = tuple(
        (lent_on + timedelta(days), draw.choice([Decimal("0"), Decimal("3.85"), Decimal("9.5")])) for days in changes
    )
    contract = Contract(principal, rate, lent_on, draw.random() < 0.1, legacy, later)
    states = [(version, _day(draw), draw.choice(list(PovertyState))) for version in range(1, draw.randrange(1, 7))]
    if len(states) > 2:
        states[-1] = (states[-1][0], states[0][1], states[-1][2])  # marked again for the same day
    listings = []
    for _ in range(draw.choice([0, 0, 1, 3])):
        listed_on = _day(draw)
        cleared_on = draw.choice([None, listed_on + timedelta(draw.randrange(400))])
        overturned = cleared_on is not None and draw.random() < 0.2
        listings.append((draw.choice(["blacklist", "blacklist", "dishonesty"]), listed_on, cleared_on, overturned))
    payments = []
    for version in range(2, draw.randrange(3, 6)):
        start = contract.disbursed_on + timedelta(draw.randrange(1200))
        until = start + timedelta(draw.randrange(400))
        amount = Decimal(draw.randrange(1, 500_000)).scaleb(-2)
        kind = draw.choice(["repayment", "repayment", "prepayment"])
        payments.append((new_id(), draw.randrange(1, 4), version, kind, start, until, amount))
    version, months = draw.choice(versions), draw.choice([6, 12, 13, 36, 60])
    product = draw.choice(["small_loan", "farm"]) if version == 2 else "small_loan"
    payer = draw.choice([*Payer, *[Payer.BORROWER] * 9])
    return Case(new_id(), new_id(), contract, months, version, product, states, payments, listings, payer)


async def _keep(service: ServiceUnderTest, cases: Sequence[Case]) -> None:
    await _keep_rates(service)
    await _keep_loans(service, cases)
    await _keep_households(service, cases)


async def _keep_rates(service: ServiceUnderTest) -> None:
    pool, proposal = service.database.pool, new_id()
    await pool.execute(
        "INSERT INTO reference_rate_proposal (id, already_published, proposed_by) VALUES ($1, 0, 'proposer')", proposal
    )
    await pool.executemany(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_5y, published_by, proposed_by,"
        " proposal_id) VALUES ($1, 'LPR', $2, $3, $4, 'publisher', 'proposer', $5)",
        [(new_id(), *row, proposal) for row in RATES],
    )


async def _keep_loans(service: ServiceUnderTest, cases: Sequence[Case]) -> None:
    pool = service.database.pool
    await pool.executemany(
        "INSERT INTO subsidy_account VALUES ($1, $2, $3, $4, 'CQRCB', 'C', $5, $6, 'ACT/360', $7, $8, $8, 1, $9, NULL,"
        " $10, $11, $12)",
        [
            (
                case.loan_id,
                case.household_id,
                COUNTY,
                VILLAGE,
                case.contract.principal,
                case.contract.annual_rate,
                case.term_months,
                case.contract.disbursed_on,
                case.pack_version,
                case.contract.without_subsidy,
                case.product_code,
                case.contract.legacy_rule,
            )
            for case in cases
        ],
    )
    await pool.executemany(
        "INSERT INTO account_rate (loan_id, loan_version, from_on, annual_rate) VALUES ($1, 1, $2, $3)",
        [
            (case.loan_id, *step)
            for case in cases
            if case.contract.later_rates
            for step in ((case.contract.disbursed_on, case.contract.annual_rate), *case.contract.later_rates)
        ],
    )
    await pool.executemany(
        "INSERT INTO interest_payment VALUES ($1, $2, $3, $4, 'R', $5, $6, $7, $8, $9, NULL, $10)",
        [
            (payment[0], payment[1], case.loan_id, payment[2], payment[3], payment[5], *payment[4:], str(case.payer))
            for case in cases
            for payment in case.payments
        ],
    )


async def _keep_households(service: ServiceUnderTest, cases: Sequence[Case]) -> None:
    pool = service.database.pool
    await pool.executemany(
        "INSERT INTO household_state VALUES ($1, $2, $3, $4, $5)",
        [
            (case.household_id, version, VILLAGE, str(state), day)
            for case in cases
            for version, day, state in case.states
        ],
    )
    await pool.executemany(
        "INSERT INTO household_listing VALUES (uuid7(), $1, $2, $3, $4, $5)",
        [(case.household_id, *listing) for case in cases for listing in case.listings],
    )


def _expected(case: Case, packs: dict[int, PolicyPack]) -> dict[UUID, SubsidyDue | None]:
    """Return what the pure rule says of each payment; None where the cap's rate is not published."""
    of_pack = packs[case.pack_version].for_product(case.product_code)
    rule, legacy = of_pack.subsidy_rule(), of_pack.legacy_loan_rules()
    marked = {day: state for _, day, state in sorted(case.states)}
    states = [StateFrom(day, state) for day, state in sorted(marked.items())]
    held = [each[1:3] for each in case.listings if each[0] == "blacklist" and not each[3]]
    bars = of_pack.list_rule().blacklist_bars_support
    stands = replace(subsidy_status(states, rule, case.contract.disbursed_on), blacklisted=tuple(held) if bars else ())
    cap, missing = None, False
    if rule.rate_cap:
        tenor = next((each for each in rule.rate_cap.tenors if each.up_to_months >= case.term_months), None)
        short = tenor is not None and tenor.column == "up_to_1y"
        published = [(day, up_to_1y if short else over_5y) for day, up_to_1y, over_5y in RATES]
        known = [rate for day, rate in published if day <= case.contract.disbursed_on and rate is not None]
        cap = known[-1] if known and tenor else None
        missing = cap is None
    each_part = [
        Paid(number, start, until, amount, (until, kind == "prepayment", "R", number, str(repayment_id)))
        for repayment_id, number, _, kind, start, until, amount in case.payments
    ]
    whole = counted(each_part, case.contract.principal, case.contract.rate_on, DayCount.ACT_360)
    found: dict[UUID, SubsidyDue | None] = {}
    for at, (repayment_id, _, _, kind, start, until, amount) in enumerate(case.payments):
        paid = InterestPaid(amount, start, until, kind == "prepayment", amount - whole[at], payer=case.payer)
        found[repayment_id] = None if missing else subsidy_due(paid, case.contract, stands, rule, legacy, cap)
    return found


def _seen(row: Any) -> SubsidyDue | None:
    if row["cap_missing"]:
        return None
    withheld = {name: row[name] for name in WITHHELD}
    return SubsidyDue(row["amount"], withheld, tuple(row["reasons"]), row["days"], row["eligible_days"])


@pytest.mark.parametrize(
    ("seed", "versions"),
    [
        pytest.param(1, (1, 2, 3), id="three packs at once", marks=pytest.mark.clause("SX-5(b)")),
        pytest.param(2, (2,), id="cap, years, legacy rule", marks=pytest.mark.clause("DZ-1b", "XX-4", "LG-2b")),
        pytest.param(3, (1, 3), id="stop at lifting", marks=pytest.mark.clause("FJ-6(b)", "FJ-6b")),
        pytest.param(4, (4,), id="fixed rate for months"),
    ],
)
async def test_the_rule_in_sql_equals_the_rule_in_python(
    subsidy: ServiceUnderTest, seed: int, versions: tuple[int, ...]
) -> None:
    packs, draw = _packs(), random.Random(seed)
    for version in (2, 3, 4):
        await subsidy.deliver(confirmed(packs[version], version=version))
    cases = [_case(draw, versions) for _ in range(LOANS)]
    await _keep(subsidy, cases)
    async with subsidy.database.connection() as conn:
        kept: list[ConfirmedPack] = [
            await pack_of_version(conn, COUNTY, version, date(2018, 1, 1)) for version in packs
        ]
        rows = await conn.fetch(f"WITH {EVERY}, {DUE} SELECT * FROM due", rule_rows(kept))
    expected = {key: value for case in cases for key, value in _expected(case, packs).items()}
    seen = {row["repayment_id"]: _seen(row) for row in rows}
    differing = {key: (seen.get(key), value) for key, value in expected.items() if seen.get(key) != value}
    assert not differing, list(differing.items())[:3]
    reasons = {reason for value in expected.values() if value for reason in value.reasons}
    strict = {"lifted_at_start", "prepaid", *WITHHELD[2:]} if 2 in versions else set()
    strict |= {"beyond_years", "above_cap"} if 4 in versions else set()
    everywhere = {"full", "days_repeated", "paid_by_others", "without_subsidy", "stopped", "listed", "above_principal"}
    assert reasons == everywhere | strict
    assert (None in expected.values()) is (2 in versions)


async def test_every_township_is_reckoned_by_its_own_pack(subsidy: ServiceUnderTest) -> None:
    whole = pack()
    townships, shares = ("500236901", "500236902"), ("1.00", "0.50")
    cases, draw = [], random.Random(5)
    for number, (township, share) in enumerate(zip(townships, shares, strict=True)):
        part = pack(("code: fengjie\n", f"code: part-{number}\n"), ('regions: ["500236"]', f'regions: ["{township}"]'),
                    ('  share:\n    value: "1.00"', f'  share:\n    value: "{share}"'))  # fmt: skip
        await subsidy.deliver(confirmed(part))
        paid = (new_id(), 1, 2, "repayment", date(2017, 3, 1), date(2017, 12, 20), Decimal("1776.25"))
        loan = Contract(Decimal("50000.00"), Decimal("4.35"), date(2017, 3, 1))
        cases.append(
            replace(
                _case(draw, [1]),
                contract=loan,
                pack_version=1,
                term_months=36,
                states=[],
                payments=[paid],
                listings=[],
                payer=Payer.BORROWER,
            )
        )
    assert whole.subsidy_rule().share == 1
    await _keep(subsidy, cases)
    pool = subsidy.database.pool
    for case, township in zip(cases, townships, strict=True):
        await pool.execute(
            "UPDATE subsidy_account SET village_code = $2 WHERE loan_id = $1", case.loan_id, f"{township}001"
        )
    async with subsidy.database.connection() as conn:
        rules = await rules_of_county(conn, COUNTY)
        rows = await conn.fetch(f"WITH {EVERY}, {DUE} SELECT * FROM due", rules)
    due = {row["repayment_id"]: row["amount"] for row in rows}
    assert [due[case.payments[0][0]] for case in cases] == [Decimal("1776.25"), Decimal("888.13")]
