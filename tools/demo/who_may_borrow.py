"""Step 4: the county asks for every household whether it may borrow, and counts the reasons (DZ-4)."""

from shared.access import Right
from tools.demo.county import County
from tools.demo.findings import ReasonCount, Screening

VOUCHED_AT_ONCE = 5000  # households in one request
VOUCHED = dict.fromkeys(("good_name", "no_bad_habits", "family_harmony", "willing_to_repay", "able_to_repay"), True)


async def vouch_for_households(county: County) -> int:
    """Let the villages say who is of good repute and can repay, where the pack asks; return for how many (MS-2)."""
    rules = county.pack.eligibility_rules()
    if not (rules.good_repute_required or rules.willing_and_able_required):
        return 0
    vouched, on = 0, county.days.filed_on[0].isoformat()  # the first applications ask for it
    for township in county.offices.townships:
        team = county.offices.village_team(township.code)
        rows = await team.every("/households", region_code=township.code)
        items = [{"household_id": row["id"], **VOUCHED} for row in rows]
        for start in range(0, len(items), VOUCHED_AT_ONCE):
            said = {"valid_from": on, "items": items[start : start + VOUCHED_AT_ONCE]}
            vouched += (await team.post("/testimonies", said))["recorded_count"]
    return vouched


async def screen_eligibility(county: County) -> Screening:
    """Ask for a loan that every grade's credit limit allows, for a year or the shortest term here."""
    outline = county.plan.outline
    amount, term_months = outline.lowest_limit, min(outline.term_weights)
    body = {
        "region_code": county.code,
        "as_of": county.days.surveyed_on.isoformat(),
        "amount": f"{amount:.2f}",
        "term_months": term_months,
    }
    found = await county.offices.with_right(Right.ELIGIBILITY_SCREEN).post("/eligibility-screenings", body)
    return Screening(
        amount=amount,
        term_months=term_months,
        households=found["household_count"],
        eligible=found["eligible_count"],
        reasons=tuple(
            ReasonCount(row["code"], row["zh"], row["en"], row["clause"], row["households"]) for row in found["reasons"]
        ),
    )
