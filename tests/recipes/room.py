"""Meetings of the committee of a county's fund: a room of the risk-fund service."""

from shared.migrations import head
from tests.recipes.tree import Edit, Recipe

_SERVICE = "services/riskfund"
_ROOM = f"{_SERVICE}/meetings"

_FILES = {
    f"{_ROOM}/__init__.py": '"""Meetings of the committee of a county\'s fund."""\n',
    f"{_ROOM}/routes.py": '''
"""Meetings over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import ReadFunds, RecordMeetings
from services.riskfund.meetings import actions, queries
from services.riskfund.meetings.schemas import MeetingIn, MeetingOut
from shared.access import Right
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["会议 Meetings"])


@router.post("/fund-meetings", status_code=201, response_model=MeetingOut)
async def record_fund_meeting(body: MeetingIn, officer: RecordMeetings, write: Write) -> Response:
    """Record a meeting of the fund's committee, once for each day."""
    return await write(lambda tx: actions.record_meeting(tx, officer, body))


@router.get("/fund-meetings", status_code=200, response_model=PageOf[MeetingOut])
async def list_fund_meetings(officer: ReadFunds, conn: Read, page: Page) -> Any:
    """List the meetings of your regions."""
    found = await queries.list_meetings(
        conn, officer.regions_for(Right.FUNDS_READ), page.after_as(UUID), page.limit + 1
    )
    return page_of(found, page.limit, "id")
''',
    f"{_ROOM}/schemas.py": '''
"""Request and response bodies of meetings."""

from datetime import date
from uuid import UUID

from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, HappenedOn, LongText


class MeetingIn(Body):
    """A meeting that was held."""

    county_code: CountyCode
    held_on: HappenedOn
    minutes: LongText


class MeetingOut(Answer):
    """A meeting on file."""

    id: UUID
    county_code: str
    held_on: date
    minutes: str
''',
    f"{_ROOM}/actions.py": '''
"""Record meetings."""

import asyncpg

from services.riskfund.meetings.refusals import MeetingOnFile
from services.riskfund.meetings.schemas import MeetingIn, MeetingOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id

_RECORD = "INSERT INTO fund_meeting (id, county_code, held_on, minutes, recorded_by) VALUES ($1, $2, $3, $4, $5)"


async def record_meeting(conn: Connection, officer: Principal, body: MeetingIn) -> MeetingOut:
    """Record a meeting.

    Raises:
        MeetingOnFile: one of that day is recorded already.
    """
    officer.ensure_region(Right.MEETINGS_RECORD, body.county_code)
    meeting = MeetingOut(id=new_id(), **body.model_dump())
    try:
        async with conn.transaction():
            await conn.execute(
                _RECORD, meeting.id, meeting.county_code, meeting.held_on, meeting.minutes, officer.subject
            )
    except asyncpg.UniqueViolationError:
        raise MeetingOnFile(str(body.held_on)) from None
    return meeting
''',
    f"{_ROOM}/queries.py": '''
"""Read meetings."""

from collections.abc import Sequence
from uuid import UUID

from services.riskfund.meetings.schemas import MeetingOut
from shared.db import Connection

_LIST = """
SELECT id, county_code, held_on, minutes FROM fund_meeting
WHERE county_code ^@ ANY($1::text[]) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""


async def list_meetings(conn: Connection, regions: Sequence[str], after: UUID | None, limit: int) -> list[MeetingOut]:
    """Return up to `limit` meetings of the regions in the order in which they were recorded."""
    return [MeetingOut(**dict(row)) for row in await conn.fetch(_LIST, regions, after, limit)]
''',
    f"{_ROOM}/refusals.py": '''
"""Why this room refuses."""

from shared.errors import Refused


class MeetingOnFile(Refused):
    """A meeting of that day is recorded already."""

    code = "fund-meeting-on-file"
    title = "会议已登记 Meeting already on file"

    def __init__(self, held_on: str) -> None:
        super().__init__(
            zh=f"{held_on} 的会议已登记，无需再登记。",
            en=f"The meeting of {held_on} is on file; nothing more is to be done.",
            held_on=held_on,
        )
''',
    f"{_ROOM}/tables.py": '''
"""Meetings of the committee."""

from sqlalchemy import Column, Date, DateTime, Table, Text, UniqueConstraint, Uuid, func

from services.riskfund.metadata import metadata

fund_meeting = Table(
    "fund_meeting",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("minutes", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("county_code", "held_on"),
)
''',
    f"{_SERVICE}/migrations/versions/9001_meetings.py": f'''
"""Meetings of the committee."""

from alembic import op

revision = "9001_meetings"
down_revision = "{head("riskfund")}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("""
        CREATE TABLE fund_meeting (
            id UUID NOT NULL,
            county_code TEXT NOT NULL,
            held_on DATE NOT NULL,
            minutes TEXT NOT NULL,
            recorded_by TEXT NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_fund_meeting PRIMARY KEY (id),
            CONSTRAINT uq_fund_meeting_county_code_held_on UNIQUE (county_code, held_on)
        )
    """)


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE fund_meeting")
''',
    f"{_SERVICE}/tests/test_meetings.py": '''
"""Meetings of the committee are recorded once and listed."""

from services.riskfund.tests.county import County
from shared.access import Role

PATH = "/api/v1/fund-meetings"


async def test_a_meeting_is_recorded_once_and_listed(county: County) -> None:
    client, body = county.service.client, {"county_code": "500236", "held_on": "2018-03-01", "minutes": "开会"}
    recorded = await client.post(PATH, json=body, headers=county.service.headers(Role.FUND_COMMITTEE))
    assert recorded.status_code == 201, recorded.text
    again = await client.post(PATH, json=body, headers=county.service.headers(Role.FUND_COMMITTEE))
    assert (again.status_code, again.json()["code"]) == (409, "fund-meeting-on-file")
    listed = await client.get(PATH, headers=county.service.headers(Role.AUDITOR))
    assert listed.json()["items"] == [recorded.json()]
''',
}

