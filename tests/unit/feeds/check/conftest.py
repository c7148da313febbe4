"""A sound feed and a sound archive, written by hand so that the check is not held to what the builder happens to do."""

import pytest

ENTRY = """<entry><id>tag:a.example,2026:1</id><title>One</title><updated>2026-03-02T17:00:00Z</updated>
<published>2026-03-02T16:00:00+00:00</published><author><name>Open Harbour</name></author>
<link href="https://a.example/1"/><link rel="related" href="https://a.example/2" hreflang="en" type="text/html"/>
<link rel="enclosure" href="https://a.example/1.png" length="17" type="image/png"/>
<summary>Short.</summary><content type="html">&lt;figure&gt;&lt;img src="https://a.example/1.png" alt="A
quay"&gt;&lt;figcaption&gt;Dawn&lt;/figcaption&gt;&lt;/figure&gt;&lt;p&gt;Long.&lt;/p&gt;</content>
<category term="x" scheme="https://a.example/topic" label="X"/><category term="x" scheme="https://a.example/kind"
label="X"/><media:content url="https://a.example/1.png" medium="image" type="image/png" fileSize="17"/>
<media:thumbnail url="https://a.example/1.png"/></entry>"""

OTHER = """<entry xml:lang="ar"><id>tag:a.example,2026:2</id><title>Two</title><updated>2026-03-02T16:30:00Z</updated>
<published>2026-03-02T16:00:01Z</published><author><name>Open Harbour</name></author>
<link href="https://a.example/2"/><content type="text">Long too.</content></entry>"""

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"
xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en">
<id>tag:a.example,2026:feeds/all</id><title>All</title><updated>2026-03-02T17:00:00Z</updated>
<author><name>Open Harbour</name><uri>https://a.example/</uri></author><generator>digest</generator>
<logo>https://a.example/l.png</logo><rights>CC BY 4.0</rights><subtitle>All of it</subtitle>
<link rel="self" href="https://a.example/all.atom"/><link rel="alternate" href="https://a.example/" type="text/html"/>
<link rel="hub" href="https://hub.example/"/><link rel="prev-archive" href="https://a.example/archive/all-2026-02.atom"/>
<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:a.example,2026:3"
when="2026-03-02T16:30:00Z"/>
"""

FEED = f"{HEAD}{ENTRY}\n{OTHER}\n</feed>\n"

ARCHIVE = FEED.replace(
    '<link rel="hub" href="https://hub.example/"/>',
    '<fh:archive/><link rel="current" href="https://a.example/current.atom"/>',
)


@pytest.fixture(scope="session")
def feed() -> str:
    """Return a feed of two entries that keeps every rule."""
    return FEED


@pytest.fixture(scope="session")
def archive() -> str:
    """Return an archive document of the same feed."""
    return ARCHIVE


@pytest.fixture(scope="session")
def entry() -> str:
    """Return the first entry of the feed."""
    return ENTRY
