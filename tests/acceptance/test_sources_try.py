"""`digest sources try`: invented newsrooms of every shape are read rightly by the way that it calls the best."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from digest.cli import run_command
from digest.config.load import load_config

SITES = Path(__file__).parents[1] / "samples/sites"
DUMPS = Path(__file__).parents[2] / "../shared/newsroom"
NAMES = sorted(site.name for site in SITES.iterdir())
CONFIG = """\
# Ours since 2019.
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}   # the house
sources:
  page: {type: text, path: page.txt}   # the old way
lists: {}
"""
TYPES = {".html": "text/html; charset=utf-8", ".rss": "application/rss+xml", ".xml": "application/xml"}

Try = Callable[..., tuple[int, str, str]]


@pytest.fixture
def try_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Try:
    """Run `digest sources try` in a fresh folder; return exit code, data and talk."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run_command(["sources", "try", *map(str, arguments)])
        told = capfd.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def serve(httpserver: HTTPServer) -> Callable[[str], str]:
    """Serve an invented site and return the address of its listing; what it does not have is a 404."""
    httpserver.no_handler_status_code = 404

    def start(name: str) -> str:
        site = SITES / name
        for file in site.rglob("*.*"):
            path = f"/{file.relative_to(site)}".replace("/index.html", "/")
            body = file.read_text().replace("BASE", httpserver.url_for("").rstrip("/"))
            httpserver.expect_request(path).respond_with_data(body, content_type=TYPES.get(file.suffix, "text/plain"))
        return httpserver.url_for("/")

    return start


def requests_of(httpserver: HTTPServer) -> list[str]:
    """Return the paths that were asked."""
    return [request.path for request, _ in httpserver.log]


def moment(text: str | None) -> object:
    """Return a date as it is, and an instant so that two spellings of it are equal."""
    return datetime.fromisoformat(text) if text and "T" in text else text


@pytest.mark.parametrize("name", NAMES)
def test_the_best_way_reads_the_newsroom_rightly(
    name: str, try_source: Try, serve: Callable[[str], str], httpserver: HTTPServer
) -> None:
    """Of each invented site the best way gives exactly its titles, dates and links, and few requests are sent."""
    expected = json.loads((SITES / name / "expected.json").read_text())
    address = serve(name)
    code, out, _ = try_source(address, "--json", "--allow-private")
    found = json.loads(out)
    assert code == (0 if expected["items"] else 1)
    best: dict[str, Any] = found["ways"][0] if found["ways"] else {"source": {"type": "html"}, "items": []}
    given = [[moment(one["published"]), one["title"], one["link"]] for one in best["items"]]
    assert given == [[moment(on), title, address.rstrip("/") + link] for on, title, link in expected["items"]]
    assert best["source"]["type"] == expected["type"]
    assert len(requests_of(httpserver)) <= 15


@pytest.mark.parametrize("name", ["advertised-feed", "date-headings", "hashed", "json-ld", "magazine"])
def test_the_yaml_is_good_as_it_stands(name: str, try_source: Try, serve: Callable[[str], str], tmp_path: Path) -> None:
    """What is printed to paste makes a configuration without a problem, and every line but a long one fits."""
    code, out, _ = try_source(serve(name), "--allow-private")
    assert code == 0
    pasted = out.partition("in config.yaml:\n")[2]
    config = tmp_path / "pasted.yaml"
    config.write_text('site: {title: Ours, url: "https://newsroom.example.org/"}\nsources:\n' + pasted)
    (source,) = load_config(config).sources
    assert source.url
    assert all(len(line) <= 80 for line in out.partition("Way 1 as")[0].splitlines())


def test_an_advertised_feed_is_told_first(try_source: Try, serve: Callable[[str], str]) -> None:
    """The first lines say what was found: the page's name, how many ways, and that a feed is advertised."""
    address = serve("advertised-feed")
    _, out, err = try_source(address, "--allow-private")
    assert out.splitlines()[:7] == [
        address,
        "“Halden Watch”, a web page. 2 ways to read it, best first.",
        f"This page advertises a feed: {address}posts.rss",
        "",
        "1. The feed that the page advertises: 6 items, newest 2026-03-18",
        "   ✓ title  ✓ date  ✓ summary  – picture  – kind  – author  – full text",
        "   2026-03-18  Two fishers released after eleven weeks in custody",
    ]
    assert "2. Repeated blocks on the page: 6 items" in out
    assert f"sources try {address} --allow-private --save" in err


def test_what_a_better_way_finds_as_well_is_no_way_of_its_own(try_source: Try, serve: Callable[[str], str]) -> None:
    """Of a page in three parts only the way that reads all of them is shown, not one for each part."""
    _, out, _ = try_source(serve("magazine"), "--allow-private", "--json")
    assert [way["count"] for way in json.loads(out)["ways"]] == [12]


