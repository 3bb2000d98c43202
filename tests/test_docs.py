"""What the README and the docs say is true: it is run. For the examples, see test_examples.py."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from aidj.cli import main
from aidj.cli.program import build_parser
from aidj.plan import parse_plan

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "voices" / "README.md"]


def code_blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def demo(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the README's reader has it: music, a history, and a data folder with a plan."""
    work = tmp_path_factory.mktemp("docs")
    shutil.copytree(demo_data / "demo" / "music", work / "music")
    shutil.copy(demo_data / "demo" / "my_spotify_data.zip", work)
    return work


def test_the_library_in_ten_lines(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = code_blocks(ROOT / "README.md", "python")
    lines = [line for line in code.splitlines() if line.strip() and not line.startswith(("import", "from"))]
    assert len(lines) <= 10
    monkeypatch.chdir(demo)
    exec(compile(code, "README.md", "exec"), {})
    assert (demo / "tonight.mp3").stat().st_size > 1_000_000
    assert capsys.readouterr().out.count("·") >= 3


def test_the_plan_in_the_docs_is_a_plan() -> None:
    (block,) = code_blocks(ROOT / "docs" / "plan.md", "yaml")
    plan = parse_plan(block)
    assert plan.items()
    assert plan.links()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_docs_exist(page: Path) -> None:
    """Every `aidj …` line parses, and every script named is there."""
    text = page.read_text(encoding="utf-8")
    for script in re.findall(r"(?<![\w/])scripts/([a-z]+)", text):
        assert (ROOT / "scripts" / script).exists(), script
    commands = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    commands += re.findall(r"`((?:scripts/)?aidj [^`]+)`", text)
    for line in commands:
        match = re.match(r"(?:scripts/)?aidj (.+)", line.split("#")[0].strip())
        if match and "…" not in line and match[1] != "--help":
            words = shlex.split(match[1])
            if words[0] in ("scan", "import", "plan", "show", "render", "demo", "unmatched") and len(words) > 1:
                build_parser().parse_args(words)


def test_every_command_is_in_the_readme_or_docs() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for command in ("demo", "scan", "import", "plan", "show", "render"):
        assert f"aidj {command}" in text


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("aidj ")
