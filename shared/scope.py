"""What a caller sees under a right: one rule for officers, banks, insurers, guarantors, and several roles at once.

Each grant that carries the right opens its region: a bank's grant only the rows of the bank, an insurer's only the
claims on its own policies, a guarantor's only the claims that name it, any other role's all rows. A caller sees what at
least one of the grants opens: a bank's user in county X who is also auditor of county Y sees the bank's rows in X and
every row in Y. A guarantor's grant opens nothing where no row says who guarantees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.access import Principal, Right, Role
from shared.errors import NotAllowed, OutsideRegion

SAY_WHO_GUARANTEES: Final = frozenset({Right.CLAIMS_READ})  # rights whose rows name their guarantor


class OrganisationMissing(NotAllowed):
    """An account that acts for a bank, an insurer or a guarantor is tied to none."""

    code = "organisation-missing"
    title = "未绑定机构 No organisation"

    def __init__(self, name: str) -> None:
        super().__init__(
            zh=f"{name} 代表银行、保险或担保机构办理业务，但账号未绑定机构；请联系管理员设置账号所属机构。",
            en=f"{name} acts for a bank, an insurer or a guarantor but belongs to none; ask the administrator to set "
            "the account's organisation.",
            name=name,
        )


@dataclass(frozen=True, slots=True)
class View:
    """What one grant opens: a region prefix, and in it one bank's rows, one insurer's or guarantor's claims, or all."""

    region: str
    bank: str | None = None
    insurer: str | None = None
    guarantor: str | None = None

    @property
    def is_of_claims(self) -> bool:
        """Return whether it opens claims of an insurer or a guarantor only."""
        return self.insurer is not None or self.guarantor is not None


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything a caller sees under one right; statements take it as columns of equal length."""

    views: tuple[View, ...]

    @classmethod
    def within(cls, regions: Sequence[str], bank: str | None = None) -> "Scope":
        """Return the scope of these regions, of one bank's rows or of all."""
        return cls(tuple(View(region, bank) for region in regions))

    @property
    def regions(self) -> list[str]:
        """Return the region of each view of all claims or none; `banks` says of each which rows it opens."""
        return [view.region for view in self.views if not view.is_of_claims]

    @property
    def banks(self) -> list[str | None]:
        """Return beside each of `regions` the bank whose rows it opens, or None for all rows."""
        return [view.bank for view in self.views if not view.is_of_claims]

    @property
    def columns(self) -> tuple[list[str], list[str | None], list[str | None], list[str | None]]:
        """Return regions, banks, insurers and guarantors of all views, for rows of claims."""
        views = self.views
        limits = ([each.bank for each in views], [each.insurer for each in views], [each.guarantor for each in views])
        return [each.region for each in views], *limits

    def sees(self, region_code: str, bank_code: str | None) -> bool:
        """Return whether some view opens a row of this region and bank; claims of an insurer are looked up besides."""
        opening = [view for view in self.views if view.guarantor is None and view.bank in (None, bank_code)]
        return any(region_code.startswith(view.region) for view in opening)

    def insurer_in(self, region_code: str) -> str | None:
        """Return the insurer to whose requests the caller is limited in a region, or None."""
        covering = [view.insurer for view in self.views if region_code.startswith(view.region)]
        return covering[0] if covering and None not in covering else None


def seen(village: str, bank: str, *, regions: str = "$1", banks: str = "$2") -> str:
    """Return the SQL condition that a row with these columns is in the scope whose lists are the two parameters."""
    return (
        f"EXISTS (SELECT FROM unnest({regions}::text[], {banks}::text[]) AS seen (seen_region, seen_bank) "
        f"WHERE {village} ^@ seen_region AND (seen_bank IS NULL OR seen_bank = {bank}))"
    )


def organisation_of(officer: Principal) -> str:
    """Return the bank, insurer or guarantor an account acts for.

    Raises:
        OrganisationMissing: it belongs to none.
    """
    if officer.organisation is None:
        raise OrganisationMissing(officer.name)
    return officer.organisation


def scope_of(officer: Principal, right: Right) -> Scope:
    """Return what the officer sees under a right.

    Raises:
        OrganisationMissing: a grant as bank, insurer or guarantor carries it and the account belongs to none.
    """
    views = []
    for grant in officer.grants_for(right):
        if grant.role is Role.GUARANTOR:
            if right in SAY_WHO_GUARANTEES:
                views.append(View(grant.region, guarantor=organisation_of(officer)))
        elif grant.role is Role.BANK:
            views.append(View(grant.region, bank=organisation_of(officer)))
        elif grant.role is Role.INSURER:
            views.append(View(grant.region, insurer=organisation_of(officer)))
        else:
            views.append(View(grant.region))
    return Scope(tuple(dict.fromkeys(views)))


def scope_within(officer: Principal, right: Right, region: str) -> Scope:
    """Return what the officer sees under a right inside one region.

    Raises:
        OutsideRegion: nothing granted overlaps it.
        OrganisationMissing: as for `scope_of`.
    """
    inside = []
    for view in scope_of(officer, right).views:
        if region.startswith(view.region):
            inside.append(View(region, view.bank, view.insurer, view.guarantor))
        elif view.region.startswith(region):
            inside.append(view)
    if not inside:
        raise OutsideRegion(region)
    return Scope(tuple(dict.fromkeys(inside)))
