"""The keys of sources: what each type may have and must have, and what its values may be."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.config.load import parse_config
from digest.config.raw_source import RawDetail, RawSource
from digest.config.settings import DetailSettings, HtmlSettings, Settings
from digest.config.source_keys import SOURCE_TYPES, TYPES_OF, belongs
from digest.errors import Problem

Read = Callable[[str], Settings]
Problems = Callable[[str], tuple[Problem, ...]]

KINDS = "kinds: {press-release: {title: Press releases}}\n"
WHOLE = {
    "feed": "type: feed, url: 'https://a.example.org/rss'",
    "html": "type: html, url: 'https://a.example.org/', items: article, title: h2",
    "jsonld": "type: jsonld, url: 'https://a.example.org/'",
    "wordpress": "type: wordpress, url: 'https://a.example.org/'",
    "sitemap": "type: sitemap, url: 'https://a.example.org/sitemap.xml'",
    "folder": "type: folder, path: desk",
    "text": "type: text, path: page.txt",
    "minutes": "type: minutes, path: minutes.csv",
}
"""The least that a source of each type holds; `minutes` is a plug-in's."""

VALUES = {
    "url": "'https://a.example.org/'", "path": "x", "every": "1 h", "timezone": "UTC", "language": "en",
    "allow_private": "true", "kinds": "{Release: press-release}", "future": "clamp", "enrich": "picture",
    "enrich_pages": "3", "robots": "ignore", "pages": "2", "date_format": "'%d.%m.%Y'", "locale": "fr",
    "post_type": "news", "detail": "{content: main}", "options": "{section: press}",
}  # fmt: skip
"""A value for each key that no type needs; the others are selectors."""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in for sources of type `minutes` is installed; its code is nowhere, for nothing may load it."""
    described = tmp_path / "minutes-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: minutes\nVersion: 1\n")
    (described / "entry_points.txt").write_text("[digest.sources]\nminutes = minutes_that_are_nowhere:read\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def source(type_: str, more: str = "") -> str:
    """Return a section with one source `s` of a type."""
    return f"{KINDS}sources: {{s: {{{WHOLE[type_]}{more and ', '}{more}}}}}"


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("type_", WHOLE)
def test_every_key_belongs_to_types(read: Read, problems: Problems, type_: str) -> None:
    """A key of the type is taken; one of other types is refused at the key, with the types that it is for."""
    for key in RawSource.model_fields:
        if f"{key}:" in WHOLE[type_]:
            continue
        more = [f"{key}: {VALUES.get(key, '.x')}"] + ["enrich: [author]"] * (key in NEEDS_ENRICH)
        more += ["url: 'https://a.example.org/'"] * ("enrich" in " ".join(more) and "url" not in WHOLE[type_])
        given = source(type_, ", ".join(more))
        if belongs(key, type_):
            assert read(given).sources[0].type == type_
            continue
        found = [one for one in problems(given) if f"`{key}` is for" in one.message]
        assert [(one.line, one.column) for one in found] == [(3, given.splitlines()[1].index(f"{key}: ") + 1)]
        assert f"`{key}` is for {TYPES_OF[key][0]}" in found[0].message
        assert found[0].message.endswith(f"and `s` is of type {type_}")
        assert found[0].suggestion == "take it away, or change the `type`"


NEEDS_ENRICH = ("enrich_pages", "robots")


def test_the_table_knows_every_key() -> None:
    """The table of types names keys that exist, and types that exist."""
    assert set(TYPES_OF) <= set(RawSource.model_fields)
    assert {type_ for types in TYPES_OF.values() for type_ in types} == {*SOURCE_TYPES, "a plug-in"}


def test_settings_have_every_selector() -> None:
    """No selector of the file is lost on the way into the settings."""
    assert set(RawDetail.model_fields) == set(DetailSettings.__dataclass_fields__)
    selectors = {key for key, types in TYPES_OF.items() if types == ("html",)}
    assert selectors == set(HtmlSettings.__dataclass_fields__)


def test_everything_reaches_the_settings(read: Read) -> None:
    """What the operator writes is what the adapters get."""
    html = "link: 'a@href', next: '.n@href', detail: {content: main}, pages: 4, robots: ignore, locale: fr"
    more = "date_format: '%d %B %Y', future: clamp, enrich: [picture, kind], enrich_pages: 7, every: 1 h"
    found = read(source("html", f"{html}, {more}, kinds: {{' A  Release': press-release}}")).sources[0]
    assert found.html == HtmlSettings(
        items="article", title="h2", link="a@href", next=".n@href", detail=DetailSettings(content="main")
    )
    assert (found.pages, found.obey_robots, found.locale, found.future) == (4, False, "fr", "clamp")
    assert (found.date_formats, found.enrich, found.enrich_pages) == (("%d %B %Y",), ("picture", "kind"), 7)
    assert (found.kinds, found.every) == ({"A Release": "press-release"}, timedelta(hours=1))


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_has_its_own_keys(read: Read) -> None:
    """Under `options` a plug-in gets what YAML reads: text, numbers, lists and blocks."""
    found = read(source("minutes", "options: {section: press, most: 5, deep: {a: [1, b]}}")).sources[0]
    assert found.options == {"section": "press", "most": 5, "deep": {"a": [1, "b"]}}


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_is_suggested(problems: Problems) -> None:
    """The types of installed plug-ins are listed with our own, without a line of them being loaded."""
    (found,) = problems("sources: {s: {type: minuts, path: x}}")
    assert found.message.endswith("there are feed, html, jsonld, wordpress, sitemap, folder, text and minutes")
    assert (found.suggestion or "").splitlines()[0] == "did you mean 'minutes'?"


def test_an_unknown_type(problems: Problems) -> None:
    """A type that nobody reads is refused with those there are, and how a plug-in gets here."""
    (found,) = problems("sources: {s: {type: gopher, path: x}}")
    assert (found.line, found.column) == (2, 21)
    known = "feed, html, jsonld, wordpress, sitemap, folder and text"
    assert found.message == f"`sources.s.type`: no source type is called `gopher`; there are {known}"
    assert found.suggestion == "a type of your own comes with a plug-in: `pip install` it where digest is installed"


def test_full_text_needs_its_extra(read: Read, problems: Problems, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full text from items' own pages is refused where the library for it is missing, with the command that adds it."""
    wish = source("feed", "enrich: [picture, text]")
    if sys.modules.get("trafilatura", "") is not None:
        pytest.importorskip("trafilatura")
    assert read(wish).sources[0].enrich == ("picture", "text")
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    (found,) = problems(wish)
    assert found.message == "the full text of a page needs the extra `fulltext`, which is not installed"
    assert found.suggestion == "pip install 'digest[fulltext]'"
    assert (found.line, found.column) == (3, wish.splitlines()[1].index("text]") + 1)


