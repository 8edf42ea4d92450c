"""Which confirmed pack is in force where and on which day, for every service; each pack is built once and remembered.

The registry has the packs themselves, the other services the copies of `shared.policy.copies`; both are a table
`policy_pack`.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from shared.db import Connection
from shared.errors import Refused
from shared.policy import arrangements, terms
from shared.policy.pack import PolicyPack
from shared.policy.where import holding_in
from shared.regions import county_of

PACKS_CACHED: Final = 64  # versions of a few counties; a national installation still finds its busy ones here


class NoPackInForce(Refused):
    """No confirmed pack holds in the region on that day."""

    code = "no-policy-pack-in-force"
    title = "当日无有效政策包 No policy pack in force"

    def __init__(self, region_code: str, on: date) -> None:
        super().__init__(
            zh=f"区划 {region_code} 在 {on} 没有已确认且有效的政策包，请提交政策包并完成确认；仅乡镇有政策包的，"
            "请写明乡镇区划代码。",
            en=f"Region {region_code} has no confirmed policy pack in force on {on}; submit one and have it "
            "confirmed, or name the township where only townships have packs of their own.",
            region_code=region_code,
            on=on.isoformat(),
        )


@dataclass(frozen=True, eq=False)
class ConfirmedPack:
    """One confirmed version of a pack for one product, and the plain terms its rules take, each built once.

    As it is found in force it is for the county's first product; `product` gives it for another.
    """

    pack_id: UUID
    pack: PolicyPack

    @property
    def product_code(self) -> str:
        """Return the code of the product that the terms are of."""
        return self.pack.product.code

    def product(self, code: str | None) -> "ConfirmedPack":
        """Return the same version for a product of the county; None is the first.

        Raises:
            ProductUnknown: the county has none of this code.
        """
        return self._products.get(code) or self._for_product(code)

    def offers(self, code: str | None) -> bool:
        """Return whether the county has a product of this code; None is its first."""
        return code is None or code in (each.code for each in self.pack.products_offered())

    @classmethod
    def of_products(cls, pack_id: UUID, packs: Mapping[str, PolicyPack]) -> "ConfirmedPack":
        """Return a version from its rules product by product, the first one first."""
        first, *others = (cls(pack_id, pack) for pack in packs.values())
        first._products.update(zip(list(packs)[1:], others, strict=True))
        return first

    def each_product(self) -> "tuple[ConfirmedPack, ...]":
        """Return the same version for each of the county's products, the first one first."""
        return tuple(self.product(each.code) for each in self.pack.products_offered())

    @cached_property
    def _products(self) -> "dict[str | None, ConfirmedPack]":
        return {None: self, self.product_code: self}

    def _for_product(self, code: str | None) -> "ConfirmedPack":
        found = self._products[code] = ConfirmedPack(self.pack_id, self.pack.for_product(code))
        return found

    @property
    def pack_version(self) -> int:
        """Return the version's number."""
        return self.pack.header.version

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


_remembered: OrderedDict[UUID, ConfirmedPack] = OrderedDict()


@dataclass(frozen=True, slots=True)
class PackTable:
    """A service's table `policy_pack`: the column of a pack's id, and the condition that a row is confirmed."""

    key: str
    confirmed: str = "true"

    async def by_id(self, conn: Connection, pack_id: UUID) -> ConfirmedPack:
        """Return one pack; built once and remembered, since a confirmed pack never changes.

        Raises:
            LookupError: the pack is unknown here.
        """
        known = _remembered.get(pack_id)
        if known is None:
            content = await conn.fetchval(f"SELECT content FROM policy_pack WHERE {self.key} = $1", pack_id)  # noqa: S608 - our own column
            if content is None:
                raise LookupError(pack_id)
            known = _remembered[pack_id] = ConfirmedPack(pack_id, PolicyPack.model_validate(content))
            if len(_remembered) > PACKS_CACHED:
                _remembered.popitem(last=False)
        _remembered.move_to_end(pack_id)
        return known

    async def find_all(self, conn: Connection, regions: Iterable[str], on: date) -> dict[str, ConfirmedPack | None]:
        """Return the pack that holds in each region on a day, the closest around it (`holding_in`), or None."""
        asked = sorted(set(regions))
        held: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
        for row in await conn.fetch(self._in_force(), sorted({county_of(region) for region in asked}), on):
            held[county_of(row["region"])].append((row["pack_id"], row["region"]))
        chosen = {region: holding_in(region, held[county_of(region)]) for region in asked}
        return {region: await self.by_id(conn, pack_id) if pack_id else None for region, pack_id in chosen.items()}

    async def get_all(self, conn: Connection, regions: Iterable[str], on: date) -> dict[str, ConfirmedPack]:
        """Return the pack that holds in each region: counties, or villages where townships may have their own packs.

        Raises:
            NoPackInForce: one of them has none for that day.
        """
        found = await self.find_all(conn, regions, on)
        for region, pack in found.items():
            if pack is None:
                raise NoPackInForce(region, on)
        return {region: pack for region, pack in found.items() if pack is not None}

    async def find(self, conn: Connection, region_code: str, on: date) -> ConfirmedPack | None:
        """Return the pack that holds in a county or a part of it on a day, or None."""
        return (await self.find_all(conn, [region_code], on))[region_code]

    async def get(self, conn: Connection, region_code: str, on: date) -> ConfirmedPack:
        """Return the pack that holds in a county or a part of it on a day.

        Raises:
            NoPackInForce: none does.
        """
        return (await self.get_all(conn, [region_code], on))[region_code]

    def _in_force(self) -> str:
        # Of every pack only its newest version that has begun holds, and only in the regions that this version names.
        return f"""
SELECT newest.{self.key} AS pack_id, region FROM (
  SELECT DISTINCT ON (county_code, code) {self.key}, regions FROM policy_pack
  WHERE county_code = ANY ($1::text[]) AND {self.confirmed} AND effective_from <= $2
  ORDER BY county_code, code, effective_from DESC, pack_version DESC
) newest CROSS JOIN LATERAL jsonb_array_elements_text(newest.regions) AS region
"""  # noqa: S608 - our own column and condition
