"""The peer of the benchmark of feeds: Hugo, building the same feeds of 500 terms from the same items.

The site has one Markdown file an item, and for each term an Atom feed, a JSON Feed and a page, each of its newest 50;
pages of items, of the taxonomy and everything else that a feed does not need are switched off.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from _feeds_newsroom import ENTRIES

CONFIG = """\
baseURL = "https://bench.example.org/feeds/"
title = "Bench"
languageCode = "en"
disableKinds = ["RSS", "sitemap", "robotsTXT", "404", "section"]
enableGitInfo = false
paginate = 1000
[params]
entries = {entries}
[taxonomies]
topic = "topics"
[mediaTypes."application/atom+xml"]
suffixes = ["atom"]
[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "feed"
isPlainText = false
[outputFormats.feed]
mediaType = "application/json"
baseName = "feed"
isPlainText = true
[outputs]
home = [{formats}]
term = [{formats}]
taxonomy = []
[[cascade]]
[cascade._build]
render = "never"
[cascade._target]
kind = "page"
"""

ATOM = """\
{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
{{- $pages := first .Site.Params.entries .Site.RegularPages -}}
{{- if ne .Kind "home" }}{{ $pages = first .Site.Params.entries .Pages }}{{ end }}
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en">
  <id>tag:bench.example.org,2026:feeds/{{ .Title }}</id>
  <title>{{ .Title }} – Bench</title>
  <updated>{{ with index $pages 0 }}{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}{{ end }}</updated>
  <link rel="self" type="application/atom+xml" href="{{ .Permalink }}feed.atom"/>
  <link rel="alternate" type="text/html" href="{{ .Permalink }}"/>
  <author><name>Bench</name></author>
  <generator>Hugo</generator>
  {{ range $pages }}
  <entry>
    <id>{{ .Params.entry }}</id>
    <title>{{ .Title }}</title>
    <updated>{{ .Lastmod.Format "2006-01-02T15:04:05Z07:00" }}</updated>
    <author><name>Bench</name></author>
    <content type="html">{{ .Content | html }}</content>
    <link href="{{ .Params.link }}" rel="alternate" type="text/html"/>
    <summary type="text">{{ .Plain }}</summary>
    {{ range .Params.topics }}<category term="{{ . }}" scheme="https://bench.example.org/topics" label="{{ . }}"/>
    {{ end }}<published>{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}</published>
  </entry>
  {{ end }}
</feed>
"""

JSON = """\
{{- $pages := first .Site.Params.entries .Site.RegularPages -}}
{{- if ne .Kind "home" }}{{ $pages = first .Site.Params.entries .Pages }}{{ end -}}
{{- $items := slice -}}
{{- range $pages -}}
{{- $items = $items | append (dict "id" .Params.entry "url" .Params.link "title" .Title "content_html" (string .Content)
  "summary" .Plain "date_published" (.Date.Format "2006-01-02T15:04:05Z07:00")
  "date_modified" (.Lastmod.Format "2006-01-02T15:04:05Z07:00") "tags" .Params.topics "language" "en") -}}
{{- end -}}
{{ dict "version" "https://jsonfeed.org/version/1.1" "title" .Title "home_page_url" .Permalink
  "feed_url" (printf "%sfeed.json" .Permalink) "language" "en" "items" $items | jsonify }}
"""

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }} – Bench</title>
<link rel="alternate" type="application/atom+xml" href="feed.atom"></head><body><h1>{{ .Title }}</h1>
{{- $pages := first .Site.Params.entries .Site.RegularPages -}}
{{- if ne .Kind "home" }}{{ $pages = first .Site.Params.entries .Pages }}{{ end -}}
{{ range $pages }}
<article><h2><a href="{{ .Params.link }}">{{ .Title }}</a></h2>
<p><time datetime="{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}">{{ .Date.Format "2 January 2006" }}</time></p>
{{ .Content }}<ul>{{ range .Params.topics }}<li>{{ . }}</li>{{ end }}</ul></article>
{{ end }}
</body></html>
"""

FORMATS = {"all": '"atom", "feed", "html"', "atom": '"atom"'}
"""What a site gives, by the name under which it is measured."""


def found() -> str | None:
    """Return where Hugo is, None where it is not installed."""
    return shutil.which("hugo")


def make_site(newsroom: Path, folder: Path, formats: str) -> Path:
    """Write the site of a newsroom's items."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "content" / "items").mkdir(parents=True)
    layouts = folder / "layouts"
    (layouts / "_default").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(entries=ENTRIES, formats=FORMATS[formats]), encoding="utf-8")
    for name, text in (("list.atom.atom", ATOM), ("list.feed.json", JSON), ("list.html", PAGE)):
        (layouts / "_default" / name).write_text(text, encoding="utf-8")
    with closing(sqlite3.connect(newsroom / "digest.db")) as database:
        rows = database.execute("SELECT id, entry_id, title, summary, published_at, link, topics FROM item")
        for number, *values in rows:
            write_item(folder, number, *values)
    return folder


def write_item(
    folder: Path, number: int, entry: str, title: str, summary: str, at: int, link: str, topics: str
) -> None:
    """Write one item as a content file."""
    from datetime import UTC, datetime

    front = {
        "title": title,
        "date": datetime.fromtimestamp(at, UTC).isoformat(),
        "entry": entry,
        "link": link,
        "topics": json.loads(topics),
    }
    (folder / "content" / "items" / f"{number}.md").write_text(f"{json.dumps(front)}\n\n{summary}\n", encoding="utf-8")


def command(folder: Path) -> list[str]:
    """Return what builds the site."""
    return ["hugo", "--source", str(folder), "--quiet", "--destination", str(folder / "public")]


def check_site(folder: Path, formats: str) -> None:
    """Refuse figures of a site that does not have what ours has."""
    from lxml import etree

    feeds = sorted((folder / "public" / "topics").glob("*/feed.atom"))
    assert len(feeds) == 500, len(feeds)
    root = etree.parse(feeds[0]).getroot()
    entries = root.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == ENTRIES, len(entries)
    assert all(one.findtext("{http://www.w3.org/2005/Atom}content") for one in entries)
    others = (
        len([*(folder / "public" / "topics").glob("*/feed.json")]),
        len([*(folder / "public" / "topics").glob("*/*.html")]),
    )
    assert others == ((500, 500) if formats == "all" else (0, 0)), others
