"""The sound devices of this machine, through miniaudio: which there are, and opening one of them.

miniaudio comes with its wheel and finds the system's sound by itself: PulseAudio or PipeWire, ALSA, JACK, Core Audio,
WASAPI. It never falls back to its silent device here: no sound system is an error that says what to do.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aidj.audio import CHANNELS, printable
from aidj.errors import OutputError

if TYPE_CHECKING:
    import miniaudio

PERIOD_MS = 40
"""How much sound a device asks for at a time, and how many such pieces it keeps."""
PERIODS = 5

_NO_ALSA_DEVICES = frozenset(
    ["null", "pulse", "jack", "oss", "lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "a52"]
)
"""Plugins that ALSA lists beside devices, with or without a sound card; its "null" keeps no time at all."""
_CLOSE_S = 2.0
_log = logging.getLogger(__name__)
_stderr_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Somewhere sound can come out.

    Parameters
    ----------
    number : int
        Its place in the list of `devices`, from 1.
    name : str
        What the system calls it, for people.
    id : str
        Stays the same while the device does: the sound system and its own name for it.
    is_default : bool
        Whether it is what the system plays through if nothing is chosen.
    """

    number: int
    name: str
    id: str
    is_default: bool


def devices() -> tuple[Device, ...]:
    """Return the devices of the first sound system that has any.

    Raises
    ------
    OutputError
        If there are none.
    """
    return tuple(device for device, _, _ in _found())


def choose_device(choice: str | int, among: Sequence[Device]) -> Device:
    """Return the device with this number, id or name; a part of the name is enough where only one has it.

    Raises
    ------
    OutputError
        If there is no such device, or more than one. It lists what there is.
    """
    text = str(choice).strip().casefold()
    by_number = [device for device in among if text == str(device.number)]
    exact = [device for device in among if text in (device.id.casefold(), device.name.casefold())]
    partly = [device for device in among if text and text in device.name.casefold()]
    for found in (exact, by_number, partly):
        if len(found) == 1:
            return found[0]
        if found:
            raise OutputError(
                f"More than one sound device is called {str(choice)!r}: {_listed(found)}",
                hint="choose one by its number",
            )
    raise OutputError(
        f"There is no sound device {str(choice)!r}",
        cause="the name is misspelt, or it is not connected",
        hint=f"choose one of these by number or name: {_listed(among)}",
    )


def open_device(choice: str | int | None, rate: int, *, silent: bool) -> miniaudio.PlaybackDevice:
    """Return an open device for float32 frames at this rate, not yet started.

    Parameters
    ----------
    choice : str, int or None
        As in `choose_device`; None is the system's default.
    rate : int
        Hz. Where the device has another one, miniaudio converts (linearly, with a low-pass filter).
    silent : bool
        miniaudio's silent device, which keeps real time.

    Raises
    ------
    OutputError
        If there is no sound system, no such device, or it cannot be opened.
    """
    miniaudio = _library()
    if silent:
        wanted = [(miniaudio.Backend.NULL, None)]
    elif choice is None:
        wanted = [(backend, None) for backend in _backends()]
    else:
        found = _found()
        chosen = choose_device(choice, [device for device, _, _ in found])
        wanted = [(backend, handle) for device, backend, handle in found if device == chosen]
    failure: Exception | None = None
    for backend, handle in wanted:
        with _quiet_stderr():
            try:
                return miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.FLOAT32,
                    nchannels=CHANNELS,
                    sample_rate=rate,
                    buffersize_msec=PERIOD_MS,
                    callback_periods=PERIODS,
                    device_id=handle,
                    backends=[backend],
                    app_name="aidj",
                )
            except miniaudio.MiniaudioError as error:
                failure = error
                _log.debug("%s: %s", backend.name, error)
    raise cannot_open(failure, choice)


