"""A46: paths that would lead out of the published folder, or to what is not published, asked of the web server."""

import socket
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.web.names import find_wanted
from tests.patience import HANG_S
from tests.published import FILES, Serve, Served

SECRET = b"the secret beside the folder"
PATHS = [
    "/../secret.atom", "/feeds/../secret.atom", "/feeds/../../secret.atom", "/feeds/archive/../../secret.atom",
    "/%2e%2e/secret.atom", "/feeds/%2e%2e/secret.atom", "/feeds/.%2e/secret.atom", "/feeds/..%2fsecret.atom",
    "/feeds/%252e%252e/secret.atom", "/feeds/..%252fsecret.atom", "/feeds/%c0%ae%c0%ae/secret.atom",
    "/feeds/..\\secret.atom", "/feeds/..%5csecret.atom", "/feeds/....//secret.atom", "/feeds//secret.atom",
    "//secret.atom", "/feeds/link.atom", "/feeds/archive/link-2026-03.atom", "/feeds/all.atom%00.png",
    "/feeds/all.atom%00", "/feeds/%00", "/feeds/.git/config", "/feeds/.git", "/.git/config", "/feeds/.all.atom.tmp",
    "/feeds/all.atom.tmp", "/feeds/CON", "/feeds/CON.atom", "/feeds/nul.atom%20", "/feeds/all.atom.",
    "/feeds/all.atom/",
    "/feeds/all.atom%20", "/feeds/all.atom::$DATA", "/feeds/All.atom", "/feeds/%61ll.atom", "/feeds/all%2eatom",
    "/feeds/all.ATOM", "/feeds/archive", "/feeds/archive/", "/feeds/archive/all.atom", "/feeds/archive/all-2026-3.atom",
    "/feeds/archive/x/all-2026-03.atom", "/feeds/-all.atom", "/feeds/a_b.atom",
    "/feeds/ä.atom".encode().decode("latin-1"),
    "/feeds/" + "a" * 81 + ".atom", "/feeds/" + "a" * 9000 + ".atom", "/feeds/" + "../" * 500 + "etc/passwd",
    "/etc/passwd", "/config.yaml", "/feeds/config.yaml", "/secret.key", "/feeds/all.atom;x", "/feeds/all.atom%0a",
    "/healthz/", "/feeds/healthz",
]  # fmt: skip


@pytest.fixture
def served(serve_folder: Serve) -> Served:
    """A folder that is being served, with secrets beside it and links to them in it."""
    served = serve_folder()
    above = served.folder.parent
    for file in ("secret.atom", "secret.key", "config.yaml", "feeds/.all.atom.tmp", "feeds/.git", "feeds/all.atom.tmp"):
        (above / file).write_bytes(SECRET)
    (served.folder / "link.atom").symlink_to(above / "secret.atom")
    (served.folder / "archive" / "link-2026-03.atom").symlink_to(above / "secret.atom")
    return served


def ask_raw(served: Served, target: bytes) -> bytes:
    """Send a request line as it is, and return the whole answer."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=HANG_S) as client:
        client.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: newsroom.example.org\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_no_path_leads_out(served: Served) -> None:
    """Each of these is 404, or no HTTP at all, and not one byte of the path comes back."""
    for path in PATHS:
        answer = ask_raw(served, path.encode("latin-1"))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split(b" ")[1] in (b"404", b"400"), path
        assert SECRET not in body
        assert b"link" not in body
        assert b"secret" not in body
        assert len(body) < 700


@pytest.mark.parametrize(
    "target", [b"http://evil.example/feeds/all.atom", b"//evil.example/feeds/all.atom", b"*", b"all.atom", b""]
)
def test_strange_targets_are_answered(served: Served, target: bytes) -> None:
    """A whole address, a host, a star or nothing: the feed where the path is one, else a refusal, and no way out."""
    answer = ask_raw(served, target)
    assert answer.split(b" ")[1] in (b"200", b"400", b"404")
    assert b"evil" not in answer


@given(st.text(max_size=100) | st.from_regex(r"[a-z0-9./%\\-]{0,90}", fullmatch=True))
@example("archive/../all-2026-03.atom")
@example("all.atom\n")
def test_a_wanted_file_is_a_plain_name(path: str) -> None:
    """A file is only ever one name, or one in `archive`, of small letters, digits, hyphens and one dot."""
    found = find_wanted(path)
    if found is None:
        return
    *inner, name = found.file.split("/")
    assert inner in ([], ["archive"])
    assert Path(name).name == name
    assert not name.startswith((".", "-"))
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert name.count(".") == 1
    assert len(found.file) < 120


@pytest.mark.parametrize("file", FILES)
def test_every_published_name_is_known(file: str) -> None:
    """The list of names lets all through that is published."""
    found = find_wanted(file)
    assert found is not None
    assert found.file == file
