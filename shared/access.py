"""Who may do what, where: one table of rights and roles, enforced by the gateway and again by every service.

A grant is a role on a region prefix (SX-7: data and permission follow the administrative tree); a right is held
in a region when a grant's role is listed for it and the region lies below the grant. An office of the administration
acts in a county by a grant for the county or a part of it; by one above the county it reads and reports (SX-7, NX-15).
The roles are those of LG-9 and DZ-6. Which of them takes a step in a county its pack says: `shared.offices`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.errors import ActsInTheCounty, OutsideRegion, RightMissing
from shared.rights import Right as Right
from shared.rights import Role as Role

_COUNTY = (Role.POVERTY_OFFICE, Role.FINANCE_BUREAU, Role.SERVICE_CENTRE)
_FIELD = (Role.TOWNSHIP, Role.VILLAGE, Role.HELPER)
_SUPERVISION = (Role.AUDITOR, Role.CENTRAL_BANK, Role.BANK_REGULATOR, Role.INSURANCE_REGULATOR)
_OFFICERS = (*_COUNTY, *_FIELD, *_SUPERVISION, Role.FUND_COMMITTEE)
_EVERYONE = tuple(Role)

RIGHTS: Final[Mapping[Right, frozenset[Role]]] = MappingProxyType(
    {
        right: frozenset(roles)
        for right, roles in {
            Right.REGIONS_READ: _EVERYONE,
            Right.REGIONS_LOAD: (Role.ADMIN,),
            Right.PACKS_READ: _EVERYONE,
            Right.PACKS_SUBMIT: (Role.POVERTY_OFFICE, Role.SERVICE_CENTRE),
            Right.PACKS_CONFIRM: (Role.POVERTY_OFFICE, Role.FINANCE_BUREAU),
            Right.BASES_SUBMIT: (Role.POVERTY_OFFICE,),
            Right.BASES_CONFIRM: (Role.POVERTY_OFFICE, Role.FINANCE_BUREAU),
            Right.HOUSEHOLDS_READ: (*_COUNTY, *_FIELD, Role.AUDITOR, Role.SERVICE),
            Right.HOUSEHOLDS_IMPORT: (Role.POVERTY_OFFICE, Role.TOWNSHIP),
            Right.HOUSEHOLDS_EXPORT: (Role.POVERTY_OFFICE, Role.TOWNSHIP),
            Right.HOUSEHOLDS_MARK: (Role.POVERTY_OFFICE,),
            Right.CHANGES_PROPOSE: _FIELD,
            Right.CHANGES_DECIDE: (Role.TOWNSHIP, Role.POVERTY_OFFICE),
            Right.HELPERS_ASSIGN: (Role.TOWNSHIP, Role.POVERTY_OFFICE),
            Right.FAMILY_DEBTS_RECORD: (Role.TOWNSHIP, Role.VILLAGE, Role.SERVICE_CENTRE),
            Right.DUPLICATES_SETTLE: (Role.TOWNSHIP, Role.POVERTY_OFFICE),
            Right.DOCUMENTS_READ: (*_COUNTY, *_FIELD, Role.AUDITOR),
            Right.DOCUMENTS_ADD: (*_FIELD, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.DOCUMENTS_WITHDRAW: (Role.TOWNSHIP, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.ACCOUNTS_CORRECT: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.ACCOUNTS_REVEAL: (Role.SERVICE,),
            Right.NAMES_REVEAL: (Role.SERVICE,),
            Right.RATINGS_SCORE: (Role.TOWNSHIP, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.RATINGS_REVIEW: (Role.TOWNSHIP, Role.VILLAGE),
            Right.RATINGS_FINALISE: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE, Role.BANK),
            Right.SURVEYS_RECORD: (*_FIELD, Role.SERVICE_CENTRE),
            Right.CERTIFICATES_READ: (*_OFFICERS, Role.BANK),
            Right.CERTIFICATES_ISSUE: (Role.BANK,),
            Right.CERTIFICATES_DECIDE: (Role.BANK,),
            Right.VILLAGE_RULES_READ: (*_OFFICERS, Role.BANK),
            Right.VILLAGE_RULES_RECORD: (Role.VILLAGE, Role.TOWNSHIP),
            Right.VILLAGE_RULES_END: (Role.TOWNSHIP, Role.POVERTY_OFFICE),
            Right.FINANCE_OFFICERS_READ: (*_OFFICERS, Role.BANK),
            Right.FINANCE_OFFICERS_APPOINT: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.DEMONSTRATIONS_PROPOSE: (Role.SERVICE_CENTRE,),
            Right.DEMONSTRATIONS_DECIDE: (Role.POVERTY_OFFICE, Role.SERVICE_CENTRE),
            Right.LISTS_READ: (*_OFFICERS, Role.BANK, Role.SERVICE),
            Right.LISTS_PROPOSE: (Role.TOWNSHIP, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.LISTS_APPEAL: _FIELD,
            Right.LISTS_DECIDE: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.ENTITIES_READ: (*_OFFICERS, Role.BANK, Role.INSURER, Role.SERVICE),
            Right.ENTITIES_REGISTER: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.ENTITIES_CHECK: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.ENTITIES_ASSESS: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.ENTITIES_CONFIRM: (Role.POVERTY_OFFICE, Role.FINANCE_BUREAU),
            Right.ENTITIES_BIND: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.ENTITIES_DETERMINE: (Role.POVERTY_OFFICE, Role.SERVICE_CENTRE, Role.BANK, Role.INSURER),
            Right.TESTIMONIES_RECORD: (Role.VILLAGE,),
            Right.TESTIMONIES_WITHDRAW: (Role.TOWNSHIP,),
            Right.ELIGIBILITY_CHECK: (*_COUNTY, *_FIELD, Role.BANK, Role.SERVICE),
            Right.ELIGIBILITY_RECORD: (Role.SERVICE,),
            Right.ELIGIBILITY_SCREEN: (*_COUNTY, *_FIELD),
            Right.PACKS_SIMULATE: _COUNTY,
            Right.DUTIES_READ: _OFFICERS,
            Right.DUTIES_RECORD: (Role.POVERTY_OFFICE, Role.SERVICE_CENTRE, *_FIELD),
            Right.DUTIES_OVERSEE: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.APPLICATIONS_READ: (*_OFFICERS, Role.BANK, Role.SERVICE),
            Right.APPLICATIONS_FILE: (Role.TOWNSHIP, Role.VILLAGE),
            Right.REFUSALS_EXPLAIN: (Role.TOWNSHIP, Role.BANK),
            Right.EXPLANATIONS_WITHDRAW: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.APPLICATIONS_CHECK_VILLAGE: (Role.VILLAGE, Role.HELPER),
            Right.APPLICATIONS_REVIEW_TOWNSHIP: (Role.TOWNSHIP,),
            Right.APPLICATIONS_REVIEW_COUNTY: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.CONDITIONS_APPROVE: (Role.TOWNSHIP, *_COUNTY),
            Right.APPLICATIONS_SIGN: _COUNTY,
            Right.APPLICATIONS_HAND_OVER: (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE, Role.TOWNSHIP),
            Right.PUBLIC_NOTICES_RUN: (Role.VILLAGE, Role.TOWNSHIP, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.OBJECTIONS_RAISE: (*_FIELD, Role.SERVICE_CENTRE, Role.AUDITOR),
            Right.OBJECTIONS_SETTLE: (Role.TOWNSHIP, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.LENDERS_READ: _EVERYONE,
            Right.LENDERS_REGISTER: (Role.BANK_REGULATOR, Role.SERVICE_CENTRE, Role.ADMIN),
            Right.LENDERS_ASSIGN: (Role.BANK_REGULATOR, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE),
            Right.LOANS_READ: (*_OFFICERS, Role.BANK, Role.GUARANTOR, Role.SERVICE),
            Right.LOANS_DISBURSE: (Role.BANK,),
            Right.LEGACY_LOANS_RECORD: (Role.BANK,),
            Right.REPAYMENTS_RECORD: (Role.BANK,),
            Right.REPAYMENTS_CORRECT: (Role.BANK,),
            Right.LOANS_FOLLOW_UP: (Role.BANK,),
            Right.PURSUITS_RECORD: (Role.BANK,),
            Right.CLASSES_REVIEW: (Role.BANK,),
            Right.COLLECTIONS_RECORD: _FIELD,
            Right.PLANS_SIGN: (Role.BANK,),
            Right.DEFAULTS_REPORT: (Role.BANK,),
            Right.DEFAULTS_CONFIRM: _COUNTY,
            Right.RECOVERIES_RECORD: (Role.BANK,),
            Right.LOANS_WRITE_OFF: (Role.BANK,),
            Right.QUOTES_READ: _EVERYONE,
            Right.JOBS_RUN: (Role.ADMIN, Role.SERVICE_CENTRE),
            Right.REST_DAYS_KEEP: (Role.SERVICE_CENTRE,),
            Right.RATES_READ: _EVERYONE,
            Right.RATES_PUBLISH: (Role.CENTRAL_BANK, Role.FINANCE_BUREAU),
            Right.PROGRAMMES_MANAGE: (Role.FINANCE_BUREAU,),
            Right.SUBSIDIES_READ: (*_OFFICERS, Role.BANK),
            Right.SUBSIDIES_PREPARE: _COUNTY,
            Right.SUBSIDIES_REVIEW: _COUNTY,
            Right.SUBSIDIES_APPROVE: (Role.FINANCE_BUREAU,),
            Right.SUBSIDIES_PAY: (Role.FINANCE_BUREAU,),
            Right.SUBSIDIES_CONFIRM: (Role.FINANCE_BUREAU, Role.BANK),
            Right.PROJECTS_READ: _OFFICERS,
            Right.PROJECTS_RUN: (Role.TOWNSHIP,),
            Right.PROJECTS_APPROVE: _COUNTY,
            Right.PROJECTS_ACCEPT: _COUNTY,
            Right.PROJECTS_REIMBURSE: (Role.FINANCE_BUREAU,),
            Right.PROJECTS_CORRECT: (*_COUNTY, Role.TOWNSHIP),
            Right.PROJECTS_SUPERVISE: (*_COUNTY, Role.TOWNSHIP, Role.VILLAGE, Role.AUDITOR),
            Right.AGREEMENTS_READ: _OFFICERS,
            Right.AGREEMENTS_DRAFT: (Role.TOWNSHIP, Role.VILLAGE),
            Right.AGREEMENTS_CONFIRM: (Role.TOWNSHIP, *_COUNTY),
            Right.DIVIDENDS_PREPARE: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.DIVIDENDS_REVIEW: (Role.TOWNSHIP, *_COUNTY),
            Right.DIVIDENDS_APPROVE: (Role.TOWNSHIP, *_COUNTY),
            Right.DIVIDENDS_RECORD: (Role.TOWNSHIP, Role.SERVICE_CENTRE),
            Right.GRANTS_CONFIRM: (Role.FINANCE_BUREAU,),
            Right.FUNDS_READ: (*_OFFICERS, Role.BANK, Role.SERVICE),
            Right.FUNDS_OPEN: (Role.FINANCE_BUREAU,),
            Right.FUNDS_CONTRIBUTE: (Role.FINANCE_BUREAU,),
            Right.FUNDS_PROPOSE: (Role.FINANCE_BUREAU,),
            Right.FUNDS_DECIDE: _COUNTY,
            Right.COVER_RESERVE: (Role.SERVICE,),
            Right.CLAIMS_READ: (*_OFFICERS, Role.BANK, Role.INSURER, Role.GUARANTOR),
            Right.CLAIMS_FILE: (Role.BANK,),
            Right.CLAIMS_ANSWER: (Role.INSURER,),
            Right.CLAIMS_DECIDE: (*_COUNTY, Role.TOWNSHIP, Role.FUND_COMMITTEE),
            Right.CLAIMS_PAY: (Role.FINANCE_BUREAU,),
            Right.INSURANCE_CONFIRM: (Role.INSURER,),
            Right.INSURANCE_CANCEL: (Role.INSURER, Role.BANK),
            Right.INSURANCE_PLEDGE: (Role.BANK,),
            Right.INSURANCE_RELEASE: (Role.BANK,),
            Right.RECOVERIES_RETURN: (Role.BANK,),
            Right.GUARANTEES_RECORD: (Role.BANK,),
            Right.GUARANTEES_WITHDRAW: (Role.BANK,),
            Right.PEOPLE_MANAGE: (Role.ADMIN,),
            Right.PEOPLE_READ: _EVERYONE,
            Right.REPORTS_READ: (*_OFFICERS, Role.BANK, Role.ADMIN),
            Right.MESSAGES_MANAGE: (Role.ADMIN,),
        }.items()
    }
)

# What a level above the county does as well: it looks, reports and objects, and changes nothing of a county's.
READING: Final[frozenset[Right]] = frozenset(right for right in Right if right.endswith(":read")) | {
    *(Right.HOUSEHOLDS_EXPORT, Right.ELIGIBILITY_CHECK, Right.ELIGIBILITY_SCREEN, Right.PACKS_SIMULATE),
    Right.OBJECTIONS_RAISE,
}
# Reference rates hold in every county, by their own rule. A province's base binds no county until one adopts it.
NATIONAL: Final[frozenset[Right]] = frozenset({Right.RATES_PUBLISH, Right.BASES_SUBMIT, Right.BASES_CONFIRM})
# Whose acts belong to the county. Banks, insurers, regulators and the platform's own roles act wherever granted.
ADMINISTRATION: Final[frozenset[Role]] = frozenset({*_COUNTY, *_FIELD, Role.FUND_COMMITTEE})
_COUNTY_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a region prefix; the empty prefix is the whole country."""

    role: Role
    region: str

    def carries(self, right: Right) -> bool:
        """Return whether the right is held by this grant: its role has it, and acts at the grant's level (SX-7)."""
        if self.role not in RIGHTS[right]:
            return False
        in_county = len(self.region) >= _COUNTY_DIGITS
        return in_county or self.role not in ADMINISTRATION or right in READING or right in NATIONAL


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a person, an API client of an organisation, or another service."""

    subject: str
    name: str
    grants: tuple[Grant, ...]
    organisation: str | None = None

    def grants_for(self, right: Right) -> list[Grant]:
        """Return the grants that carry the right."""
        return [grant for grant in self.grants if grant.carries(right)]

    def regions_for(self, right: Right) -> list[str]:
        """Return the region prefixes in which the right is held; empty when it is held nowhere."""
        return [grant.region for grant in self.grants_for(right)]

    def roles_for(self, right: Right, region_code: str) -> list[str]:
        """Return the roles that carry the right in a region, for records of who did what as whom."""
        return sorted({str(each.role) for each in self.grants_for(right) if region_code.startswith(each.region)})

    def roles_touching(self, right: Right, region_code: str) -> list[str]:
        """Return the roles that carry the right in a region or in a part of it."""
        held = self.grants_for(right)
        return sorted(
            {str(g.role) for g in held if region_code.startswith(g.region) or g.region.startswith(region_code)}
        )

    def has(self, right: Right) -> bool:
        """Return whether the right is held anywhere."""
        return bool(self.regions_for(right))

    def ensure_has(self, right: Right) -> None:
        """Refuse who holds the right nowhere, or only by grants above the county (SX-7).

        Raises: RightMissing, ActsInTheCounty.
        """
        if self.has(right):
            return
        if above := self.above_county(right):
            raise ActsInTheCounty(right, above)
        raise RightMissing(right, RIGHTS[right])

    def above_county(self, right: Right) -> list[str]:
        """Return the regions above the county where the caller's office would have the right if it acted there."""
        return [each.region for each in self.grants if each.role in RIGHTS[right] and not each.carries(right)]

    def has_role(self, role: Role) -> bool:
        """Return whether any grant carries the role."""
        return any(grant.role == role for grant in self.grants)

    def ensure_region(self, right: Right, region_code: str) -> None:
        """Refuse a region that no grant for the right covers. Raises: OutsideRegion."""
        if not any(region_code.startswith(prefix) for prefix in self.regions_for(right)):
            raise OutsideRegion(region_code)
