"""The settings a listener keeps: ``config.yaml`` in the data folder, read strictly, every key optional.

::

    mix:
      forgotten_days: 120        # any number of `MixSettings`
      dials: {new_release: 2}    # factors on the share of a rotation
      rules_off: [holiday]       # what should not be kept out
      hemisphere: south
    seams:
      transition: auto           # or crossfade, "crossfade 8", "4 bars", cut, gap, -3 (silence), 0 (off)
      beatmix: true
      leave_alone: {genre: jazz} # a query: songs into which nothing is ever mixed
    talk:
      level: normal              # or silent, rare, chatty
      kinds_off: [jump]          # opening, intro, back_announce, set_change, jump, closing
      personal: true             # whether links may tell what you have heard, and how often
      disclose: true             # whether the first link of a session says that the voice is synthetic
      placement: auto            # or gap (never over music), over (rather over music)
      duck_db: -12               # how far music is lowered under speech, -24 to -6
      dip_db: -6                 # how much further where consonants are, -12 to 0
      voice_db: 0                # how much louder than usual the presenter is, -6 to 6
      presenter: ella            # a name, or the path of a presenter file
      writer: {url: "http://localhost:11434/v1", model: a-model}   # also key_env, timeout_s, temperature
    asking:
      llm: true                  # whether the writer above may read words in a request that are not understood here
    scrobble:
      listenbrainz:              # without it nothing is told to anybody
        token_file: token.txt    # or token_env: the name of an environment variable; or token: the token itself
        url: https://api.listenbrainz.org                            # or a server of your own with its protocol
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import yaml

from aidj.errors import ConfigError
from aidj.files import read_document
from aidj.model import (
    LINK_KINDS,
    ROTATIONS,
    TALK_LEVELS,
    TALK_LIMITS_DB,
    TALK_PLACEMENTS,
    LinkKind,
    Rotation,
    TalkLevel,
    TalkPlacement,
    TalkSettings,
    WriterSettings,
)
from aidj.nodes import Nodes, compose
from aidj.scrobbling import DEFAULT_URL, Account
from aidj.selection import HYGIENE_RULES, MAX_DIAL, HygieneRule, MixSettings, Query, query_of
from aidj.timeline import Handover, parse_handover

FILE_NAME = "config.yaml"

_MAX_BYTES = 1 << 20
_LIMITS: Mapping[str, tuple[float, float]] = {
    "new_days": (1, 3650),
    "new_offers": (1, 1000),
    "new_rest_days": (0, 3650),
    "forgotten_days": (1, 36500),
    "forgotten_min_days_heard": (1, 1000),
    "current_min_days_heard": (1, 1000),
    "rest_hours": (0, 87600),
    "repeat_days": (0, 3650),
    "skip_rest_days": (0, 36500),
    "noise": (0, 10),
    "min_duration_s": (0, 3600),
}
"""What a number may be: beyond that it is a mistake, and not a taste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that a listener has set."""

    mix: MixSettings = field(default_factory=MixSettings)
    handover: Handover = field(default_factory=Handover)
    """How songs hand over to each other."""
    leave_alone: Query | None = None
    """The songs into which nothing may be mixed."""
    talk: TalkSettings = field(default_factory=TalkSettings)
    """How much is said, of what, and where."""
    presenter: str | None = None
    """Who speaks, a name or the path of a presenter file; None for the usual one."""
    writer: WriterSettings | None = None
    """A language model that may word the links; None for none."""
    translator: WriterSettings | None = None
    """The language model that may read requests: the writer, where the listener says so; None for none."""
    scrobble: Account | None = None
    """The account at ListenBrainz that is told what was heard; None for none."""


def load_settings(folder: Path) -> Settings:
    """Return the settings of a data folder; the usual ones where it holds none.

    Raises
    ------
    ConfigError
        If the file cannot be read or has a mistake: with its line, and the nearest known key.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return Settings()
    text = read_document(path, "settings file", kind=ConfigError, max_bytes=_MAX_BYTES)
    return parse_settings(text, str(path), folder)


