"""The same question for every household of a region: judged by the rules piece by piece, counted and stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.registry.standing.eligibility.fact_rows import REQUEST_COLUMNS, REQUEST_TYPES, loan_request_of
from services.registry.standing.eligibility.facts_sql import FACTS
from services.registry.standing.eligibility.judging import Judgement, judge, rules_for
from services.registry.standing.eligibility.pack_rules import RulesInForce, rules_in_force
from services.registry.standing.eligibility.queries import get_screening
from services.registry.standing.eligibility.schemas import EligibilityScreeningIn, EligibilityScreeningOut
from shared.access import Principal, Right
from shared.db import Connection, in_pieces
from shared.ids import new_id
from shared.policy.in_force import NoPackInForce
from shared.regions import county_of
from shared.rules.reasons import Condition, Reason

# Different sentences that are remembered in order to store each once; a county has some hundreds.
SENTENCES_REMEMBERED: Final = 10_000
_REQUEST: Final = ", ".join(f"r.{name}" for name in REQUEST_COLUMNS)
_HOUSEHOLDS: Final = f"""
WITH asked AS (
  SELECT 0::bigint AS place, h.id AS household_id, $2::date AS as_of, {_REQUEST}
  FROM household h CROSS JOIN jsonb_to_record($1::jsonb) AS r ({REQUEST_TYPES})
  WHERE h.county_code = $4 AND h.village_code ^@ $3 AND coalesce(h.ended_on > $2, true)
)
{FACTS}
"""  # noqa: S608 - our own texts
_PLACES: Final = """
SELECT DISTINCT place FROM household CROSS JOIN LATERAL unnest(ARRAY[village_code, residence_code]) AS place
WHERE county_code = $1 AND village_code ^@ $2 AND place IS NOT NULL ORDER BY place
"""
_SCREENING: Final = """
INSERT INTO eligibility_screening (id, county_code, region_code, as_of, loan_request, pack_ids, household_count,
  without_pack_count, eligible_count, by_reason, by_condition, by_township, requested_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
_REASON_COLUMNS: Final = ("screening_id", "number", "code", "zh", "en", "clause", "consequence")
_ANSWER_COLUMNS: Final = (
    *("screening_id", "household_id", "village_code", "pack_id"),
    *("reason_codes", "reason_numbers", "condition_numbers"),
)


class _Tally:
    """The counts of a screening, and a number for each different reason or condition in words."""

    def __init__(self, screening_id: UUID, held: Mapping[str, RulesInForce]) -> None:
        self.screening_id = screening_id
        self.held = held
        self.households = self.without_pack = self.eligible = 0
        self.by_reason: Counter[str] = Counter()
        self.by_township: dict[str, list[int]] = {}
        self.by_condition: dict[str, Counter[str]] = {}
        self._numbers: dict[tuple[Reason, str | None], int] = {}
        self._last_number = 0

    def judged(self, rows: Sequence[Record]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Judge a piece; return its new reasons and its answers as rows of their tables."""
        self._new: list[tuple[Any, ...]] = []
        governed = [(row, held) for row in rows if (held := rules_for(row, self.held)) is not None]
        self.without_pack += len(rows) - len(governed)
        loan_request = loan_request_of(rows[0])
        answers = [self._answer(judge(row, held, loan_request)) for row, held in governed]
        return self._new, answers

    def _answer(self, found: Judgement) -> tuple[Any, ...]:
        village, codes = found.row["village_code"], [reason.code for reason in found.reasons]
        self._count(village, codes)
        numbers = [self._number(reason) for reason in found.reasons]
        if not codes:
            self._count_conditions(found.conditions)
        conditions = [self._number(each.reason, str(each.consequence)) for each in found.conditions]
        return self.screening_id, found.row["household_id"], village, found.pack_id, codes, numbers, conditions

    def _count_conditions(self, conditions: Sequence[Condition]) -> None:
        for each in conditions:
            self.by_condition.setdefault(str(each.reason.code), Counter())[str(each.consequence)] += 1

    def _count(self, village_code: str, codes: Sequence[str]) -> None:
        township = self.by_township.setdefault(village_code[:9], [0, 0])
        self.households += 1
        self.eligible += not codes
        township[0] += 1
        township[1] += not codes
        self.by_reason.update(codes)

    def _number(self, reason: Reason, consequence: str | None = None) -> int:
        number = self._numbers.get((reason, consequence))
        if number is None:
            if len(self._numbers) == SENTENCES_REMEMBERED:
                self._numbers.clear()  # what comes again is stored again, under another number
            number = self._numbers[reason, consequence] = self._last_number = self._last_number + 1
            said = (reason.code, reason.zh, reason.en, reason.clause, consequence)
            self._new.append((self.screening_id, number, *said))
        return number


async def screen_region(conn: Connection, officer: Principal, body: EligibilityScreeningIn) -> EligibilityScreeningOut:
    """Answer one question for every household of a region that is on the register on that day, and store the answers.

    Raises:
        OutsideRegion: the officer has no such right there.
        NoPackInForce: no pack holds anywhere in the region on that day.
        ProductUnknown: none of those that hold there has such a product.
    """
    officer.ensure_region(Right.ELIGIBILITY_SCREEN, body.region_code)
    county = county_of(body.region_code)
    held = await _holding(conn, county, body)
    tally = _Tally(new_id(), held)
    loan_request = {**body.model_dump(mode="json", exclude={"region_code", "as_of"}), "other_industries": []}
    arguments = (loan_request, body.as_of, body.region_code, county)
    async for new_reasons, answers in in_pieces(conn, _HOUSEHOLDS, *arguments, judged=tally.judged):
        await conn.copy_records_to_table("eligibility_screening_reason", records=new_reasons, columns=_REASON_COLUMNS)
        await conn.copy_records_to_table("eligibility_screening_answer", records=answers, columns=_ANSWER_COLUMNS)
    await conn.execute(
        _SCREENING,
        tally.screening_id,
        county,
        body.region_code,
        body.as_of,
        loan_request,
        sorted({each.pack_id for each in held.values()}),
        tally.households,
        tally.without_pack,
        tally.eligible,
        tally.by_reason,
        tally.by_condition,
        tally.by_township,
        officer.subject,
    )
    return await get_screening(conn, officer, tally.screening_id)


async def _holding(conn: Connection, county: str, body: EligibilityScreeningIn) -> dict[str, RulesInForce]:
    """Return the rules of the product at every place where a household of the region is registered or lives."""
    places = [row["place"] for row in await conn.fetch(_PLACES, county, body.region_code)]
    held = await rules_in_force(conn, [*places, body.region_code], body.as_of)
    if not held:
        raise NoPackInForce(body.region_code, body.as_of)
    return _of_product(held, body.product_code)


def _of_product(held: Mapping[str, RulesInForce], code: str | None) -> dict[str, RulesInForce]:
    """Return the rules of one product; a part of the county whose own pack lacks it is left out."""
    offering = {place: rules for place, rules in held.items() if rules.pack.offers(code)}
    if not offering:
        next(iter(held.values())).product(code)
    return {place: rules.product(code) for place, rules in offering.items()}
