"""The web server as a reader sees it: every header, conditional requests, codings, moved and retired names."""

import asyncio
import gzip
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from digest.web.connection import Connection
from tests.published import FILES, PICTURE, Reply, Serve, Served, make_feed

ATOM = "application/atom+xml; charset=utf-8"
PATHS = {
    "/feeds/all.atom": ("all.atom", ATOM),
    "/all.atom": ("all.atom", ATOM),
    "/all.json": ("all.json", "application/feed+json"),
    "/feeds/all.html": ("all.html", "text/html; charset=utf-8"),
    "/": ("index.html", "text/html; charset=utf-8"),
    "/feeds/": ("index.html", "text/html; charset=utf-8"),
    "/feeds/index.html": ("index.html", "text/html; charset=utf-8"),
    "/feeds/feeds.opml": ("feeds.opml", "text/x-opml; charset=utf-8"),
    "/robots.txt": ("robots.txt", "text/plain; charset=utf-8"),
    "/favicon.ico": ("icon.png", "image/png"),
    "/feeds/icon.png": ("icon.png", "image/png"),
    "/feeds/logo.png": ("logo.png", "image/png"),
    "/feeds/archive/all-2026-03.atom": ("archive/all-2026-03.atom", ATOM),
    "/all.atom?from=somewhere": ("all.atom", ATOM),
}
MARCH = "Tue, 10 Mar 2026 08:00:00 GMT"
MOVED = "moved: {boats: ships, ships: sea, region-old: region-usa}, retired: [games]"


@pytest.fixture
def served(serve_folder: Serve) -> Served:
    """A folder that is being served."""
    return serve_folder(feeds=MOVED)


@pytest.mark.parametrize("path", PATHS)
def test_every_file_is_served_byte_for_byte(served: Served, path: str) -> None:
    """Each file has its type and its bytes, at the path of its public address and at the root."""
    file, type_ = PATHS[path]
    found = served.ask(path)
    assert (found.status, found.headers["content-type"], found.body) == (200, type_, FILES[file])
    assert found.headers["content-length"] == str(len(found.body))
    assert found.headers["last-modified"] == MARCH


def test_the_headers_of_a_feed(served: Served) -> None:
    """A feed has these headers and no other: nothing names the software, sets a cookie or offers ranges."""
    found = served.ask("/feeds/all.atom").headers
    assert abs(parsedate_to_datetime(found.pop("date")) - datetime.now(UTC)) < timedelta(seconds=5)
    assert found.pop("etag").strip('"').isalnum()
    assert found == {
        "content-type": ATOM,
        "content-length": str(len(FILES["all.atom"])),
        "last-modified": MARCH,
        "cache-control": "max-age=900",
        "vary": "accept-encoding",
        "access-control-allow-origin": "*",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }


