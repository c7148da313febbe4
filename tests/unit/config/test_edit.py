"""A source added to config.yaml by the program: the text around it stays as its operator wrote it."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.config.edit import add_source, source_yaml
from digest.config.load import load_config, parse_config
from digest.config.starter import shipped_config_text
from digest.errors import ConfigError, UsageError
from tests.patience import HANG_S

SITE = "site: {title: Pier News, url: https://pier.example.org/}\n"
WIRE = {"type": "feed", "url": "https://wire.example.org/rss"}
LINE = "  wire:\n    type: feed\n    url: https://wire.example.org/rss\n"


def _added(folder: Path, text: str, source: Mapping[str, object] = WIRE) -> str:
    """Return a configuration after the source `wire` was added."""
    config = folder / "config.yaml"
    config.write_bytes(text.encode())
    add_source(config, "wire", source)
    return config.read_bytes().decode()


PLACES = [
    pytest.param("", "\nsources:\n" + LINE, id="no-sources"),
    pytest.param("# the end", "# the end\n\nsources:\n" + LINE.rstrip("\n"), id="no-sources-no-final-newline"),
    pytest.param("...\n", "\nsources:\n" + LINE + "...\n", id="before-the-end-of-the-document"),
    pytest.param("sources:\n", "sources:\n" + LINE, id="empty"),
    pytest.param("sources:   # none\nvar: v\n", "sources:   # none\n" + LINE + "var: v\n", id="empty-and-comment"),
    pytest.param("sources: {}\nvar: v\n", "sources:\n" + LINE + "var: v\n", id="braces"),
    pytest.param("sources: { } # none\n", "sources: # none\n" + LINE, id="braces-and-comment"),
    pytest.param("sources:\n  a: {type: text, path: a}\n", "sources:\n  a: {type: text, path: a}\n" + LINE, id="block"),
    pytest.param(
        "sources:\n  a: {type: text, path: a}",
        "sources:\n  a: {type: text, path: a}\n" + LINE.rstrip("\n"),
        id="no-final-newline",
    ),
    pytest.param(
        "sources:\n  a: {type: text, path: a}  # first\n\n  # b: {type: feed}\n\n# next\nvar: v\n",
        "sources:\n  a: {type: text, path: a}  # first\n\n  # b: {type: feed}\n" + LINE + "\n# next\nvar: v\n",
        id="comments",
    ),
    pytest.param(
        "sources:\n  a: {type: text, path: a}\n\n  b: {type: text, path: b}\nvar: v\n",
        "sources:\n  a: {type: text, path: a}\n\n  b: {type: text, path: b}\n\n" + LINE + "var: v\n",
        id="empty-lines-between",
    ),
    pytest.param(
        "sources:\n    a:\n       type: text\n       path: a\n",
        "sources:\n    a:\n       type: text\n       path: a\n"
        "    wire:\n       type: feed\n       url: https://wire.example.org/rss\n",
        id="indentation",
    ),
    pytest.param(
        "sources: {a: {type: text, path: a}} # all\n",
        "sources: {a: {type: text, path: a}, wire: {type: feed, url: https://wire.example.org/rss}} # all\n",
        id="one-line",
    ),
    pytest.param(
        "sources: {\n  a: {type: text, path: a},   # first\n  b: {type: text, path: b}   # last\n}\n",
        "sources: {\n  a: {type: text, path: a},   # first\n  b: {type: text, path: b},   # last\n"
        "  wire: {type: feed, url: https://wire.example.org/rss}\n}\n",
        id="braces-over-lines",
    ),
    pytest.param(
        "sources: {\n  a: {type: text, path: a},\n}\n",
        "sources: {\n  a: {type: text, path: a},\n  wire: {type: feed, url: https://wire.example.org/rss},\n}\n",
        id="last-comma",
    ),
    pytest.param(
        "sources: {a: {type: text, path: a},\n  b: {type: text, path: b}}\n",
        "sources: {a: {type: text, path: a},\n  b: {type: text, path: b},\n"
        "  wire: {type: feed, url: https://wire.example.org/rss}}\n",
        id="brace-on-the-last-line",
    ),
    pytest.param(
        "sources: {\n  # none yet\n  }\n",
        "sources: {wire: {type: feed, url: https://wire.example.org/rss}\n  # none yet\n  }\n",
        id="braces-around-a-comment",
    ),
]


@pytest.mark.parametrize(("before", "after"), PLACES)
def test_the_place(tmp_path: Path, before: str, after: str) -> None:
    """The new source is the last, in the style and indentation of the file, and nothing else is touched."""
    assert _added(tmp_path, SITE + before) == SITE + after


def test_a_file_that_is_one_block_in_braces(tmp_path: Path) -> None:
    """A configuration written in braces, as JSON is, gets its source in braces."""
    added = _added(tmp_path, '{"site": {"title": "Pier News", "url": "https://pier.example.org/"}}')
    assert added.endswith('"}, sources: {wire: {type: feed, url: https://wire.example.org/rss}}}')


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_breaks_of_the_file(tmp_path: Path, newline: str, mark: str) -> None:
    """New lines end as the others do, and a byte order mark stays."""
    before = "sources:\n  a: {type: text, path: a} # é 日本\n"
    text = (SITE + before + "var: v\n").replace("\n", newline)
    expected = (SITE + before + LINE + "var: v\n").replace("\n", newline)
    assert _added(tmp_path, mark + text) == mark + expected


def test_the_shipped_configuration(tmp_path: Path) -> None:
    """In the configuration that comes with digest, only the lines of the new source are new."""
    text = shipped_config_text()
    source = {"type": "html", "url": "https://wire.example.org/", "items": "article", "title": "h2", "every": "1 h"}
    added = _added(tmp_path, text, source)
    at = added.index("  wire:\n")
    new = source_yaml("wire", source)
    assert added == text[:at] + new + text[at:]
    assert load_config(tmp_path / "config.yaml").sources[-1].type == "html"


def test_lines_to_paste() -> None:
    """A source to paste has the reference's order of keys, lists on one line, and quotes only where they must be."""
    source = {
        "detail": {"content": "article .body", "date": "[itemprop=datePublished]@content"},
        "kinds": {"Press Release": "press-release", "No": "no"},
        "date_format": ["%d.%m.%Y", "%d %B %Y"],
        "enrich": ("picture", "author"),
        "title": "h2 > a",
        "items": "article.card",
        "url": "https://wire.example.org/?a=b#c",
        "pages": 2,
        "allow_private": True,
        "next": 'a[rel="next"]@href',
        "author": "*",
        "type": "html",
    }
    assert source_yaml("wire", source) == (
        "  wire:\n"
        "    type: html\n"
        "    url: https://wire.example.org/?a=b#c\n"
        "    items: article.card\n"
        "    title: h2 > a\n"
        '    date_format: ["%d.%m.%Y", "%d %B %Y"]\n'
        '    author: "*"\n'
        '    next: a[rel="next"]@href\n'
        "    pages: 2\n"
        "    detail:\n"
        "      content: article .body\n"
        '      date: "[itemprop=datePublished]@content"\n'
        "    kinds:\n"
        "      Press Release: press-release\n"
        '      "No": "no"\n'
        "    enrich: [picture, author]\n"
        "    allow_private: true\n"
    )
    assert yaml.safe_load(source_yaml("wire", source)) == {"wire": source | {"enrich": ["picture", "author"]}}


