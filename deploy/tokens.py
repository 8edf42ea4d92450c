"""Log in at the gateway as one of the accounts whose passwords the data folder holds."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from deploy.errors import AccountUnknown, TokenNotIssued

ACCOUNTS_FILE = "accounts.json"
FIRST_ACCOUNT = "admin"  # the gateway creates it on an empty database
LOGIN_SECONDS = 15.0


def access_token(gateway_url: str, data_dir: Path, user: str) -> str:
    """Return an access token of `user`, whose secret stands in `<data>/accounts.json`.

    A person's entry is the password, an API client's is `{"client_secret": "..."}`.

    Raises:
        AccountUnknown: when the file has no such user.
        TokenNotIssued: when the gateway refuses.
    """
    file = data_dir / ACCOUNTS_FILE
    accounts: dict[str, str | dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}
    if user not in accounts:
        raise AccountUnknown(user, sorted(accounts), file)
    form = urllib.parse.urlencode(_proof(user, accounts[user]))
    request = urllib.request.Request(f"{gateway_url}/oauth/token", form.encode())  # noqa: S310 - our own gateway
    try:
        with urllib.request.urlopen(request, timeout=LOGIN_SECONDS) as answer:  # noqa: S310
            return str(json.load(answer)["access_token"])
    except urllib.error.HTTPError as refusal:
        raise TokenNotIssued(
            f"The gateway answered {refusal.code}: {refusal.read().decode(errors='replace')}"
        ) from None


def _proof(user: str, secret: str | dict[str, str]) -> dict[str, str]:
    if isinstance(secret, dict):
        return {"grant_type": "client_credentials", "client_id": user, **secret}
    return {"grant_type": "password", "username": user, "password": secret}
