"""All feeds of a newsroom as one file that readers import (OPML 2.0, http://opml.org/spec2.opml). Pure."""

from collections.abc import Sequence
from itertools import groupby

from lxml import etree

from digest.feeds.page_words import GROUPS
from digest.feeds.spec import FeedRow, Group, atom_url, full_title, page_url
from digest.model.site import Site


def build_opml(rows: Sequence[FeedRow], site: Site) -> bytes:
    """Build the OPML of feeds: groups in the order of `Group`, feeds in the order of the rows.

    A group becomes a folder in the reader, but everything and the corrections stand by themselves. Nothing here has
    a date, so the bytes change only when a feed is added, taken away or renamed.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    order = list(Group)
    for group, members in groupby(
        sorted(rows, key=lambda row: order.index(row.spec.group)), lambda row: row.spec.group
    ):
        alone = group in (Group.ALL, Group.CORRECTIONS)
        parent = body if alone else etree.SubElement(body, "outline", text=GROUPS[group], title=GROUPS[group])
        for row in members:
            etree.SubElement(parent, "outline", _outline(row, site))
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")


def _outline(row: FeedRow, site: Site) -> dict[str, str]:
    title = full_title(row.spec, site)
    described = {"description": row.spec.subtitle} if row.spec.subtitle else {}
    # `rss` is what every reader looks for, whatever the format (the specification names no other type for feeds).
    return {
        "type": "rss",
        "text": title,
        "title": title,
        **described,
        "xmlUrl": atom_url(row.spec.name, site),
        "htmlUrl": page_url(row.spec.name, site),
        "language": site.language,
    }
