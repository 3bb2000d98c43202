"""Where something may be sent: what the address of an API looks like, and which hosts may be talked to unencrypted.

What is sent tells of the listener. It goes unencrypted only to this machine and to the home network, and a key goes
unencrypted to this machine only.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from aidj.errors import ConfigError

_HOME_NETWORKS = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
"""A whole address in one number, as resolvers still take it: 134744072 is 8.8.8.8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where an API begins, in the parts that a connection needs."""

    is_https: bool
    host: str
    port: int
    path: str
    """Without a slash at its end; empty for none."""


def parse_endpoint(url: str, *, told: str, with_key: bool, example: str, where: str | None = None) -> Endpoint:
    """Read the address of an API to which something may be sent.

    Parameters
    ----------
    url : str
        Such as ``https://api.example.com/v1``; of ASCII signs, without user, password, query and fragment.
    told : str
        What it is told, as the error begins: "What is said".
    with_key : bool
        Whether a key is sent along.
    example : str
        A good address, for the error's hint.
    where : str, optional
        Which setting this is, for the error.

    Raises
    ------
    ConfigError
        If it is no such address, or if something would go unencrypted to where it should not.
    """
    hint = f"write the address where its API begins, such as {example}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as problem:
        raise ConfigError(f"“{url}” is no address ({problem})", where=where, hint=hint) from problem
    # Beyond ASCII, one sign may stand for another: a full-width full stop hides a domain, and is none to whoever looks.
    if parts.scheme not in ("http", "https") or not host or not (url.isascii() and url.isprintable()):
        raise ConfigError(f"“{url}” is no address of an API", where=where, hint=hint)
    if " " in url or parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "The address may hold no blank, user, password, query or fragment",
            where=where,
            hint="put a key into an environment variable, and name that one as key_env",
        )
    is_https = parts.scheme == "https"
    if not is_https and with_key and not is_this_machine(host):
        raise ConfigError(
            f"The key would go unencrypted to {host}",
            where=where,
            hint="write https://, or leave key_env out where the endpoint needs no key",
        )
    if not is_https and not is_this_machine(host) and not is_home_network(host):
        raise ConfigError(f"{told} would go unencrypted to {host}", where=where, hint="write https://")
    port = port or (443 if is_https else 80)  # else http.client looks for it in an IPv6 address
    return Endpoint(is_https=is_https, host=host, port=port, path=parts.path.rstrip("/"))


def is_this_machine(host: str) -> bool:
    """Return whether a host's name or address means this machine."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def is_home_network(host: str) -> bool:
    """Return whether a host's name or address means a machine in one's own network: a private one, as far as known."""
    address = _address(host)
    if address is not None:
        return address.is_private and not address.is_unspecified
    name = host.lower().rstrip(".")
    return ("." not in name and not _NUMBER.fullmatch(name)) or name.endswith(_HOME_NETWORKS)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
