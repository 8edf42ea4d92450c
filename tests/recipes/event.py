"""Lending notes that a county has opened its fund."""

from tests.recipes.tree import Edit, Recipe

EVENT = Recipe(
    "An event",
    edits=(
        Edit(
            "shared/events/riskfund.py",
            before="class InsuranceClaimRequested(",
            text='''
class FundOpened(Event, owner="riskfund", name="fund-opened", version=1, aggregate="fund"):
    """The county opened its risk-compensation fund (LG-37)."""

    fund_id: UUID
    county_code: RegionCode
    opened_on: Day


'''.lstrip("\n"),
        ),
        Edit(
            "services/riskfund/funds/actions/funds.py",
            after="    await ledger.open_accounts(conn, fund_id)\n",
            text="""    raise_version = "UPDATE fund SET version = version + 1 WHERE id = $1 RETURNING version"
    version = await conn.fetchval(raise_version, fund_id)
    opened = FundOpened(fund_id=fund_id, county_code=body.county_code, opened_on=body.opened_on)
    await outbox.record(conn, opened, aggregate_id=fund_id, aggregate_version=version, region_code=body.county_code)
""",
        ),
        Edit(
            "services/riskfund/funds/actions/funds.py",
            after="from shared.events.riskfund import FundContributionReceived",
            text=", FundOpened",
        ),
        Edit(
            "services/lending/consumers.py",
            after="from shared.events.riskfund import ClaimPaid",
            text=", FundOpened",
        ),
        Edit(
            "services/lending/consumers.py",
            after="{ClaimPaid: compensation.compensate_loans",
            text=", FundOpened: announce_funds",
        ),
        Edit(
            "services/lending/consumers.py",
            after="from shared.policy.copies import replicate_corrections, replicate_packs\n",
            text='''

async def announce_funds(conn: Connection, received: Sequence[Received[FundOpened]]) -> None:
    """Announce that counties have funds; once more changes nothing."""
    for each in received:
        await conn.execute("SELECT pg_notify('funds', $1)", each.event.county_code)

''',
        ),
        Edit(
            "services/lending/consumers.py",
            after='Nothing here depends on the order of arrival: every effect is an insert that happens once.\n"""\n\n',
            text="from collections.abc import Sequence\n\n",
        ),
        Edit(
            "services/lending/consumers.py",
            after="from services.lending.pack_copies import actions as policies\n",
            text="from shared.db import Connection\nfrom shared.events.received import Received\n",
        ),
        Edit(
            "services/riskfund/__init__.py",
            after="Events out: fund-contribution-received, ",
            text="fund-opened, ",
        ),
        Edit(
            "services/lending/__init__.py",
            after="claim-paid ",
            text="and fund-opened ",
        ),
    ),
    commands=("tools.asyncapi", "tools.reference"),
    checks=(
        "tests/contracts/test_reference.py",
        "tests/messaging/test_catalogue.py",
        "services/riskfund/tests/test_days.py",
    ),
)
