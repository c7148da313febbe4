"""What no single value can tell: names that must exist elsewhere, and keys that need each other.

The checks read the plain data, so that they also find what is wrong beside a broken value.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from digest.config.document import Document, Path
from digest.config.fields import did_you_mean
from digest.model.topic import ALL

# RFC 4151 §2.1: DNSname.
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_RULE_KEYS = ("any", "in_title", "all", "none", "kinds", "regions")


def check_references(document: Document) -> None:
    """Report what is wrong between the parts of a file; places that are already reported are left alone."""
    _check_site(document)
    _check_names(document)
    _check_rules(document)
    _check_titles(document)
    _check_sources(document)
    _check_mail(document)


def _block(document: Document, *path: str) -> dict[str, Any]:
    """Return the keys of a block, none where there is no usable block."""
    found: Any = document.data
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) and not document.is_broken(path) else {}


def _report(document: Document, path: Path, message: str, suggestion: str | None = None) -> None:
    if not document.is_broken(path):
        document.report(document.value_place(path), message, suggestion)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a list with their paths; a text alone is a list of one."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        yield from (((*path, at), entry) for at, entry in enumerate(value) if isinstance(entry, str))


def _check_site(document: Document) -> None:
    url = _block(document, "site").get("url")
    if isinstance(url, str) and not _has_host_name(url):
        message = "`site.url` needs a host with a name, for every id of an item is made of it (RFC 4151)"
        _report(document, ("site", "url"), message, "write it as https://newsroom.example.org/")


def _has_host_name(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return False
    return _HOST_NAME.fullmatch(host) is not None


def _check_names(document: Document) -> None:
    for section in ("topics", "regions"):
        for id_ in _block(document, section):
            _check_known(document, (section, id_, "kinds"), "kind")
    for id_ in _block(document, "topics"):
        _check_known(document, ("topics", id_, "regions"), "region")
    for id_ in _block(document, "lists"):
        _check_known(document, ("lists", id_, "topics"), "topic")


def _check_known(document: Document, path: tuple[str, str, str], noun: str) -> None:
    section, known = f"{noun}s", tuple(_block(document, f"{noun}s"))
    named = list(_texts(_block(document, *path[:2]).get(path[2]), path))
    for place, name in named:
        if name == ALL and noun == "topic":
            if len(named) > 1:
                _report(document, place, "`all` already offers every topic", "write `topics: all`, or the topics alone")
        elif name not in known and not document.is_broken((section,)):
            listed = f"the {section} are {', '.join(known)}" if known else f"there are no `{section}` in this file"
            _report(document, place, f"no {noun} has the id `{name}`", did_you_mean(name, known) or listed)


def _check_rules(document: Document) -> None:
    for section in ("topics", "regions"):
        for id_, block in _block(document, section).items():
            if isinstance(block, dict) and not any(block.get(key) for key in _RULE_KEYS):
                _report_rule(document, (section, id_))


def _report_rule(document: Document, path: Path) -> None:
    if not any(document.is_broken((*path, key)) for key in _RULE_KEYS) and not document.is_broken(path):
        message = f"`{path[-1]}` has no rule, so nothing would ever be in it"
        document.report(document.key_place(path), message, 'add `any: [word, "two words", begin*]`')


def _check_titles(document: Document) -> None:
    for section in ("topics", "regions", "kinds", "lists"):
        _check_unlike(document, section, "title")
    _check_unlike(document, "kinds", "label")


def _check_unlike(document: Document, section: str, key: str) -> None:
    seen: dict[str, str] = {}
    for id_ in _block(document, section):
        value = _block(document, section, id_).get(key)
        if isinstance(value, str) and not document.is_broken((section, id_, key)):
            first = seen.setdefault(" ".join(value.casefold().split()), id_)
            if first != id_:
                message = f"`{section}.{first}` has the same {key}: readers could not tell them apart"
                _report(document, (section, id_, key), message)


def _check_sources(document: Document) -> None:
    for id_, block in _block(document, "sources").items():
        path: Path = ("sources", id_)
        if isinstance(block, dict) and not block.keys() & {"url", "path"} and not document.is_broken(path):
            message = f"`{id_}` says nowhere what to read"
            document.report(document.key_place(path), message, "add `url:` with an address, or `path:` with a file")


def _check_mail(document: Document) -> None:
    mail = _block(document, "mail")
    if not mail:
        if _block(document, "lists") and not document.is_broken(("mail",)):
            cure = "add `mail: {transport: maildir, folder: var/outbox}`"
            document.report(document.key_place(("lists",)), "there are lists, but no `mail`", cure)
        return
    transport = mail.get("transport", "maildir")
    needs = {"maildir": ("folder", "folder: var/outbox"), "smtp": ("host", "host: mail.example.org")}
    key, example = needs.get(transport if isinstance(transport, str) else "", ("transport", ""))
    if key not in mail and not document.is_broken(("mail", "transport")):
        path: Path = ("mail", "transport") if "transport" in mail else ("mail",)
        document.report(document.key_place(path), f"transport {transport} needs a `{key}`", f"add `{example}`")
    _check_login(document, mail)


def _check_login(document: Document, mail: dict[str, Any]) -> None:
    for key, other in (("username", "password_file"), ("password_file", "username")):
        if key in mail and other not in mail and "password" not in mail:
            document.report(document.key_place(("mail", key)), f"`{key}` needs a `{other}` beside it")
    if mail.get("tls") == "none" and "username" in mail:
        message = "with `tls: none` the password would travel in clear"
        _report(document, ("mail", "tls"), message, "write `tls: required`, or leave `username` out")
