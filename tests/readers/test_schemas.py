"""Documents against the schemas of their formats: RELAX NG of RFC 4287, and that of JSON Feed 1.1."""

import json
from collections.abc import Callable
from pathlib import Path

import listparser
import pytest

from tests.readers.conftest import PROJECT, Run
from tests.readers.stage import Stage

ATOM_SCHEMA = PROJECT / "../shared/schemas/atom.rng"
JSON_SCHEMA = """
const fs = require('fs');
const Ajv = require('ajv');
const check = new Ajv({ allErrors: true }).compile(require('jsonfeed-schema'));
const wrong = {};
for (const file of process.argv.slice(1)) {
  if (!check(JSON.parse(fs.readFileSync(file, 'utf8')))) wrong[file] = check.errors;
}
console.log(JSON.stringify(wrong));
"""
PAGES = """
const { HtmlValidate } = require('html-validate');
const validate = new HtmlValidate({ extends: ['html-validate:recommended'] });
(async () => {
  const wrong = {};
  for (const file of process.argv.slice(1)) {
    const found = (await validate.validateFile(file)).results.flatMap(one => one.messages);
    if (found.length) wrong[file] = found.map(one => `${one.line}: ${one.message} (${one.ruleId})`);
  }
  console.log(JSON.stringify(wrong));
})();
"""


def published(stage: Stage, pattern: str) -> list[Path]:
    """Return what was published by a pattern of names, both times."""
    return sorted(file for folder in (stage.first, stage.second) for file in folder.rglob(pattern))


def test_atom_follows_its_schema(need: Callable[[str, str], str], run: Run, stage: Stage) -> None:
    """Every Atom document is valid by the RELAX NG of RFC 4287 appendix B, as xmllint understands it."""
    program = need("xmllint", "libxml2-utils")
    if not ATOM_SCHEMA.is_file():
        pytest.skip("the schema of RFC 4287 is not here: ../shared/schemas/atom.rng beside the project")
    files = published(stage, "*.atom")
    assert len(files) > 10
    run(program, "--noout", "--nonet", "--relaxng", ATOM_SCHEMA, *files)


def test_json_follows_its_schema(node: Run, stage: Stage) -> None:
    """Every JSON Feed is valid by the schema of JSON Feed 1.1."""
    files = published(stage, "*.json")
    assert len(files) > 10
    assert json.loads(node(JSON_SCHEMA, *files)) == {}


def test_pages_are_valid(node: Run, stage: Stage) -> None:
    """html-validate, with all that it recommends, finds nothing wrong with any page."""
    files = published(stage, "*.html")
    assert len(files) > 12
    assert json.loads(node(PAGES, *files)) == {}


def test_listparser_reads_the_list_of_feeds(stage: Stage) -> None:
    """listparser finds every Atom feed in feeds.opml, with its title, and nothing wrong."""
    found = listparser.parse((stage.second / "feeds.opml").read_bytes())
    assert not found.bozo
    named = {f"https://newsroom.example.org/feeds/{file.name}" for file in stage.second.glob("*.atom")}
    assert {one.url for one in found.feeds} == named
    assert len(found.feeds) == len(named)
    assert all(one.title for one in found.feeds)
