"""Step 4: the county asks for every household whether it may borrow, and counts the reasons (DZ-4)."""

from shared.access import Right
from tools.demo.county import County
from tools.demo.findings import ReasonCount, Screening


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
