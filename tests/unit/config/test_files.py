from pathlib import Path

import pytest

from digest.config.load import load_config
from digest.errors import ConfigError

GOOD = "site: {title: Pier News, url: https://pier.example.org/}\n"


def _problem(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    (problem,) = caught.value.problems
    return str(problem).replace(str(path), "FILE")


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named, with the command that writes one."""
    expected = "FILE:1:1: error: there is no such file\n  `digest init` writes one to start from"
    assert _problem(tmp_path / "config.yaml") == expected


def test_a_folder(tmp_path: Path) -> None:
    """A folder in place of the file is told apart."""
    assert _problem(tmp_path).startswith("FILE:1:1: error: this is a folder, not a file\n")


def test_unreadable_name() -> None:
    """A name that no file can have is refused in the same form."""
    assert "cannot be read" in _problem(Path("a\0b"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", "1:1: error: the file is empty", id="empty"),
        pytest.param(b"\n \n", "1:1: error: the file is empty", id="blank"),
        pytest.param(b"# nothing\n", "1:1: error: the file holds only comments", id="comments"),
        pytest.param(b"---\n...\n", "2:1: error: the file holds nothing", id="nothing"),
        pytest.param(b"#" * 1_000_001, "1:1: error: the file is larger than 1 MB", id="large"),
        pytest.param(GOOD.encode("utf-16"), "1:1: error: the file is UTF-16", id="utf-16"),
        pytest.param(b"# \xc3\xa9\n\xff: 1", "2:1: error: the byte 0xFF is not UTF-8", id="latin-1"),
        pytest.param(b"\xef\xbb\xbfa\xe9: 1", "1:2: error: the byte 0xE9 is not UTF-8", id="bom-and-latin-1"),
        pytest.param(b"site: a\x00b", "1:8: error: an invisible character (U+0000)", id="nul"),
        pytest.param(b"site:\n  \ttitle: x", "2:3: error: a tab in the indentation", id="tab"),
    ],
)
def test_refused_content(tmp_path: Path, content: bytes, expected: str) -> None:
    """What cannot be a configuration is refused at the byte that shows it."""
    (tmp_path / "config.yaml").write_bytes(content)
    assert _problem(tmp_path / "config.yaml").startswith(f"FILE:{expected}")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="byte-order-mark"),
        pytest.param(GOOD.encode().replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(b"# a\tcomment\n" + GOOD.replace("{", "{\t").encode(), id="tabs-beside-the-point"),
        pytest.param(b"---\n" + GOOD.encode() + b"...\n", id="marked-document"),
    ],
)
def test_accepted_content(tmp_path: Path, content: bytes) -> None:
    """What editors leave in files does no harm."""
    (tmp_path / "config.yaml").write_bytes(content)
    assert load_config(tmp_path / "config.yaml").site.title == "Pier News"


def test_every_tab_is_named(tmp_path: Path) -> None:
    """Each line that begins with a tab is listed."""
    (tmp_path / "config.yaml").write_text("site:\n\ttitle: T\n\turl: https://t.example.org\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml")
    assert [problem.line for problem in caught.value.problems] == [2, 3]
