"""Send a session over HTTP as MP3: a radio station for the house, which every browser and player can hear.

All listeners hear the same. While nobody listens, the session stands still. Players that ask for it (ICY) are told
titles; POST /skip goes on to the next song. It listens on this machine only: give 0.0.0.0 as HOST for the whole house.

python examples/http_stream.py DATA_FOLDER [PORT [HOST]]     (DATA_FOLDER has been scanned before)
curl -N http://127.0.0.1:8000/ | mpv -
"""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from pathlib import Path

import numpy as np

import aidj

AHEAD_S = 1.0
"""So much is sent before it is due: what a network may be late without being heard."""
BLOCK_FRAMES = 8192
TITLE_EVERY_BYTES = 16000
MOST_WAITING = 64
"""A listener who is so many pieces behind has gone."""

ENCODER = """
import signal, sys, lameenc
signal.signal(signal.SIGINT, signal.SIG_IGN)
encoder = lameenc.Encoder()
encoder.silence()
encoder.set_in_sample_rate(int(sys.argv[1]))
encoder.set_channels(2)
encoder.set_bit_rate(192)
while block := sys.stdin.buffer.read(int(sys.argv[2])):
    frames = bytes(encoder.encode(block))
    sys.stdout.buffer.write(len(frames).to_bytes(4, "big") + frames)
    sys.stdout.buffer.flush()
"""
"""Runs in a process of its own, as LAME would keep all threads of this one waiting. Samples in, whole frames out."""


class Station:
    """A session, and who listens to it."""

    def __init__(self, session: aidj.Session) -> None:
        self.session = session
        self.title = ""
        self.listeners: set[asyncio.Queue[bytes]] = set()

    async def broadcast(self) -> None:
        """Read the session as fast as it sounds, encode it, and hand it to everyone, until it ends."""
        rate, clock = self.session.rate, asyncio.get_running_loop().time
        arguments = ["-c", ENCODER, str(rate), str(BLOCK_FRAMES * 4)]
        encoder = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
        assert encoder.stdin
        assert encoder.stdout
        due_s = clock()
        try:
            while not self.session.ended:
                if not self.listeners:
                    await asyncio.sleep(0.1)
                    due_s = clock()
                    continue
                await asyncio.sleep(max(0.0, due_s - AHEAD_S - clock()))
                due_s += BLOCK_FRAMES / rate
                block = await asyncio.to_thread(self.session.read, BLOCK_FRAMES)
                encoder.stdin.write((block * 32767).clip(-32768, 32767).astype(np.int16).tobytes())
                await encoder.stdin.drain()
                if length := int.from_bytes(await encoder.stdout.readexactly(4), "big"):
                    self.send(await encoder.stdout.readexactly(length))
                for event in self.session.events():
                    if isinstance(event, aidj.TrackStarted):
                        self.title = f"{event.track.artist} – {event.track.title}"
                        print(f"♪ {self.title}", flush=True)
        finally:
            encoder.kill()
            await encoder.wait()
            self.send(b"")

    def send(self, frames: bytes) -> None:
        for queue in list(self.listeners):
            if queue.full():
                self.listeners.discard(queue)
            else:
                queue.put_nowait(frames)

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one request."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=10)
            request, *fields = head.decode("latin-1").lower().splitlines()
            if request.startswith("get / "):
                await self.stream(writer, icy="icy-metadata:1" in [field.replace(" ", "") for field in fields])
            elif request.startswith("post /skip "):
                self.session.skip()
                writer.write(b"HTTP/1.0 204 No Content\r\n\r\n")
            else:
                writer.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
            await writer.drain()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # nobody there, or nobody who speaks HTTP
        finally:
            writer.close()

    async def stream(self, writer: StreamWriter, *, icy: bool) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nCache-Control: no-store\r\nicy-name: aidj\r\n")
        writer.write(f"icy-metaint: {TITLE_EVERY_BYTES}\r\n\r\n".encode() if icy else b"\r\n")
        queue: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
        self.listeners.add(queue)
        until_title, told = TITLE_EVERY_BYTES, ""
        try:
            while frames := await queue.get():
                while icy and len(frames) >= until_title:
                    writer.write(frames[:until_title] + title_block("" if self.title == told else self.title))
                    frames, until_title, told = frames[until_title:], TITLE_EVERY_BYTES, self.title
                until_title -= len(frames)
                writer.write(frames)
                await asyncio.wait_for(writer.drain(), timeout=30)
                if queue not in self.listeners:
                    return
        finally:
            self.listeners.discard(queue)


def title_block(title: str) -> bytes:
    """Return what stands between two pieces of music: its length in units of 16 bytes, and the title if it is new."""
    if not title:
        return b"\0"
    text = f"StreamTitle='{title.replace(chr(39), '’')[:200]}';".encode()
    units = -(-len(text) // 16)
    return bytes([units]) + text.ljust(16 * units, b"\0")


async def serve(data: Path, host: str, port: int) -> None:
    with aidj.Session(data) as session:
        station = Station(session)
        server = await asyncio.start_server(station.answer, host, port)
        print(f"http://{host}:{server.sockets[0].getsockname()[1]}/", flush=True)
        try:
            await station.broadcast()
        finally:
            server.close()


def main(data: Path, port: str = "8000", host: str = "127.0.0.1") -> None:
    try:
        asyncio.run(serve(data, host, int(port)))
    except KeyboardInterrupt:
        print("Off the air.")


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), *sys.argv[2:4])
