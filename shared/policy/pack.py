"""The checked model of one county's rules, and the plain terms it hands to the rules."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.policy import arrangements, county_sections, rating_terms, sections, terms
from shared.policy.bases import BasedOn, PackCode
from shared.policy.borrowing_contradictions import borrowing_contradictions
from shared.policy.canonical import canonical
from shared.policy.clause_list import Document, ListedClause
from shared.policy.contradictions import contradictions
from shared.policy.examples import Examples, example_contradictions
from shared.policy.forms import form_contradictions
from shared.policy.gone import without_gone
from shared.policy.grade_contradictions import grade_contradictions
from shared.policy.overlays import (
    PRODUCT_SECTIONS,
    USUAL_PRODUCT,
    NamedProduct,
    ProductPart,
    ProductSection,
    Without,
    laid_over,
)
from shared.policy.product_refusals import ProductUnknown
from shared.policy.products import product_contradictions
from shared.policy.signing import AnsweredQuestion
from shared.policy.sourced import AtLeastOne, BothLanguages, Section, leaf, maybe, view, view_if_set
from shared.regions import RegionCode, is_within

__all__ = ("Header", "PackCode", "PolicyPack")


class Header(Section):
    """Which county the pack is for, where its rules come from and from when they hold."""

    code: PackCode = leaf("政策包代码", "short code of the pack, the same in all its versions")
    regions: tuple[RegionCode, ...] = leaf("适用地区", "codes of the regions where it holds")
    name: BothLanguages = leaf("名称", "name of the county")
    source: BothLanguages = leaf("来源文件", "document it was taken from")
    version: AtLeastOne = leaf("版本", "version, rising by one")
    effective_from: date = leaf("生效日", "first day on which it holds")
    supersedes: AtLeastOne | None = maybe("替代版本", "version that it replaces")


class PolicyPack(Section):
    """One county's rules at one version. Every leaf is a value with the clause that sets it, or assumed with why.

    The sections describe the county's first product; `products` says of each further one what differs. Where the pack
    rests on a province's base, the sections are the whole of both.
    """

    header: Header
    documents: tuple[Document, ...] = ()  # rules stored before packs listed their clauses have neither list
    clauses: tuple[ListedClause, ...] = ()
    based_on: BasedOn | None = maybe("省级基础", "the province's base under this pack")
    product: NamedProduct = Field(USUAL_PRODUCT, title="首要产品", description="the product that the sections describe")
    eligibility: sections.EligibilitySection
    purposes: sections.PurposeSection
    entities: sections.EntitySection
    rating: sections.RatingSection
    lists: sections.ListSection
    public_notice: sections.PublicNoticeSection
    approval: sections.ApprovalSection
    lending: sections.LendingSection
    interest: sections.InterestSection
    repayment: sections.RepaymentSection
    follow_up: sections.FollowUpSection
    subsidy: sections.SubsidySection
    fund: sections.FundSection
    compensation: sections.CompensationSection
    legacy_rules: tuple[county_sections.LegacyRuleSection, ...] = ()
    renewal: county_sections.RenewalSection | None = None
    programmes: tuple[county_sections.ProgrammeSection, ...] = ()
    premiums: county_sections.PremiumSection | None = None
    deposit: county_sections.DepositSection | None = None
    insurance: county_sections.InsuranceSection | None = None
    mutual_aid: county_sections.MutualAidSection | None = None
    village_fund: county_sections.VillageFundSection | None = None
    guaranteed_dividend: county_sections.GuaranteedDividendSection | None = None
    equity_dividend: county_sections.EquityDividendSection | None = None
    direct_grant: county_sections.DirectGrantSection | None = None
    linkage: county_sections.LinkageSection | None = None
    supervision: county_sections.SupervisionSection | None = None
    without: Without = Field((), title="没有的项目", description="what the base has and this county has not")
    products: tuple[ProductSection, ...] = Field(
        (), title="其他产品", description="further products, each with what differs from the first"
    )
    answers: tuple[AnsweredQuestion, ...] | None = maybe("疑问答复", "answers to the questions of the check")
    left_open: tuple[str, ...] | None = maybe("未确认的键", "keys of values that two officers leave open")
    examples: Examples = ()

    @model_validator(mode="before")
    @classmethod
    def _as_packs_are_now(cls, given: Any) -> Any:
        """Read the content of packs confirmed with keys that are gone, or with at most one legacy rule."""
        given = without_gone(given)
        if not isinstance(given, Mapping) or "legacy_rule" not in given:
            return given
        rule = given["legacy_rule"]
        kept = {key: value for key, value in given.items() if key != "legacy_rule"}
        return kept if rule is None else {**kept, "legacy_rules": [rule]}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "PolicyPack":
        found = (
            *contradictions(self),
            *form_contradictions(self),
            *borrowing_contradictions(self),
            *grade_contradictions(self),
            *product_contradictions(self),
        )
        found = found or tuple(example_contradictions(self))
        if found:
            summary = "; ".join(f"{each.key}: {each.en}" for each in found)
            raise PydanticCustomError("contradictions", "{summary}", {"summary": summary, "found": found})
        return self

    def applies_to(self, region_code: str) -> bool:
        """Return whether the pack's rules hold in this region."""
        return any(is_within(region_code, prefix) for prefix in self.header.regions)

    def products_offered(self) -> tuple[NamedProduct, ...]:
        """Return the county's products, the first one first."""
        return (self.product, *self.products)

    def for_product(self, code: str | None) -> "PolicyPack":
        """Return the pack as it is for one product, of one product only; None is the first.

        Raises:
            ProductUnknown: the county has none of this code.
        """
        if code is None or code == self.product.code:
            return self
        part: ProductPart | None = next((each for each in self.products if each.code == code), None)
        if part is None:
            raise ProductUnknown(code, self.products_offered())
        sections_below = {name: getattr(self, name) for name in PRODUCT_SECTIONS}
        changed = laid_over(sections_below, part, part.without)
        examples = tuple(each for each in self.examples if each.product == code)
        named = NamedProduct(code=part.code, name=part.name)
        return self.model_copy(update={**changed, "product": named, "products": (), "examples": examples})

    def rules(self) -> "PolicyPack":
        """Return the pack without its worked examples: what services keep and contracts rest on."""
        return self.model_copy(update={"examples": ()})

    def content(self) -> dict[str, Any]:
        """Return the rules as plain JSON data, without the worked examples, as events carry them."""
        return self.model_dump(mode="json", exclude={"examples"})

    def canonical_json(self) -> str:
        """Return the rules as JSON with sorted keys and no spare blanks; equal rules give equal text."""
        return canonical(self.model_dump(mode="json", exclude={"examples"}, exclude_none=True))

    def content_hash(self) -> str:
        """Return the SHA-256 of the rules' canonical JSON, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()

    def examples_json(self) -> list[dict[str, Any]]:
        """Return the worked examples as plain JSON data, only what was written."""
        return [example.model_dump(mode="json", exclude_none=True) for example in self.examples]

    def examples_hash(self) -> str:
        """Return the SHA-256 of the worked examples; with `content_hash` it tells any two packs apart."""
        return hashlib.sha256(canonical(self.examples_json()).encode()).hexdigest()

    def purpose_rule(self) -> terms.PurposeRule:
        """Return what the money may be used for."""
        return view(terms.PurposeRule, self.purposes)

    def eligibility_rules(self) -> terms.EligibilityRules:
        """Return who may borrow."""
        return view(terms.EligibilityRules, self.eligibility, self.lending, purposes=self.purpose_rule())

    def entity_rules(self) -> terms.EntityRules:
        """Return which loan modes exist and what an implementing entity must fulfil."""
        return view(terms.EntityRules, self.entities)

    def rating_scheme(self) -> rating_terms.RatingScheme:
        """Return how a household is scored, graded and given a credit limit."""
        least_scores = {band.code: band.score_min for band in self.rating.grade_bands.value}
        credit_limits = self.rating.grade_limits.value
        grades = tuple(
            rating_terms.Grade(each.code, least_scores[each.code], each.limit_or_none) for each in credit_limits
        )
        return view(rating_terms.RatingScheme, self.rating, self.lending, grades=grades)

    def list_rule(self) -> terms.ListRule:
        """Return when a borrower is listed and what that does."""
        return view(terms.ListRule, self.lists)

    def public_notice_rule(self) -> terms.PublicNoticeRule:
        """Return where and how long applications and ratings are public."""
        return view(terms.PublicNoticeRule, self.public_notice)

    def approval_chain(self) -> terms.ApprovalChain:
        """Return the way from the village to the money."""
        return view(terms.ApprovalChain, self.approval)

    def loan_terms(self) -> terms.LoanTerms:
        """Return what a contract signed under this version is bound to."""
        return view(terms.LoanTerms, self.lending, self.interest, self.repayment, self.follow_up)

    def legacy_loan_rules(self) -> tuple[arrangements.LegacyRule, ...]:
        """Return the rules that loans granted earlier keep, each by its own days."""
        return tuple(view(arrangements.LegacyRule, rule) for rule in self.legacy_rules)

    def subsidy_rule(self) -> terms.SubsidyRule:
        """Return which interest is given back."""
        later = self.subsidy.later_shares
        return view(terms.SubsidyRule, self.subsidy, self.interest, later_shares=later.value if later else ())

    def fund_rule(self) -> terms.FundRule:
        """Return how far lending may go on the fund."""
        return view(terms.FundRule, self.fund)

    def compensation_rule(self) -> terms.CompensationRule:
        """Return who carries a loss and when it may be claimed."""
        return view(terms.CompensationRule, self.compensation)

    def deposit_rule(self) -> arrangements.DepositRule | None:
        """Return the recommender's deposit, if the county has one."""
        return view_if_set(arrangements.DepositRule, self.deposit)

    def insurance_rule(self) -> arrangements.InsuranceRule | None:
        """Return the insurance products in use, if any."""
        return view_if_set(arrangements.InsuranceRule, self.insurance)
