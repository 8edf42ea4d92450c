"""Propose a claw-back: how much of it follows from the facts is kept with it, so that facts can also give it back."""

from services.subsidy.clawbacks.actions import deciding as clawbacks
from services.subsidy.clawbacks.actions.deciding import lock_county
from services.subsidy.clawbacks.schemas import ClawbackIn, ClawbackOut
from services.subsidy.differences.queries import too_much_granted
from shared.access import Principal
from shared.db import Connection


async def propose_clawback(conn: Connection, officer: Principal, body: ClawbackIn) -> ClawbackOut:
    """Propose to take back what a line paid; it is due within the pack's days.

    Raises:
        PaidLineUnknown, OtherOffice, LineNotPaid, ClawbackAboveLine, LineClawedBack.
        DateBeforeStep: dated before the line was paid.
    """
    line = await clawbacks.get_line(conn, officer, body.line_id)
    await lock_county(conn, line["county_code"])
    too_much = await too_much_granted(conn, line["county_code"], line["loan_id"], body.decided_on)
    return await clawbacks.propose_clawback(conn, officer, body, line, too_much)