FEED, HTML, TEXT = WHOLE["feed"], WHOLE["html"], WHOLE["text"]
WRONG = [
    ("html-items", "type: html, url: 'https://a/', title: h2", "s", "of type html and has no `items`", "article.card"),
    ("html-title", "type: html, url: 'https://a/', items: a", "s", "is of type html and has no `title`", "`title: h2`"),
    ("wordpress-url", "type: wordpress", "s", "`s` is of type wordpress and has no `url`", "add `url: https://"),
    ("sitemap-url", "type: sitemap", "s", "`s` is of type sitemap and has no `url`", "add `url: https://"),
    ("folder-path", "type: folder, url: 'https://a/'", "s", "`s` is of type folder and has no `path`", "add `path: "),
    ("feed-nothing", "type: feed", "s", "`s` says nowhere what to read", "add `url:` with an address, or `path:`"),
    ("kind", f"{FEED}, kinds: {{A: pres-release}}", "pres-", "no kind has the id `pres-release`", "'press-release'"),
    ("kind-id", f"{FEED}, kinds: {{A: Press Release}}", "Press", "`Press Release` is no id", "as press-release"),
    ("kind-label", f"{FEED}, kinds: {{1: press-release}}", "1:", "`1` without quotes is a number", '"1"'),
    ("kind-empty", f"{FEED}, kinds: {{' ': press-release}}", "' '", "an empty text", None),
    ("kinds-list", f"{FEED}, kinds: [press-release]", "[press", "must be a block of ids", None),
    ("detail", f"{HTML}, detail: {{}}", "detail", "`detail` has no selector, so it would find", "article .body"),
    ("detail-key", f"{HTML}, detail: {{body: x}}", "body", "`body` is no key of `sources.s.detail`", "content"),
    ("selector", f"{HTML}, link: ' '", "' '", "`sources.s.link`: an empty text", "h2 a@href"),
    ("enrich", f"{FEED}, enrich: [pictures]", "pictures", "no item's page gives `pictures`", "'picture'"),
    ("enrich-far", f"{FEED}, enrich: title", "title", "no item's page gives `title`", "it can give summary, date"),
    ("pages", f"{HTML}, pages: 101", "101", "`sources.s.pages` must be at most 100", None),
    ("pages-none", f"{HTML}, pages: 0", "0}", "`sources.s.pages` must be at least 1", None),
    ("enrich-pages", f"{FEED}, enrich: author, enrich_pages: 501", "501", "must be at most 500", None),
    ("enrich-pages-alone", f"{FEED}, enrich_pages: 5", "enrich_pages", "counts nothing without `enrich`", "author]`"),
    ("enrich-url", "type: feed, path: a.xml, enrich: author", "enrich", "`enrich` reads items' own pages", "add `url: https://"),
    ("robots-alone", f"{FEED}, robots: ignore", "robots", "is asked only for pages that are made for", "take it away"),
    ("robots", f"{HTML}, robots: no", "no}", "`sources.s.robots` must be obey or ignore", None),
    ("robots-word", f"{HTML}, robots: ignored", "ignored", "must be obey or ignore", "did you mean 'ignore'?"),
    ("future", f"{FEED}, future: keep", "keep", "`sources.s.future` must be hold or clamp", None),
    ("locale", f"{HTML}, locale: french", "french", "`french` is no language code", "pt-BR"),
    ("options", f"{TEXT}, options: {{a: b}}", "options", "`options` is for a plug-in, and `s` is of type", "take it"),
    ("own-key", f"{FEED}, section: x", "section", "`section` is no key of `sources.s`", "type, url, path, every"),
    ("near-key", f"{HTML}, item: article", "item:", "`item` is no key of `sources.s`", "did you mean 'items'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "message", "cure"), [pytest.param(*row[1:], id=row[0]) for row in WRONG])
def test_problem(problems: Problems, text: str, at: str, message: str, cure: str | None) -> None:
    """A wrong source gives one problem: at the key or value, what is wrong there, and what would be right."""
    line = f"sources: {{s: {{{text}}}}}"
    (found,) = problems(KINDS + line)
    head = 10 if at == "s" else len("sources: {s: {")
    assert (found.line, found.column) == (3, line.index(at, head) + 1)
    assert message in found.message
    assert cure is None or cure in (found.suggestion or "")


FORMATS = [
    ("%d/%m/%Y", None, None),
    ("%A %-d. %B %Y", None, None),
    ("%e %B %Y", "`%e` stands for no part", '"%d %B %Y"'),
    ("%Q %B %Y", "`%Q` stands for no part of a date", "%d day, %m or %B or %b month"),
    ("%D", "`%D` stands for no part", '"%m/%d/%y"'),
    ("%d %B", "gives no year", '"%d %B %Y"'),
    ("%B %Y", "gives no day", None),
    ("%d %Y", "gives no month", None),
    ("%H:%M %d.%m.%y", None, None),
    ("dd/MM/yyyy", "holds no directive", '"%d/%m/%Y"'),
    ("d MMMM y", "holds no directive", '"%d %B %Y"'),
    ("DD.MM.YYYY", "holds no directive", '"%d.%m.%Y"'),
    ("5 March 2026", "holds no directive", '"%d %B %Y"'),
    ("%d %m %Y %", "ends in a lone %", None),
    ("100%% %d %m %Y", None, None),
]


@pytest.mark.parametrize(("text", "message", "cure"), FORMATS, ids=[row[0] for row in FORMATS])
def test_date_formats(read: Read, problems: Problems, text: str, message: str | None, cure: str | None) -> None:
    """A format says day, month and year in known directives; what other programs call them is translated."""
    given = source("html", f'date_format: "{text}"')
    if message is None:
        assert read(given).sources[0].date_formats == (text,)
        return
    (found,) = problems(given)
    assert message in found.message
    assert cure is None or cure in (found.suggestion or "")


def test_a_format_without_quotes(problems: Problems) -> None:
    """A `%` first in a text is no YAML, and that is said."""
    (found,) = problems("sources:\n  s:\n    date_format: %d %B %Y")
    assert found.message == "a text cannot begin with this character"
    assert (found.suggestion or "").startswith("write it in quotes")


def test_everything_at_once(problems: Problems) -> None:
    """A source with eight errors gives eight problems, in the order of the file."""
    found = problems(
        "sources:\n"
        "  s:\n"
        "    type: wordpress\n"
        "    path: posts.json\n"
        "    items: article\n"
        "    enrich: [pictures]\n"
        "    kinds: {A: none}\n"
        "    date_format: '%d %B'\n"
        "    future: later\n"
    )
    places = [(problem.line, problem.column) for problem in found]
    assert places == [(3, 3), (5, 5), (6, 5), (7, 14), (8, 16), (9, 5), (9, 18), (10, 13)]


def test_nothing_is_read(tmp_path: Path) -> None:
    """Checking a configuration opens none of the files that it names."""
    content = f"site: {{title: T, url: https://a.example.org/}}\nsources: {{s: {{type: folder, path: {tmp_path}/no}}}}"
    assert parse_config(content.encode(), tmp_path / "config.yaml").sources[0].path == f"{tmp_path}/no"
