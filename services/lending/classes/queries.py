"""Named reads: a loan's class on a day, a region's figures, what the months found, and what officers set."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.loading import books_of
from services.lending.accounts.queries import account_as_of
from services.lending.classes import classes_sql
from services.lending.classes.refusals import ClassReviewUnknown, LoanNotClassified
from services.lending.classes.rules.form import form_of
from services.lending.classes.rules.months import BUCKETS
from services.lending.classes.schemas import (
    BucketOut,
    ClassFiguresOut,
    ClassifiedLoanOut,
    ClassReport,
    ClassReviewOut,
    ClassRunOut,
    LoanClassOut,
    MonthClassOut,
)
from services.lending.loans.refusals import LoanUnknown
from services.lending.proposals.queries import Proposals
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.money import ZERO
from shared.policy.copies import pack_in_effect
from shared.policy.vocabulary import LoanClass
from shared.prints.sheet import Sheet
from shared.scope import Scope, seen

MONTHS_MAX: Final = 600  # of one loan
# Where a pack says nothing: the national rules on classes have a loan whose use was changed no better.
MISUSED_AT_BEST: Final = LoanClass.SPECIAL_MENTION
REPORT_SECONDS: Final = 120.0
Bands = tuple[list[UUID], list[str], list[int | None], list[str]]
_SEEN: Final = seen("l.village_code", "l.bank_code")
_VISIBLE: Final = f"SELECT l.pack_id, l.product_code, l.disbursed_on FROM loan l WHERE {_SEEN} AND l.id = $3"  # noqa: S608 - our own text
_MONTHS: Final = """
SELECT c.classified_on, c.days_past_due, c.by_rule, c.rule_ground, c.loan_class
FROM (SELECT DISTINCT classified_on FROM class_run WHERE classified_on <= $2) r
JOIN loan_class c ON c.classified_on = r.classified_on AND c.loan_id = $1
ORDER BY c.classified_on LIMIT $3
"""
_SIGNED: Final = f"SELECT DISTINCT l.pack_id, l.product_code FROM loan l WHERE {_SEEN}"  # noqa: S608 - our own text


async def bands_of(conn: Connection, signed: Iterable[tuple[UUID, str]], on: date) -> Bands:
    """Return the classes of each pack and product that loans were signed under, as corrected, by days past due.

    One without days is what a misused loan is at best. Raises: PackNotReplicated. Clause: LG-43.
    """
    rows: list[tuple[UUID, str, int | None, str]] = []
    for pack_id, product in signed:
        terms = (await pack_in_effect(conn, pack_id, on, product)).loan_terms
        rows += [(pack_id, product, band.days_overdue_min, str(band.loan_class)) for band in terms.class_bands]
        rows.append((pack_id, product, None, str(terms.misused_class or MISUSED_AT_BEST)))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]


def class_figures(rows: Sequence[dict[str, Any]]) -> list[ClassFiguresOut]:
    """Return the figures of all five classes, those without loans too."""
    found = {LoanClass(row["loan_class"]): row for row in rows}
    empty = {"loans": 0, "principal_outstanding": ZERO}
    return [
        ClassFiguresOut(
            loan_class=each,
            loans=(row := found.get(each, empty))["loans"],
            principal_outstanding=Decimal(row["principal_outstanding"]),
        )
        for each in LoanClass
    ]


async def class_on(conn: Connection, loan_id: UUID, scope: Scope, as_of: date) -> LoanClassOut:
    """Return a loan's class on a day. Raises: LoanUnknown, DateBeforeStep, LoanNotClassified, PackNotReplicated."""
    loan = await conn.fetchrow(_VISIBLE, scope.regions, scope.banks, loan_id)
    if loan is None:
        raise LoanUnknown
    ensure_not_before("as_of", as_of, "disbursed_on", loan["disbursed_on"])
    (books,) = await books_of(conn, [loan_id])
    bands = await bands_of(conn, [(loan["pack_id"], loan["product_code"])], as_of)
    account = account_as_of(books, as_of)
    misused_since = None if account.misuse is None else account.misuse.due.due_on
    found = account.overdue_from(as_of), loan_id, misused_since
    row = await conn.fetchrow(classes_sql.ONE, as_of, *bands, *found)
    if row is None:
        raise LoanNotClassified(as_of)
    months = [MonthClassOut(**each) for each in await conn.fetch(_MONTHS, loan_id, as_of, MONTHS_MAX)]
    names = LoanClassOut.model_fields.keys() - {"as_of", "months"}
    return LoanClassOut(as_of=as_of, months=months, **{name: row[name] for name in names})


async def classes_before_write_off(
    conn: Connection, signed: Iterable[tuple[UUID, str]], loan_ids: Iterable[UUID], on: date
) -> dict[UUID, LoanClass]:
    """Return the class of loans on a day as if none was written off, by what is known now; one that owed nothing: none.

    `signed` are the packs and products of the loans. Raises: PackNotReplicated.
    """
    bands = await bands_of(conn, signed, on)
    rows = await conn.fetch(classes_sql.BEFORE_WRITE_OFF, on, *bands, list(loan_ids))
    return {row["loan_id"]: LoanClass(row["loan_class"]) for row in rows}


