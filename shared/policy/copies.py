"""The packs a service stores from `policy-pack-confirmed`: its own copy, so that every rule finds its pack locally.

A service has the table from `shared.tables.policy_pack_table` and subscribes `PolicyPackConfirmed: replicate_packs`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from shared.db import Connection
from shared.errors import NotFound
from shared.events.received import Received
from shared.events.registry import PolicyPackConfirmed
from shared.policy.in_force import ConfirmedPack, PackTable
from shared.policy.where import holding_in
from shared.regions import county_of

COPIES: Final = PackTable("pack_id")
current_pack = COPIES.get
find_current_pack = COPIES.find

_STORE = """
INSERT INTO policy_pack (pack_id, county_code, pack_version, effective_from, content_hash, content)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::date[], $5::text[], $6::jsonb[])
ON CONFLICT (pack_id) DO NOTHING
"""
_OF_VERSION = """
SELECT pack_id, pack_version, region FROM policy_pack CROSS JOIN LATERAL jsonb_array_elements_text(regions) AS region
WHERE county_code = $1 AND pack_version = ANY ($2::int[])
"""


class PackNotReplicated(NotFound):
    """The pack's confirmation has not arrived here."""

    code = "pack-not-replicated"

    def __init__(self, pack: object) -> None:
        super().__init__(
            zh=f"本服务尚未收到政策包 {pack} 的确认，请等确认到达后再试。",
            en=f"Policy pack {pack} is not known here; wait until its confirmation has arrived.",
        )


async def replicate_packs(conn: Connection, received: Sequence[Received[PolicyPackConfirmed]]) -> None:
    """Store confirmed policy packs."""
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


async def pack_for(conn: Connection, pack_id: UUID, product_code: str | None = None) -> ConfirmedPack:
    """Return one pack for a product; None is the first. This is where a contract's terms are found.

    Raises:
        PackNotReplicated: the pack is unknown here.
        ProductUnknown: the pack has no such product.
    """
    try:
        return (await COPIES.by_id(conn, pack_id)).product(product_code)
    except LookupError:
        raise PackNotReplicated(pack_id) from None


async def pack_of_version(
    conn: Connection, region_code: str, version: int, product_code: str | None = None
) -> ConfirmedPack:
    """Return the version of the region's pack, for the product, that a contract was signed under.

    Raises:
        PackNotReplicated: that version is unknown here, or a county is asked for of which only parts have packs.
        ProductUnknown: the pack has no such product.
    """
    [found] = await packs_of_versions(conn, county_of(region_code), [(region_code, version)])
    return found.product(product_code)


async def packs_of_versions(
    conn: Connection, county_code: str, signed: Iterable[tuple[str, int]]
) -> tuple[ConfirmedPack, ...]:
    """Return the packs of (region in the county, version) that contracts were signed under, each once.

    Each is for its county's first product; `ConfirmedPack.each_product` gives all. Raises: PackNotReplicated: one of
    them is unknown here.
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
