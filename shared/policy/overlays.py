"""Leaves laid over leaves: how a further product, or a county on its province's base, says only what differs.

A part of a section has the same leaves, none of them required; `without` names optional leaves (or whole optional
sections) that the pack below has and this one has not, each with its own origin.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import StringConstraints, create_model

from shared.policy import county_sections, sections
from shared.policy.household_facts import Code
from shared.policy.sourced import BothLanguages, Section, Sourced, leaf, maybe

LeafKey = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)?$")]
Without = tuple[Sourced[LeafKey], ...]

# Every section of values, in the order of a file; of what is listed, the model of a row.
SECTIONS: Final[Mapping[str, type[Section]]] = {
    "eligibility": sections.EligibilitySection,
    "purposes": sections.PurposeSection,
    "entities": sections.EntitySection,
    "rating": sections.RatingSection,
    "lists": sections.ListSection,
    "public_notice": sections.PublicNoticeSection,
    "approval": sections.ApprovalSection,
    "lending": sections.LendingSection,
    "interest": sections.InterestSection,
    "repayment": sections.RepaymentSection,
    "follow_up": sections.FollowUpSection,
    "subsidy": sections.SubsidySection,
    "fund": sections.FundSection,
    "compensation": sections.CompensationSection,
    "legacy_rules": county_sections.LegacyRuleSection,
    "renewal": county_sections.RenewalSection,
    "programmes": county_sections.ProgrammeSection,
    "premiums": county_sections.PremiumSection,
    "deposit": county_sections.DepositSection,
    "insurance": county_sections.InsuranceSection,
    "mutual_aid": county_sections.MutualAidSection,
    "village_fund": county_sections.VillageFundSection,
    "guaranteed_dividend": county_sections.GuaranteedDividendSection,
    "equity_dividend": county_sections.EquityDividendSection,
    "direct_grant": county_sections.DirectGrantSection,
    "linkage": county_sections.LinkageSection,
    "supervision": county_sections.SupervisionSection,
}
_LISTED: Final = ("legacy_rules", "programmes")
# What a county has once for all its products.
_OF_THE_COUNTY: Final = (
    "rating",
    "lists",
    "mutual_aid",
    "village_fund",
    "guaranteed_dividend",
    "equity_dividend",
    "direct_grant",
    "linkage",
    "supervision",
)
# Within a product's sections, what is the county's all the same: a batch of subsidy and the fund are of all products.
OF_THE_COUNTY_KEYS: Final = (
    "subsidy.preparer",
    "subsidy.reviewer",
    "subsidy.approver",
    "subsidy.payer",
    "fund.initial_amount",
    "fund.managers",
    "fund.paid_in_by",
    "fund.held_at",
    "fund.lender_accounts",
)
# What a province may set for its counties, and of it what may differ between the products of one county.
BASE_SECTIONS: Final = {name: model for name, model in SECTIONS.items() if name not in _LISTED}
PRODUCT_SECTIONS: Final = {name: model for name, model in BASE_SECTIONS.items() if name not in _OF_THE_COUNTY}


def part_of(section: type[Section]) -> type[Section]:
    """Return the section of which every leaf may be left out."""
    found: dict[str, Any] = {
        name: (info.annotation | None, maybe(info.title or name, info.description or name))  # type: ignore[operator]
        for name, info in section.model_fields.items()
    }
    return create_model(f"{section.__name__}Part", __base__=Section, __doc__=section.__doc__, **found)


def parts_of(named: Mapping[str, type[Section]]) -> dict[str, Any]:
    """Return the fields of a model that holds a part of each section, none of them required."""
    return {
        name: (part_of(model) | None, maybe(f"{name} 的不同之处", f"what differs in `{name}`"))
        for name, model in named.items()
    }


class NamedProduct(Section):
    """A loan product's code and names."""

    code: Code = leaf("产品代码", "code of the product, never changed")
    name: BothLanguages = leaf("产品名称", "name of the product")


class ProductPart(NamedProduct):
    """A further product of the county: its names and only what differs from the first."""

    without: Without = ()


# The first product of a pack that names none: the national name of these loans.
USUAL_PRODUCT: Final = NamedProduct(
    code="small_loan", name=BothLanguages(zh="扶贫小额信贷", en="Poverty-relief small loan")
)
ProductSection: Final = create_model(
    "ProductSection", __base__=ProductPart, __doc__=ProductPart.__doc__, **parts_of(PRODUCT_SECTIONS)
)


def laid_over(below: Mapping[str, Section | None], part: Section, without: Without) -> dict[str, Section | None]:
    """Return the sections of `below` that `part` and `without` change, whole.

    Raises:
        ValidationError: a section that is not below lacks leaves in the part.
    """
    gone = keys_of(without)
    found: dict[str, Section | None] = {}
    for name, section in below.items():
        above = getattr(part, name)
        left_out = {key for of, _, key in (each.partition(".") for each in gone) if of == name}
        if above is None and not left_out:
            continue
        leaves = {key: leaf for key, leaf in {**_leaves(section), **_leaves(above)}.items() if key not in left_out}
        found[name] = None if "" in left_out else BASE_SECTIONS[name].model_validate(leaves)
    return found


def keys_of(without: Without) -> tuple[str, ...]:
    """Return the keys that are named as not there."""
    return tuple(each.value for each in without)


def _leaves(section: Section | None) -> dict[str, Any]:
    """Return the leaves that a section holds."""
    if section is None:
        return {}
    held = ((name, getattr(section, name)) for name in type(section).model_fields)
    return {name: value for name, value in held if value is not None}


def cannot_be_left_out(
    keys: Iterable[str], allowed: Mapping[str, type[Section]], fields: Mapping[str, Any]
) -> list[str]:
    """Return the keys of `without` that name nothing of the sections allowed, or what no pack may do without.

    `fields` are those of the pack's model by name.
    """
    return [key for key in keys if not _may_be_left_out(key, allowed, fields)]


def _may_be_left_out(key: str, allowed: Mapping[str, type[Section]], fields: Mapping[str, Any]) -> bool:
    name, _, inner = key.partition(".")
    if name not in allowed:
        return False
    field = allowed[name].model_fields.get(inner) if inner else fields[name]
    return field is not None and not field.is_required()
