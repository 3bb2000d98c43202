"""What each answer of a server is taken for, and what a server can do to us."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from made_up_endpoint import Answer, Request, endpoint
from made_up_listenbrainz import FAULTS, PATH, TOKEN, listenbrainz

from aidj.model import Listen
from aidj.scrobbling import Account, Reply, Service, document_of, submission_body
from aidj.scrobbling.service import MAX_WAIT_S, Verdict

LISTEN = Listen(listened_at=datetime(2025, 11, 21, tzinfo=UTC), artist="Nobody", title="Song", source="aidj")
BODY = submission_body([document_of(LISTEN)])


def answered(answer: Answer, *, timeout_s: float = 20.0, token: str = TOKEN) -> Reply:
    with endpoint(answer) as served:
        return Service(Account(token=token, url=served.url.removesuffix("/v1")), timeout_s=timeout_s).submit(BODY)


def test_a_listen_is_taken() -> None:
    with listenbrainz() as server:
        assert Service(Account(token=TOKEN, url=server.url)).submit(BODY) == Reply(verdict="accepted")
        assert server.titles == ["Song"]
        (request,) = server.requests
        assert request.path == PATH
        assert request.headers["Authorization"] == f"Token {TOKEN}"
        assert request.headers["User-Agent"].startswith("aidj/")


def test_a_server_of_ones_own_under_a_path() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(request.path)
        return Answer(b'{"status": "ok"}')

    with endpoint(answer) as served:
        account = Account(token=TOKEN, url=served.url.removesuffix("/v1") + "/apis/listenbrainz/")
        assert Service(account).submit(BODY).verdict == "accepted"
    assert asked == ["/apis/listenbrainz/1/submit-listens"]


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b'{"status": "ok"}', "accepted"),
        (200, b"", "later"),
        (200, b"<html>log in</html>", "later"),
        (200, b'{"status": "queued"}', "later"),
        (200, b'["ok"]', "later"),
        (200, b"\xff\xfe", "later"),
        (200, b"[" * 30_000, "later"),
        (204, b"", "later"),
        (301, b"", "elsewhere"),
        (307, b"", "elsewhere"),
        (400, b'{"code": 400, "error": "Value for key listened_at is too low."}', "refused"),
        (400, b"<html>a proxy of the hotel</html>", "later"),
        (401, b'{"code": 401, "error": "Invalid authorization token."}', "unauthorised"),
        (403, b"", "unauthorised"),
        (404, b"", "elsewhere"),
        (405, b"", "elsewhere"),
        (408, b"", "later"),
        (413, b"", "refused"),
        (418, b"", "later"),
        (429, b"", "later"),
        (500, b'{"code": 500, "error": "Something went wrong."}', "later"),
        (503, b"", "later"),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, verdict: Verdict) -> None:
    assert answered(Answer(body, status)).verdict == verdict


@pytest.mark.parametrize("fault", [*FAULTS, "teapot", "huge"])
def test_whatever_goes_wrong_is_an_answer(fault: str) -> None:
    with listenbrainz() as server:
        server.faults.append(fault)
        service = Service(Account(token=TOKEN, url=server.url), timeout_s=20.0)
        reply = service.submit(BODY)
        assert reply.verdict == "later"
        assert reply.why
        assert service.submit(BODY).verdict == "accepted"
        assert server.titles == ["Song"]


def test_nobody_there_is_an_answer() -> None:
    with listenbrainz(online=False) as server:
        service = Service(Account(token=TOKEN, url=server.url))
        assert service.submit(BODY).verdict == "later"
        server.go_online()
        assert service.submit(BODY).verdict == "accepted"


@pytest.mark.parametrize("fault", ["hold", "drip"])
def test_a_server_has_its_time_and_no_more(fault: str) -> None:
    with listenbrainz() as server:
        server.faults.append(fault)
        reply = Service(Account(token=TOKEN, url=server.url), timeout_s=0.4).submit(BODY)
        assert reply.verdict == "later"


def test_a_request_under_way_can_be_cut() -> None:
    with listenbrainz() as server:
        server.faults.append("hold")
        service = Service(Account(token=TOKEN, url=server.url), timeout_s=60.0)
        threading.Thread(target=lambda: (server.held.wait(60), service.close()), daemon=True).start()
        assert service.submit(BODY).verdict == "later"
        n_requests = len(server.requests)
        assert service.submit(BODY).verdict == "later"  # and none begins after that
        assert len(server.requests) == n_requests


def test_the_token_follows_nobody() -> None:
    with listenbrainz() as server, listenbrainz() as other:
        server.faults.append("redirect")
        server.points_to = other.url + PATH
        assert Service(Account(token=TOKEN, url=server.url)).submit(BODY).verdict == "elsewhere"
        assert not other.requests


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"X-RateLimit-Reset-In": "9", "X-RateLimit-Remaining": "0"}, 9.0),
        (429, {"X-RateLimit-Reset-In": "9", "Retry-After": "3"}, 9.0),
        (503, {"Retry-After": "12"}, 12.0),
        (429, {"Retry-After": "99999999"}, MAX_WAIT_S),
        (429, {"Retry-After": "-5"}, 0.0),
        (429, {"Retry-After": "inf"}, 0.0),
        (429, {"Retry-After": "soon"}, 0.0),
        (429, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, MAX_WAIT_S),
        (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        (429, {}, 0.0),
        (200, {"X-RateLimit-Reset-In": "9", "X-RateLimit-Remaining": "0"}, 9.0),
        (200, {"X-RateLimit-Reset-In": "9", "X-RateLimit-Remaining": "1"}, 0.0),
        (200, {"X-RateLimit-Reset-In": "nan", "X-RateLimit-Remaining": "0"}, 0.0),
    ],
)
def test_a_server_that_wants_to_be_left_alone_is(status: int, headers: dict[str, str], wait_s: float) -> None:
    assert answered(Answer(b'{"status": "ok"}', status, headers)).wait_s == wait_s


def test_a_date_to_come_back_at() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    assert 300 < answered(Answer(b"", 429, {"Retry-After": at})).wait_s <= 600


@pytest.mark.parametrize(
    "answer",
    [
        Answer(f'{{"code": 401, "error": "No user has {TOKEN}, you {TOKEN}"}}'.encode(), 401),
        Answer(f'{{"code": 400, "error": "{TOKEN}"}}'.encode(), 400),
        Answer(raw=f"{TOKEN} is no status line\r\n\r\n".encode()),
        Answer(raw=f"HTTP/1.1 {TOKEN} what\r\n\r\n".encode()),
        Answer(b"", 307, {"Location": f"http://localhost/?t={TOKEN}"}),
    ],
    ids=["401", "400", "noise", "status", "redirect"],
)
def test_the_token_is_in_no_answer_and_no_log(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reply = answered(answer)
    assert reply.verdict != "accepted"
    assert TOKEN not in repr(reply)
    assert TOKEN not in caplog.text


def test_a_reason_is_one_clean_line() -> None:
    nasty = b'{"error": "\\u001b[31mred\\u202e\\n\\u0007 [bold]%s{0}' + b"x" * 5000 + b'"}'
    why = answered(Answer(nasty, 400)).why
    assert why.isprintable()
    assert len(why) <= 200
    assert why.startswith("HTTP 400: [31mred [bold]%s{0}xxx")


def test_who_does_not_scrobble_does_not_wait_for_the_network_to_be_imported() -> None:
    code = "import sys, aidj.scrobbling; print({'http.client', 'ssl', 'email', 'socket', 'hashlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
