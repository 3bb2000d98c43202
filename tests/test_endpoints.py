"""Which addresses are taken, and who may be talked to unencrypted."""

from __future__ import annotations

import pytest

from aidj.endpoints import Endpoint, is_home_network, is_this_machine, parse_endpoint
from aidj.errors import ConfigError


def parsed(url: str, *, with_key: bool = False) -> Endpoint:
    return parse_endpoint(url, told="What is said", with_key=with_key, example="http://localhost/v1", where="the.url")


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://localhost:11434/v1/", Endpoint(is_https=False, host="localhost", port=11434, path="/v1")),
        ("http://[::1]", Endpoint(is_https=False, host="::1", port=80, path="")),
        ("https://API.example.com/v1", Endpoint(is_https=True, host="api.example.com", port=443, path="/v1")),
    ],
)
def test_the_parts_of_an_address(url: str, endpoint: Endpoint) -> None:
    assert parsed(url) == endpoint


@pytest.mark.parametrize(
    ("host", "here", "home"),
    [
        ("localhost", True, True),
        ("LOCALHOST", True, True),
        ("127.0.0.1", True, True),
        ("127.9.9.9", True, True),
        ("::1", True, True),
        ("::ffff:127.0.0.1", True, True),
        ("192.168.1.20", False, True),
        ("10.0.0.7", False, True),
        ("fd00::1", False, True),
        ("studio", False, True),
        ("studio2", False, True),
        ("studio.local", False, True),
        ("studio.local.", False, True),
        ("0.0.0.0", False, False),
        ("8.8.8.8", False, False),
        ("::ffff:8.8.8.8", False, False),
        ("134744072", False, False),
        ("0x08080808", False, False),
        ("2001:4860:4860::8888", False, False),
        ("example.com", False, False),
        ("localhost.example.com", False, False),
        ("local", False, True),
        ("studio.local.example.com", False, False),
    ],
)
def test_who_is_here_and_who_is_at_home(host: str, here: bool, home: bool) -> None:
    assert is_this_machine(host) is here
    assert is_home_network(host) is home


@pytest.mark.parametrize(
    ("url", "with_key", "says"),
    [
        ("http://example.com/v1", False, "What is said would go unencrypted to example.com"),
        ("http://example.com/v1", True, "key would go unencrypted to example.com"),
        ("http://192.168.1.20/v1", True, "key would go unencrypted to 192.168.1.20"),
        ("http://example。com/v1", False, "is no address of an API"),
        ("https://bücher.example/v1", False, "is no address of an API"),
        ("http://local\thost/v1", False, "is no address of an API"),
        ("http://localhost/v1\r\nX: y", False, "is no address of an API"),
        ("http://local host/v1", False, "may hold no blank"),
        ("ftp://localhost/v1", False, "is no address of an API"),
        ("localhost:8080", False, "is no address of an API"),
        ("", False, "is no address of an API"),
        ("http://localhost:99999/v1", False, "is no address"),
        ("http://[::1/v1", False, "is no address"),
        ("http://localhost@example.com/v1", False, "may hold no blank, user"),
        ("https://me:secret@example.com/v1", False, "may hold no blank, user"),
        ("https://example.com/v1?key=x", False, "may hold no blank, user"),
        ("https://example.com/v1#x", False, "may hold no blank, user"),
    ],
)
def test_where_nothing_is_sent(url: str, with_key: bool, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as error:
        parsed(url, with_key=with_key)
    assert error.value.where == "the.url"
    assert error.value.hint


def test_with_a_key_to_this_machine_and_encrypted_to_any() -> None:
    assert parsed("http://127.0.0.1:1/v1", with_key=True).port == 1
    assert parsed("https://example.com/v1", with_key=True).is_https
