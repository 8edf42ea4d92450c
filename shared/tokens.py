"""Short-lived signed tokens (JWS ES256) between the gateway, the services, and people.

Each issuer has its own private key; all public keys stand in one JWKS whose `kid` is the issuer's name, so a
token that claims another issuer's name does not verify.
"""

import json
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from shared.access import Grant, Principal, Role
from shared.errors import Unauthenticated
from shared.languages import Sentence

ALGORITHM = "ES256"
CLOCK_SKEW_SECONDS = 10
INTERNAL_LIFETIME_SECONDS = 60
LONGEST_TOKEN = 32_768  # every earlier code of a county's villages has room; servers take header lines of 64 KiB
CACHED_TOKENS = 4_096


class TokenRefused(Unauthenticated):
    """The token is missing, malformed, expired, for another audience, or not signed by a known key."""

    code = "token-refused"

    def __init__(self, reason: Sentence) -> None:
        super().__init__(
            zh=f"访问令牌无效：{reason.zh}，请重新登录。",
            en=f"The access token was refused: {reason.en}. Sign in again at /oauth/token.",
            reason=reason.en,
        )


@dataclass(frozen=True)
class TokenSigner:
    """Signs tokens in one issuer's name."""

    issuer: str
    key: ECKey
    _lent: "OrderedDict[tuple[Principal, str], tuple[float, str]]" = field(default_factory=OrderedDict, compare=False)

    @classmethod
    def from_directory(cls, directory: Path, issuer: str) -> "TokenSigner":
        """Read `<issuer>.pem` from the keys folder."""
        return cls(issuer, ECKey.import_key((directory / f"{issuer}.pem").read_text()))

    def sign(self, principal: Principal, audience: str, lifetime_seconds: int, **extra: Any) -> str:
        """Return a token for `principal`, valid from now for `lifetime_seconds`."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "sub": principal.subject,
            "name": principal.name,
            "org": principal.organisation,
            "grants": [[str(grant.role), grant.region] for grant in principal.grants],
            "iat": now,
            "exp": now + lifetime_seconds,
            **extra,
        }
        header = {"alg": ALGORITHM, "kid": self.issuer, "typ": "at+jwt"}
        return jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])

    def sign_internal(self, principal: Principal, audience: str) -> str:
        """Return a token with which another service is asked in `principal`'s name, valid for half a minute or more.

        The same name, grants and audience get the same token for the first half of its life: signing one and verifying
        it costs more than all else of passing a request on. Other grants are another principal.
        """
        now, asked = time.time(), (principal, audience)
        known = self._lent.get(asked)
        if known is not None and known[0] > now:
            return known[1]
        token = self.sign(principal, audience, INTERNAL_LIFETIME_SECONDS)
        self._lent[asked] = now + INTERNAL_LIFETIME_SECONDS / 2, token
        self._lent.move_to_end(asked)
        if len(self._lent) > CACHED_TOKENS:
            self._lent.popitem(last=False)
        return token


@dataclass
class TokenVerifier:
    """Verifies tokens for one audience; verified tokens are remembered until they expire."""

    audience: str
    keys: KeySet
    _seen: "OrderedDict[str, tuple[float, Principal, dict[str, Any]]]" = field(default_factory=OrderedDict)

    @classmethod
    def from_directory(cls, directory: Path, audience: str) -> "TokenVerifier":
        """Read `jwks.json` from the keys folder."""
        return cls(audience, KeySet.import_key_set(json.loads((directory / "jwks.json").read_text())))

    def verify(self, token: str) -> tuple[Principal, dict[str, Any]]:
        """Return who the token speaks for, and its claims.

        Raises:
            TokenRefused: for every token that is not exactly right.
        """
        now = time.time()
        known = self._seen.get(token)
        if known is not None and known[0] > now:
            return known[1], known[2]
        claims = self._claims(token, now)
        principal = _principal(claims)
        self._seen[token] = (float(claims["exp"]), principal, claims)
        if len(self._seen) > CACHED_TOKENS:
            self._seen.popitem(last=False)
        return principal, claims

    def _claims(self, token: str, now: float) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused(Sentence("令牌过长", "it is too long"))
        try:
            decoded = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError):
            raise TokenRefused(Sentence("签名验证不通过", "its signature does not verify")) from None
        claims, header = decoded.claims, decoded.header
        if header.get("typ") != "at+jwt" or header.get("kid") != claims.get("iss"):
            raise TokenRefused(Sentence("令牌用途不符", "it was issued for another purpose"))
        if claims.get("aud") != self.audience:
            raise TokenRefused(Sentence("令牌不是发给本服务的", "it is meant for another service"))
        expires, issued = claims.get("exp"), claims.get("iat")
        if not isinstance(expires, int) or expires <= now:
            raise TokenRefused(Sentence("令牌已过期", "it has expired"))
        if not isinstance(issued, int) or issued > now + CLOCK_SKEW_SECONDS:
            raise TokenRefused(Sentence("令牌签发时间晚于当前时间", "it was issued in the future"))
        return claims


def _principal(claims: dict[str, Any]) -> Principal:
    try:
        grants = tuple(Grant(Role(role), str(region)) for role, region in claims["grants"])
        return Principal(str(claims["sub"]), str(claims["name"]), grants, claims.get("org"))
    except (KeyError, TypeError, ValueError):
        raise TokenRefused(Sentence("令牌内容不完整", "its claims are incomplete")) from None
