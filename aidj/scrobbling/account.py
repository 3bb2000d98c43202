"""Whose listens are told, and where: the address and the token, which no message, log or repr ever holds."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from aidj.endpoints import Endpoint, parse_endpoint
from aidj.errors import ConfigError

DEFAULT_URL = "https://api.listenbrainz.org"
SUBMIT_PATH = "/1/submit-listens"

_WHERE = "scrobble.listenbrainz"
_MAX_TOKEN_CHARS = 512
_FIND_IT = "copy the user token from https://listenbrainz.org/settings/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at ListenBrainz, or at a server of one's own that speaks its protocol.

    One of the three says where the token is.
    """

    url: str = DEFAULT_URL
    """Where its API begins, without the ``/1``."""
    token: str | None = field(default=None, repr=False)
    token_env: str | None = None
    """The name of the environment variable that holds it."""
    token_file: Path | None = None
    """A file that holds it and nothing else."""


def check_account(account: Account) -> None:
    """Raise ConfigError if nothing can or should be sent for this account; nothing is sent.

    A token goes unencrypted to this machine only.
    """
    endpoint_of(account)
    token_of(account)


def endpoint_of(account: Account) -> Endpoint:
    """Return where an account's server is. Raises ConfigError as `check_account` does."""
    where = f"{_WHERE}.url"
    try:  # an address is not repeated: somebody may have written the token into it
        return parse_endpoint(account.url, told="What you listen to", with_key=True, example=DEFAULT_URL, where=where)
    except ConfigError as error:
        raise ConfigError(
            error.what.replace(f"“{account.url}”", "This").replace("The key", "The token"),
            where=where,
            hint=f"write the address where its API begins, such as {DEFAULT_URL}, and the token beside it, under "
            "'token', 'token_env' or 'token_file'",
        ) from None


def address_of(account: Account) -> str:
    """Return where requests for an account go. Raises ConfigError as `check_account` does, except for the token."""
    endpoint = endpoint_of(account)
    scheme, usual_port = ("https", 443) if endpoint.is_https else ("http", 80)
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    port = "" if endpoint.port == usual_port else f":{endpoint.port}"
    return f"{scheme}://{host}{port}{endpoint.path}{SUBMIT_PATH}"


def token_of(account: Account) -> str:
    """Return an account's token. Raises ConfigError where there is none, or what it is cannot be one."""
    token, where, hint = account.token or "", f"{_WHERE}.token", _FIND_IT
    if account.token_env is not None:
        where = f"{_WHERE}.token_env"
        token = os.environ.get(account.token_env, "")
        hint = f"{_FIND_IT} and put it there: export {account.token_env}=…"
    elif account.token_file is not None:
        where = str(account.token_file)
        token = _content(account.token_file)
    token = token.strip()
    if not token:
        raise ConfigError("There is no token for ListenBrainz", where=where, hint=hint)
    if len(token) > _MAX_TOKEN_CHARS or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError("This is no token: it is a single word of letters, digits and dashes", where=where, hint=hint)
    return token


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_TOKEN_CHARS + 2).decode("ascii", "replace")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such path"
        raise ConfigError(
            f"The file with the token cannot be read ({why})", where=str(path), hint=f"{_FIND_IT} into this file"
        ) from error
