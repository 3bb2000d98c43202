"""What was heard, told to ListenBrainz: queued in the data file, sent in the background, each listen once."""

from aidj.scrobbling.account import DEFAULT_URL, Account, address_of, check_account
from aidj.scrobbling.payload import document_of, playing_now_body, submission_body
from aidj.scrobbling.queue import Counts, Queue, Scrobble
from aidj.scrobbling.scrobbler import Scrobbler
from aidj.scrobbling.sending import BATCH, Sender
from aidj.scrobbling.service import Reply, Service
from aidj.scrobbling.tables import TABLES

__all__ = [
    "BATCH",
    "DEFAULT_URL",
    "TABLES",
    "Account",
    "Counts",
    "Queue",
    "Reply",
    "Scrobble",
    "Scrobbler",
    "Sender",
    "Service",
    "address_of",
    "check_account",
    "document_of",
    "playing_now_body",
    "submission_body",
]