def parse_settings(text: str, where: str = FILE_NAME, folder: Path = Path()) -> Settings:
    """Read settings from their text, files named in it being looked for in a folder.

    Raises ConfigError as `load_settings` does.
    """
    root = compose(text, where, ConfigError)
    if root is None:
        return Settings()
    nodes = Nodes(where, ConfigError)
    top = {
        key: node
        for key, node in nodes.fields(root, "the settings", {"mix", "seams", "talk", "asking", "scrobble"}).items()
        if node.value not in ("", [])
    }
    settings = Settings(mix=_mix(nodes, top["mix"])) if "mix" in top else Settings()
    if "seams" in top:
        settings = _with_seams(settings, nodes, top["seams"])
    if "talk" in top:
        settings = _with_talk(settings, nodes, top["talk"])
    if "asking" in top:
        settings = _with_asking(settings, nodes, top["asking"])
    if "scrobble" in top:
        settings = dataclasses.replace(settings, scrobble=_account(nodes, top["scrobble"], folder))
    return settings


def _with_seams(settings: Settings, nodes: Nodes, node: yaml.Node) -> Settings:
    fields = nodes.fields(node, "the seams", {"transition", "beatmix", "leave_alone"})
    beatmix = nodes.boolean(fields, "beatmix", True)
    text = nodes.get(fields, "transition", str, "auto", _is_handover)
    leave_alone = query_of(fields["leave_alone"], nodes) if "leave_alone" in fields else None
    return dataclasses.replace(settings, handover=parse_handover(text, beatmix=beatmix), leave_alone=leave_alone)


def _with_talk(settings: Settings, nodes: Nodes, node: yaml.Node) -> Settings:
    known = {*(each.name for each in dataclasses.fields(TalkSettings)), "presenter", "writer"}
    fields = nodes.fields(node, "the talk", known)
    usual = TalkSettings()
    kinds_off = [
        nodes.value(kind, "kinds_off", str, _is_kind) for kind in nodes.elements(fields.get("kinds_off"), "kinds_off")
    ]
    numbers = {
        name: nodes.get(fields, name, float, getattr(usual, name), _between(*limits))
        for name, limits in TALK_LIMITS_DB.items()
    }
    talk = TalkSettings(
        level=cast(TalkLevel, nodes.choice(fields, "level", TALK_LEVELS, usual.level)),
        kinds_off=frozenset(cast(list[LinkKind], kinds_off)),
        personal=nodes.boolean(fields, "personal", usual.personal),
        disclose=nodes.boolean(fields, "disclose", usual.disclose),
        placement=cast(TalkPlacement, nodes.choice(fields, "placement", TALK_PLACEMENTS, usual.placement)),
        **numbers,
    )
    presenter = nodes.optional(fields, "presenter", str, _is_filled)
    writer = _writer(nodes, fields["writer"]) if fields.get("writer") and fields["writer"].value != "" else None
    return dataclasses.replace(settings, talk=talk, presenter=presenter, writer=writer)


def _writer(nodes: Nodes, node: yaml.Node) -> WriterSettings:
    known = {each.name for each in dataclasses.fields(WriterSettings)}
    fields = nodes.fields(node, "the writer", known, ("url", "model"))
    usual = WriterSettings(url="", model="")
    return WriterSettings(
        url=nodes.value(fields["url"], "url", str, _is_url),
        model=nodes.value(fields["model"], "model", str, _is_filled),
        key_env=nodes.optional(fields, "key_env", str, _is_variable),
        timeout_s=nodes.get(fields, "timeout_s", float, usual.timeout_s, _between(1, 600)),
        temperature=nodes.get(fields, "temperature", float, usual.temperature, _between(0, 2)),
    )


