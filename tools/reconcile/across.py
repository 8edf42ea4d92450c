"""The same loan, claim and repayment everywhere, with the same money (X3, X4, X9, X11)."""

from typing import Any

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

_COMPENSATED = """
SELECT claim_id::text, id::text, principal_compensated, interest_compensated, compensated_on
FROM loan WHERE claim_id IS NOT NULL
"""
_CLAIMED = "SELECT id::text, loan_id::text, principal, interest, paid_on FROM claim WHERE state = 'paid'"
_RECOVERED = """
SELECT id::text, loan_id::text, claim_id::text, bank_reference, recovered_on, amount, principal, interest, reversed_on
FROM recovery
"""


@check(
    "X3", "代偿一致", "Compensated and recovered in lending = in the risk fund, claim by claim, recovery by recovery"
)
async def losses(world: World, found: Findings) -> None:
    """Compare compensation and recoveries between lending and the fund."""
    late = await world.passing("lending", "riskfund")
    paid, booked = await world["riskfund"].map(_CLAIMED), await world["lending"].map(_COMPENSATED)
    found.same_maps("loan, principal, interest and day of a paid claim", paid, booked, late)
    passing = await world.passing("riskfund")
    recorded = await world["lending"].map(_RECOVERED)
    known = await world["riskfund"].map(_RECOVERED)
    found.same_maps("loan, claim, reference, day and money of a recovery", _settled(recorded, passing),
                    _settled(known, passing))  # fmt: skip


def _settled(rows: dict[str, Any], passing: set[str]) -> dict[str, Any]:
    return {key: value for key, value in rows.items() if value[0] not in passing}


_LENT = """
SELECT id::text, application_id::text, household_id::text, village_code, bank_code, contract_number, pack_version,
  principal, disbursed_on, matures_on, principal_outstanding,
  interest_paid + interest_remitted, penalty_paid + penalty_remitted - surcharge_remitted
    - coalesce((SELECT sum(r.surcharge) FROM repayment r WHERE r.loan_id = loan.id), 0), closed_on,
  conditions @> '[{"consequence": "without_cover"}]', state
FROM loan
"""
_COVERED = """
SELECT loan_id::text, application_id::text, household_id::text, village_code, bank_code, contract_number, pack_version,
  principal, disbursed_on, matures_on, outstanding, interest_repaid,
  late_interest_repaid, closed_on, without_cover, state
FROM covered_loan
"""
_USED = "SELECT application_id::text, amount FROM cover_reservation WHERE state = 'used'"
_HANDED = """
SELECT a.id::text, a.amount FROM application a
WHERE a.state = 'disbursed' AND NOT a.conditions @> '[{"consequence": "without_cover"}]'
"""
_WAITING = "SELECT id::text, amount FROM application WHERE state = 'handed_over'"
_LIVE = "SELECT application_id::text, amount FROM cover_reservation WHERE state = 'live'"
_BY_BANK = "SELECT left(village_code, 6) || ' ' || bank_code, sum({}) FROM {} GROUP BY 1"


@check("X4", "担保余额一致", "What the fund covers = what lending has outstanding, loan by loan and bank by bank")
async def exposure(world: World, found: Findings) -> None:
    """Compare covered loans and reservations with loans and applications."""
    passing = await world.passing("riskfund")
    lent, covered = await world["lending"].map(_LENT), await world["riskfund"].map(_COVERED)
    # A claim that was paid ends the cover before lending has heard of it.
    late = {
        key
        for key, value in covered.items()
        if value[-1] == "compensated" and lent.get(key, ("",))[-1] != "compensated"
    }
    skipped = passing | (late if world.is_online else set())
    found.same_maps("terms, outstanding, interest and state of a covered loan", lent, covered, skipped)
    if not skipped:
        banks = await world["lending"].map(_BY_BANK.format("principal_outstanding", "loan"))
        found.same_maps("outstanding by county and bank", banks,
                        await world["riskfund"].map(_BY_BANK.format("outstanding", "covered_loan")))  # fmt: skip
    unreserved = await _without_reservation(world)
    used = await world["riskfund"].map(_USED)
    if not passing:
        handed = await world["lending"].map(_HANDED)
        found.same_maps("reservation used by a loan", {k: v for k, v in handed.items() if k not in unreserved}, used)
        live = await world["riskfund"].map(_LIVE)
        for key, amount in (await world["lending"].map(_WAITING)).items():
            if key in live:
                found.equal(key, "reservation of an application at the bank", amount, live[key])


