"""What no single value can tell: names that must exist elsewhere, and keys that need each other.

The checks read the plain data, so that they also find what is wrong beside a broken value.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from digest.config.document import Document, Path
from digest.config.feed_checks import check_feeds
from digest.config.names import check_name
from digest.config.source_checks import check_sources
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
    check_sources(document)
    check_feeds(document)
    _check_mail(document)


def _check_site(document: Document) -> None:
    url = document.block("site").get("url")
    if isinstance(url, str) and not _has_host_name(url):
        message = "`site.url` needs a host with a name, for every id of an item is made of it (RFC 4151)"
        document.report_value(("site", "url"), message, "write it as https://newsroom.example.org/")


def _has_host_name(url: str) -> bool:
    try:
        host = (urlsplit(url).hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return False
    return _HOST_NAME.fullmatch(host) is not None


def _check_names(document: Document) -> None:
    for section in ("topics", "regions"):
        for id_ in document.block(section):
            _check_known(document, (section, id_, "kinds"), "kind")
    for id_ in document.block("topics"):
        _check_known(document, ("topics", id_, "regions"), "region")
    for id_ in document.block("lists"):
        _check_known(document, ("lists", id_, "topics"), "topic")


def _check_known(document: Document, path: tuple[str, str, str], noun: str) -> None:
    named = list(document.texts(path)) if document.block(*path[:2]) else []
    for place, name in named:
        if name != ALL or noun != "topic":
            check_name(document, place, name, noun)
        elif len(named) > 1:
            document.report_value(place, "`all` already offers every topic", "write `topics: all`, or the topics alone")


def _check_rules(document: Document) -> None:
    for section in ("topics", "regions"):
        for id_, block in document.block(section).items():
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
    for id_ in document.block(section):
        value = document.block(section, id_).get(key)
        if isinstance(value, str) and not document.is_broken((section, id_, key)):
            first = seen.setdefault(" ".join(value.casefold().split()), id_)
            if first != id_:
                message = f"`{section}.{first}` has the same {key}: readers could not tell them apart"
                document.report_value((section, id_, key), message)


def _check_mail(document: Document) -> None:
    mail = document.block("mail")
    if not mail:
        if document.block("lists") and not document.is_broken(("mail",)):
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
        document.report_value(("mail", "tls"), message, "write `tls: required`, or leave `username` out")
