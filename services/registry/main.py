"""Build the registry's application."""

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.registry import consumers
from services.registry.credit.certificates import routes as certificates
from services.registry.credit.certificates.actions import withdraw_with_household
from services.registry.credit.demonstrations import routes as demonstrations
from services.registry.credit.rating import routes as rating
from services.registry.credit.surveys import routes as surveys
from services.registry.credit.village_rules import routes as village_rules
from services.registry.dossier.documents import routes as documents
from services.registry.dossier.documents.intake import document_intake
from services.registry.dossier.dossiers import routes as files
from services.registry.duties import routes as duties
from services.registry.duties.actions.opening import JOB as OPEN_DUTIES
from services.registry.duties.actions.opening import open_duties
from services.registry.policy.bases import routes as bases
from services.registry.policy.corrections import routes as corrections
from services.registry.policy.packs import routes as packs
from services.registry.register.changes import routes as changes
from services.registry.register.duplicates import routes as duplicates
from services.registry.register.exports import routes as exports
from services.registry.register.finance_officers import routes as finance_officers
from services.registry.register.households import routes as households
from services.registry.register.households.actions.life import when_a_household_ends
from services.registry.register.imports import routes as imports
from services.registry.register.imports.worker import ImportWorker
from services.registry.register.regions import routes as regions
from services.registry.reports import routes as reports
from services.registry.settings import RegistrySettings
from services.registry.standing.commendations import routes as commendations
from services.registry.standing.eligibility import routes as eligibility
from services.registry.standing.entities import routes as entities
from services.registry.standing.entities.actions.bindings import end_with_household
from services.registry.standing.lists import routes as lists
from services.registry.standing.lists.actions.late import JOB as LIST_LATE
from services.registry.standing.lists.actions.late import list_late
from services.registry.standing.simulations import routes as simulations
from services.registry.standing.testimonies import routes as testimonies
from services.registry.standing.worked_examples import try_household_examples
from shared.days import DayJob, Days, keep_days
from shared.web.service import Service, service_app

# The job catches up by itself on everything before the day on which a county's first pack was confirmed.
DAYS = Days(
    counties="SELECT county_code, min((confirmed_at AT TIME ZONE 'Asia/Shanghai')::date) AS first_day "
    "FROM policy_pack WHERE state = 'confirmed' GROUP BY 1",
    jobs=(DayJob(LIST_LATE, list_late), DayJob(OPEN_DUTIES, open_duties)),
)


async def start_up(app: FastAPI, stack: AsyncExitStack) -> None:
    """Open what the rooms share, and start this replica's worker for imports; keep the days."""
    app.state.try_pack_examples = try_household_examples
    app.state.documents = document_intake(app.state.settings, app.state.platform.platform_data_dir, app.state.cipher)
    app.state.imports = ImportWorker(app.state.database, app.state.cipher)
    if app.state.settings.import_worker:
        await stack.enter_async_context(app.state.imports.running())
    await keep_days(app, stack, DAYS)


def create_app() -> FastAPI:
    """Return the registry."""
    when_a_household_ends(end_with_household, withdraw_with_household)
    rooms = (
        regions,
        bases,
        packs,
        corrections,
        imports,
        exports,
        households,
        changes,
        documents,
        files,
        duplicates,
        surveys,
        rating,
        certificates,
        village_rules,
        finance_officers,
        demonstrations,
        testimonies,
        eligibility,
        simulations,
        lists,
        commendations,
        entities,
        duties,
        reports,
    )
    return service_app(
        Service(
            name="registry",
            title="登记与评级 Registry",
            settings=RegistrySettings,
            routers=[room.router for room in rooms],
            subscriptions=consumers.SUBSCRIPTIONS,
            reads_personal_data=True,
            startup=start_up,
            description="Regions, policy packs, households, credit ratings, lists, and who may borrow.",
        )
    )
