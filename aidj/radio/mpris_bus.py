"""The interfaces of an MPRIS player on a bus. Imported only where they are served: dbus-fast is an extra.

What arrives here comes from any program of the same user: numbers are bounded; texts and addresses are not used.
"""

# No `from __future__ import annotations` here: dbus-fast reads the types of methods from their annotations as they are.

import asyncio
import logging
import os
from types import TracebackType
from typing import Annotated, Any, Self

from dbus_fast import DBusError, ErrorType, NameFlag, PropertyAccess, RequestNameReply, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusDict, DBusDouble, DBusInt64, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from aidj.errors import OutputError
from aidj.radio.mpris import Mpris, Shown, volume_db_of

log = logging.getLogger(__name__)

NAME = "org.mpris.MediaPlayer2.aidj"
PATH = "/org/mpris/MediaPlayer2"
NO_SONG = "/org/mpris/MediaPlayer2/TrackList/NoTrack"
"""What MPRIS calls the song where there is none."""
SONG = "/aidj/song/"

_CONNECT_S = 10.0
_READ = PropertyAccess.READ
_Strings = Annotated[list[str], DBusSignature("as")]


class Bus:
    """The radio's place on a bus, as an asynchronous context manager."""

    def __init__(self, mpris: Mpris, address: str | None) -> None:
        self.shown = Shown()
        """What the desktop knows."""
        self._bus = MessageBus(address, auth_timeout=_CONNECT_S)
        self._player = _Player(mpris)
        self._application = _Application(mpris)
        self._lost: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(_CONNECT_S):
            await self._bus.connect()
            self._bus.export(PATH, self._application)
            self._bus.export(PATH, self._player)
            for name in (NAME, f"{NAME}.instance{os.getpid()}"):
                if await self._bus.request_name(name, NameFlag.DO_NOT_QUEUE) is RequestNameReply.PRIMARY_OWNER:
                    log.debug("On the session bus as %s", name)
                    break
            else:
                raise OutputError(f"The name {NAME} is taken", where="session bus", cause="another radio plays")
        self._lost = asyncio.ensure_future(self._bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lost is not None:
            self._lost.cancel()
        self._bus.disconnect()

    def show(self, shown: Shown) -> None:
        """Tell everybody what has changed."""
        before, self.shown = self.shown, shown
        self._player.show(before, shown)

    async def wait(self, stirred: asyncio.Event) -> None:
        """Wait until there may be something to show. Raises if the bus has gone."""
        assert self._lost is not None
        waiting = asyncio.create_task(stirred.wait())
        await asyncio.wait((waiting, self._lost), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._lost.done():
            self._lost.result()
            raise ConnectionError("the session bus has gone")


class _Application(ServiceInterface):
    """org.mpris.MediaPlayer2: which program this is."""

    def __init__(self, mpris: Mpris) -> None:
        super().__init__("org.mpris.MediaPlayer2")
        self._steered = mpris.steered

    @dbus_method("Quit")
    def quit(self) -> None:
        self._steered.stop()

    @dbus_method("Raise")
    def to_front(self) -> None:
        """Do nothing, as `CanRaise` says: the window is the terminal's."""

    @dbus_property(_READ, "CanQuit")
    def can_quit(self) -> DBusBool:
        return True

    @dbus_property(_READ, "CanRaise")
    def can_raise(self) -> DBusBool:
        return False

    @dbus_property(_READ, "HasTrackList")
    def has_track_list(self) -> DBusBool:
        return False

    @dbus_property(_READ, "Identity")
    def identity(self) -> DBusStr:
        return "aidj"

    @dbus_property(_READ, "DesktopEntry")
    def desktop_entry(self) -> DBusStr:
        return "aidj"

    @dbus_property(_READ, "SupportedUriSchemes")
    def uri_schemes(self) -> _Strings:
        return []

    @dbus_property(_READ, "SupportedMimeTypes")
    def mime_types(self) -> _Strings:
        return []


class _Player(ServiceInterface):
    """org.mpris.MediaPlayer2.Player: what plays, and the keys."""

    def __init__(self, mpris: Mpris) -> None:
        super().__init__("org.mpris.MediaPlayer2.Player")
        self._mpris = mpris
        self._steered = mpris.steered
        self._shown = Shown()

    def show(self, before: Shown, shown: Shown) -> None:
        self._shown = shown
        old, new = _values(before), _values(shown)
        if changed := {name: new[name] for name in new if new[name] != old[name]}:
            self.emit_properties_changed(changed)
        if before.song != shown.song:
            self.seeked()  # the same song from its beginning again is only told by this

    # Keys -------------------------------------------------------------------------------------------------------------

    @dbus_method("Next")
    def next(self) -> None:
        self._steered.skip()

    @dbus_method("Previous")
    def previous(self) -> None:
        self._steered.previous()

    @dbus_method("Pause")
    def pause(self) -> None:
        self._steered.pause()

    @dbus_method("Play")
    def play(self) -> None:
        self._steered.resume()

    @dbus_method("PlayPause")
    def play_pause(self) -> None:
        if self._steered.paused:  # what it was told, not what is heard of it yet: two quick presses undo each other
            self._steered.resume()
        else:
            self._steered.pause()

    @dbus_method("Stop")
    def stop(self) -> None:
        self._steered.stop()

    @dbus_method("Seek")
    def seek(self, _offset: DBusInt64) -> None:
        """Do nothing, as `CanSeek` says: a programme of songs and speech runs forward."""

    @dbus_method("SetPosition")
    def set_position(self, _song: DBusObjectPath, _position: DBusInt64) -> None:
        """Do nothing, as `CanSeek` says."""

    @dbus_method("OpenUri")
    def open_uri(self, _uri: DBusStr) -> None:
        raise DBusError(ErrorType.NOT_SUPPORTED, "aidj chooses its songs by itself")

    @dbus_signal("Seeked")
    def seeked(self) -> DBusInt64:
        return self._mpris.position_us

    # What plays -------------------------------------------------------------------------------------------------------

    @dbus_property(_READ, "PlaybackStatus")
    def status(self) -> DBusStr:
        return self._shown.status

    @dbus_property(_READ, "Metadata")
    def metadata(self) -> DBusDict:
        return _metadata(self._shown)

    @dbus_property(_READ, "Position")
    def position(self) -> DBusInt64:
        return self._mpris.position_us

    @dbus_property(PropertyAccess.READWRITE, "Volume")
    def volume(self) -> DBusDouble:
        return self._shown.volume

    @volume.setter
    def set_volume(self, slider: DBusDouble) -> None:
        self._steered.volume(volume_db_of(slider))

    @dbus_property(PropertyAccess.READWRITE, "Rate")
    def rate(self) -> DBusDouble:
        return 1.0

    @rate.setter
    def set_rate(self, rate: DBusDouble) -> None:
        if rate == 0.0:  # the specification has it so; there is no other speed
            self._steered.pause()

    @dbus_property(_READ, "MinimumRate")
    def minimum_rate(self) -> DBusDouble:
        return 1.0

    @dbus_property(_READ, "MaximumRate")
    def maximum_rate(self) -> DBusDouble:
        return 1.0

    @dbus_property(_READ, "CanGoNext")
    def can_go_next(self) -> DBusBool:
        return _goes_on(self._shown)

    @dbus_property(_READ, "CanGoPrevious")
    def can_go_previous(self) -> DBusBool:
        return _goes_on(self._shown)

    @dbus_property(_READ, "CanPlay")
    def can_play(self) -> DBusBool:
        return _goes_on(self._shown)

    @dbus_property(_READ, "CanPause")
    def can_pause(self) -> DBusBool:
        return _goes_on(self._shown)

    @dbus_property(_READ, "CanSeek")
    def can_seek(self) -> DBusBool:
        return False

    @dbus_property(_READ, "CanControl")
    def can_control(self) -> DBusBool:
        return True


def _goes_on(shown: Shown) -> bool:
    return shown.status != "Stopped"


def _values(shown: Shown) -> dict[str, Any]:
    """Return the properties that change."""
    goes_on = dict.fromkeys(("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause"), _goes_on(shown))
    return {
        "PlaybackStatus": shown.status,
        "Metadata": _metadata(shown),
        "Volume": shown.volume,
        **goes_on,
    }


def _metadata(shown: Shown) -> dict[str, Variant]:
    song = shown.song
    if song is None:
        return {"mpris:trackid": Variant("o", NO_SONG)}
    known: dict[str, tuple[str, Any]] = {
        "mpris:length": ("x", song.length_us),
        "mpris:artUrl": ("s", song.art_url),
        "xesam:title": ("s", song.title),
        "xesam:artist": ("as", list(song.artists)),
        "xesam:album": ("s", song.album),
        "xesam:url": ("s", song.url),
    }
    filled = {key: Variant(kind, value) for key, (kind, value) in known.items() if value}
    return {"mpris:trackid": Variant("o", f"{SONG}{song.number}"), **filled}
