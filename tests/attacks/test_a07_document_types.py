"""FAULTS.md A7: document types declare nothing: no entity, external or not, is ever read."""

from pathlib import Path

import pytest

from digest.errors import SourceError
from digest.sources.feed import parse_feed

BODY = "<rss version='2.0'><channel><item><title>Ferry &e; words</title></item></channel></rss>"
PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY e "canary">]>',
        '<!DOCTYPE rss [<!ENTITY e SYSTEM "@">]>',
        '<!DOCTYPE rss [<!ENTITY e PUBLIC "x" "@">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "@"> %p;]>',
        '<!DOCTYPE rss [<!-- ]> --><!ENTITY e "canary">]>',
        "<!DOCTYPE rss [<!-- <rss> --><!ENTITY e 'canary'>]>",
        '<!doctype rss [<!entity e "canary">]>',
        '<?xml version="1.0"?>\n<!-- > --><?x ?><!DOCTYPE rss SYSTEM "@" [\n<!ENTITY\te "canary">\n]>',
        '<!ENTITY e "canary">',
        '<!DOCTYPE rss [<!ENTITY e "canary">',
    ],
)
def test_a_document_that_declares_entities_is_refused(doctype: str, encoding: str, tmp_path: Path) -> None:
    """However it is written and encoded; what the entity names is not read."""
    (tmp_path / "secret").write_text("canary")
    data = (doctype.replace("@", f"file://{tmp_path}/secret") + BODY).encode(encoding)
    with pytest.raises(SourceError, match="declares entities") as caught:
        parse_feed(data)
    assert "canary" not in caught.value.seen


@pytest.mark.parametrize("doctype", ['<!DOCTYPE rss SYSTEM "@">', "<!DOCTYPE rss [<!ATTLIST title a CDATA 'canary'>]>"])
def test_other_document_types_are_passed_over(doctype: str, tmp_path: Path) -> None:
    """They change no word: an entity that only they could know stays as it is written."""
    (tmp_path / "secret").write_text("<!ENTITY e 'canary'>")
    (item,) = parse_feed((doctype.replace("@", f"file://{tmp_path}/secret") + BODY).encode()).items
    assert item.title == "Ferry &e; words"


def test_no_code_of_ours_asks_for_entities() -> None:
    """lxml resolves them on request, so that nowhere is it asked to."""
    code = "".join(file.read_text() for file in (PROJECT / "digest").rglob("*.py"))
    assert "resolve_entities=False" in code
    assert "resolve_entities=True" not in code
    assert "load_dtd=True" not in code
