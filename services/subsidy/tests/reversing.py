"""What two persons take back, as tests propose and decide it."""

from typing import Any

from services.subsidy.tests.county import ask
from shared.access import Role
from shared.testing.service import ServiceUnderTest

WHY = {"reason": "登记有误", "document": "核查记录008"}


async def propose_back(
    service: ServiceUnderTest, path: str, on: str, *, role: Role = Role.TOWNSHIP, expect: int = 201, **more: Any
) -> dict[str, Any]:
    """Propose to take something back; `more`: what belongs to its kind, and who proposes (`region`, `subject`)."""
    who = {name: more.pop(name) for name in ("region", "subject") if name in more}
    return await ask(service, path, role, {**WHY, "proposed_on": on, **more}, expect=expect, **who)


async def decide_back(
    service: ServiceUnderTest,
    of: str,
    reversal_id: str,
    on: str,
    *,
    decision: str = "confirm",
    role: Role = Role.POVERTY_OFFICE,
    expect: int = 201,
    **who: Any,
) -> dict[str, Any]:
    """Decide on what was proposed; `of`: `project` or `agreement`."""
    body = {"decision": decision, "decided_on": on, **({"reason": "记录无误"} if decision == "refuse" else {})}
    return await ask(service, f"/{of}-reversals/{reversal_id}/decisions", role, body, expect=expect, **who)


async def taken_back(service: ServiceUnderTest, of: str, path: str, on: str, **more: Any) -> dict[str, Any]:
    """Propose to take something back as the township, and confirm it on the same day as the poverty office."""
    role = more.pop("deciding", Role.POVERTY_OFFICE)
    who = {"region": more["region"]} if "region" in more else {}
    proposed = await propose_back(service, path, on, **more)
    return await decide_back(service, of, proposed["id"], on, role=role, **who)
