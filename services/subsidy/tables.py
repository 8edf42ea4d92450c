"""Every table of the subsidy service, gathered from its rooms."""

from services.subsidy.accounts import tables as accounts
from services.subsidy.agreements import tables as agreements
from services.subsidy.batches import tables as batches
from services.subsidy.clawbacks import tables as clawbacks
from services.subsidy.dividends import tables as dividends
from services.subsidy.grants import tables as grants
from services.subsidy.linkages import tables as linkages
from services.subsidy.metadata import metadata
from services.subsidy.pack_copies import tables as policies
from services.subsidy.payees import tables as payees
from services.subsidy.payments import tables as payments
from services.subsidy.periods import tables as periods
from services.subsidy.programmes import tables as programmes
from services.subsidy.projects import tables as projects
from services.subsidy.proposals import tables as proposals
from services.subsidy.rates import tables as rates
from services.subsidy.supervision import tables as supervision
from services.subsidy.targets import tables as targets
from services.subsidy.terminations import tables as terminations

__all__ = [
    "accounts",
    "agreements",
    "batches",
    "clawbacks",
    "dividends",
    "grants",
    "linkages",
    "metadata",
    "payees",
    "payments",
    "periods",
    "policies",
    "programmes",
    "projects",
    "proposals",
    "rates",
    "supervision",
    "targets",
    "terminations",
]
