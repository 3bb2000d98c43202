"""Where the token is, and where it may go."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from aidj.config import Settings, parse_settings
from aidj.errors import ConfigError
from aidj.scrobbling import DEFAULT_URL, Account, Service, address_of, check_account
from aidj.scrobbling.account import token_of

SECRET = "9a1f-very-secret-77"


@pytest.mark.parametrize("text", ["scrobble:\n", "scrobble: {}", "scrobble: {listenbrainz: }"])
def test_nothing_is_told_unless_it_is_set(text: str) -> None:
    assert parse_settings(text) == Settings()
    assert Settings().scrobble is None


def test_an_account_is_read() -> None:
    account = parse_settings(f"scrobble: {{listenbrainz: {{token: {SECRET}}}}}").scrobble
    assert account == Account(token=SECRET)
    assert account is not None
    assert account.url == DEFAULT_URL
    check_account(account)
    assert address_of(account) == "https://api.listenbrainz.org/1/submit-listens"


def test_the_settings_in_the_docs_are_settings(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scrobbling.md").read_text(encoding="utf-8")
    block = page.split("```yaml\n")[1].split("```")[0]
    assert parse_settings(block, folder=tmp_path).scrobble == Account(token_file=tmp_path / "token.txt")


def test_a_server_of_ones_own() -> None:
    text = "scrobble: {listenbrainz: {token_env: LB, url: 'http://[::1]:42010/apis/listenbrainz/'}}"
    account = parse_settings(text).scrobble
    assert account is not None
    assert address_of(account) == "http://[::1]:42010/apis/listenbrainz/1/submit-listens"


def test_the_token_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(token_env="AIDJ_TEST_TOKEN")
    monkeypatch.delenv("AIDJ_TEST_TOKEN", raising=False)
    with pytest.raises(ConfigError, match="no token"):
        check_account(account)
    monkeypatch.setenv("AIDJ_TEST_TOKEN", f"  {SECRET}\n")
    assert token_of(account) == SECRET


def test_the_token_from_a_file_beside_the_settings(tmp_path: Path) -> None:
    account = parse_settings("scrobble: {listenbrainz: {token_file: token.txt}}", folder=tmp_path).scrobble
    assert account == Account(token_file=tmp_path / "token.txt")
    assert account is not None
    with pytest.raises(ConfigError, match=r"token\.txt: The file with the token cannot be read"):
        check_account(account)
    (tmp_path / "token.txt").write_text(f"{SECRET}\n", encoding="utf-8")
    assert token_of(account) == SECRET
    (tmp_path / "token.txt").write_bytes(b"x" * (1 << 20))
    with pytest.raises(ConfigError, match="This is no token"):
        check_account(account)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scrobble: {listenbrains: {token: x}}", "did you mean 'listenbrainz'"),
        ("scrobble: {listenbrainz: {tokn: x}}", "did you mean 'token'"),
        ("scrobble: {listenbrainz: {url: 'https://a.example'}}", "needs one of 'token'"),
        ("scrobble: {listenbrainz: {token: x, token_env: Y}}", "needs one of 'token'"),
        ("scrobble: {listenbrainz: {token_env: ab-cd}}", "not the key itself"),
        ("scrobble: {listenbrainz: {token_file: ~nobody-of-this-name/x}}", "no user's here"),
        (f"scrobble: {{listenbrainz: {SECRET}}}", "key: value"),
        (f"scrobble: {SECRET}", "key: value"),
        (f"scrobble: {{listenbrainz: {{token: [{SECRET}]}}}}", "a single value"),
        (f"scrobble: {{listenbrainz: {{token: x, url: 'https://me:{SECRET}@a.example'}}}}", "without a user"),
        (f"scrobble: {{listenbrainz: {{token: x, url: 'ftp://{SECRET}'}}}}", "an address such as"),
    ],
)
def test_mistakes_are_told_without_the_token(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(text)
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.listenbrainz.org",
        "http://192.168.1.20:42010",  # at home, but whoever listens there would have the token
        "http://music.local",
        "https://a.example?token=x",
        "https://a.example/%20 x",
        "https://ä.example",
    ],
)
def test_the_token_goes_unencrypted_to_this_machine_only(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_account(Account(token=SECRET, url=url))
    assert SECRET not in str(caught.value)
    assert "key_env" not in str(caught.value)
    for here in ("http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"):
        check_account(Account(token=SECRET, url=here))


@pytest.mark.parametrize("token", ["", "   ", "two words", "one\ntwo", "naïve", "x\x00y", "x" * 600, "a\r\nHost: b"])
def test_what_is_no_token_goes_into_no_header(token: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Service(Account(token=token))
    assert token.strip() == "" or token not in str(caught.value)


def test_the_token_is_in_no_repr() -> None:
    account = Account(token=SECRET)
    settings = Settings(scrobble=account)
    for thing in (account, settings, Service(account), pickle.loads(pickle.dumps(account))):
        assert SECRET not in repr(thing)
        assert SECRET not in str(thing)