def _refused(folder: Path, text: str, id_: str, source: Mapping[str, object]) -> Exception:
    """Return why a source is refused; the file must be as it was."""
    config = folder / "config.yaml"
    config.write_text(text)
    with pytest.raises((ConfigError, UsageError)) as caught:
        add_source(config, id_, source)
    assert config.read_text() == text
    assert list(folder.iterdir()) == [config]
    return caught.value


def test_an_id_that_is_taken(tmp_path: Path) -> None:
    """An id is given once: its line is told, and nothing is written."""
    error = _refused(tmp_path, SITE + "sources: {wire: {type: text, path: p}}\n", "wire", WIRE)
    assert str(error).endswith("config.yaml:2: there is a source `wire` already: choose another id")


def test_a_broken_file(tmp_path: Path) -> None:
    """A file that is broken now is left alone, and all that is wrong with it is told."""
    error = _refused(tmp_path, SITE + "fedes: {}\nsources:\nkinds: x\n", "wire", WIRE)
    assert isinstance(error, ConfigError)
    assert [problem.line for problem in error.problems] == [2, 4]


@pytest.mark.parametrize(
    ("id_", "source", "message"),
    [
        pytest.param("wire", {"type": "feed"}, "`wire` says nowhere what to read", id="source"),
        pytest.param("The Wire", WIRE, "`The Wire` is no id", id="id"),
        pytest.param("wire", WIRE | {"url": "\ud800"}, "this is not YAML", id="half-a-character"),
        pytest.param("wire", WIRE | {"kinds": {"A": "none"}}, "no kind has the id `none`", id="kind"),
    ],
)
def test_a_source_that_cannot_be(tmp_path: Path, id_: str, source: Mapping[str, object], message: str) -> None:
    """What would break the file is not written."""
    assert message in str(_refused(tmp_path, SITE, id_, source))


def test_tabs_are_refused(tmp_path: Path) -> None:
    """A file that is indented with tabs is no YAML and stays as it is."""
    assert "a tab in the indentation" in str(_refused(tmp_path, SITE + "sources:\n\ta: {}\n", "wire", WIRE))


def test_mode_and_link_stay(tmp_path: Path) -> None:
    """A link stays a link: the file it leads to is replaced, with its mode, and nothing is left beside it."""
    real = tmp_path / "etc" / "real.yaml"
    real.parent.mkdir()
    real.write_text(SITE)
    real.chmod(0o640)
    link = tmp_path / "config.yaml"
    link.symlink_to(Path("etc/real.yaml"))
    add_source(link, "wire", WIRE)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [one.name for one in real.parent.iterdir()] == ["real.yaml"]
    assert load_config(link).sources[0].url == WIRE["url"]