def close_device(device: miniaudio.PlaybackDevice) -> None:
    """Let go of a device and of its connection to the sound server; one that never answers is left behind."""
    # A device that is gone may hang in its driver for good.
    closing = threading.Thread(target=_close, args=(device,), name="aidj-close-device", daemon=True)
    try:
        closing.start()
    except RuntimeError:
        _close(device)  # Python is ending, and starts no threads any more
        return
    closing.join(_CLOSE_S)
    if closing.is_alive():
        _log.warning("the sound device does not answer; it is left behind")


def cannot_open(error: Exception | None, choice: str | int | None = None) -> OutputError:
    """Return the error that says why there is no sound, and what to do."""
    if choice is not None:
        return OutputError(
            f"The sound device {str(choice)!r} cannot be opened",
            cause="another program has it to itself, or it has just been disconnected",
            hint="close the other program, or choose another device",
        )
    return OutputError(
        "No sound device can be opened" if error is not None else "There is no sound device",
        cause="no loudspeaker or headphones are connected, or no sound server runs for this user",
        hint="play into another program with `--output pipe`, or without sound with `--output null`",
    )


def _found() -> list[tuple[Device, miniaudio.Backend, Any]]:
    """Return each device with its backend and the handle that opens it."""
    miniaudio = _library()
    for backend in _backends():
        with _quiet_stderr():
            try:
                lister = miniaudio.Devices([backend])
                # As it comes, it opens every device: slow, and all of the list fails if one of them is busy.
                lister._get_info = lambda _, info: {"is_default": bool(info.isDefault)}
                listed = lister.get_playbacks()
            except (miniaudio.MiniaudioError, UnicodeDecodeError) as error:
                _log.debug("%s: %s", backend.name, error)
                continue
        found: list[tuple[Device, Any, Any]] = []
        for entry in listed:
            name = _name_of(miniaudio.ffi.buffer(entry["id"])[:])
            if backend is miniaudio.Backend.ALSA and name in _NO_ALSA_DEVICES:
                continue
            device = Device(
                number=len(found) + 1,
                name=printable(entry["name"]),
                id=f"{backend.name.lower()}:{name}",
                is_default=entry["is_default"],
            )
            found.append((device, backend, entry["id"]))
        if found:
            return found
    raise cannot_open(None)


def _close(device: miniaudio.PlaybackDevice) -> None:
    import miniaudio

    device.close()
    miniaudio.lib.ma_context_uninit(device._context)  # which `close` leaves connected


def _library() -> Any:
    try:
        import miniaudio
    except ImportError as error:
        raise OutputError(
            f"The library for sound devices cannot be loaded ({error})",
            cause="there is no ready-made package of it for this machine, and it was not built",
            hint="`pip install miniaudio`, with a C compiler at hand, or play into another program: `--output pipe`",
        ) from error
    return miniaudio


def _backends() -> list[miniaudio.Backend]:
    """Return the sound systems to try, the silent one left out; JACK last, as it is seldom what one means."""
    import miniaudio

    left_out = (miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM)
    enabled = [backend for backend in miniaudio.get_enabled_backends() if backend not in left_out]
    return sorted(enabled, key=lambda backend: (backend is miniaudio.Backend.JACK, backend.value))


def _name_of(handle: bytes) -> str:
    """Return a device's own id: text where the system uses text, hexadecimal digits where it does not."""
    text = handle.split(b"\0", 1)[0]
    rest = handle[len(text) :].strip(b"\0")
    if text and not rest and text.isascii() and text.decode().isprintable():
        return text.decode()
    return handle.rstrip(b"\0").hex() or "0"


def _listed(found: Sequence[Device]) -> str:
    return "; ".join(f"{device.number} {device.name}" for device in found)


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep ALSA and JACK from writing into the terminal what they tried: their libraries print from C."""
    if sys.platform != "linux":
        yield
        return
    with _stderr_lock:
        try:
            kept = os.dup(2)
        except OSError:
            yield  # there is none
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
