"""CONTRIBUTING's recipes are followed on a copy of the tree, file by file, and their checks pass there."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.recipes.event import EVENT
from tests.recipes.room import ROOM
from tests.recipes.rule import RULE
from tests.recipes.table import TABLE
from tests.recipes.tree import ROOT, Recipe, carried_out, headings
from tests.recipes.value import VALUE

RECIPES = (RULE, VALUE, TABLE, EVENT, ROOM)
FILES_OF_A_RULE = 7
each_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.title for recipe in RECIPES])


def test_every_recipe_is_followed() -> None:
    assert headings() == [recipe.title for recipe in RECIPES]


@each_recipe
def test_it_names_every_file_that_its_example_changes(recipe: Recipe) -> None:
    files = {edit.file for edit in recipe.edits}
    assert [file for file in sorted(files) if not recipe.names(file)] == []


@each_recipe
def test_its_example_fits_the_code(recipe: Recipe) -> None:
    assert [edit for edit in recipe.edits if not edit.fits(ROOT)] == []


@pytest.mark.long
@each_recipe
def test_its_checks_pass_once_its_files_are_changed(recipe: Recipe, tmp_path: Path) -> None:
    changed = carried_out(recipe, tmp_path)
    assert [file for file in changed if not recipe.names(file)] == []
    if recipe is RULE:
        by_hand = {edit.file for edit in recipe.edits}
        assert len(by_hand) <= FILES_OF_A_RULE, by_hand
        assert all(file in by_hand or fnmatch(file, "policy/*.schema.json") for file in changed), changed
