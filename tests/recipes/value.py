"""A pack may say within how many days a borrower is visited."""

from tests.recipes.tree import Edit, Recipe

VALUE = Recipe(
    "A value of the pack",
    edits=(
        Edit(
            "shared/policy/sections.py",
            before="\n\nclass SubsidySection(Section):",
            text='    visit_within_days: Sourced[Whole] | None = maybe("回访期限（天）", "days until a visit")\n',
        ),
        Edit(
            "shared/policy/terms.py",
            after="    rectification_days: int | None\n",
            text="    visit_within_days: int | None\n",
        ),
        Edit(
            "policy/readers.yaml",
            after="\nfollow_up:\n",
            text="  visit_within_days: {not_yet: [DY-6(c)]}\n",
        ),
        Edit(
            "docs/policy-packs.md",
            after="`rectification_days` (may be left out) |\n",
            text="| “贷后一个月内回访” | `visit_within_days` (may be left out) |\n",
        ),
        Edit(
            "policy/packs/kelan.yaml",
            after="\nfollow_up:\n",
            text='  visit_within_days: {value: 30, assumed: true, reason: "The province names no number of days."}\n',
        ),
    ),
    commands=("tools.packs schema",),
    checks=(
        "tests/policy/test_all_packs.py",
        "tests/policy/test_readers.py",
        "tests/policy/test_pack_commands.py::test_the_guide_names_every_key_of_a_pack_and_of_its_examples",
    ),
)
