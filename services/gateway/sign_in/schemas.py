"""The form and the answers of the token endpoint."""

from typing import Annotated, Literal

from fastapi import Form

from services.gateway.sign_in.refusals import GrantTypeUnknown
from shared.web.bodies import Answer

Field = Annotated[str | None, Form(max_length=400)]


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

    def proof(self) -> tuple[str, str, str]:
        """Return the kind of account, its name and its secret.

        Raises:
            GrantTypeUnknown: the form carries no complete proof.
        """
        if self.grant_type == "password" and self.username and self.password:
            return "person", self.username, self.password
        if self.grant_type == "client_credentials" and self.client_id and self.client_secret:
            return "client", self.client_id, self.client_secret
        raise GrantTypeUnknown


class TokenAnswer(Answer):
    """An OAuth2 token response (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the type's name, not a secret
    expires_in: int
    refresh_token: str | None = None


class Revoked(Answer):
    """The answer of a revocation (RFC 7009)."""

    revoked: bool
