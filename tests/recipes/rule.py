"""A pack may bar households with open loans at other lenders."""

from tests.recipes.tree import Edit, Recipe

_RULES = "services/registry/standing/eligibility/rules/loan.py"
_TESTS = "services/registry/tests"

RULE = Recipe(
    "A rule of borrowing",
    edits=(
        Edit(
            "shared/policy/terms.py",
            before="    open_loans_max: int\n    household_cap: Decimal\n    purposes",
            text='    loans_elsewhere_bar: Annotated[bool | None, Named("他行贷款禁入", "loans elsewhere bar")]\n',
        ),
        Edit(
            "docs/policy-packs.md",
            after="`household_cap` / `open_loans_max` |\n",
            text="| “他行贷款未结清的不予受理” | `loans_elsewhere_bar` (may be left out) |\n",
        ),
        Edit(
            "shared/policy/household_facts.py",
            before="\n\n@dataclass(frozen=True, slots=True)\nclass EntityFacts:",
            text="    bank_code: str | None = None\n",
        ),
        Edit(
            "services/registry/standing/eligibility/facts_sql.py",
            after="'owed', x.owed::text",
            text=", 'bank_code', x.bank_code",
        ),
        Edit(
            "services/registry/standing/eligibility/facts_sql.py",
            after="\n           k.industry,",
            text=" k.bank_code,",
        ),
        Edit(
            _RULES,
            before="def term(facts: HouseholdFacts, ",
            text='''
def loan_elsewhere(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """No other lender has an open loan with the household, where the county bars that."""
    lender = loan_request.bank_code or facts.account_bank
    others = sorted({each.bank_code for each in facts.loans if each.bank_code} - {lender})
    if not rules.eligibility.loans_elsewhere_bar or not others:
        return None
    return Reason(
        "loan-elsewhere",
        rules.clauses["loans_elsewhere_bar"],
        f"该户在{'、'.join(others)}有未结清贷款，请先还清。",
        f"The household has open loans with {', '.join(others)}; repay them first.",
    )


'''.lstrip("\n"),
        ),
        Edit(
            _RULES,
            before='    (ReasonKind("term-out-of-bounds"',
            text='    (ReasonKind("loan-elsewhere", "他行有贷款", "a loan elsewhere", "loans_elsewhere_bar"),\n'
            "     loan_elsewhere),\n",
        ),
        Edit(
            f"{_TESTS}/test_eligibility_rules.py",
            after="def test_a_fit_household_has_no_reason_against_it() -> None:\n"
            "    assert reasons(FIT, LOAN_REQUEST, FENGJIE, AS_OF) == ()\n",
            text="""

@pytest.mark.parametrize(("bank", "codes"), [("RCB", []), ("PSBC", ["loan-elsewhere"])])
def test_a_loan_of_another_lender_bars_where_the_county_says_so(bank: str, codes: list[str]) -> None:
    loan = OpenLoan(Decimal("1.00"), AS_OF, Decimal("0.00"), bank)
    asked = replace(LOAN_REQUEST, bank_code="RCB")
    facts = replace(FIT, loans=(loan,), has_account=True, account_bank="RCB")
    assert _codes(facts, asked, _rules(loans_elsewhere_bar=True)) == codes
    assert _codes(facts, asked) == []
""",
        ),
        Edit(
            f"{_TESTS}/test_eligibility_rules.py",
            after=" HouseholdFacts, LoanRequest, ",
            text="OpenLoan, ",
        ),
        Edit(
            f"{_TESTS}/bounds.py",
            after='    for count in range(rules.loan.open_loans_max + 2):\n        yield {"open_loans": count}\n',
            text="""    for bank in (None, *BANKS):
        yield {"loans": (OpenLoan(Decimal("1.00"), DAY, Decimal("0.00"), bank),)}
""",
        ),
    ),
    commands=("tools.packs schema",),
    checks=(
        f"{_TESTS}/test_eligibility_rules.py",
        f"{_TESTS}/test_eligibility_runs.py::"
        "test_every_bound_is_answered_from_the_tables_with_the_reasons_of_the_rules",
        "tests/policy/test_readers.py",
        "tests/policy/test_all_packs.py::test_the_published_schema_is_current",
        "tests/policy/test_pack_commands.py::test_the_guide_names_every_key_of_a_pack_and_of_its_examples",
    ),
)