def test_another_way_is_shown_in_full(try_source: Try, serve: Callable[[str], str]) -> None:
    """`--way 2` prints the YAML of the second way, and a way that is not there is a usage error."""
    address = serve("advertised-feed")
    _, out, _ = try_source(address, "--allow-private", "--way", "2")
    assert "Way 2 as YAML" in out
    assert "items: section.post" in out
    assert "1. The feed" not in out
    code, _, err = try_source(address, "--allow-private", "--way", "3")
    assert (code, "can be read in 2" in err) == (2, True)


def test_a_way_is_saved_and_nothing_else_is_touched(
    try_source: Try, serve: Callable[[str], str], tmp_path: Path
) -> None:
    """`--save` adds the source; comments, order and every other line stay, and an id that is taken is refused."""
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG)
    address = serve("cards")
    code, _, err = try_source(address, "--allow-private", "--save", "tidewater")
    assert code == 0, err
    assert "fetch tidewater" in err
    kept = [line for line in config.read_text().splitlines() if line in CONFIG.splitlines()]
    assert kept == CONFIG.splitlines()
    saved = next(one for one in load_config(config).sources if one.id == "tidewater")
    assert saved.html is not None
    assert (saved.type, saved.url, saved.html.items) == ("html", address, "article.card")
    before = config.read_text()
    code, _, err = try_source(address, "--allow-private", "--save", "tidewater")
    assert (code, "there is a source `tidewater` already" in err) == (2, True)
    assert config.read_text() == before


def test_a_saved_source_is_read_as_it_was_shown(
    try_source: Try, serve: Callable[[str], str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`fetch` reads from the source that `--save` wrote just what `try` had shown."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    assert try_source(serve("drupal-views"), "--allow-private", "--save")[0] == 0
    assert run_command(["fetch", "latest-ostby-legal-aid"]) == 0
    assert "10 new" in capfd.readouterr().out


@pytest.mark.parametrize("dump", ["000", "001", "002"])
def test_a_text_dump_is_known_as_one(dump: str, try_source: Try) -> None:
    """A real dump of a newsroom's listing, given as a file, is best read as text, every item with its date."""
    files = list(DUMPS.glob(f"{dump}*.txt"))
    if not files:
        pytest.skip("the real dumps are not here")
    code, out, _ = try_source(files[0], "--json")
    best = json.loads(out)["ways"][0]
    assert (code, best["source"]["type"]) == (0, "text")
    assert best["count"] > 5
    assert (best["has"]["title"], best["has"]["date"]) == (1, 1)


def test_a_saved_page_keeps_the_address_it_came_from(try_source: Try, tmp_path: Path) -> None:
    """A page saved by a browser is read as a file, its links counting from the address noted in it."""
    page = (SITES / "cards/index.html").read_text()
    note = "<!-- saved from url=(0035)https://tidewater.example.org/news/ -->"
    (tmp_path / "saved.html").write_text(page.replace("<html", f"{note}<html"))
    code, out, _ = try_source("saved.html", "--json")
    best = json.loads(out)["ways"][0]
    assert code == 0
    assert best["source"]["path"] == "saved.html"
    assert best["items"][0]["link"].startswith("https://tidewater.example.org/news/harbour-council")


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("feed.xml", (SITES / "advertised-feed/posts.rss").read_text().replace("BASE", "https://x.example"), "feed"),
        ("note.md", "---\ndate: 2026-03-05\n---\n# The bridge opens\n\nOn Friday at noon.\n", "folder"),
    ],
    ids=["feed", "document"],
)
def test_other_files(name: str, content: str, type_: str, try_source: Try, tmp_path: Path) -> None:
    """A saved feed is read as a feed, a Markdown file as one of its folder."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / name).write_text(content)
    code, out, err = try_source(f"docs/{name}", "--json")
    assert code == 0, err
    assert json.loads(out)["ways"][0]["source"]["type"] == type_


def test_a_private_address_is_refused_with_the_cure(try_source: Try, serve: Callable[[str], str]) -> None:
    """An address of one's own network is asked only with --allow-private, and the refusal says so."""
    code, out, err = try_source(serve("cards"))
    assert (code, out) == (1, "")
    assert "--allow-private" in err


