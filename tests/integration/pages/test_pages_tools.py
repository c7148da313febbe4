"""Pages and the OPML as other programs read them: a validator, a text browser, feed readers; and what they weigh."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import listparser
import pytest

from digest.feeds.pages import Pages
from tests.patience import HANG_S

HTML_VALIDATE = Path(__file__).parents[3] / ".cache/node/node_modules/.bin/html-validate"
RULES = '{"root": true, "extends": ["html-validate:recommended", "html-validate:document", "html-validate:a11y"]}'
PAGES = ("index", "all", "corrections", "children", "ar-index", "ar-all")


def run_tool(*command: str | Path, **options: Any) -> str:
    """Return what a program of the system said; skip by name where it is not installed."""
    found = shutil.which(command[0])
    if found is None:
        pytest.skip(f"{Path(command[0]).name} is not installed")
    done = subprocess.run(
        [found, *command[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG_S, check=False, **options
    )
    assert done.returncode == 0, done.stdout.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("name", PAGES)
def test_html_is_valid(folder: Path, tmp_path: Path, name: str) -> None:
    """html-validate has nothing to say."""
    rules = tmp_path / "rules.json"
    rules.write_text(RULES)
    page = (folder / f"{name}.html").read_bytes()
    said = run_tool(HTML_VALIDATE, "--config", rules, "--stdin", "--stdin-filename", f"{name}.html", input=page)
    assert said.strip() == ""


def test_text_browser(folder: Path) -> None:
    """In lynx a twin reads from top to bottom: title, address, news, marks, the way to other feeds."""
    said = run_tool(
        "lynx", "-cfg=/dev/null", "-dump", "-nolist", "-width=120", "-display_charset=utf-8", folder / "all.html"
    )
    expected = [
        *("Harbor Rights Watch", "Everything new.", "about 2 a day · latest 12 March 2026", "all.atom", "Feedly"),
        *("12 March 2026 · Press Release", "Corrected on 12 March 2026, 12:30 EDT.", "There are four."),
        *("withdrawn on 10 March 2026", "The families asked us to wait.", "no script"),
    ]
    places = [said.find(words) for words in expected]
    assert -1 not in places
    assert places == sorted(places)


def test_pages_are_light(usual_page: bytes, folder: Path) -> None:
    """A twin of 50 usual entries weighs at most 50 kB, and each packaged picture at most 4."""
    assert len(usual_page) <= 50_000
    assert all((folder / name).stat().st_size <= 4_000 for name in ("icon.png", "logo.png"))


@pytest.mark.parametrize(("name", "size"), [("icon.png", (256, 256)), ("logo.png", (512, 256))])
def test_packaged_pictures(name: str, size: tuple[int, int]) -> None:
    """The icon is square and the logo twice as wide as high (RFC 4287 §4.2.5, §4.2.8)."""
    data = Pages().picture(name)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == size


def test_listparser_reads_the_opml(folder: Path, site: Any) -> None:
    """Every feed is there with title and address, in the folder of its group."""
    read = listparser.parse((folder / "feeds.opml").read_text(encoding="utf-8"))
    assert not read.bozo
    assert read.meta.title == site.title
    assert [(feed.url.removeprefix(site.feeds_url), feed.title, feed.categories) for feed in read.feeds] == [
        ("all.atom", "Harbor Rights Watch", []),
        ("refugees-and-migrants.atom", "Refugees and migrants – Harbor Rights Watch", [["Topics"]]),
        ("children.atom", "Children’s rights – Harbor Rights Watch", [["Topics"]]),
        ("region-greece.atom", "Greece – Harbor Rights Watch", [["Regions"]]),
        ("kind-report.atom", "Reports – Harbor Rights Watch", [["Kinds of item"]]),
        ("corrections.atom", "Corrections – Harbor Rights Watch", []),
    ]


def test_newsboat_imports_the_opml(folder: Path, tmp_path: Path, site: Any) -> None:
    """newsboat takes every feed, with its group as a tag."""
    urls, config, cache = tmp_path / "urls", tmp_path / "config", tmp_path / "cache"
    config.touch()
    run_tool(
        *("newsboat", "-q", "-u", urls, "-C", config, "-c", cache, "-i", folder / "feeds.opml"),
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    taken = [line.removeprefix(site.feeds_url) for line in urls.read_text().splitlines()]
    assert len(taken) == 6
    assert taken[0].startswith("all.atom")
    assert 'region-greece.atom "Regions"' in taken
