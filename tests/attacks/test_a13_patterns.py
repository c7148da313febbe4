"""FAULTS.md A13: no pattern of the configuration is a regular expression, and what it costs is limited all the same."""

import asyncio
from pathlib import Path

import pytest

from digest.config.settings import HtmlSettings, SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed
from digest.sources.markup.select import check_selector
from digest.sources.page import Page
from digest.sources.parser import Parser
from tests.patience import HANG_S

READ = "digest.sources.html:parse_html"
PAGE = "<html><body>" + "<div class='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'>" * 50 + "</div>" * 50 + "<p>x</p>" * 2_000


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", ".*.*.*=.*", "[a-z]+@"])
def test_a_regular_expression_is_no_selector(pattern: str) -> None:
    """It is told at once what is wrong, and never tried on anything."""
    assert check_selector(pattern)


@pytest.mark.parametrize(
    "selector",
    [
        "div " * 30 + "p",
        "div:has(div:has(div:has(p)))",
        "*:not(:has(* * * * * *))",
        "div ~ p " * 10,
        ":is(" * 15 + "p" + ")" * 15,
        "p:nth-child(2n+1 of :not(div > * ~ p))",
        "[class*=aaaa][class$='!'] * * * *",
        "p, " * 2_000 + "p",
    ],
)
async def test_the_costliest_selector_costs_no_more_than_its_share(selector: str) -> None:
    """A selector that looks at everything for everything gives items or a sentence within its limits."""
    settings = HtmlSettings(items=selector, title=selector, date=selector)
    page = Page(data=PAGE.encode(), source=SourceSettings(id="river", type="html", html=settings))
    async with Parser(children=1, cpu_s=1, deadline_s=HANG_S) as parser:
        (outcome,) = await asyncio.gather(parser.call(READ, page, Parsed), return_exceptions=True)
        assert isinstance(outcome, Parsed | SourceError)


async def test_a_plug_in_whose_pattern_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its source gets a sentence; the page after it is read."""
    (tmp_path / "spinplug.py").write_text(
        "import re\ndef spin(page): return re.match('(a+)+$', 'a' * 64 + '!')\ndef echo(page): return page\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    async with Parser(children=1, cpu_s=0.1, deadline_s=HANG_S) as parser:
        with pytest.raises(SourceError, match=r"took more than 0\.1 s of computing to read"):
            await parser.call("spinplug:spin", None)
        assert await parser.call("spinplug:echo", "next") == "next"
