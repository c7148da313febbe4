"""Templates: where they are found, and what a broken one says."""

from pathlib import Path

import pytest

from digest.config.templates import Templates, find_templates
from digest.errors import TemplateError


def test_templates_are_found_in_the_package_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package brings its templates along; a checkout has them beside it."""
    package = tmp_path / "digest"
    (package / "config").mkdir(parents=True)
    monkeypatch.setattr("digest.config.templates.__file__", str(package / "config" / "templates.py"))
    assert find_templates() == tmp_path / "templates"
    (package / "_templates").mkdir()
    assert find_templates() == package / "_templates"


def test_operator_wins_one_by_one(tmp_path: Path) -> None:
    """A file in the operator's folder is used and read in the place of ours of that name; a missing one is named."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "hello.html.j2").write_text("{{ word|loud }} & {{ tag }}")
    (tmp_path / "web" / "icon.png").write_bytes(b"theirs")
    templates = Templates(tmp_path, {"loud": str.upper})
    assert templates.fill("web/hello.html.j2", {"word": "hi", "tag": "<b>"}) == "HI & &lt;b&gt;"
    assert templates.read("web/icon.png") == b"theirs"
    assert templates.read("web/logo.png").startswith(b"\x89PNG")
    with pytest.raises(TemplateError, match=r"web/nothing\.png: No such file"):
        templates.read("web/nothing.png")


def test_broken_template_is_named(tmp_path: Path) -> None:
    """An error says the file and the line, also inside what a template includes; a missing file is named."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "outer.html.j2").write_text("\n{% include 'web/inner.html.j2' %}")
    (tmp_path / "web" / "inner.html.j2").write_text("\n\n{{ nobody }}")
    (tmp_path / "web" / "syntax.html.j2").write_text("\n{% if %}")
    templates = Templates(tmp_path, {})
    for name, place in (("outer", "web/inner.html.j2:3: "), ("syntax", "web/syntax.html.j2:2: ")):
        with pytest.raises(TemplateError) as caught:
            templates.fill(f"web/{name}.html.j2", {})
        assert str(caught.value).startswith(place)
