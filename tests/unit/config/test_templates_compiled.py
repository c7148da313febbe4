"""Compiled templates: kept between processes in a private folder, and never anything but a matter of time."""

import os
from pathlib import Path

import pytest

from digest.config.templates import Templates


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one template of the operator's."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email/note.txt.j2").write_text("before {{ word }}")
    return tmp_path


def fill(own: Path, compiled: Path | None) -> str:
    """Fill the template as a new process does."""
    return Templates(own, {}, compiled).fill("email/note.txt.j2", {"word": "x"})


def files(folder: Path) -> list[Path]:
    """Return what is kept."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_the_next_process_finds_them(own: Path) -> None:
    """What is compiled is read, not compiled again: code that stands there is what is run."""
    compiled = own / "compiled"
    assert fill(own, compiled) == "before x"
    (kept,) = files(compiled)
    kept.write_bytes(kept.read_bytes().replace(b"before ", b"behind "))
    assert fill(own, compiled) == "behind x"


def test_a_changed_template_counts_at_once(own: Path) -> None:
    """What is kept goes with the source that it was made from."""
    fill(own, own / "compiled")
    (own / "email/note.txt.j2").write_text("after {{ word }}")
    assert fill(own, own / "compiled") == "after x"


@pytest.mark.parametrize("cut", [0, 1, 10, 30, 60, 100])
def test_what_broke_off_is_compiled_again(own: Path, cut: int) -> None:
    """A file that a power cut left behind half costs nothing but time."""
    fill(own, own / "compiled")
    (kept,) = files(own / "compiled")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:cut] + bytes(len(whole) - cut) if cut % 20 else whole[:cut])
    assert fill(own, own / "compiled") == "before x"


def test_a_folder_that_others_may_write_into_is_left_alone(own: Path) -> None:
    """Code is run from it: what others could have put there is neither read nor added to."""
    compiled = own / "compiled"
    fill(own, compiled)
    (kept,) = files(compiled)
    kept.write_bytes(kept.read_bytes().replace(b"before ", b"behind "))
    compiled.chmod(0o777)
    assert fill(own, compiled) == "before x"
    (own / "elsewhere").mkdir(mode=0o700)
    (own / "link").symlink_to(own / "elsewhere")
    assert fill(own, own / "link") == "before x"
    assert files(own / "elsewhere") == []


def test_it_is_made_private(own: Path) -> None:
    """Whatever the umask, nobody else can write into it."""
    before = os.umask(0)
    try:
        fill(own, own / "compiled")
    finally:
        os.umask(before)
    assert (own / "compiled").stat().st_mode & 0o777 == 0o700


def test_where_it_cannot_be_all_goes_on(own: Path) -> None:
    """No folder for state, a file in its place, or a full disk: the template is filled all the same."""
    (own / "file").write_text("in the way")
    for compiled in (own / "file", own / "none/compiled", None):
        assert fill(own, compiled) == "before x"
