"""Sign-in (OAuth2), accounts, and who am I."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from services.gateway.accounts import actions, queries
from services.gateway.accounts.access import Caller, ManagePeople, ReadPeople
from services.gateway.accounts.refusals import SignInRefused
from services.gateway.accounts.rules.source import source_of
from services.gateway.accounts.schemas import (
    PEOPLE_ASKED_MAX,
    AccountsCreated,
    ApiClientBody,
    GrantAnswer,
    GrantsAdded,
    GrantsBody,
    Me,
    PeopleAnswer,
    PeopleBody,
    Revoked,
    TokenAnswer,
)
from services.gateway.accounts.secrets import SecretHasher
from services.gateway.settings import GatewaySettings
from shared.access import RIGHTS
from shared.db import Database
from shared.errors import Invalid
from shared.tokens import TokenSigner
from shared.web.edge import Read
from shared.web.writes import Write

oauth = APIRouter(tags=["sign-in 登录"])
router = APIRouter(tags=["accounts 账号"])

Field = Annotated[str | None, Form(max_length=400)]
AskedFor = Annotated[
    list[UUID],
    Query(
        default_factory=list,
        description="account ids as records name them, each as ids=<id>",
        json_schema_extra={"minItems": 1, "maxItems": PEOPLE_ASKED_MAX},
    ),
]


class GrantTypeUnknown(Invalid):
    """The token endpoint knows three grant types."""

    http_status = 400
    code = "unsupported-grant-type"

    def __init__(self) -> None:
        super().__init__(
            "Send grant_type=password with username and password, grant_type=refresh_token with refresh_token, "
            "or grant_type=client_credentials with client_id and client_secret."
        )


class TokenRequest:
    """The form of the token endpoint (RFC 6749)."""

    def __init__(
        self,
        grant_type: Annotated[str, Form(max_length=40)],
        username: Field = None,
        password: Field = None,
        refresh_token: Field = None,
        client_id: Field = None,
        client_secret: Field = None,
    ) -> None:
        self.grant_type = grant_type
        self.username = username
        self.password = password
        self.refresh_token = refresh_token
        self.client_id = client_id
        self.client_secret = client_secret

    def proof(self) -> tuple[str, str, str] | None:
        """Return kind, name and secret when the form carries a complete proof."""
        if self.grant_type == "password" and self.username and self.password:
            return "person", self.username, self.password
        if self.grant_type == "client_credentials" and self.client_id and self.client_secret:
            return "client", self.client_id, self.client_secret
        return None


@oauth.post("/oauth/token", response_model=TokenAnswer)
async def issue_token(request: Request, form: Annotated[TokenRequest, Depends()]) -> TokenAnswer:
    """Sign in: a person with password, an API client with its secret, or either with a refresh token."""
    database: Database = request.app.state.database
    settings: GatewaySettings = request.app.state.settings
    peer = request.client.host if request.client else None
    source = source_of(peer, request.headers.getlist("x-forwarded-for"), request.app.state.trusted_proxies)
    await request.app.state.limiter.ensure_sign_in_allowed(source)
    if form.grant_type == "refresh_token" and form.refresh_token:
        account_id, refresh = await actions.rotate_refresh_token(
            database, form.refresh_token, settings.refresh_token_seconds
        )
        account = await actions.find_account(database, account_id)
        if account is None:
            raise SignInRefused
        return _token_answer(request, account, refresh)
    proof = form.proof()
    if proof is None:
        raise GrantTypeUnknown
    hasher: SecretHasher = request.app.state.hasher
    attempt = actions.Attempt(*proof, source=source, request_id=request.scope["request_id"])
    account = await actions.sign_in(database, hasher, request.app.state.sign_in_rules, attempt)
    async with database.transaction() as tx:
        refresh = await actions.issue_refresh_token(tx, account.account_id, settings.refresh_token_seconds, None)
    return _token_answer(request, account, refresh)


def _token_answer(request: Request, account: actions.SignedIn, refresh: str) -> TokenAnswer:
    signer: TokenSigner = request.app.state.signer
    lifetime = request.app.state.settings.access_token_seconds
    token = signer.sign(account.principal, "gateway", lifetime)
    return TokenAnswer(access_token=token, expires_in=lifetime, refresh_token=refresh)


@oauth.post("/oauth/revoke", response_model=Revoked)
async def revoke_token(request: Request, token: Annotated[str, Form(max_length=400)]) -> Revoked:
    """Sign out: revoke a refresh token and every token that came from it (RFC 7009)."""
    async with request.app.state.database.transaction() as tx:
        await actions.revoke_refresh_token(tx, token)
    return Revoked(revoked=True)


@oauth.get("/.well-known/jwks.json")
async def read_jwks(request: Request) -> dict[str, object]:
    """Return the public keys that tokens verify with."""
    return dict(request.app.state.verifier.keys.as_dict(private=False))


@router.get("/me", response_model=Me)
async def read_me(caller: Caller) -> Me:
    """Return who the caller is and what the caller may do."""
    rights = sorted(str(right) for right in RIGHTS if caller.has(right))
    grants = [GrantAnswer(role=grant.role, region=grant.region) for grant in caller.grants]
    return Me(subject=caller.subject, name=caller.name, organisation=caller.organisation, grants=grants, rights=rights)


@router.get("/people", response_model=PeopleAnswer, status_code=200)
async def look_up_people(ids: AskedFor, reader: ReadPeople, conn: Read) -> PeopleAnswer:
    """Tell whom the account ids on records stand for, in the order asked; ids no account has are listed as unknown.

    The names of those who decide are no secret among officers, banks and insurers (LG-44).
    """
    return await queries.look_up_people(conn, ids)


@router.post("/people", response_model=AccountsCreated, status_code=201)
async def create_people(body: PeopleBody, admin: ManagePeople, write: Write, request: Request) -> Response:
    """Create people with their grants, all or none; only roles the caller may hand out, inside the caller's region."""
    people = await actions.hashed_people(request.app.state.hasher, admin, body.people)
    return await write(lambda tx: actions.create_accounts(tx, admin.name, people))


@router.post("/api-clients", response_model=AccountsCreated, status_code=201)
async def create_api_client(body: ApiClientBody, admin: ManagePeople, write: Write, request: Request) -> Response:
    """Create one API client of a bank or insurer with its grants."""
    client = await actions.hashed_client(request.app.state.hasher, admin, body)
    return await write(lambda tx: actions.create_accounts(tx, admin.name, [client]))


@router.post("/grants", response_model=GrantsAdded, status_code=201)
async def add_grants(body: GrantsBody, admin: ManagePeople, write: Write) -> Response:
    """Give an account further grants, for example on the successor of a region that was merged or split."""
    return await write(lambda tx: actions.add_grants(tx, admin, body))
