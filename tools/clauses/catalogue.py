"""The clause catalogue, where the clause commands look for it."""

from shared.policy.catalogue import Catalogue, CatalogueUnreadable, Clause, read_catalogue

__all__ = ["Catalogue", "CatalogueUnreadable", "Clause", "read_catalogue"]
