"""The clause catalogue, where the clause commands look for it."""

from shared.policy.catalogue import Catalogue, CatalogueUnreadable, Clause, Obligation, clause_of, read_catalogue

__all__ = ["Catalogue", "CatalogueUnreadable", "Clause", "Obligation", "clause_of", "read_catalogue"]
