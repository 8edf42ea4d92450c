"""Cover reservations over HTTP; only other services ask for them."""

from fastapi import APIRouter, Response

from services.riskfund.access import ReserveCover
from services.riskfund.cover.actions import reservations
from services.riskfund.cover.schemas import ReservationsIn, ReservationsOut
from shared.web.writes import Write

router = APIRouter(tags=["担保额度 Cover"])


@router.post("/cover-reservations", status_code=201, response_model=ReservationsOut)
async def reserve_cover(body: ReservationsIn, caller: ReserveCover, write: Write) -> Response:
    """Reserve the fund's cover for applications in the order given (FJ-13, LG-38).

    The first that no longer fits and all after it are refused by name; `cover.missing_amount` is what must be paid in.
    """
    return await write(lambda tx: reservations.reserve_cover(tx, caller, body))
