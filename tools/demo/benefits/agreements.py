"""Agreements of township, entity and households: drafted, signed, confirmed by the county (ZJ-2, ZJ-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

from shared.offices import Step
from tools.demo.benefits.plan import BenefitDays, ProjectPlan
from tools.demo.benefits.projects import entity_name
from tools.demo.county import County

YEARS: Final = 3
GUARANTEED_RATES: Final = ("5", "6", "7")  # percent of the invested grant, rising every year (ZJ-4)
ENTITIES: Final = UUID("6f6d2c0e-5a43-5d0e-9d70-3c1d1b6a2f01")


@dataclass(frozen=True, slots=True)
class Term:
    """When an agreement is made and until when it holds."""

    drafted_on: date
    signed_on: date
    confirmed_on: date
    valid_from: date
    valid_until: date

    @classmethod
    def first(cls, days: BenefitDays) -> "Term":
        """Return the days of a project's first agreements."""
        return cls(days.after(11), days.after(15), days.after(18), days.valid_from, days.anniversary(YEARS))


async def with_households(county: County, project: ProjectPlan, project_id: str, term: Term) -> list[str]:
    """Conclude a centralised project's agreements: entity and households, township and entity; return both ids."""
    shares = shares_of(county, project)
    dividend = _dividend(county, project, f"PG-{project.number + 1:04d}-1")
    texts = _texts("集中养殖、统一管理", "户均增收") | _entity(project, 0)
    first = {**texts, **dividend, "shares": shares, "household_duties": "参与管护、监督经营"}
    household = await conclude(
        county, project, "entity_household", f"ZH-{project.number + 1:03d}", first, term, project_id
    )
    entrusted = {**texts, **dividend, "securities": [], "negotiators": []}
    entrustment = await conclude(
        county, project, "township_entity", f"WT-{project.number + 1:03d}", entrusted, term, project_id
    )
    return [household, entrustment]


async def rolling(county: County, project: ProjectPlan, project_id: str, term: Term) -> str:
    """Conclude the township's rolling-development agreement with the households of a scattered project (ZJ-6)."""
    content = {
        **_texts("分散种植，滚动发展", "户均增收"),
        "shares": shares_of(county, project),
        "household_duties": "按约定发展产业，滚动使用",
    }
    number = f"GD-{project.number + 1:03d}"
    return await conclude(county, project, "rolling_development", number, content, term, project_id)


async def conclude(
    county: County,
    project: ProjectPlan,
    kind: str,
    number: str,
    content: dict[str, Any],
    term: Term,
    project_id: str,
    follows_id: str | None = None,
) -> str:
    """Take an agreement from the draft into force; return its id."""
    township = county.offices.township(project.township.code)
    content = {"valid_from": term.valid_from.isoformat(), "valid_until": term.valid_until.isoformat(), **content}
    equity = content.get("dividend_form") == "equity" and kind == "entity_household"
    body = {
        "region_code": project.township.code,
        "number": f"{project.township.code}-{number}",
        "kind": kind,
        "project_id": project_id,
        "follows_id": follows_id,
        "delegate_name": f"{project.township.name}派驻管理员" if equity else None,
        "terms": content,
        "drafted_on": term.drafted_on.isoformat(),
    }
    agreement = await township.post("/agreements", body)
    path = f"/agreements/{agreement['id']}"
    signature = {"signed_on": term.signed_on.isoformat(), "signed_document": f"QD-{number}"}
    await township.post(f"{path}/signatures", signature)
    confirming = county.taking(Step.AGREEMENT_CONFIRMATION, project.township.code)
    await confirming.post(f"{path}/confirmations", {"confirmed_on": term.confirmed_on.isoformat()})
    return str(agreement["id"])


async def successor(county: County, project: ProjectPlan, project_id: str, follows_id: str, term: Term) -> list[str]:
    """Conclude a successor entity's agreements: with the same households, in place of one that ended, and entrusted."""
    content = {
        **_texts("续营养殖、统一管理", "户均增收"),
        **_entity(project, 1),
        **_dividend(county, project, f"PG-{project.number + 1:04d}-2"),
        "shares": shares_of(county, project),
        "household_duties": "参与管护、监督经营",
    }
    number = f"XY-{project.number + 1:03d}"
    household = await conclude(county, project, "entity_household", number, content, term, project_id, follows_id)
    without: dict[str, Any] = {"shares": [], "securities": [], "negotiators": [], "household_duties": None}
    entrusted = f"XW-{project.number + 1:03d}"
    return [
        household,
        await conclude(county, project, "township_entity", entrusted, content | without, term, project_id),
    ]


def shares_of(county: County, project: ProjectPlan) -> list[dict[str, str]]:
    """Return each household's part of the project's money."""
    return [
        {"household_id": county.household_ids[household.household_number], "grant_amount": f"{share:.2f}"}
        for household, share in zip(project.households, project.shares, strict=True)
    ]


def _texts(scale: str, benefit: str) -> dict[str, str]:
    return {"scale": scale, "benefit": benefit, "aftercare": "乡镇扶贫工作站指导管护", "duties": "按期分红、接受监督"}


def _entity(project: ProjectPlan, successor: int) -> dict[str, str]:
    name = entity_name(project, successor)
    return {"entity_id": str(uuid5(ENTITIES, name)), "entity_name": name}


def _dividend(county: County, project: ProjectPlan, document: str) -> dict[str, Any]:
    """Return how the households share in the return, with what the county's pack asks for."""
    equity = county.pack.equity_dividend
    if project.form == "guaranteed" or equity is None:
        return {
            "dividend_form": "guaranteed",
            "grant_rates": GUARANTEED_RATES,
            "securities": _security(project, document),
        }
    roles = equity.negotiated_by.value if equity.negotiated_by else ()
    return {
        "dividend_form": "equity",
        "household_share": f"{equity.household_share_min.value:.2f}",
        "negotiators": _negotiators([role.code for role in roles]),
    }


def _security(project: ProjectPlan, document: str) -> Sequence[dict[str, str]]:
    worth = project.amount * Decimal("1.10")
    return [
        {
            "security_kind": "fixed_assets",
            "what": "厂房、圈舍及设备",
            "value": f"{worth:.2f}",
            "valuation_document": f"{project.township.code}-{document}",
            "valued_on": "2016-12-01",
        }
    ]


def _negotiators(roles: Sequence[str]) -> list[dict[str, str]]:
    return [{"role": role, "person_name": f"协商代表{number}"} for number, role in enumerate(roles, start=1)]
