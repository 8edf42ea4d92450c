"""The packs a service keeps from `policy-pack-confirmed`: its own copy, so that every rule finds its pack locally.

A service has the table from `shared.tables.policy_pack_table` and subscribes `PolicyPackConfirmed: replicate_packs`.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from shared.db import Connection
from shared.errors import NotFound, Refused
from shared.events.received import Received
from shared.events.registry import PolicyPackConfirmed
from shared.policy import arrangements, terms
from shared.policy.pack import PolicyPack
from shared.policy.where import holding_in
from shared.regions import county_of

PACKS_CACHED = 64  # versions of a few counties; a national installation still finds its busy ones here


class PackMissing(Refused):
    """No county pack is in force on that day."""

    code = "pack-missing"
    title = "没有生效的政策包 No policy pack in force"

    def __init__(self, region_code: str, on: date) -> None:
        super().__init__(
            zh=f"{region_code} 在 {on} 没有已确认的生效政策包，请先提交并确认该县政策包，再重新办理。",
            en=f"No confirmed policy pack is in force in {region_code} on {on}; "
            "submit the county's pack, have it confirmed, and send the request again.",
            region_code=region_code,
            on=on.isoformat(),
        )


class PackNotReplicated(NotFound):
    """The pack's confirmation has not arrived here."""

    code = "pack-not-replicated"

    def __init__(self, pack: object) -> None:
        super().__init__(
            zh=f"本服务尚未收到政策包 {pack} 的确认，请等确认到达后再试。",
            en=f"Policy pack {pack} is not known here; wait until its confirmation has arrived.",
        )


@dataclass(frozen=True)
class PackCopy:
    """One confirmed version of a county's pack, and the plain terms its rules take, each built once."""

    pack_id: UUID
    county_code: str
    pack_version: int
    effective_from: date
    pack: PolicyPack

    @cached_property
    def loan_terms(self) -> terms.LoanTerms:
        """Return what a contract is bound to."""
        return self.pack.loan_terms()

    @cached_property
    def approval_chain(self) -> terms.ApprovalChain:
        """Return the way from the village to the money."""
        return self.pack.approval_chain()

    @cached_property
    def public_notice_rule(self) -> terms.PublicNoticeRule:
        """Return where and how long applications are public."""
        return self.pack.public_notice_rule()

    @cached_property
    def purpose_rule(self) -> terms.PurposeRule:
        """Return what the money may be used for."""
        return self.pack.purpose_rule()

    @cached_property
    def fund_rule(self) -> terms.FundRule:
        """Return how far lending may go on the fund."""
        return self.pack.fund_rule()

    @cached_property
    def list_rule(self) -> terms.ListRule:
        """Return when a borrower is listed and what that does."""
        return self.pack.list_rule()

    @cached_property
    def compensation_rule(self) -> terms.CompensationRule:
        """Return who carries a loss and when it may be claimed."""
        return self.pack.compensation_rule()

    @cached_property
    def insurance_rule(self) -> arrangements.InsuranceRule | None:
        """Return the insurance products in use, if any."""
        return self.pack.insurance_rule()


_STORE = """
INSERT INTO policy_pack (pack_id, county_code, pack_version, effective_from, content_hash, content)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::date[], $5::text[], $6::jsonb[])
ON CONFLICT (pack_id) DO NOTHING
"""


async def replicate_packs(conn: Connection, received: Sequence[Received[PolicyPackConfirmed]]) -> None:
    """Keep confirmed policy packs."""
    packs = [message.event for message in received]
    await conn.execute(
        _STORE,
        [pack.pack_id for pack in packs],
        [pack.county_code for pack in packs],
        [pack.pack_version for pack in packs],
        [pack.effective_from for pack in packs],
        [pack.content_hash for pack in packs],
        [pack.content for pack in packs],
    )


_cached: OrderedDict[UUID, PackCopy] = OrderedDict()


async def pack_for(conn: Connection, pack_id: UUID) -> PackCopy:
    """Return one pack version; built once and remembered, since a confirmed pack never changes.

    Raises:
        PackNotReplicated: the pack is unknown here.
    """
    known = _cached.get(pack_id)
    if known is None:
        row = await conn.fetchrow("SELECT * FROM policy_pack WHERE pack_id = $1", pack_id)
        if row is None:
            raise PackNotReplicated(pack_id)
        pack = PolicyPack.model_validate(row["content"])
        known = PackCopy(pack_id, row["county_code"], row["pack_version"], row["effective_from"], pack)
        _cached[pack_id] = known
        if len(_cached) > PACKS_CACHED:
            _cached.popitem(last=False)
    _cached.move_to_end(pack_id)
    return known


# Of every pack only its newest version that has begun holds, and only in the regions that this version names.
_CURRENT = """
SELECT newest.pack_id, region FROM (
  SELECT DISTINCT ON (code) pack_id, regions FROM policy_pack
  WHERE county_code = $1 AND effective_from <= $2 ORDER BY code, effective_from DESC, pack_version DESC
) newest CROSS JOIN LATERAL jsonb_array_elements_text(newest.regions) AS region
"""
_OF_VERSION = """
SELECT pack_id, pack_version, region FROM policy_pack CROSS JOIN LATERAL jsonb_array_elements_text(regions) AS region
WHERE county_code = $1 AND pack_version = ANY ($2::int[])
"""


async def find_current_pack(conn: Connection, region_code: str, on: date) -> PackCopy | None:
    """Return the pack in force in a region on a day, the closest around it (`holding_in`), or None."""
    rows = await conn.fetch(_CURRENT, county_of(region_code), on)
    pack_id = holding_in(region_code, ((row["pack_id"], row["region"]) for row in rows))
    return None if pack_id is None else await pack_for(conn, pack_id)


async def current_pack(conn: Connection, region_code: str, on: date) -> PackCopy:
    """Return the pack in force in a region on a day: the newest that has taken effect.

    Raises:
        PackMissing: none has.
    """
    found = await find_current_pack(conn, region_code, on)
    if found is None:
        raise PackMissing(region_code, on)
    return found


async def pack_of_version(conn: Connection, region_code: str, version: int) -> PackCopy:
    """Return the version of the region's pack that a contract was signed under.

    Raises:
        PackNotReplicated: that version is unknown here, or a county is asked for of which only parts have packs.
    """
    [found] = await packs_of_versions(conn, county_of(region_code), [(region_code, version)])
    return found


async def packs_of_versions(
    conn: Connection, county_code: str, signed: Iterable[tuple[str, int]]
) -> tuple[PackCopy, ...]:
    """Return the packs of (region in the county, version) that contracts were signed under, each once.

    Raises:
        PackNotReplicated: one of them is unknown here.
    """
    asked = sorted(set(signed))
    held: dict[int, list[tuple[UUID, str]]] = defaultdict(list)
    for row in await conn.fetch(_OF_VERSION, county_code, [version for _, version in asked]):
        held[row["pack_version"]].append((row["pack_id"], row["region"]))
    chosen: dict[UUID, None] = {}
    for region_code, version in asked:
        pack_id = holding_in(region_code, held[version])
        if pack_id is None:
            raise PackNotReplicated(f"{region_code} version {version}")
        chosen[pack_id] = None
    return tuple([await pack_for(conn, pack_id) for pack_id in chosen])