async def classification_form(conn: Connection, loan_id: UUID, scope: Scope, as_of: date) -> Sheet:
    """Return a loan's form on a day: its class, and what officers set until then.

    Raises: LoanUnknown, DateBeforeStep, LoanNotClassified, PackNotReplicated.
    """
    found = await class_on(conn, loan_id, scope, as_of)
    loan = await conn.fetchrow("SELECT contract_number, household_number FROM loan WHERE id = $1", loan_id)
    set_by = await CLASS_REVIEWS.confirmed(conn, loan_id, scope)
    before = [each for each in set_by if each.decided_on is not None and each.decided_on <= as_of]
    return form_of(loan["contract_number"], loan["household_number"], found, before)


_REPORT: Final = f"""
WITH {classes_sql.outstanding(seen("l.village_code", "l.bank_code", regions="$6", banks="$7"))},
{classes_sql.LATENESS}, {classes_sql.MISUSED}, {classes_sql.CLASSED}
SELECT loan_class, width_bucket(days_past_due, $8::int[]) AS bucket, count(*)::int AS loans,
  sum(principal_outstanding) AS principal_outstanding
FROM classified GROUP BY 1, 2
"""  # noqa: S608 - our own texts


async def class_report(conn: Connection, region: str, scope: Scope, as_of: date) -> ClassReport:
    """Return the loans of a region by class and by days past due on a day. Raises: PackNotReplicated."""
    signed = [(row["pack_id"], row["product_code"]) for row in await conn.fetch(_SIGNED, scope.regions, scope.banks)]
    bands = await bands_of(conn, signed, as_of)
    asked = (as_of, *bands, scope.regions, scope.banks, list(BUCKETS))
    rows = [dict(row) for row in await conn.fetch(_REPORT, *asked, timeout=REPORT_SECONDS)]
    return ClassReport(
        region_code=region,
        as_of=as_of,
        loans=sum(row["loans"] for row in rows),
        principal_outstanding=sum((row["principal_outstanding"] for row in rows), ZERO),
        classes=class_figures([_sum(rows, "loan_class", each) for each in LoanClass]),
        buckets=[
            BucketOut(days_from=days, days_until=until, **_sum(rows, "bucket", place, named=False))
            for place, (days, until) in enumerate(zip(BUCKETS, [*BUCKETS[1:], None], strict=True), start=1)
        ],
    )


def _sum(rows: Sequence[dict[str, Any]], key: str, value: Any, *, named: bool = True) -> dict[str, Any]:
    of_it = [row for row in rows if row[key] == value]
    amount = sum((row["principal_outstanding"] for row in of_it), ZERO)
    figures = {"loans": sum(row["loans"] for row in of_it), "principal_outstanding": amount}
    return {key: value, **figures} if named else figures


_RUNS: Final = """
SELECT id, county_code, classified_on, loans, principal_outstanding, classes, run_as_of, run_by FROM class_run
WHERE county_code ^@ ANY ($1::text[])
  AND ($2::uuid IS NULL OR (classified_on, id) < (SELECT classified_on, id FROM class_run WHERE id = $2))
ORDER BY classified_on DESC, id DESC LIMIT $3
"""
_FOUND: Final = f"""
SELECT c.loan_id, l.contract_number, l.household_number, l.village_code, l.bank_code, c.days_past_due,
  c.principal_outstanding, c.by_rule, c.rule_ground, c.loan_class, c.review_id
FROM loan_class c JOIN loan l ON l.id = c.loan_id
WHERE {_SEEN} AND c.classified_on = (SELECT classified_on FROM class_run WHERE id = $3) AND c.run_id = $3
  AND ($4::text IS NULL OR c.loan_class = $4) AND ($5::uuid IS NULL OR c.loan_id > $5)
ORDER BY c.loan_id LIMIT $6
"""  # noqa: S608 - our own text
CLASS_REVIEWS: Final = Proposals("class_review", ClassReviewOut, ClassReviewUnknown, "v.loan_class")


async def list_runs(conn: Connection, regions: Sequence[str], *, after: UUID | None, limit: int) -> list[ClassRunOut]:
    """Return up to `limit` monthly classifications of counties, the newest first; whole counties only."""
    rows = await conn.fetch(_RUNS, list(regions), after, limit)
    return [ClassRunOut(**{**row, "classes": class_figures(row["classes"])}) for row in rows]


async def list_classified(
    conn: Connection, run_id: UUID, scope: Scope, *, loan_class: LoanClass | None, after: UUID | None, limit: int
) -> list[ClassifiedLoanOut]:
    """Return up to `limit` loans of one month's classification after one id, by id."""
    rows = await conn.fetch(_FOUND, scope.regions, scope.banks, run_id, loan_class, after, limit)
    return [ClassifiedLoanOut(**row) for row in rows]