async def _without_reservation(world: World) -> set[str]:
    statement = """
    SELECT l.application_id::text FROM cover_exception x JOIN covered_loan l ON l.loan_id = x.loan_id
    WHERE x.kind IN ('disbursed-without-reservation', 'disbursed-above-reservation', 'county-without-fund')
    """
    return {row[0] for row in await world["riskfund"].rows(statement)}


_INTEREST = "SELECT id::text, interest_paid, penalty_paid FROM loan"
_REPORTED = """
SELECT a.loan_id::text, coalesce(i.amount, 0.00), coalesce(p.amount, 0.00)
FROM subsidy_account a
LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM interest_payment
           WHERE superseded_by IS NULL GROUP BY 1) i ON i.loan_id = a.loan_id
LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM penalty_payment
           WHERE superseded_by IS NULL GROUP BY 1) p ON p.loan_id = a.loan_id
"""
_PAID_PARTS = """
SELECT r.loan_id::text, r.id::text || ' ' || p.installment_number, p.interest, r.paid_on, i.period_from, i.due_on,
  r.kind, r.bank_reference, r.payer
FROM repayment_part p JOIN repayment r ON r.id = p.repayment_id
JOIN installment i ON i.loan_id = r.loan_id AND i.number = p.installment_number
WHERE p.interest > 0
"""
_KNOWN_PARTS = """
SELECT loan_id::text, repayment_id::text || ' ' || installment_number, amount, paid_on, period_from, period_until, kind,
  bank_reference, payer
FROM interest_payment WHERE superseded_by IS NULL
"""
_TERMS = """
SELECT {} , household_id::text, village_code, bank_code, contract_number, principal, trim_scale(annual_rate),
  day_count,  term_months, disbursed_on, matures_on, loan_round, pack_version, closed_on
FROM {}
"""


# The rates of contracts that changed, as postings say and as the subsidy knows them; the first is that of the lending.
_RATES_SAID = """
SELECT loan_id::text || ' ' || from_on, loan_id::text, trim_scale(annual_rate)::text FROM loan_rate r
WHERE replaced_on IS NULL AND from_on > (SELECT disbursed_on FROM loan WHERE id = r.loan_id)
"""
_RATES_KNOWN = """
SELECT loan_id::text || ' ' || from_on, loan_id::text, trim_scale(annual_rate)::text FROM account_rate r
WHERE superseded_by IS NULL AND from_on > (SELECT disbursed_on FROM subsidy_account a WHERE a.loan_id = r.loan_id)
"""


@check(
    "X9", "已付利息一致", "Interest known to the subsidy = interest paid in lending, part by part; penalty kept apart"
)
async def interest(world: World, found: Findings) -> None:
    """Compare interest, penalty and terms of each loan between lending and subsidy."""
    passing = await world.passing("subsidy")
    lending, subsidy = world["lending"], world["subsidy"]
    for what, ours, theirs in (
        ("interest and penalty paid", _INTEREST, _REPORTED),
        (
            "terms of the subsidy account",
            _TERMS.format("id::text", "loan"),
            _TERMS.format("loan_id::text", "subsidy_account"),
        ),
    ):
        paid, known = await lending.map(ours), await subsidy.map(theirs)
        found.same_maps(what, paid, known, passing)
    parts = {row[1]: tuple(row)[2:] async for row in lending.each(_PAID_PARTS) if row[0] not in passing}
    kept = {row[1]: tuple(row)[2:] async for row in subsidy.each(_KNOWN_PARTS) if row[0] not in passing}
    found.same_maps("interest part: amount, day, period, kind, reference", parts, kept)
    said = {row[0]: row[2] async for row in lending.each(_RATES_SAID) if row[1] not in passing}
    heard = {row[0]: row[2] async for row in subsidy.each(_RATES_KNOWN) if row[1] not in passing}
    found.same_maps("rate of a contract from a day on", said, heard)


