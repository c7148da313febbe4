"""Every key of the configuration with every sort of wrong value: sentences, never a traceback."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.config.load import parse_config
from digest.config.raw_source import RawSource
from digest.errors import ConfigError, Problem

FULL = """
site: {title: T, subtitle: S, url: "https://a.example.org/", feeds_url: "https://a.example.org/f/", language: en,
  timezone: UTC, author: A, contact: a@a.example.org, postal: P, logo: "https://a.example.org/l.png", rights: R}
store: sqlite:///var/digest.db
feeds: {folder: feeds, entries: 50, full_text: false}
sources:
  page: {type: text, path: p.txt, url: "https://a.example.org/n/", every: 15 min, timezone: UTC, language: en}
  feed: {type: feed, url: "https://a.example.org/rss", allow_private: false, kinds: {Report: report}, future: clamp,
    enrich: [picture, author], enrich_pages: 5, robots: ignore}
  list: {type: html, url: "https://a.example.org/l/", items: article, title: h2, link: "a@href", summary: p,
    date: time, date_format: ["%d %B %Y"], locale: fr, kind: .k, author: .a, picture: "img@src",
    caption: .c, credit: .d, next: "a[rel=next]@href", pages: 2, robots: obey, detail: {content: main, summary: p,
    date: time, author: .a, kind: .k, picture: "img@src", caption: .c, credit: .d}}
  blog: {type: wordpress, url: "https://a.example.org/", post_type: posts, pages: 3}
  told: {type: jsonld, url: "https://a.example.org/"}
  map: {type: sitemap, url: "https://a.example.org/sitemap.xml"}
  desk: {type: folder, path: desk}
kinds: {report: {title: Reports, label: Report}}
topics: {sea: {title: Sea, description: D, any: [a], all: [b], none: [c], kinds: [report], regions: [usa], ignore: [d],
  in_title: [e]}}
regions: {usa: {title: USA, description: D, any: [U.S.]}}
lists: {daily: {title: L, description: D, topics: [sea], send: daily at 07:00, timezone: UTC, language: en,
  from: a@a.example.org, reply_to: b@a.example.org, catch_up: merge}}
mail: {transport: smtp, folder: out, host: h.example.org, port: 25, tls: required, username: u, password_file: p,
  connections: 4}
web: {bind: "127.0.0.1:8000"}
"""
DATA = yaml.load(FULL, Loader=yaml.CSafeLoader)
WRONG = {"no": "no", "number": "17", "date": "2026-01-01", "list": "[x]", "block": "{x: y}", "empty": "", "text": "x y"}


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every node below the root."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield (*path, key)
        yield from paths(value, (*path, key))


def replaced(path: tuple[Any, ...], value: str) -> bytes:
    """Return the full configuration as YAML with a value written in the place of one node."""
    data = copy.deepcopy(DATA)
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = "PUT-IT-HERE"
    return yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False).replace("PUT-IT-HERE", value).encode()


def read(content: bytes) -> tuple[Problem, ...]:
    """Return what is wrong with a configuration; an error without a problem counts as one."""
    try:
        parse_config(content, Path("/x/config.yaml"))
    except ConfigError as error:
        return error.problems or (Problem("", 0, 0, ""),)
    return ()


def test_the_full_configuration_is_good() -> None:
    """What is made wrong below is right as it stands, with every key there is."""
    assert parse_config(FULL.encode(), Path("/x/config.yaml")).lists[0].id == "daily"
    written = {key for source in yaml.safe_load(FULL)["sources"].values() for key in source}
    assert written | {"options"} == set(RawSource.model_fields)  # options are a plug-in's, and none is installed


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("path", list(paths(DATA)), ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_value_is_a_sentence(path: tuple[Any, ...], value: str) -> None:
    """Whatever stands at a key, the configuration loads or says with a place what is wrong."""
    problems = read(replaced(path, value))
    assert all(problem.line >= 1 and problem.message for problem in problems)


@pytest.mark.parametrize("host", ["[::1]", "news_room.example.org", "a..b.org", "-a.example.org"])
def test_a_site_without_a_host_name_is_refused(host: str) -> None:
    """Ids are made of the newsroom's host (RFC 4151 §2.1), so one that is no DNS name is told at its place."""
    content = FULL.replace('url: "https://a.example.org/", feeds_url', f'url: "https://{host}/", feeds_url')
    problems = read(content.encode())
    assert [(problem.line, problem.column) for problem in problems] == [(2, 36)]
