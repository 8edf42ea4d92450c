"""A printed file names every code that it may show, Chinese before English."""

import re
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from sqlalchemy import CheckConstraint

from services.registry.dossier.dossiers import words
from services.registry.dossier.dossiers.words import said
from services.registry.register.changes.schemas import ChangeKind, ChangeState
from services.registry.standing.lists.schemas import EntryCause, ListingState, ListName, RequestKind, RequestState
from services.registry.tables import metadata
from shared.access import RIGHTS, Right


def _allowed(table: str, column: str) -> set[str]:
    """Return the words that the table's check of a column allows."""
    (check,) = [each for each in metadata.tables[table].c[column].constraints if isinstance(each, CheckConstraint)]
    return set(re.findall(r"'([a-z_]+)'", str(check.sqltext)))


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        (words.CHANGE_KINDS, set(get_args(ChangeKind))),
        (words.CHANGE_STATES, set(get_args(ChangeState))),
        (words.LIST_NAMES, set(get_args(ListName))),
        (words.LIST_STATES, set(get_args(ListingState))),
        (words.LIST_CAUSES, {*get_args(EntryCause), "overdue", "malicious"}),
        (words.REQUEST_KINDS, set(get_args(RequestKind))),
        (words.REQUEST_STATES, set(get_args(RequestState))),
        (words.VILLAGE_CAUSES, _allowed("household_village", "cause")),
        (words.END_REASONS, _allowed("household", "end_reason")),
        (words.DEBT_KINDS, _allowed("family_debt", "kind")),
        (words.ROLES, {str(role) for role in RIGHTS[Right.DOCUMENTS_READ]}),
    ],
)
def test_every_code_has_a_name_in_both_languages(named: Mapping[str, str], codes: set[Any]) -> None:
    assert set(named) == codes
    assert all(re.fullmatch(r"[一-鿿]+ [a-z ]+", name) for name in named.values())


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert (said(words.ROLES, "surveyor"), said(words.ROLES, None)) == ("surveyor", "")