ROOM = Recipe(
    "A room",
    edits=(
        *(Edit(file, text) for file, text in _FILES.items()),
        Edit("pyproject.toml", after='    "jobs | reports', text=" | meetings"),
        Edit(
            f"{_SERVICE}/tables.py",
            after="import services.riskfund.insurance.tables\n",
            text="import services.riskfund.meetings.tables\n",
        ),
        Edit(
            f"{_SERVICE}/main.py",
            after="from services.riskfund.jobs.routes import router as jobs\n",
            text="from services.riskfund.meetings.routes import router as meetings\n",
        ),
        Edit(f"{_SERVICE}/main.py", after="routers=[funds, cover, insurance, claims, recoveries, ", text="meetings, "),
        Edit(
            "shared/rights.py",
            after='    FUNDS_CONTRIBUTE = "funds:contribute"\n',
            text='    MEETINGS_RECORD = "meetings:record"\n',
        ),
        Edit(
            "shared/access.py",
            after="            Right.FUNDS_CONTRIBUTE: (Role.FINANCE_BUREAU,),\n",
            text="            Right.MEETINGS_RECORD: (Role.FUND_COMMITTEE,),\n",
        ),
        Edit(
            "tests/security/rights.yaml",
            after='  - {roles: [finance_bureau], by: "LG 38; XX 五(三); NX 四(三)"}\n',
            text="meetings:record:\n  - {roles: [fund_committee], by: LG 39}\n",
        ),
        Edit(
            f"{_SERVICE}/access.py",
            after="ContributeToFunds = Annotated[Principal, requires(Right.FUNDS_CONTRIBUTE)]\n",
            text="RecordMeetings = Annotated[Principal, requires(Right.MEETINGS_RECORD)]\n",
        ),
        Edit(
            "shared/vocabulary/fields.yaml",
            before="# --- Problems (RFC 9457)",
            text="held_on: [会议日期, Held on, Day on which the committee met.]\n"
            "minutes: [会议纪要, Minutes, What the committee talked about and agreed.]\n",
        ),
    ),
    commands=("tools.contracts", "tools.asyncapi", "tools.reference", "tools.vocabulary"),
    checks=(
        f"{_SERVICE}/tests/test_meetings.py",
        "tests/architecture",
        "tests/contracts/test_openapi.py",
        "tests/contracts/test_reference.py",
        "tests/contracts/test_words.py",
        "tests/contracts/test_schema.py::test_the_migrated_schema_equals_the_tables_in_code[riskfund]",
    ),
    lints=True,
)
