"""All tables of the registry on one metadata, for migrations and the check that both agree."""

from services.registry.credit.certificates import tables as certificates
from services.registry.credit.demonstrations import tables as demonstrations
from services.registry.credit.rating import tables as rating
from services.registry.credit.village_rules import tables as village_rules
from services.registry.dossier.documents import tables as documents
from services.registry.dossier.dossiers import tables as files
from services.registry.duties import tables as duties
from services.registry.metadata import metadata
from services.registry.policy.bases import tables as bases
from services.registry.policy.corrections import tables as corrections
from services.registry.policy.packs import tables as packs
from services.registry.register.changes import tables as changes
from services.registry.register.duplicates import tables as duplicates
from services.registry.register.exports import tables as exports
from services.registry.register.finance_officers import tables as finance_officers
from services.registry.register.households import tables as households
from services.registry.register.imports import tables as imports
from services.registry.register.regions import tables as regions
from services.registry.standing.commendations import tables as commendations
from services.registry.standing.eligibility import tables as eligibility
from services.registry.standing.entities import tables as entities
from services.registry.standing.lists import tables as lists
from services.registry.standing.simulations import tables as simulations
from services.registry.standing.testimonies import tables as testimonies

__all__ = [
    "bases",
    "certificates",
    "changes",
    "commendations",
    "corrections",
    "demonstrations",
    "documents",
    "duplicates",
    "duties",
    "eligibility",
    "entities",
    "exports",
    "files",
    "finance_officers",
    "households",
    "imports",
    "lists",
    "metadata",
    "packs",
    "rating",
    "regions",
    "simulations",
    "testimonies",
    "village_rules",
]