def _with_asking(settings: Settings, nodes: Nodes, node: yaml.Node) -> Settings:
    fields = nodes.fields(node, "the asking", {"llm"})
    if not nodes.boolean(fields, "llm", False):
        return settings
    if settings.writer is None:
        raise nodes.error(
            "'llm' is on, and there is no language model",
            fields["llm"],
            hint="set 'writer' under 'talk', or take it out",
        )
    return dataclasses.replace(settings, translator=settings.writer)


def _account(nodes: Nodes, node: yaml.Node, folder: Path) -> Account | None:
    service = nodes.fields(node, "scrobbling", {"listenbrainz"}).get("listenbrainz")
    if service is None or service.value in ("", []):
        return None
    fields = nodes.fields(service, "the account", {each.name for each in dataclasses.fields(Account)})
    url = nodes.get(fields, "url", str, DEFAULT_URL, _is_account_url)
    token = nodes.optional(fields, "token", str, _is_filled)
    token_env = nodes.optional(fields, "token_env", str, _is_variable)
    token_file = nodes.optional(fields, "token_file", str, _is_filled, _is_path)
    if sum(each is not None for each in (token, token_env, token_file)) != 1:
        raise nodes.error(
            "The account needs one of 'token', 'token_env' and 'token_file'",
            service,
            hint="your user token is at https://listenbrainz.org/settings/",
        )
    path = None if token_file is None else folder / Path(token_file).expanduser()
    return Account(url=url, token=token, token_env=token_env, token_file=path)


def _mix(nodes: Nodes, node: yaml.Node) -> MixSettings:
    fields = nodes.fields(node, "the mix", {*_LIMITS, "dials", "rules_off", "hemisphere"})
    changed: dict[str, Any] = {}
    kinds = {field.name: int if isinstance(field.default, int) else float for field in dataclasses.fields(MixSettings)}
    for name, limits in _LIMITS.items():
        if (value := nodes.optional(fields, name, kinds[name], _between(*limits))) is not None:
            changed[name] = value
    if "dials" in fields:
        dials = nodes.fields(fields["dials"], "the list of dials", ROTATIONS)
        changed["dials"] = {
            cast(Rotation, name): nodes.value(node, name, float, _between(0, MAX_DIAL)) for name, node in dials.items()
        }
    off = [
        nodes.value(node, "rules_off", str, _is_rule) for node in nodes.elements(fields.get("rules_off"), "rules_off")
    ]
    changed["hygiene"] = frozenset(HYGIENE_RULES) - frozenset(cast(list[HygieneRule], off))
    changed["hemisphere"] = cast(
        Literal["north", "south"], nodes.choice(fields, "hemisphere", ("north", "south"), "north")
    )
    return MixSettings(**changed)


def _between(low: float, high: float) -> Any:
    return lambda value: None if low <= value <= high else f"should lie between {low:g} and {high:g}"


def _is_handover(text: str) -> str | None:
    try:
        parse_handover(text)
    except ValueError as error:
        return str(error)
    return None


def _is_kind(value: str) -> str | None:
    return None if value in LINK_KINDS else f"holds {value!r}; the kinds of links are: {', '.join(LINK_KINDS)}"


def _is_filled(value: str) -> str | None:
    return None if value.strip() else "is empty"


def _is_url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or not value.isprintable() or " " in value:
        return "should be an address such as http://localhost:11434/v1"
    if parts.username or parts.password:
        return "holds a name or a password; put the key into an environment variable and name that in 'key_env'"
    return None


def _is_account_url(value: str) -> str | None:
    # What stands there is not repeated: somebody may have written the token into it.
    return _is_url(value) and f"should be an address such as {DEFAULT_URL}, without a user, password or token"


def _is_path(value: str) -> str | None:
    try:
        Path(value).expanduser()
    except RuntimeError:
        return "begins with ~ and a name that is no user's here"
    return None


def _is_variable(value: str) -> str | None:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", value):
        return None
    return "should be the name of an environment variable, and not the key itself"


def _is_rule(value: str) -> str | None:
    return None if value in HYGIENE_RULES else f"holds {value!r}; the rules are: {', '.join(HYGIENE_RULES)}"