def test_the_old_file_is_replaced_not_rewritten(tmp_path: Path) -> None:
    """Whoever has the file open reads the old one to its end."""
    config = tmp_path / "config.yaml"
    config.write_text(SITE)
    with config.open() as reader:
        add_source(config, "wire", WIRE)
        assert reader.read() == SITE


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from digest.config.edit import add_source
from digest.errors import UsageError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    add_source(Path(sys.argv[1]), "wire", {"type": "feed", "url": "https://wire.example.org/rss"})
except UsageError as error:
    print(error)
"""


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """Where nothing can be written, that is said in a sentence; the file is as it was, and nothing lies beside it."""
    config = tmp_path / "config.yaml"
    config.write_text(SITE)
    known = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-c", FULL_DISK, str(config)]
    done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=HANG_S)
    assert done.stdout == f"{config} cannot be written: File too large; it is as it was\n"
    assert config.read_text() == SITE
    assert list(tmp_path.iterdir()) == [config]


IDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda id_: id_ not in ("null", "true", "false"))
WORDS = st.text("ab é日#:'\"[]{}*&!?,-%@\\", min_size=1, max_size=8).filter(lambda text: " ".join(text.split()) == text)
SOURCES = st.fixed_dictionaries(
    {"type": st.just("html"), "url": st.just("https://wire.example.org/?a=1#x"), "items": WORDS, "title": WORDS},
    optional={
        "pages": st.integers(1, 9),
        "enrich": st.lists(st.sampled_from(["picture", "author", "kind"]), max_size=2),
        "allow_private": st.booleans(),
        "detail": st.dictionaries(st.sampled_from(["content", "date", "kind"]), WORDS, min_size=1),
        "kinds": st.dictionaries(WORDS, st.just("report"), max_size=2),
    },
)
COMMENTS = st.sampled_from(["", "", "\n", "# a comment\n", "    # far in\n", "\n\n# two\n", " # one in\n"])


@st.composite
def _configurations(draw: st.DrawFn) -> str:
    """A configuration of an operator with habits of their own."""
    step = draw(st.integers(1, 5))
    pad = " " * step
    ids = draw(st.lists(IDS.filter(lambda id_: id_ != "wire"), max_size=3, unique=True))
    flow = [f"{id_}: {{type: text, path: p, url: 'https://a.example.org/'}}" for id_ in ids]
    deep = draw(st.integers(1, 4))
    block = [f"{pad}{id_}:\n{pad}{' ' * deep}type: text\n{pad}{' ' * deep}path: 'p q'\n" for id_ in ids]
    tail = draw(st.sampled_from(["", " # end"]))
    styles = {
        "none": "",
        "empty": f"sources:{tail}\n",
        "braces": f"sources: {{{draw(st.sampled_from(['', ' ']))}}}{tail}\n",
        "line": f"sources: {{{', '.join(flow)}}}{tail}\n",
        "lines": f"sources: {{{tail}\n{''.join(f'{pad}{one},{tail}{chr(10)}' for one in flow)}{pad}}}\n",
        "tight": f"sources: {{{tail}\n{pad}{f',{tail}{chr(10)}{pad}'.join(flow)}{tail}\n{pad}}}{tail}\n",
        "flow": "sources:\n" + "".join(f"{pad}{one}{tail}\n{draw(COMMENTS)}" for one in flow),
        "block": "sources:\n" + "".join(f"{one}{draw(COMMENTS)}" for one in block),
    }
    parts = [SITE, "kinds: {report: {title: Reports}}\n", styles[draw(st.sampled_from(sorted(styles)))]]
    parts = draw(st.permutations(parts))
    text = "".join(part + draw(COMMENTS) for part in parts)
    if not draw(st.booleans()):
        text = text.removesuffix("\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def _holds(whole: list[Any] | str, part: list[Any] | str) -> bool:
    """Tell whether all of a part stands in a whole, in its order."""
    rest = iter(whole)
    return all(one in rest for one in part)


@given(_configurations(), SOURCES)
def test_the_result_is_old_and_new(tmp_path_factory: pytest.TempPathFactory, text: str, source: dict[str, Any]) -> None:
    """Whatever the file looks like, it means afterwards what it meant, and the source; no old character is lost."""
    config = tmp_path_factory.mktemp("edit") / "config.yaml"
    old = yaml.safe_load(text)
    config.write_bytes(text.encode())
    add_source(config, "wire", source)
    fresh = config.read_bytes().decode()
    assert yaml.safe_load(fresh) == old | {"sources": (old.get("sources") or {}) | {"wire": source}}
    assert list(yaml.safe_load(fresh)["sources"])[-1] == "wire"
    assert _holds(fresh, re.sub(r" \{ ?\}", "", text))
    if "{}" not in text and "sources: {" not in text:
        lines = text.splitlines(keepends=True)
        assert _holds(fresh.splitlines(), [line.rstrip("\r\n") for line in lines])
    parse_config(fresh.encode(), config)