def test_the_headers_of_a_page(served: Served) -> None:
    """A page may not be framed, runs no script, tells nobody where its reader came from, and is for no other site."""
    found = served.ask("/feeds/all.html").headers
    policy = found["content-security-policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"} <= set(policy)
    assert not [one for one in policy if one.startswith("script-src")]
    assert found["referrer-policy"] == "no-referrer"
    assert found["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in found


def test_a_page_is_guarded_by_its_own_policy(served: Served) -> None:
    """What a page says of itself is said in the header too, with what only a header can say; far down it is no word."""
    own = "default-src 'none'; style-src 'sha256-abc='"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{own.replace(chr(39), "&#39;")}">'
    for file, policy in (("all.html", f"{own}; frame-ancestors 'none'"), ("sea.html", None)):
        served.write(file, f"<!doctype html><html><head>{'' if policy else ' ' * 3000}{meta}</head></html>".encode())
        found = served.ask(f"/{file}").headers["content-security-policy"]
        assert (found == policy) if policy else ("sha256" not in found)


def test_no_answer_waits_for_the_reader(serve_folder: Serve) -> None:
    """Each part of an answer leaves at once (TCP_NODELAY): else each would wait 40 ms, for a late acknowledgement."""
    delays: list[int] = []

    class Watched(Connection):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            delays.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    assert serve_folder(connection=Watched).ask("/all.atom").status == 200
    assert delays == [1]


def test_gzip_has_a_tag_of_its_own(served: Served) -> None:
    """Whoever takes gzip gets it, under another strong tag; it unpacks to the same bytes. Pictures are never packed."""
    plain, packed = served.ask("/all.atom"), served.ask("/all.atom", Accept_Encoding="gzip, br")
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "accept-encoding")
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    assert not packed.headers["etag"].startswith("W/")
    picture = served.ask("/icon.png", Accept_Encoding="gzip")
    assert (picture.body, "vary" in picture.headers, "content-encoding" in picture.headers) == (PICTURE, False, False)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_copy_that_is_known_is_not_sent_again(served: Served, coding: str) -> None:
    """304 for the tag, also in a list and weak, and for `*`; it has the headers a cache needs and no body."""
    first = served.ask("/all.atom", Accept_Encoding=coding)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", W/"y" , {tag}', "*"):
        again = served.ask("/all.atom", Accept_Encoding=coding, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        kept = {"etag", "last-modified", "cache-control", "vary", "access-control-allow-origin"}
        assert {name: again.headers[name] for name in kept} == {name: first.headers[name] for name in kept}
        assert again.headers.keys() == kept | {"date"}
    other = served.ask("/all.atom", Accept_Encoding=coding, If_None_Match='"other"', If_Modified_Since=MARCH)
    assert (other.status, other.body) == (200, first.body)


def test_a_date_alone_will_do(served: Served) -> None:
    """304 for the date of the file, or a later one that has been; an earlier, future or broken date gives 200."""
    soon = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    asked = {MARCH: 304, "Wed, 11 Mar 2026 08:00:00 GMT": 304, "Tue, 10 Mar 2026 07:59:59 GMT": 200, soon: 200}
    for since, status in (asked | {"yesterday": 200, "": 200}).items():
        assert served.ask("/all.atom", If_Modified_Since=since).status == status, since


@pytest.mark.parametrize(
    "path", ["/all.atom", "/feeds/none.atom", "/feeds/boats.atom", "/feeds/games.html", "/healthz"]
)
def test_head_is_get_without_a_body(served: Served, path: str) -> None:
    """HEAD gives the status and the headers of GET, with the length of what GET would bring."""
    get, head = served.ask(path), served.ask(path, "HEAD")
    assert head.body == b""
    assert (get.status, without_date(get)) == (head.status, without_date(head))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/all.atom", "/healthz", "/nothing"])
def test_nothing_can_be_written(served: Served, method: str, path: str) -> None:
    """Every method but GET and HEAD is refused, with those that there are."""
    found = served.ask(path, method)
    assert (found.status, found.headers["allow"]) == (405, "GET, HEAD")


def test_a_body_ends_the_connection(served: Served) -> None:
    """What comes with a request is not read, and nothing that follows it is taken for a request."""
    found = served.ask("/all.atom", Content_Length="0")
    assert (found.status, "connection" in found.headers) == (200, False)
    found = served.ask("/all.atom", "POST", Content_Length="70000")
    assert (found.status, found.headers["connection"]) == (405, "close")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/feeds/boats.atom", "sea.atom"),
        ("/ships.json", "sea.json"),
        ("/feeds/boats.html", "sea.html"),
        ("/feeds/archive/boats-2026-03-2.atom", "archive/sea-2026-03-2.atom"),
        ("/region-old.atom", "region-usa.atom"),
    ],
)
def test_a_moved_name_leads_to_its_last_one_at_once(served: Served, path: str, address: str) -> None:
    """301 to the public address, in one hop, also where a copy of the feed stands under the old name."""
    served.write("boats.atom", b"a copy for other servers")
    found = served.ask(path, Host="evil.example", X_Forwarded_Host="evil.example")
    whole = f"https://newsroom.example.org/feeds/{address}"
    assert (found.status, found.headers["location"]) == (301, whole)
    assert whole.encode() in found.body
    assert b"evil" not in found.body