@pytest.mark.parametrize(
    ("status", "body", "seen"),
    [
        (404, "gone", "the server answered 404"),
        (403, "no", "save the page with a browser and try the file"),
        (200, "%PDF-1.7 …", "A PDF file: no way was found"),
        (
            200,
            "<html><title>Staff</title><h1>Log in</h1><form><input type=password></form></html>",
            "it looks like a login page",
        ),
        (200, '<html><title>App</title><div id="root"></div><script src="a.js"></script></html>', "before a script"),
    ],
    ids=["missing", "refused", "no page", "login", "script"],
)
def test_what_cannot_be_read_is_told_in_words(
    status: int, body: str, seen: str, try_source: Try, httpserver: HTTPServer
) -> None:
    """A page that is not there, is none, or holds nothing for programs ends with exit code 1 and a sentence."""
    httpserver.no_handler_status_code = 404
    httpserver.expect_request("/").respond_with_data(body, status=status, content_type="text/html")
    code, out, err = try_source(httpserver.url_for("/"), "--allow-private")
    assert code == 1
    assert seen in " ".join((out + err).split())


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (("nothing.txt",), "nothing.txt does not exist"),
        (("page.txt", "news"), "counts only with --save"),
        (("--save", "page.txt"), "config.yaml"),
    ],
    ids=["no file", "id alone", "no configuration"],
)
def test_mistakes_of_the_caller(arguments: tuple[str, ...], seen: str, try_source: Try) -> None:
    """A file that is not there, an id without --save and a missing configuration are named."""
    code, _, err = try_source(*arguments)
    assert code != 0
    assert seen in err


def test_robots_txt_is_told_and_counts_against_a_page(
    try_source: Try, serve: Callable[[str], str], httpserver: HTTPServer
) -> None:
    """Where robots.txt forbids the page, its way says so, in its problems and as a comment in the YAML."""
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /\n")
    address = serve("cards")
    _, out, _ = try_source(address, "--allow-private", "--json")
    (way,) = json.loads(out)["ways"]
    assert "asks programs not to read" in way["problems"][0]
    _, out, _ = try_source(address, "--allow-private")
    assert "robots: ignore" in " ".join(out.partition("Way 1 as")[2].replace("#", "").split())


def test_wordpress_and_the_news_sitemap_are_found(
    try_source: Try, serve: Callable[[str], str], httpserver: HTTPServer
) -> None:
    """The API that a page names and the sitemap that robots.txt names are tried, and sitemaps come last."""
    base = httpserver.url_for("").rstrip("/")
    link = f'<link rel="https://api.w.org/" href="{base}/wp-json/" /></head>'
    stories = json.loads((SITES / "cards/expected.json").read_text())["items"]
    posts = [
        {
            "id": number,
            "link": base + path,
            "date_gmt": f"{on}T09:00:00",
            "modified_gmt": f"{on}T09:00:00",
            "title": {"rendered": title},
            "excerpt": {"rendered": "<p>The shelter on Pier Road closed in May.</p>"},
            "content": {"rendered": "<p>All of it.</p>", "protected": False},
        }
        for number, (on, title, path) in enumerate(stories)
    ]
    entries = f"<url><loc>{base}/news/a/</loc><lastmod>2026-03-18</lastmod></url>"
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    httpserver.expect_request("/").respond_with_data(
        (SITES / "cards/index.html").read_text().replace("</head>", link), content_type="text/html"
    )
    httpserver.expect_request("/wp-json/wp/v2/posts").respond_with_json(posts)
    httpserver.expect_request("/robots.txt").respond_with_data(f"Sitemap: {base}/map-of-news.xml\n")
    httpserver.expect_request("/map-of-news.xml").respond_with_data(sitemap, content_type="application/xml")
    httpserver.no_handler_status_code = 404
    _, out, _ = try_source(f"{base}/", "--allow-private", "--json")
    types = [way["source"]["type"] for way in json.loads(out)["ways"]]
    assert set(types) >= {"wordpress", "html"}
    assert types.index("wordpress") < types.index("html")


def test_a_page_that_advertises_sixty_feeds_costs_few_requests(try_source: Try, httpserver: HTTPServer) -> None:
    """However much a page advertises, no more than fifteen requests are sent for it."""
    feeds = "".join(f'<link rel=alternate type="application/rss+xml" href="/feed{n}.xml">' for n in range(60))
    page = f"<html><head>{feeds}</head><body><h1>News</h1></body></html>"

    def answer(request: Request) -> Response:
        body = page if request.path == "/" else "<rss><channel></channel></rss>"
        return Response(body, content_type="text/html" if request.path == "/" else "application/rss+xml")

    httpserver.expect_request("/").respond_with_handler(answer)
    httpserver.no_handler_status_code = 404
    code, _, _ = try_source(httpserver.url_for("/"), "--allow-private")
    assert code == 1
    assert 5 <= len(requests_of(httpserver)) <= 15


@pytest.mark.parametrize("command", ["sources", "sources try", "sources list"])
def test_help_fits_a_terminal(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The help of each command is in 80 columns, with no sentence cut off."""
    assert run_command([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert all(len(line) <= 80 for line in told.splitlines())
    assert "<str>" not in told


def test_sources_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """`sources list` names what config.yaml reads, one line each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(CONFIG)
    assert run_command(["sources", "list"]) == 0
    assert capfd.readouterr().out.split() == ["page", "text", "page.txt"]
