"""Index of the service's tables: importing it declares every room's tables on `metadata`."""

import services.lending.accounts.tables
import services.lending.applications.tables
import services.lending.borrower_news.tables
import services.lending.cancellations.tables
import services.lending.checks.tables
import services.lending.classes.tables
import services.lending.collections.tables
import services.lending.county_days.tables
import services.lending.defaults.tables
import services.lending.explanations.tables
import services.lending.heirs.tables
import services.lending.legacy_loans.tables
import services.lending.lenders.tables
import services.lending.loans.tables
import services.lending.misuses.tables
import services.lending.notices.tables
import services.lending.pack_copies.tables
import services.lending.pursuits.tables
import services.lending.reminders.tables
import services.lending.remissions.tables
import services.lending.repayments.tables
import services.lending.risks.tables
import services.lending.visits.tables
import services.lending.withdrawals.tables
import services.lending.write_offs.tables  # noqa: F401 - imported to declare their tables
from services.lending.metadata import metadata

__all__ = ["metadata"]
