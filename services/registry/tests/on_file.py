"""Put households on file such that the register knows given facts of them on a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest, RatingFacts
from shared.testing.service import ServiceUnderTest

Row = dict[str, Any]
_NOBODY: Final = "\\x00"
_LEVELS: Final = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}
_WHY: Final = {"reason": "x", "evidence": [{}]}
_CENT: Final = Decimal("0.01")
_MEMBERS: Final = 3
_LONG_AGO: Final = date(2000, 1, 1)
# The order in which rows may be written.
_TABLES: Final = (
    "household_import", "household", "member", "household_state_change", "bank_account", "household_exclusion",
    "family_debt", "rating", "household_loan", "household_repayment", "implementing_entity", "entity_condition",
    "entity_assessment", "entity_determination", "entity_household", "listing", "credit_survey", "household_testimony",
)  # fmt: skip


@dataclass(frozen=True)
class OnFile:
    """A household with what is to be known of it on a day; ids of its parts follow from its own."""

    id: UUID
    facts: HouseholdFacts
    loan_request: LoanRequest

    def part(self, name: object) -> UUID:
        """Return the id of one of its parts."""
        return uuid5(self.id, str(name))

    @property
    def village(self) -> str:
        """Return where it is registered."""
        return self.facts.village_code or ""


_REGIONS: Final = """
INSERT INTO region (code, name, level, parent_code)
SELECT code, '测试', level, parent FROM unnest($1::text[], $2::text[], $3::text[]) AS r (code, level, parent)
ON CONFLICT DO NOTHING
"""


async def put_regions(registry: ServiceUnderTest, places: Iterable[str]) -> None:
    """Put regions and all above them on file."""
    codes = sorted({code[:digits] for code in places for digits in _LEVELS}, key=len)
    above = ((other for other in reversed(codes) if other != code and code.startswith(other)) for code in codes)
    levels = [_LEVELS[len(code)] for code in codes]
    await registry.database.pool.execute(_REGIONS, codes, levels, [next(each, None) for each in above])


async def put_on_file(registry: ServiceUnderTest, households: Sequence[OnFile], day: date) -> None:
    """Write the rows of all households, in one statement a table."""
    await put_regions(registry, {each.village for each in households})
    rows: dict[str, list[Row]] = defaultdict(list)
    for number, each in enumerate(households):
        for table, row in _rows(each, number, day):
            rows[table].append(row)
    async with registry.database.pool.acquire() as conn, conn.transaction():
        for table in _TABLES:
            await _insert(conn, table, rows[table])


async def _insert(conn: Any, table: str, rows: Sequence[Row]) -> None:
    if rows:
        columns = ", ".join(dict.fromkeys(column for row in rows for column in row))
        chosen = f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1)"
        conflict = "ON CONFLICT DO NOTHING" if table == "household_import" else ""  # all came by one import
        await conn.execute(f"INSERT INTO {table} ({columns}) {chosen} {conflict}", list(rows))


def _rows(each: OnFile, number: int, day: date) -> Iterator[tuple[str, Row]]:
    yield from _household(each, number, day)
    yield from _borrower(each, day)
    yield from _standing(each, day)
    yield from _loans(each, day)
    facts, lender = each.facts, each.loan_request.bank_code or each.facts.account_bank
    for bank, rating in ((None, facts.rating), (lender, facts.bank_rating)):
        if rating is not None:
            yield "rating", _rating(each, bank, rating)
    if facts.entity is not None:
        yield from _entity(each, facts.entity, number, day)


def _household(each: OnFile, number: int, day: date) -> Iterator[tuple[str, Row]]:
    facts = each.facts
    import_id = uuid5(UUID(int=0), "import")
    yield "household_import", {
        "id": import_id, "county_code": "500236", "file_sha256": _NOBODY, "collected_on": _LONG_AGO, "columns": [],
        "columns_ignored": [], "row_count": 0, "registered_count": 0, "already_registered_count": 0,
        "rejected_count": 0, "imported_by": "x", "kind": "households", "state": "finished", "form": "csv",
        "byte_count": 1, "scopes": [], "rows_expected": 0, "rows_read": 0, "rows_per_piece": 1, "attempt_count": 1,
        "started_at": day, "finished_at": day, "imported_at": day,
    }  # fmt: skip
    common = {
        "county_code": each.village[:6], "village_code": each.village, "version": 1, "poverty_state_from": _LONG_AGO,
        "registered_on": _LONG_AGO, "member_count": _MEMBERS, "labourer_count": 2, "civil_capacity": "full",
        "able_to_work": True, "content_digest": _NOBODY, "import_id": import_id,
    }  # fmt: skip
    merged_into = each.part("merged") if facts.end_reason == "merged" else None
    other = {"residence_code": None, "ended_on": None, "end_reason": None, "merged_into_id": None}
    others = ["merged"] if merged_into else []
    for kind in (*others, *(f"bound {place}" for place in range(facts.entity.households if facts.entity else 0))):
        yield "household", {
            "id": each.part(kind), "number": f"{each.id} {kind}", "poverty_state": "general", "credit_record": "clean",
            **common, **other,
        }  # fmt: skip
    yield "household", {
        "id": each.id, "number": f"H{each.id}", "poverty_state": facts.state or "general",
        "credit_record": facts.credit_record, **common, "residence_code": facts.residence_code,
        "ended_on": facts.ended_on, "end_reason": facts.end_reason, "merged_into_id": merged_into,
    }  # fmt: skip


def _borrower(each: OnFile, day: date) -> Iterator[tuple[str, Row]]:
    facts = each.facts
    if facts.born_on is None:
        return
    head = each.loan_request.borrower_member_id is None
    left = {"died": "death", "left": "split"}.get(facts.borrower)
    yield "member", {
        "id": each.loan_request.borrower_member_id or each.part("head"), "household_id": each.id, "is_head": head,
        "relation": "head" if head else "child", "name_sealed": _NOBODY, "resident_id_sealed": _NOBODY,
        "resident_id_index": f"\\x{each.part('head').hex}", "born_on": facts.born_on, "joined_on": _LONG_AGO,
        "left_on": day if left else None, "left_reason": left, "civil_capacity": facts.civil_capacity,
        "labour": "able" if facts.able_to_work else "unable",
    }  # fmt: skip


def _standing(each: OnFile, day: date) -> Iterator[tuple[str, Row]]:
    facts, household = each.facts, {"household_id": each.id}
    if facts.state is not None:
        since = {"state": facts.state, "effective_from": _LONG_AGO, "reason": "x"}
        yield "household_state_change", {**household, **since, "recorded_by": "x", "recorded_at": day}
    if facts.account_bank is not None:
        account = {"bank_code": facts.account_bank, "account_sealed": _NOBODY, "valid": True, "reason": "x"}
        yield "bank_account", {**household, "version": 1, **account, "recorded_by": "x", "recorded_at": day}
    for kind in facts.exclusions:
        marked = {"kind": kind, "valid_from": day, "reason": "x", "recorded_by": "x", "recorded_at": day}
        yield "household_exclusion", {"id": each.part(kind), **household, **marked}
    for bank in facts.family_debt_banks:
        debt = {"bank_code": bank, "kind": "credit_limit", "valid_from": day, "recorded_by": "x", "recorded_at": day}
        yield "family_debt", {"id": each.part(f"debt {bank}"), **household, **debt}
    for name in facts.lists:
        yield "listing", _listing(each, name, {"entity_id": None, "village_code": each.village, **household}, day)
    if facts.income_per_head is not None:
        answers = {"income_annual": str(facts.income_per_head * _MEMBERS)}
        collected = {"collected_on": day, "answers": answers, "collected_by": "x", "recorded_at": day}
        yield "credit_survey", {**household, **collected}
    if facts.good_repute is not None:
        said = {"good_name": facts.good_repute, "no_bad_habits": True, "family_harmony": True}
        able = {"willing_to_repay": True, "able_to_repay": facts.willing_and_able}
        since = {"valid_from": day, "reason": "x", "recorded_by": "x", "recorded_at": day}
        yield "household_testimony", {"id": each.part("testimony"), **household, **said, **able, **since}


def _listing(each: OnFile, name: str, subject: Row, day: date) -> Row:
    loan = each.part(f"{name} {subject['entity_id']}")
    entry = {"list_name": name, "cause": "malicious", "loan_id": loan, "listed_on": day, "source": "event",
             "office": "bank"}  # fmt: skip
    return {"id": loan, **subject, **entry, **_WHY, "state": "listed", "recorded_at": day}


def _loans(each: OnFile, day: date) -> Iterator[tuple[str, Row]]:
    facts, village = each.facts, {"household_id": each.id, "village_code": each.village}
    industries = sorted(facts.industries)
    closed = {"closed_on": None, "repaid_on_time": None, "malicious": None, "defaulted_on": None}
    for place, loan in enumerate(facts.loans):
        loan_id = UUID(int=(each.id.int & ~0xFF) + place)  # loans of one day come in the order of their ids
        # What else is known of a loan stands in the column of that name.
        others = {key: value for key, value in asdict(loan).items() if key not in ("principal", "granted_on", "owed")}
        lent = {"principal": loan.principal, "disbursed_on": loan.granted_on, **others}
        industry = industries[place] if place < len(industries) else None
        yield "household_loan", {"loan_id": loan_id, **village, **lent, "industry": industry, **closed}
        if loan.owed < loan.principal:
            back = {"paid_on": day, "principal": loan.principal - loan.owed}
            yield "household_repayment", {"id": each.part(f"repaid {place}"), "loan_id": loan_id, **back}
    if facts.malicious:
        lent = {"principal": Decimal("1.00"), "disbursed_on": _LONG_AGO, "industry": None}
        bad = {"closed_on": day, "repaid_on_time": False, "malicious": True, "defaulted_on": day}
        yield "household_loan", {"loan_id": each.part("malicious"), **village, **lent, **bad}


def _rating(each: OnFile, bank: str | None, rating: RatingFacts) -> Row:
    household = {"household_id": each.id, "village_code": each.village, "bank_code": bank, "cause": "repaid_on_time"}
    given = {"grade": rating.grade, "credit_limit": rating.credit_limit, "loan_id": each.part(f"rated by {bank}")}
    valid = {"valid_from": rating.valid_from, "valid_until": rating.valid_until, "recorded_at": rating.valid_from}
    return {**household, **given, **valid}


def _entity(each: OnFile, entity: EntityFacts, number: int, day: date) -> Iterator[tuple[str, Row]]:
    entity_id = each.loan_request.entity_id
    ended = {} if entity.active else {"ended_on": day, "end_reason": "x", "ended_by": "x"}
    nothing = {"ended_on": None, "end_reason": None, "ended_by": None}
    yield "implementing_entity", {
        "id": entity_id, "version": 1, "county_code": each.village[:6], "region_code": each.village[:6], "name": "社",
        "credit_code": f"93{each.village[:6]}MA5{number:06d}A", "kind": "cooperative",
        "legal_representative_sealed": _NOBODY, "bank_code": "RCB", "settlement_account_sealed": _NOBODY,
        "state": "active" if entity.active else "ended",
        "registered_on": _LONG_AGO, "registered_by": "x", "registered_at": day, **nothing, **ended,
    }  # fmt: skip
    for code in entity.conditions_met:
        met = {"condition": code, "met": True, "valid_from": _LONG_AGO, "checked_by": "x", "checked_at": day}
        yield "entity_condition", {"entity_id": entity_id, **met, **_WHY}
    if entity.households_max is not None and entity.assessed_on is not None:
        yield "entity_assessment", {
            "id": each.part("assessed"), "entity_id": entity_id, "households_max": entity.households_max,
            "amount_max": entity.amount_max, "assessed_on": entity.assessed_on, "valid_until": entity.valid_until,
            "proposed_by": "x", "proposed_at": day, "state": "confirmed", "decided_by": "y", "decided_on": day,
            "decision_reason": "x", "decided_at": day, **_WHY,
        }  # fmt: skip
    for party in entity.determined_by:
        said = {"party": party, "organisation": "x", "agrees": True, "decided_on": _LONG_AGO}
        yield "entity_determination", {"entity_id": entity_id, **said, "decided_by": "x", "decided_at": day, **_WHY}
    if entity.chosen:
        own = {"mode": "indirect", "agreement_number": "own", "amount": _CENT, "valid_from": _LONG_AGO, "choice": {}}
        agreed = {"household_id": each.id, "bound_by": "x", "bound_at": day}
        yield "entity_household", {"id": each.part("agreement"), "entity_id": entity_id, **agreed, **own}
    for place in range(entity.households):
        amount = entity.amount - (entity.households - 1) * _CENT if place == 0 else _CENT
        bound = {"mode": "indirect", "agreement_number": f"A{place}", "amount": amount, "valid_from": _LONG_AGO}
        bound["choice"] = None
        household = {"household_id": each.part(f"bound {place}"), "bound_by": "x", "bound_at": day}
        yield "entity_household", {"id": each.part(f"agreement {place}"), "entity_id": entity_id, **household, **bound}
    for name in entity.lists:
        subject = {"entity_id": entity_id, "household_id": None, "village_code": None}
        yield "listing", _listing(each, name, subject, day)
