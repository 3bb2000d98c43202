"""The program as a person calls it: what it makes, and what it says when something is wrong."""

from __future__ import annotations

import io
import json
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from songs import make_library, pulse, write_song

from aidj.cli import main, sources
from aidj.home import Home, open_home
from aidj.plan import load_plan
from aidj.voice import load_presenter

WHEN = ["--date", "2026-11-21T20:00:00+00:00"]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A music folder and a data folder that knows it."""
    base = tmp_path_factory.mktemp("cli")
    music = make_library(base / "music")
    assert main(["scan", str(music), "--data", str(base / "data"), "-q"]) == 0
    return music, base / "data"


@pytest.fixture
def planned(scanned: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A plan of three minutes, and the data folder."""
    _, data = scanned
    path = tmp_path / "s.yaml"
    assert main(["plan", "--data", str(data), "--minutes", "4", *WHEN, "-q", "-o", str(path)]) == 0
    return path, data


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Everything printed, on one line: where lines break is not the point."""
    out, err = capsys.readouterr()
    return " ".join((out + err).split())


def spotify_history(path: Path, rows: list[dict[str, object]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Spotify Extended Streaming History/Streaming_History_Audio_2025_0.json", json.dumps(rows))
    return path


def play(number: int, ts: str, title: str | None = None) -> dict[str, object]:
    return {
        "ts": ts, "ms_played": 34000, "master_metadata_track_name": title or f"Test Song {number}",
        "master_metadata_album_artist_name": f"Test Artist {number % 6}", "master_metadata_album_album_name": None,
        "spotify_track_uri": f"spotify:track:{number:022d}", "reason_start": "trackdone", "reason_end": "trackdone",
        "skipped": False, "incognito_mode": False, "ip_addr": "192.0.2.7", "platform": "test",
    }  # fmt: skip


# The way --------------------------------------------------------------------------------------------------------------


def test_one_command_does_it_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music = make_library(tmp_path / "music", count=8)
    history = spotify_history(
        tmp_path / "my_spotify_data.zip", [play(n, f"2025-0{m}-11T10:00:00Z") for n in range(6) for m in range(1, 9)]
    )
    mix = tmp_path / "out" / "tonight.mp3"
    mix.parent.mkdir()
    code = main(["render", "--music", str(music), "--history", str(history), "--minutes", "2", *WHEN,
                 "--data", str(tmp_path / "data"), "-o", str(mix)])  # fmt: skip
    text = said(capsys)
    assert code == 0, text
    assert "8 tracks can be played" in text
    assert "48 added" in text
    assert "forgotten favourite" in text
    assert {path.suffix for path in mix.parent.iterdir()} == {".mp3", ".yaml", ".cue", ".vtt", ".m3u8", ".json"}
    assert b"192.0.2.7" not in (tmp_path / "data" / "aidj.sqlite3").read_bytes()


def test_plan_show_edit_render(planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = planned
    assert main(["show", str(path)]) == 0
    assert "written when it is rendered" in said(capsys)
    plan = load_plan(path)
    first, second = plan.items()[:2]
    text = path.read_text().replace("text: null", "text: This line was written by hand.", 1)
    # Swap two songs by hand, the way an editor would: names only.
    for a, b in ((first, "@@"), (second, first), ("@@", second)):
        old, new = (x if isinstance(x, str) else str(x.track.id) for x in (a, b))
        text = text.replace(old, new)
    path.write_text(text)
    mix = tmp_path / "mix.flac"
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(mix)]) == 0
    rendered = load_plan(tmp_path / "mix.plan.yaml")
    by_hand = rendered.links()[0].text
    assert by_hand is not None
    assert by_hand.startswith("This line was written by hand. ")
    assert "synthetic" in by_hand, "the first thing said says so, whoever wrote it"
    assert [item.track.id for item in rendered.items()][:2] == [second.track.id, first.track.id]
    said(capsys)
    assert main(["show", str(tmp_path / "mix.plan.yaml")]) == 0
    assert "This line was written by hand." in said(capsys)


def test_links_tell_of_the_song_that_plays(planned: tuple[Path, Path], tmp_path: Path) -> None:
    """A song put in by hand is not announced by the name of the one it replaced."""
    path, data = planned
    plan = load_plan(path)
    used = {item.track.title for item in plan.items()}
    spare = next(number for number in range(12) if f"Test Song {number}" not in used)
    text = path.read_text()
    old = plan.items()[0].track
    text = text.replace(f"id: {old.id}", "id: null").replace(f"path: {old.path}", "path: null", 1)
    text = text.replace(f"title: {old.title}\n          album", f"title: Test Song {spare}\n          album")
    nameless = "- track:\n          id: null\n          path: null\n          artist: "
    text = text.replace(f"{nameless}{old.artist}", f"{nameless}Test Artist {spare % 6}")
    path.write_text(text)
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]) == 0
    rendered = load_plan(tmp_path / "m.plan.yaml")
    assert rendered.links()[0].facts["title"] == f"Test Song {spare}"
    assert old.title not in " ".join(link.text or "" for link in rendered.links())


def test_silent(scanned: tuple[Path, Path], tmp_path: Path) -> None:
    _, data = scanned
    mix = tmp_path / "m.flac"
    assert main(["render", "--data", str(data), "--minutes", "2", "--silent", "-q", *WHEN, "-o", str(mix)]) == 0
    assert load_plan(tmp_path / "m.plan.yaml").links() == ()
    assert not (tmp_path / "m.vtt").exists()


def test_how_much_is_said_and_where(
    scanned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, data = scanned
    path = tmp_path / "s.yaml"
    plan = ["plan", "--data", str(data), "--minutes", "3", "-q", *WHEN, "--force", "-o", str(path)]
    assert main([*plan, "--talk", "rare", "--impersonal", "--talk-placement", "gap", "--language", "en"]) == 0
    planned = load_plan(path)
    assert planned.settings == {"talk": "rare", "talk_placement": "gap", "personal": "off"}
    assert load_presenter(planned.presenter).language.startswith("en")
    assert [link.kind for link in planned.links()] == ["opening", "closing"]
    assert not any("listens" in link.facts for link in planned.links())
    capsys.readouterr()
    render = ["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]
    assert main([*render, "--talk", "chatty", "--talk-placement", "over"]) == 0
    assert "--talk chatty has no effect on a plan that is made already" in said(capsys)
    rendered = load_plan(tmp_path / "m.plan.yaml")
    assert rendered.settings == {"talk": "rare", "talk_placement": "over", "personal": "off"}
    assert all(link.text_hash for link in rendered.links() if link.starts_s is not None)


def test_who_speaks_and_how_much_can_be_kept(scanned: tuple[Path, Path], tmp_path: Path) -> None:
    _, data = scanned
    path = tmp_path / "s.yaml"
    plan = ["plan", "--data", str(data), "--minutes", "3", "-q", *WHEN, "--force", "-o", str(path)]
    config = data / "config.yaml"
    config.write_text("talk: {level: rare, presenter: otto, kinds_off: [closing]}")
    try:
        assert main(plan) == 0
        kept = load_plan(path)
        assert main([*plan, "--talk", "normal", "--presenter", "ella"]) == 0
        asked = load_plan(path)
    finally:
        config.unlink()
    assert (kept.presenter, asked.presenter) == ("otto", "ella")
    assert kept.settings == {"talk": "rare", "talk_placement": "auto", "talk_off": "closing"}
    assert asked.settings == {"talk": "normal", "talk_placement": "auto", "talk_off": "closing"}
    assert [link.kind for link in kept.links()] == ["opening"]


def test_a_language_that_nobody_speaks(
    scanned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, data = scanned
    assert main(["plan", "--data", str(data), "--language", "tlh", "-o", str(tmp_path / "s.yaml")]) == 1
    assert "tlh" in said(capsys)


def test_help_of_everything_is_written_for_a_person() -> None:
    for command in (
        "demo",
        "scan",
        "import",
        "unmatched",
        "plan",
        "show",
        "why",
        "render",
        "like",
        "ban",
        "rest",
        "opinions",
    ):
        done = subprocess.run(
            [sys.executable, "-m", "aidj", command, "--help"], capture_output=True, text=True, check=True
        )
        assert "usage: aidj" in done.stdout
        assert len(done.stdout.split("\n\n")[1]) > 60, f"{command} has no description"


def test_start_is_quick_and_light() -> None:
    """`aidj --help` and `import aidj` load none of the heavy libraries."""
    heavy = "numpy", "av", "soundfile", "rich", "yaml", "scipy", "pyttsx3", "pydub"
    code = (
        f"import sys, aidj, aidj.cli.program as p; p.build_parser(); print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# What goes wrong ------------------------------------------------------------------------------------------------------


def test_scan_with_broken_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music = tmp_path / "music"
    write_song(music / "good.flac", pulse(8), artist="A", title="Good")
    (music / "empty.mp3").touch()
    (music / "text.ogg").write_text("this is no sound")
    (music / "cut.flac").write_bytes((music / "good.flac").read_bytes()[:40])
    assert main(["scan", str(music), "--data", str(tmp_path / "data")]) == 0
    text = said(capsys)
    assert "1 tracks can be played" in text
    for name in ("empty.mp3", "text.ogg", "cut.flac"):
        assert name in text
    assert "empty" in text


def test_scan_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(tmp_path / "nowhere"), "--data", str(tmp_path / "data")]) == 1
    assert "nowhere" in said(capsys)
    (tmp_path / "void").mkdir()
    assert main(["scan", str(tmp_path / "void"), "--data", str(tmp_path / "data")]) == 1
    assert "No music was found" in said(capsys)


def test_plan_without_a_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--data", str(tmp_path / "data"), "-o", str(tmp_path / "s.yaml")]) == 1
    text = said(capsys)
    assert "aidj scan" in text
    assert not (tmp_path / "s.yaml").exists()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("wrong.json", b'{"a": 1}', "What to do"),
        ("broken.json", b'[{"ts": ', "What to do"),
        ("empty.csv", b"", "empty"),
        ("noise.bin", bytes(range(256)) * 8, "What to do"),
        ("cut.zip", None, "What to do"),
    ],
)
def test_histories_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, expected: str
) -> None:
    path = tmp_path / name
    if content is None:
        whole = spotify_history(tmp_path / "whole.zip", [play(n, "2025-01-11T10:00:00Z") for n in range(200)])
        content = whole.read_bytes()[:900]
    path.write_bytes(content)
    assert main(["import", str(path), "--data", str(tmp_path / "data")]) == 1
    text = said(capsys)
    assert name in text
    assert expected in text


def test_one_bad_history_does_not_keep_the_others_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("[")
    null_title = {**play(1, "2025-01-11T10:00:00Z"), "master_metadata_track_name": None}
    good = spotify_history(tmp_path / "good.zip", [play(1, "2025-01-12T10:00:00Z"), null_title])
    data = ["--data", str(tmp_path / "data")]
    assert main(["import", str(bad), str(good), *data]) == 0
    assert "1 added" in said(capsys)
    assert main(["import", str(good), *data]) == 0
    assert "0 added" in said(capsys)
    assert main(["unmatched", *data]) == 0
    assert "Test Song 1" in said(capsys)


def test_fewer_minutes_of_music_than_asked_for(
    scanned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, data = scanned
    path = tmp_path / "s.yaml"
    assert main(["plan", "--data", str(data), "--minutes", "90", *WHEN, "-o", str(path)]) == 0
    assert "90 minutes were asked for" in said(capsys)
    assert len({item.track.id for item in load_plan(path).items()}) == len(load_plan(path).items()) == 12


@pytest.mark.parametrize("minutes", ["0", "-3", "nan", "1e9"])
def test_lengths_that_make_no_sense(
    scanned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], minutes: str
) -> None:
    _, data = scanned
    assert main(["plan", "--data", str(data), f"--minutes={minutes}", "-o", str(tmp_path / "s.yaml")]) == 1
    assert "minutes" in said(capsys)


def test_songs_shorter_than_their_overlap(tmp_path: Path) -> None:
    music = tmp_path / "music"
    for number in range(5):
        samples = pulse(1.2 + 30 * (number == 4), seed=number, fade_s=1.0)
        write_song(music / f"{number}.wav", samples, artist=f"A{number}", title=f"T{number}")
    data = ["--data", str(tmp_path / "data")]
    assert main(["scan", str(music), *data, "-q"]) == 0
    plan = tmp_path / "s.yaml"
    items = "".join(f"      - track: {{artist: A{n}, title: T{n}}}\n" for n in (0, 4, 1, 2, 3))
    plan.write_text(
        "schema: aidj.plan/1\nplanned_at: 2026-11-21T20:00:00+00:00\nsets:\n  - entries:\n" + items, encoding="utf-8"
    )
    assert main(["render", str(plan), *data, "-q", "-o", str(tmp_path / "m.wav")]) == 0
    assert all(item.starts_s is not None for item in load_plan(tmp_path / "m.plan.yaml").items())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("plays_s:", "play_s:", "did you mean 'plays_s'"),
        ("minutes: 4.0", "minutes: -4.0", "cannot be negative"),
        ("seed: ", "seed: x", "whole number"),
        ("schema: aidj.plan/2", "schema: aidj.plan/7", "newer version of aidj"),
        ("kind: opening", "kind: greeting", "opening"),
        ("weekday:", "wekday:", "weekday"),
    ],
)
def test_mistakes_in_a_plan(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, expected: str
) -> None:
    path, data = planned
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    said(capsys)
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]) == 1
    text = said(capsys)
    assert expected in text
    assert not (tmp_path / "m.wav").exists()


def test_a_plan_with_an_unknown_track(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, data = planned
    track = load_plan(path).items()[1].track
    text = path.read_text().replace(f"id: {track.id}", "id: '0000000000000000'")
    text = text.replace(f"path: {track.path}", "path: /no/such/file.flac")
    path.write_text(text.replace(f"title: {track.title}\n", "title: Never Heard Of\n"))
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]) == 0
    text = said(capsys)
    assert "Never Heard Of" in text
    assert "not in the library" in text
    assert "aidj scan" in text
    rendered = load_plan(tmp_path / "m.plan.yaml")
    assert "Never Heard Of" in [item.track.title for item in rendered.items()], "it stays in the plan"
    assert any("Never Heard Of" in note for note in rendered.notes)
    assert "Never Heard Of" not in " ".join(link.text or "" for link in rendered.links())


def test_a_plan_of_unknown_tracks_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "schema: aidj.plan/1\nplanned_at: 2026-11-21T20:00:00+00:00\n"
        "sets: [{entries: [{track: {artist: A, title: B}}]}]\n"
    )
    assert main(["render", str(path), "--data", str(tmp_path / "d"), "-q", "-o", str(tmp_path / "m.wav")]) == 1
    assert "not in the library" in said(capsys)


def test_a_mix_never_replaces_a_song(scanned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    music, data = scanned
    song = music / "03.flac"
    before = song.read_bytes()
    assert main(["render", "--data", str(data), "--minutes", "2", "-q", "-o", str(song)]) == 1
    assert "one of your songs" in said(capsys)
    assert song.read_bytes() == before


def test_a_plan_is_not_replaced_unasked(planned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    path, data = planned
    path.write_text(path.read_text() + "# mine\n")
    again = ["plan", "--data", str(data), "--minutes", "3", *WHEN, "-q", "-o", str(path)]
    assert main(again) == 1
    assert "--force" in said(capsys)
    assert path.read_text().endswith("# mine\n")
    assert main([*again, "--force"]) == 0


def test_options_beside_a_plan(planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = planned
    render = ["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]
    assert main([*render, "--presenter", "otto", "--minutes", "9"]) == 0
    assert "--minutes has no effect" in said(capsys)
    assert "Otto Pilot" in (tmp_path / "m.vtt").read_text()
    assert main([*render[:-1], str(tmp_path / "n.wav"), "--silent"]) == 0
    assert not (tmp_path / "n.vtt").exists()


def test_a_goodbye_is_not_said_in_the_middle(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, data = planned
    plan = load_plan(path)
    used = {item.track.title for item in plan.items()}
    spare = next(number for number in range(12) if f"Test Song {number}" not in used)
    entry = f"      - track: {{artist: Test Artist {spare % 6}, title: Test Song {spare}}}\n"
    path.write_text(path.read_text() + entry)
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]) == 0
    assert "goodbye" in said(capsys)
    assert load_plan(tmp_path / "m.plan.yaml").links()[-1].text is None


def test_a_song_that_broke_after_the_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music = make_library(tmp_path / "music", count=6)
    data = ["--data", str(tmp_path / "data")]
    assert main(["scan", str(music), *data, "-q"]) == 0
    plan = tmp_path / "s.yaml"
    assert main(["plan", *data, "--minutes", "2", "-q", *WHEN, "-o", str(plan)]) == 0
    victim = load_plan(plan).items()[1].track
    assert victim.path is not None
    victim.path.write_bytes(victim.path.read_bytes()[:9000])
    said(capsys)
    assert main(["render", str(plan), *data, "-q", "-o", str(tmp_path / "m.flac")]) == 0
    assert load_plan(tmp_path / "m.plan.yaml").items()[0].starts_s is not None
    assert victim.path.name in said(capsys), "it has changed, and that is said"
    assert load_plan(tmp_path / "m.plan.yaml").items()[1].starts_s is None
    victim.path.unlink()
    assert main(["render", str(plan), *data, "-q", "-o", str(tmp_path / "n.flac")]) == 0
    assert "A song is left out" in said(capsys)
    rendered = load_plan(tmp_path / "n.plan.yaml")
    assert victim.title not in " ".join(link.text or "" for link in rendered.links())


@pytest.mark.parametrize("name", ["mix.xyz", "mix", "no/such/folder/mix.mp3"])
def test_outputs_that_cannot_be_written(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path, data = planned
    before = sorted(tmp_path.iterdir())
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / name)]) == 1
    assert "Error" in said(capsys)
    assert sorted(tmp_path.iterdir()) == before


def test_an_unknown_presenter(scanned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = scanned
    assert main(["plan", "--data", str(data), "--presenter", "elle", "-o", str(tmp_path / "s.yaml")]) == 1
    assert "ella" in said(capsys)


def test_hostile_names_do_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music = tmp_path / "music"
    for number in range(4):
        write_song(
            music / f"{number}.flac",
            pulse(30, seed=number),
            artist=f"[bold red]A{number}\x1b[2J",
            title=f"{{artist}} [/bold] T{number}",
        )
    data = ["--data", str(tmp_path / "data")]
    mix = tmp_path / "m.wav"
    assert main(["render", "--music", str(music), *data, "--minutes", "1.5", *WHEN, "-o", str(mix)]) == 0
    out, err = capsys.readouterr()
    assert "\x1b[2J" not in out + err
    assert "[bold red]A" in out.replace("\n", "")
    assert "{artist} [/bold] T" in load_plan(tmp_path / "m.plan.yaml").items()[0].track.title


def test_no_voice_is_no_end(planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, data = planned
    presenter = tmp_path / "nobody.yaml"
    presenter.write_text(
        "schema: aidj.presenter/2\nname: Nobody\nengine: pyttsx3\nvoice: no-such-voice\nlanguage: en\npace_wpm: 155\n"
        "licence: none needed\norigin: nowhere\n"
    )
    path.write_text(path.read_text().replace("presenter: ella", f"presenter: {presenter}", 1))
    said(capsys)
    assert main(["render", str(path), "--data", str(data), "-q", "-o", str(tmp_path / "m.wav")]) == 0
    assert (tmp_path / "m.wav").exists()
    heard = [link for link in load_plan(tmp_path / "m.plan.yaml").links() if link.starts_s is not None]
    assert all(link.engine and link.voice != "no-such-voice" for link in heard), "another voice speaks, or none"


def test_the_demo_can_be_rendered_again_as_it_says(
    demo_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(demo_data, tmp_path / "its data")
    out = ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "its data")]
    assert main(["demo", *out, "--minutes", "4", "--format", "wav", "-q", *WHEN]) == 0
    (command,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  aidj render ")]
    assert main(shlex.split(command)[1:]) == 0
    assert (tmp_path / "out" / "again.wav").is_file()


def test_a_data_folder_that_cannot_be_written_costs_no_mix(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_read_only(folder: Path | None = None) -> Home:
        home = open_home(folder)
        home.connection.execute("PRAGMA query_only = ON")  # what SQLite then says is what it says of a read-only disk
        return home

    path, data = planned
    said(capsys)
    monkeypatch.setattr(sources, "open_home", open_read_only)
    assert main(["render", str(path), "--data", str(data), "-o", str(tmp_path / "m.wav")]) == 0
    out, err = capsys.readouterr()
    assert (tmp_path / "m.wav").is_file()
    assert "minutes of radio" in out
    assert "What was said is not remembered." in err
    assert "What was offered is not remembered." in err
    assert err.count("the data folder is read-only") == 2
    assert "disk is full" not in err
    assert main(["plan", "--data", str(data), "--minutes", "4", *WHEN, "-o", str(tmp_path / "new.yaml")]) == 0
    out, err = capsys.readouterr()
    assert "Written to" in out
    assert "What was offered is not remembered." in err


def test_the_data_file_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "aidj.sqlite3").write_bytes(b"not a database at all" * 100)
    assert main(["unmatched", "--data", str(data)]) == 1
    assert "--data" in said(capsys)
    assert (data / "aidj.sqlite3").read_bytes().startswith(b"not a database")


def test_output_into_a_closed_pipe_is_no_traceback(scanned: tuple[Path, Path], tmp_path: Path) -> None:
    _, data = scanned
    plan = tmp_path / "s.yaml"
    assert main(["plan", "--data", str(data), "--minutes", "4", "-q", "-o", str(plan)]) == 0
    shown = subprocess.Popen([sys.executable, "-m", "aidj", "show", str(plan)], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)  # fmt: skip
    assert isinstance(shown.stdout, io.BufferedReader)
    shown.stdout.close()
    assert shown.stderr is not None
    assert b"Traceback" not in shown.stderr.read()
    shown.stderr.close()
    shown.wait()