_BORROWED = (
    "SELECT id::text, household_id::text, village_code, principal, disbursed_on, defaulted_on, closed_on, cancelled_on "
    "FROM loan"
)
_NOTED = """
SELECT loan_id::text, household_id::text, village_code, principal, disbursed_on,
  CASE WHEN default_lifted_on IS NULL THEN defaulted_on END, closed_on
FROM household_loan
"""
# Entries that lending's events made and cleared; what officers entered or decided has its own proof.
_LISTINGS = """
SELECT l.id::text, l.loan_id::text, l.household_id::text, l.list_name, l.state <> 'cleared',
  l.loan_id IN (SELECT aggregate_id FROM inbox WHERE consumer = 'registry-lending' AND state = 'applied'
                AND event_name IN ('loan-restated', 'default-lifted', 'disbursement-reversed', 'recovery-reversed'))
FROM listing l
WHERE l.source = 'event' AND coalesce(l.clear_cause, 'debt_cleared') = 'debt_cleared'
"""
_MALICIOUS = """
SELECT r.loan_id::text, r.malicious FROM default_report r JOIN default_confirmation c ON c.report_id = r.id
"""
_OVERDUE = "SELECT DISTINCT aggregate_id::text FROM outbox WHERE event_name = 'loan-overdue'"
_CUTS = "SELECT loan_id::text, village_code, trim_scale(cut_share), effective_on FROM village_quota_cut"
_RESTORED = """
SELECT r.loan_id::text, c.village_code, r.effective_on
FROM village_quota_restoration r JOIN village_quota_cut c ON c.loan_id = r.loan_id
"""
_RESTORED_KEPT = "SELECT loan_id::text, village_code, effective_on FROM village_quota_restored"


@check(
    "X11",
    "农户名单一致",
    "Registry knows every loan; every listing and quota cut has its loan, and lending has the cuts",
)
async def households(world: World, found: Findings) -> None:
    """Compare loans, lists and quota cuts between lending and registry."""
    passing = await world.passing("registry")
    borrowed, noted = await world["lending"].map(_BORROWED), await world["registry"].map(_NOTED)
    lent = {key: loan[:-1] for key, loan in borrowed.items() if loan[-1] is None}
    found.same_maps("household, village, principal and days of a loan", lent, noted, passing)
    malicious = await world["lending"].map(_MALICIOUS)
    overdue = {row[0] for row in await world["lending"].rows(_OVERDUE)}
    for key, loan_id, household_id, list_name, holds, corrected in await world["registry"].rows(_LISTINGS):
        loan = borrowed.get(loan_id)
        found.equal(key, "household of the listed loan", loan and loan[0], household_id)
        cause = loan_id in overdue if list_name == "dishonesty" else bool(malicious.get(loan_id))
        found.holds(key, f"cause of the entry in {list_name}", cause, "late, or malicious default", "none")
        if loan_id not in passing:
            closed = bool(loan and loan[5])
            if closed or not corrected:  # after a correction a loan may go on without its entry
                found.equal(key, "cleared ⇔ the loan is closed", closed, not holds)
    cuts = await world["registry"].map(_CUTS)
    late = await world.passing("lending", "registry")
    if not late:
        found.same_maps("quota cut copied by lending", cuts, await world["lending"].map(_CUTS))
        restored, kept = await world["registry"].map(_RESTORED), await world["lending"].map(_RESTORED_KEPT)
        found.same_maps("quota given back, copied by lending", restored, kept)
    for loan_id in cuts:
        found.holds(loan_id, "malicious default behind a quota cut", bool(malicious.get(loan_id)), "one", "none")
