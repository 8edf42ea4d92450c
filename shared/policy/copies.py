"""The packs a service stores from `policy-pack-confirmed`: its own copy, so that every rule finds its pack locally.

A service has the tables from `shared.tables.policy_pack_table` and `pack_correction_table` and subscribes
`PolicyPackConfirmed: replicate_packs` and `PackCorrected: replicate_corrections`.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from shared.db import Connection
from shared.errors import NotFound
from shared.events.received import Received
from shared.events.registry import PackCorrected, PolicyPackConfirmed
from shared.policy.corrections import corrected
from shared.policy.in_force import PACKS_CACHED, ConfirmedPack, PackTable
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

_STORE_CORRECTIONS = """
INSERT INTO pack_correction (correction_id, pack_id, number, follows_pack_id, keys, effective_from)
SELECT * FROM jsonb_to_recordset($1::jsonb)
  AS c (correction_id uuid, pack_id uuid, number int, follows_pack_id uuid, keys text[], effective_from date)
ON CONFLICT (correction_id) DO NOTHING
"""
_IN_EFFECT = """
SELECT pack_id, follows_pack_id, keys FROM pack_correction
WHERE pack_id = ANY ($1::uuid[]) AND effective_from <= $2 ORDER BY pack_id, number
"""
Step = tuple[UUID, tuple[str, ...]]  # the version that is followed, and in which keys
_corrected: OrderedDict[tuple[UUID, tuple[Step, ...]], ConfirmedPack] = OrderedDict()


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


async def replicate_corrections(conn: Connection, received: Sequence[Received[PackCorrected]]) -> None:
    """Store confirmed corrections; the pack one of them follows may still be on its way."""
    await conn.execute(_STORE_CORRECTIONS, [message.event.model_dump(mode="json") for message in received])


async def pack_for(conn: Connection, pack_id: UUID, product_code: str | None = None) -> ConfirmedPack:
    """Return one pack for a product as it was signed; None is the first. This is where a contract's terms are found.

    Raises:
        PackNotReplicated: the pack is unknown here.
        ProductUnknown: the pack has no such product.
    """
    try:
        return (await COPIES.by_id(conn, pack_id)).product(product_code)
    except LookupError:
        raise PackNotReplicated(pack_id) from None


async def pack_in_effect(conn: Connection, pack_id: UUID, on: date, product_code: str | None = None) -> ConfirmedPack:
    """Return the pack that a contract was signed under, for its product, as corrected for what is decided on a day.

    Raises:
        PackNotReplicated: the pack, or one that a correction follows, is unknown here.
        ProductUnknown: the pack has no such product.
    """
    [found] = await _as_corrected(conn, [await pack_for(conn, pack_id)], on)
    return found.product(product_code)


async def pack_of_version(
    conn: Connection, region_code: str, version: int, on: date, product_code: str | None = None
) -> ConfirmedPack:
    """Return the version of the region's pack, for the product, that a contract was signed under, as corrected.

    Raises:
        PackNotReplicated: that version is unknown here, or a county is asked for of which only parts have packs.
        ProductUnknown: the pack has no such product.
    """
    [found] = await packs_of_versions(conn, county_of(region_code), [(region_code, version)], on)
    return found.product(product_code)


async def packs_of_versions(
    conn: Connection, county_code: str, signed: Iterable[tuple[str, int]], on: date
) -> tuple[ConfirmedPack, ...]:
    """Return the packs of (region in the county, version) that contracts were signed under, each once, as corrected.

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
    return await _as_corrected(conn, [await pack_for(conn, pack_id) for pack_id in chosen], on)


async def _as_corrected(conn: Connection, packs: Sequence[ConfirmedPack], on: date) -> tuple[ConfirmedPack, ...]:
    """Return each pack with the corrections in effect on a day: one question for all of them."""
    steps: dict[UUID, list[Step]] = defaultdict(list)
    for row in await conn.fetch(_IN_EFFECT, [each.pack_id for each in packs], on):
        steps[row["pack_id"]].append((row["follows_pack_id"], tuple(row["keys"])))
    return tuple([await _corrected_by(conn, each, tuple(steps.get(each.pack_id, ()))) for each in packs])


async def _corrected_by(conn: Connection, pack: ConfirmedPack, steps: tuple[Step, ...]) -> ConfirmedPack:
    """Return a pack with every step taken; built once and remembered, since a confirmed correction never changes."""
    if not steps:
        return pack
    known = _corrected.get((pack.pack_id, steps))
    if known is None:
        sources = [((await pack_for(conn, followed)).pack, keys) for followed, keys in steps]
        known = _corrected[pack.pack_id, steps] = ConfirmedPack.of_products(pack.pack_id, corrected(pack.pack, sources))
        if len(_corrected) > PACKS_CACHED:
            _corrected.popitem(last=False)
    _corrected.move_to_end((pack.pack_id, steps))
    return known