def test_a_retired_name_is_gone(served: Served) -> None:
    """410, for people too, with the way to all feeds; no file of that name is served."""
    served.write("games.atom", b"left behind")
    for path in ("/games.atom", "/feeds/games.json", "/feeds/games.html", "/archive/games-2026-03.atom"):
        found = served.ask(path)
        assert (found.status, found.headers["content-type"]) == (410, "text/html; charset=utf-8")
        assert b"https://newsroom.example.org/feeds/" in found.body


def test_the_folder_without_its_slash(served: Served) -> None:
    """Whoever forgets the last slash of the folder is helped, on the server that they asked."""
    found = served.ask("/feeds", Host="evil.example")
    assert (found.status, found.headers["location"]) == (301, "/feeds/")


def test_machines_can_ask_whether_it_lives(served: Served) -> None:
    """`/healthz` says ok in plain words, and nobody keeps that."""
    found = served.ask("/healthz")
    assert (found.status, found.body, found.headers["cache-control"]) == (200, b"ok\n", "no-store")


def test_what_is_not_there_may_come(served: Served) -> None:
    """404 for a name that could be, kept for a minute at most; once it is published it is served."""
    assert served.ask("/land.atom").headers["cache-control"] == "max-age=60"
    served.write("land.atom", b"<feed/>")
    assert served.ask("/land.atom").body == b"<feed/>"
    (served.folder / "land.atom").unlink()
    assert served.ask("/land.atom").status == 404


def test_a_changed_file_is_served_at_once(served: Served) -> None:
    """The request after a change brings the new bytes with a new tag; the old tag is no longer known."""
    old = served.ask("/all.atom")
    at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    served.write("all.atom", old.body.replace(b"Ferry", b"Barge"), at)
    new = served.ask("/all.atom", If_None_Match=old.headers["etag"])
    assert (new.status, b"Barge" in new.body) == (200, True)
    served.write("all.atom", old.body, at)
    assert served.ask("/all.atom", If_None_Match=old.headers["etag"]).status == 304


def test_a_date_that_stands_for_two_versions_is_no_proof(served: Served) -> None:
    """A reader that has nothing but dates gets a change of the same second, or one that a restored file undid."""
    second = datetime(2026, 3, 10, 9, tzinfo=UTC)
    for at in (second, second, second - timedelta(hours=1)):
        first = served.ask("/all.atom")
        served.write("all.atom", f"<feed>{at}{first.headers['etag']}</feed>".encode(), at)
        again = served.ask("/all.atom", If_Modified_Since=first.headers["last-modified"])
        assert (again.status, again.body == first.body) == (200, False)
    served.write("all.atom", b"<feed/>", second + timedelta(seconds=1))
    newest = served.ask("/all.atom").headers["last-modified"]
    assert served.ask("/all.atom", If_Modified_Since=newest).status == 304


def test_no_date_is_yet_to_come(served: Served) -> None:
    """A file that says it was written tomorrow is dated now, and nobody is told that it did not change."""
    served.write("all.atom", b"<feed/>", datetime.now(UTC) + timedelta(days=1))
    first = served.ask("/all.atom")
    modified, date = (parsedate_to_datetime(first.headers[name]) for name in ("last-modified", "date"))
    assert modified <= date
    assert served.ask("/all.atom", If_Modified_Since=first.headers["last-modified"]).status == 200


def test_nobody_sees_half_a_file(served: Served) -> None:
    """While a feed is replaced again and again, every answer is one of the files that were published, with its tag."""
    feeds = [make_feed(entries) for entries in (20, 30)]
    served.write("all.atom", feeds[0])
    ended = threading.Event()

    def replace() -> None:
        at = 0
        while not ended.is_set():
            at += 1
            served.write("all.atom", feeds[at % 2])

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        found = [served.ask("/all.atom", Accept_Encoding=("gzip", "identity")[at % 2]) for at in range(200)]
    finally:
        ended.set()
        writer.join()
    for one in found:
        body = gzip.decompress(one.body) if "content-encoding" in one.headers else one.body
        assert body in feeds
    assert len({one.headers["etag"] for one in found}) == len({one.body for one in found})


def without_date(reply: Reply) -> dict[str, str]:
    """Return the headers of a reply but for its date."""
    return {name: value for name, value in reply.headers.items() if name != "date"}
