"""Signing in and out over HTTP (OAuth 2)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request

from services.gateway.settings import GatewaySettings
from services.gateway.sign_in import actions
from services.gateway.sign_in.rules.source import source_of
from services.gateway.sign_in.schemas import Revoked, TokenAnswer, TokenRequest
from shared.tokens import TokenSigner

router = APIRouter(tags=["sign-in 登录"])


@router.post("/oauth/token", response_model=TokenAnswer)
async def issue_token(request: Request, form: Annotated[TokenRequest, Depends()]) -> TokenAnswer:
    """Sign in: a person with password, an API client with its secret, or either with a refresh token."""
    state, database = request.app.state, request.app.state.database
    settings: GatewaySettings = state.settings
    source = _source(request)
    await state.limiter.ensure_sign_in_allowed(source)
    if form.grant_type == "refresh_token" and form.refresh_token:
        signed_in = await actions.renew(database, form.refresh_token, settings.refresh_token_seconds)
    else:
        attempt = actions.Attempt(*form.proof(), source=source, request_id=request.scope["request_id"])
        signed_in = await actions.sign_in(
            database, state.hasher, state.sign_in_rules, attempt, settings.refresh_token_seconds
        )
    signer: TokenSigner = state.signer
    token = signer.sign(signed_in.principal, "gateway", settings.access_token_seconds)
    return TokenAnswer(
        access_token=token, expires_in=settings.access_token_seconds, refresh_token=signed_in.refresh_token
    )


def _source(request: Request) -> str:
    peer = request.client.host if request.client else None
    return source_of(peer, request.headers.getlist("x-forwarded-for"), request.app.state.trusted_proxies)


@router.post("/oauth/revoke", response_model=Revoked)
async def revoke_token(request: Request, token: Annotated[str, Form(max_length=400)]) -> Revoked:
    """Sign out: revoke a refresh token and every token that came from it (RFC 7009)."""
    async with request.app.state.database.transaction() as tx:
        await actions.revoke_refresh_token(tx, token)
    return Revoked(revoked=True)


@router.get("/.well-known/jwks.json")
async def read_jwks(request: Request) -> dict[str, object]:
    """Return the public keys that tokens verify with."""
    return dict(request.app.state.verifier.keys.as_dict(private=False))
