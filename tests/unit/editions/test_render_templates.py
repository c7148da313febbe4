"""Templates: whose file wins, and what a broken one says."""

from pathlib import Path

import pytest

from digest.editions.render import Renderer, build_unsubscribe_url
from digest.errors import TemplateError
from digest.model.edition import DigestView
from digest.model.mailing import MailingList
from digest.model.site import Site


def overrule(folder: Path, name: str, template: str) -> Renderer:
    """Return a renderer whose operator wrote one template."""
    path = folder / "email" / name
    path.parent.mkdir()
    path.write_text(template)
    return Renderer(folder)


def test_operator_wins_one_by_one(tmp_path: Path, view: DigestView, site: Site, mailing: MailingList) -> None:
    """A file of the operator's replaces ours of that name; all others stay ours."""
    ours = Renderer().render(view, site, mailing)
    theirs = overrule(tmp_path, "foot.txt.j2", "Goodbye: {{ unsubscribe_url }}\n").render(view, site, mailing)
    assert theirs.text.endswith(f"Goodbye: {build_unsubscribe_url(mailing)}\n")
    assert theirs.text.startswith("Open Harbour\nThe morning digest\n")
    assert theirs.html == ours.html


DEEP = "{% macro m() %}{{ m() }}{% endmacro %}\n\n{{ m() }}"


@pytest.mark.parametrize(
    ("name", "template", "line", "reason"),
    [
        pytest.param("foot.txt.j2", "a\n\n{{ view.titel }}", 3, "titel", id="unknown attribute"),
        pytest.param("foot.html.j2", "a\n{{ reader }}", 2, "reader", id="unknown name"),
        pytest.param("digest.html.j2", "a\n{% if %}", 2, "Expected", id="syntax"),
        pytest.param("item.html.j2", "\n\n{% endfor %}", 3, "endfor", id="syntax of a part"),
        pytest.param("foot.txt.j2", "{{ view|nothing }}", 1, "nothing", id="unknown filter"),
        pytest.param("foot.txt.j2", "\n{{ view.__class__.__mro__ }}", 2, "unsafe", id="sandbox"),
        pytest.param("foot.txt.j2", "\n{{ contents.append(1) }}", 2, "unsafe", id="the sandbox lets nothing change"),
        pytest.param("foot.txt.j2", "\n{{ 1 + 'a' }}", 2, "unsupported", id="types"),
        pytest.param("foot.txt.j2", "\n{{ 1 / 0 }}", 2, "zero", id="arithmetic"),
        pytest.param("foot.txt.j2", "\n{% include 'nowhere.j2' %}", 2, "nowhere.j2", id="unknown file"),
        pytest.param("foot.txt.j2", "\n{{ range(10000000) }}", 2, "Range too big", id="endless"),
        pytest.param("foot.txt.j2", DEEP, 1, "recursion", id="bottomless"),
    ],
)
def test_broken_template(
    tmp_path: Path,
    view: DigestView,
    site: Site,
    mailing: MailingList,
    name: str,
    template: str,
    line: int,
    reason: str,
) -> None:
    """A broken template is reported with its file, its line and a reason (F53)."""
    with pytest.raises(TemplateError) as caught:
        overrule(tmp_path, name, template).render(view, site, mailing)
    assert (caught.value.template, caught.value.line) == (f"email/{name}", line)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("name", "template", "reason"),
    [
        pytest.param("foot.txt.j2", "Goodbye.", "shows it 0 times", id="no way out of the text"),
        pytest.param("foot.html.j2", "<tr><td>Goodbye.</td></tr>", "shows it 0 times", id="no way out of the HTML"),
        pytest.param("foot.txt.j2", "{{ unsubscribe_url }} {{ unsubscribe_url }}", "shows it 2 times", id="two"),
    ],
)
def test_a_digest_without_way_out_is_held(
    tmp_path: Path, view: DigestView, site: Site, mailing: MailingList, name: str, template: str, reason: str
) -> None:
    """A template that loses the unsubscribe link holds its list."""
    with pytest.raises(TemplateError, match=reason):
        overrule(tmp_path, name, template).render(view, site, mailing)


def test_unreadable_template(tmp_path: Path, view: DigestView, site: Site, mailing: MailingList) -> None:
    """A file that is no UTF-8 is a template error too, though nobody knows its line."""
    renderer = overrule(tmp_path, "digest.txt.j2", "")
    (tmp_path / "email" / "digest.txt.j2").write_bytes(b"caf\xe9")
    with pytest.raises(TemplateError) as caught:
        renderer.render(view, site, mailing)
    assert (caught.value.template, caught.value.line) == ("email/digest.txt.j2", None)


def test_style_that_cannot_be_inlined(tmp_path: Path, view: DigestView, site: Site, mailing: MailingList) -> None:
    """A style attribute that is no CSS is a template error."""
    foot = '<tr><td style="color;:;}">{{ unsubscribe_url }}</td></tr>'
    with pytest.raises(TemplateError, match="input"):
        overrule(tmp_path, "foot.html.j2", foot).render(view, site, mailing)


def test_too_large_template(tmp_path: Path, view: DigestView, site: Site, mailing: MailingList) -> None:
    """A template that is too large by itself holds its list rather than be clipped at the foot."""
    foot = "<tr><td>{{ unsubscribe_url }}{{ 'x' * 80000 }}</td></tr>"
    with pytest.raises(TemplateError, match="80,000 bytes"):
        overrule(tmp_path, "foot.html.j2", foot).render(view, site, mailing)


def test_remote_styles_are_never_loaded(tmp_path: Path, view: DigestView, site: Site, mailing: MailingList) -> None:
    """A sheet that an operator's template links to is neither fetched nor mailed."""
    foot = '<tr><td><link rel="stylesheet" href="http://127.0.0.1:9/a.css">{{ unsubscribe_url }}</td></tr>'
    html = overrule(tmp_path, "foot.html.j2", foot).render(view, site, mailing).html or ""
    assert "a.css" not in html
