"""What no single value of a source can tell: keys of another type, keys that need each other, kinds that must exist."""

from typing import Any

from digest.config.document import Document, Path
from digest.config.installed import has_fulltext
from digest.config.messages import example
from digest.config.names import check_name
from digest.config.raw_source import RawSource
from digest.config.source_keys import NEEDED, SCRAPED, TYPES_OF, belongs

_Block = dict[str, Any]
_UNTOLD = ("sitemap",)  # it lists addresses without a title: its items' own pages are read unasked


def check_sources(document: Document) -> None:
    """Report what is wrong in each source of a file; places that are already reported are left alone."""
    for id_, block in document.block("sources").items():
        path: Path = ("sources", id_)
        if isinstance(block, dict) and not document.is_broken(path):
            _check_kinds(document, path)
            _check_detail(document, path, block)
            _check_own_pages(document, path, block)
            _check_type(document, path, block)


def _check_type(document: Document, path: Path, block: _Block) -> None:
    """Report keys of another type, and those that the type cannot do without; an unknown type has neither."""
    type_ = "" if document.is_broken((*path, "type")) else str(block.get("type", ""))
    needed = NEEDED.get(type_, ())
    if not block.keys() & {"url", "path"} and not {"url", "path"} & set(needed):
        cure = "add `url:` with an address, or `path:` with a file"
        document.report(document.key_place(path), f"`{path[-1]}` says nowhere what to read", cure)
    for key in needed:
        if key not in block:
            message = f"`{path[-1]}` is of type {type_} and has no `{key}`"
            document.report(document.key_place(path), message, example((*path, key), "add"))
    for key in block:
        if type_ and key in RawSource.model_fields and not belongs(key, type_):
            _report_foreign(document, (*path, key), type_)


def _report_foreign(document: Document, path: Path, type_: str) -> None:
    types = TYPES_OF[str(path[-1])]
    listed = f"{', '.join(types[:-1])} or {types[-1]}" if len(types) > 1 else types[0]
    message = f"`{path[-1]}` is for {listed}, and `{path[-2]}` is of type {type_}"
    document.report_key(path, message, "take it away, or change the `type`")


def _check_kinds(document: Document, path: Path) -> None:
    for label, name in document.block(*map(str, path), "kinds").items():
        if isinstance(name, str):
            check_name(document, (*path, "kinds", label), name, "kind")


def _check_detail(document: Document, path: Path, block: _Block) -> None:
    if block.get("detail") == {}:
        cure = example((*path, "detail"), "write it as")
        document.report_key((*path, "detail"), "`detail` has no selector, so it would find nothing", cure)


def _check_own_pages(document: Document, path: Path, block: _Block) -> None:
    """Report what is missing where items' own pages are to be read, and what counts nothing where none is."""
    type_ = str(block.get("type"))
    wanting = next((key for key in ("enrich", "detail") if block.get(key)), None)
    if wanting and block.keys() & {"url", "path"} == {"path"} and belongs("path", type_) and belongs(wanting, type_):
        message = f"`{wanting}` reads items' own pages on the source's site, and `{path[-1]}` has no `url`"
        document.report_key((*path, wanting), message, example((*path, "url"), "add"))
    if not wanting and type_ not in _UNTOLD and "enrich_pages" in block:
        cure = f"{example((*path, 'enrich'), 'add')}, or take it away"
        document.report_key((*path, "enrich_pages"), "`enrich_pages` counts nothing without `enrich`", cure)
    if not wanting and type_ not in SCRAPED and "robots" in block:
        message = "`robots` is asked only for pages that are made for people, and none is read here"
        document.report_key((*path, "robots"), message, "take it away")
    for place, text in document.texts((*path, "enrich")):
        if text == "text" and not has_fulltext():
            message = "the full text of a page needs the extra `fulltext`, which is not installed"
            document.report_value(place, message, "pip install 'digest[fulltext]'")
