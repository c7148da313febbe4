"""A table of broken feeds, each with its sentence: what RFC 4287 asks, and what readers need beyond it."""

import pytest

from digest.feeds.check import check_feed

SELF = '<link rel="self" href="https://a.example/all.atom"/>'
JSON = '<link href="https://a.example/x.json" type="application/feed+json"/>'
AUTHOR = "<author><name>Open Harbour</name></author>"
LONG = "&lt;p&gt;Long.&lt;/p&gt;"
MORE = LONG + "&lt;p&gt;{}&lt;/p&gt;"
XHTML = '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{}</div></summary>'
SUMMARY = "<summary>Short.</summary>"
RELATED = '<link rel="related" href="https://a.example/2" hreflang="en" type="text/html"/>'
ENCLOSURE = '<link rel="enclosure" href="https://a.example/1.png" length="17" type="image/png"/>'
CATEGORY = '<category term="x" scheme="https://a.example/topic" label="X"/>'
TEXT = '<content type="text">Long too.</content>'
PICTURED = (
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><img src="https://a.example/1.png" alt="x"/>x'
    '</div></content><media:thumbnail url="https://a.example/1.png"/>'
)
PICTURE = "https://a.example/1.png"

OF_THE_FEED = {
    "no id": ("<id>tag:a.example,2026:feeds/all</id>", "", "the feed must have one id, not 0"),
    "two titles": ("<title>All</title>", "<title>All</title><title>B</title>", "the feed must have one title, not 2"),
    "empty title": ("<title>All</title>", "<title> </title>", "the feed has an empty title"),
    "two logos": ("<logo>", "<logo>https://a.example/2</logo><logo>", "the feed must have one logo, not 2"),
    "comment in id": ("feeds/all", "feeds/<!-- x -->", None),
    "relative id": ("tag:a.example,2026:feeds/all", "17", "the feed has an id that is no absolute address: '17'"),
    "id is no tag": (
        "tag:a.example,2026:feeds/all",
        "tag:a.example,x:all",
        "the feed has an id that is no absolute address: 'tag:a.example,x:all'",
    ),
    "no date": ("17:00:00Z</updated>\n<author>", "</updated><author>",
                "the feed needs a date with time and zone as updated"),
    "updated before its entries": ("17:00:00Z</updated>\n<author>", "16:59:59Z</updated><author>",
                "the feed's updated is 2026-03-02T16:59:59+00:00, and its newest entry's 2026-03-02T17:00:00+00:00"),
    "blank author": ("<author><name>Open Harbour</name><uri>", "<author><name> </name><uri>",
                "the feed has no author with a name; see site.author"),
    "empty uri": ("<uri>https://a.example/", "<uri>", "<uri> holds '', which is no http(s) address"),
    "no mail address": ("</uri>", "</uri><email>a at b</email>",
                "its author has the mail address 'a at b', which is none"),
    "mail address": ("</uri>", "</uri><email>a@b.example</email>", None),
    "two names": ("<uri>", "<name>B</name><uri>", "its author has more than one name"),
    "contributor": ("<generator>", "<contributor/><generator>",
                "the feed has no contributor with a name; see site.author"),
    "no self": (SELF, "", "the feed must have one self link, not 0"),
    "two selves": (SELF, SELF + SELF.replace("all", "b"), "the feed must have one self link, not 2"),
    "self is no feed": ('all.atom"/>', 'all.atom" type="text/html"/>',
                "the feed's self link must have the type application/atom+xml"),
    "no alternate": ('rel="alternate"', 'rel="related"', "the feed must have one alternate link to a page, not 0"),
    "JSON beside": (SELF, SELF + JSON, None),
    "same type twice": (SELF, SELF + JSON + JSON.replace("x.json", "y.json"),
                "the feed has several alternate links of one type and language; keep one"),
    "two pages": (SELF, SELF + '<link href="https://a.example/b"/>',
                "the feed must have one alternate link to a page, not 2"),
    "same link twice": (SELF, SELF + RELATED + RELATED, "the related link to https://a.example/2 stands there 2 times"),
    "two archives before": (SELF, SELF + '<link rel="prev-archive" href="https://a.example/b"/>',
                "the feed must have one prev-archive link, not 2"),
    "circle": ("https://a.example/archive/all-2026-02.atom", "https://a.example/all.atom",
                "the archive before this one is this one, so readers would go in a circle"),
    "unknown relation": ('rel="hub"', 'rel="hubb"', "a link has the relation 'hubb', which nobody registered"),
    "relation by address": ('rel="hub"', 'rel="https://a.example/rel"', None),
    "hub": ("https://hub.example/", "hub", "<link> holds 'hub', which is no http(s) address"),
    "enclosure": (SELF, SELF + ENCLOSURE, "the feed has an enclosure, which only an entry can have"),
    "logo": ("https://a.example/l.png", "l.png", "<logo> holds 'l.png', which is no http(s) address"),
    "icon": ("<logo>", "<icon/><logo>", "<icon> holds '', which is no http(s) address"),
    "self is relative": ("https://a.example/all.atom", "all.atom",
                "<link> holds 'all.atom', which is no http(s) address"),
    "generator": ("<generator>digest", "<generator>", "its generator has no name"),
    "generator's address": ("<generator>", '<generator uri="x">', "<generator> holds 'x', which is no http(s) address"),
    "empty rights": ("CC BY 4.0", " ", "its rights is empty; leave it out"),
    "no language": (' xml:lang="en"', "", "the feed does not say its language; see site.language"),
    "language": ('xml:lang="en"', 'xml:lang="in English"',
                "the language 'in English' is no language tag such as “en” or “pt-BR” (BCP 47); see site.language"),
    "base": ('xml:lang="en"', 'xml:lang="en" xml:base="https://a.example/"',
                "<feed> has an xml:base, which many readers do not know; write addresses in full"),
    "attribute": ('xml:lang="en"', 'xml:lang="en" version="1.0"',
                "<feed> has the unknown attribute 'version'; take it off"),
    "misplaced": ("<generator>", "<summary>x</summary><generator>", "<summary> has no place in <feed>"),
    "no vocabulary": ("<generator>", '<x xmlns=""/><generator>', "<x> belongs to no vocabulary"),
    "other vocabulary": ("<generator>", '<x xmlns="urn:ietf:x"/><generator>',
                "<x> is of a vocabulary that no reader of news knows; leave it out"),
    "element in a name": ("<name>Open Harbour</name><uri>", "<name>O<id/></name><uri>", "<id> has no place in <name>"),
    "more than an address": ("</logo>", "<media:x/></logo>", "<x> has no place in <logo>"),
    "loose text": ("<generator>", "All: <generator>", "<feed> holds the loose text 'All:'"),
    "after the entries": ("</entry>\n</feed>", "</entry><icon>https://a.example/i</icon></feed>",
                "<icon> stands after an entry; all that is said of the feed must come before"),
    "a reference to a control": ("<subtitle>", "<subtitle>&#x85;",
                "it holds the control character U+0085; take it out of the text"),
    "tombstone's id": ('ref="tag:a.example,2026:3"', 'ref="3"', "a tombstone has as ref '3', which is no id"),
    "tombstone's date": ('when="2026-03-02T16:30:00Z"', "",
                "the tombstone of tag:a.example,2026:3 needs a date with time and zone as when"),
    "two tombstones": (
        "<at:deleted-entry",
        '<d:deleted-entry xmlns:d="http://purl.org/atompub/tombstones/1.0" ref="tag:a.example,2026:3" '
        'when="2026-03-02T16:30:00Z"/><at:deleted-entry',
        "the tombstone of tag:a.example,2026:3 stands there 2 times",
    ),
    "tombstone of a stub": ("ref=\"tag:a.example,2026:3\"", "ref=\"tag:a.example,2026:2\"", None),
    "vain tombstone": ("ref=\"tag:a.example,2026:3\"", "ref=\"tag:a.example,2026:1\"",
                "“One”: its tombstone is older than the entry, so readers ignore it"),
}  # fmt: skip

OF_AN_ENTRY = {
    "no title": ("<title>One</title>", "", "“tag:a.example,2026:1”: it must have one title, not 0"),
    "two summaries": ("<summary>", "<summary>x</summary><summary>", "it must have one summary, not 2"),
    "no published": ("<published>2026-03-02T16:00:00+00:00</published>", "",
                "it has no published, by which readers sort"),
    "no zone": ("16:00:00+00:00", "16:00:00", "it needs a date with time and zone as published"),
    "no such hour": ("T16:00:00+00:00", "T25:00:00Z", "it needs a date with time and zone as published"),
    "published later": ("T16:00:00+00:00", "T13:00:00.5-05:00", "it was published after it was updated"),
    "no author": (AUTHOR, "", "it has no author with a name; see site.author"),
    "empty author": (AUTHOR, "<author/>", "it has no author with a name; see site.author"),
    "no alternate": ('<link href="https://a.example/1"/>', "", "it must have one alternate link, not 0"),
    "two alternates": (ENCLOSURE, ENCLOSURE + '<link type="text/html" href="https://a.example/b"/>',
                "it must have one alternate link, not 2"),
    "script": ("https://a.example/1", "javascript:x", "<link> holds 'javascript:x', which is no http(s) address"),
    "no scheme": ("https://a.example/1", "//a.example/1", "<link> holds '//a.example/1', which is no http(s) address"),
    "hub": (RELATED, '<link rel="hub" href="https://a.example/h"/>', "it has a hub link, which only a feed can have"),
    "archive": (SUMMARY, SUMMARY + "<fh:archive/>", "it says archive, which only a feed can say"),
    "id of the feed": ("2026:1<", "2026:feeds/all<", "it has the id of its feed, tag:a.example,2026:feeds/all"),
    "link's text": (RELATED, RELATED.replace("/>", ">x</link>"), "<link> holds the loose text 'x'"),
    "link's type": (RELATED, RELATED.replace("text/html", "html"),
                "a link has the type 'html', which is no media type"),
    "link's length": (RELATED, RELATED.replace("type=", 'length="x" type='),
                "a link has the length 'x', which is no number of bytes"),
    "link's language": (RELATED, RELATED.replace('"en"', '"e"'),
                "a link has the language 'e', which is no language tag"),
    "two contents": (TEXT, TEXT * 2, "“Two”: it must have one content, not 2"),
    "content is the summary": (TEXT, f"<summary>Long too. </summary>{TEXT}",
                "“Two”: its summary repeats its content; leave it out"),
    "summary is the title": ("Short.", "One", "its summary repeats its title; leave it out"),
    "empty summary": ("Short.", "", "its summary is empty; leave it out"),
    "content elsewhere": (TEXT, '<content src="https://a.example/">Long too.</content>',
                "“Two”: its content stands elsewhere, where few readers fetch it; send it along"),
    "content's type": (TEXT, TEXT.replace("text", "text/html"),
                "“Two”: its content has the type 'text/html'; use text, html or xhtml"),
    "title of HTML": ("<title>One", '<title type="html">One',
                "its title is not plain text; lists show titles bare, so send it as type text"),
    "direction of the title": ("<title>One", "<title>One\u2067",
                "“One\u2067”: its title turns the direction of what readers show after it "
                "(U+2066 to U+2069 must come in pairs)"),
    "closed isolate": ("<summary>", "<summary>\u2067x\u2069 ", None),
    "override": ("<summary>", "<summary>\u202e", "it holds the control character U+202E; take it out of the text"),
    "reference to one": ("<summary>", "<summary>&#8238;",
                "it holds the control character U+202E; take it out of the text"),
    "one in HTML": (LONG, MORE.format("&amp;#8238;"), "the control character U+202E in the content"),
    "markup": ("Short.", "<b xmlns='http://www.w3.org/1999/xhtml'>x</b>",
                "its summary holds elements that are not escaped"),
    "HTML summary": (SUMMARY, '<summary type="html">&lt;script&gt;</summary>', "<script> in the content"),
    "XHTML": (SUMMARY, XHTML.format("<p>x</p>"), None),
    "XHTML without div": (SUMMARY, '<summary type="xhtml">x</summary>', "its summary is not one <div> of XHTML"),
    "script in XHTML": (SUMMARY, XHTML.format("<script/>"), "<script> in the content"),
    "something else in XHTML": (SUMMARY, XHTML.format('<p xmlns="urn:x"/>'), "<{urn:x}p> in the content"),
    "script in content": (LONG, MORE.format("&lt;script&gt;"), "<script> in the content"),
    "form in content": (LONG, MORE.format("&lt;form&gt;"), "<form> in the content"),
    "style in content": (LONG, MORE.format('&lt;b style="x"&gt;'), "the attribute style in the content"),
    "picture in XHTML": (TEXT, PICTURED, None),
    "other picture in XHTML": (TEXT, PICTURED.replace('src="', 'src="https://a.example/x/'),
                "“Two”: its picture https://a.example/1.png is not in its content, so its words are missing"),
    "no alt": (' alt="A\nquay"', "", "the picture 'https://a.example/1.png' without alternative text in the content"),
    "no term": ('term="x"', 'term=""', "a category has no term"),
    "no scheme of a category": ('scheme="https://a.example/topic"', "",
                "the category 'x' does not say whether it is a topic, kind, region or country"),
    "scheme": ("https://a.example/topic", "topic", "<category> holds 'topic', which is no http(s) address"),
    "no label": (CATEGORY, CATEGORY.replace(' label="X"', ""), "the category 'x' has no label for people to read"),
    "category twice": (CATEGORY, CATEGORY * 2, "the category 'x' stands there 2 times"),
    "language": ("<entry>", '<entry xml:lang="">',
                "the language '' is no language tag such as “en” or “pt-BR” (BCP 47); see site.language"),
    "no length": ('length="17"', 'length="0"', "an enclosure has no length in bytes"),
    "no media type": ('type="image/png"/>\n<summary', 'type="png"/>\n<summary', "an enclosure has no media type"),
    "enclosure twice": (ENCLOSURE, ENCLOSURE + ENCLOSURE.replace("17", "18"),
                "the enclosure link to https://a.example/1.png stands there 2 times"),
    "media without url": (f'<media:thumbnail url="{PICTURE}"', "<media:thumbnail", "<media:thumbnail> has no url"),
    "media's type": ('type="image/png" fileSize', 'type="png" fileSize',
                "<media:content> has the type 'png', which is no media type"),
    "medium": ('medium="image"', 'medium="quay"',
                "<media:content> has the medium 'quay', and must have one of "
                "image, audio, video, document, executable"),
    "fileSize": ('fileSize="17"', 'fileSize="17 kB"', "<media:content> has the fileSize '17 kB', which is no number"),
    "address of media": ("<media:thumbnail", '<media:x url="data:x"/><media:thumbnail',
                "<x> holds 'data:x', which is no http(s) address"),
    "credit": ("<media:thumbnail", "<media:credit>x</media:credit><media:thumbnail", None),
    "thumbnail elsewhere": (f'<media:thumbnail url="{PICTURE}"', '<media:thumbnail url="https://a.example/2.png"',
                "its picture https://a.example/2.png has another address than its enclosure; give both the same"),
    "not in the content": (f'src="{PICTURE}"', 'src="https://a.example/2.png"',
                "its picture https://a.example/1.png is not in its content, so its words are missing"),
    "source": (SUMMARY, SUMMARY + "<source/>",
                "it has a source, and readers take that for the feed that they follow; name it in the text"),
}  # fmt: skip

OF_AN_ARCHIVE = {
    "no current": ('<link rel="current" href="https://a.example/current.atom"/>', "",
                "the archive has no current link to the feed that it continues"),
    "itself": ("https://a.example/current.atom", "https://a.example/all.atom",
                "the archive names itself as the current feed"),
    "complete": ("<fh:archive/>", "<fh:archive/><fh:complete/>",
                "the feed says that it is an archive, and that it is complete"),
    "hub": ("<fh:archive/>", '<fh:archive/><link rel="hub" href="https://hub.example/"/>',
                "the archive has a hub, and nobody is told of archives; only the feed itself may have one"),
}  # fmt: skip
Row = tuple[str, str, str | None]


def told(feed: str, old: str, new: str) -> list[str]:
    """Return what the check says when the first `old` is `new`, without the section that it cites."""
    broken = feed.replace(old, new, 1)
    assert broken != feed
    return [str(problem).partition(" (RFC ")[0] for problem in check_feed(broken.encode())]


@pytest.mark.parametrize("row", OF_THE_FEED.values(), ids=OF_THE_FEED)
def test_each_rule_of_a_feed_has_its_sentence(feed: str, row: Row) -> None:
    """One rule broken gives one sentence that tells the fault, and cites the rule where a standard has it."""
    old, new, problem = row
    assert told(feed, old, new) == ([] if problem is None else [problem])


@pytest.mark.parametrize("row", OF_AN_ENTRY.values(), ids=OF_AN_ENTRY)
def test_each_rule_of_an_entry_has_its_sentence(feed: str, row: Row) -> None:
    """One rule broken in an entry gives one sentence after the entry's name."""
    old, new, problem = row
    first = problem if problem is None or problem.startswith("“") else f"“One”: {problem}"
    assert told(feed, old, new) == ([] if first is None else [first])


@pytest.mark.parametrize("row", OF_AN_ARCHIVE.values(), ids=OF_AN_ARCHIVE)
def test_each_rule_of_an_archive_has_its_sentence(archive: str, row: Row) -> None:
    """RFC 5005: an archive leads back to the feed, and never to itself."""
    old, new, problem = row
    assert told(archive, old, new) == [problem]


def test_entry_without_content_is_told(feed: str) -> None:
    """An entry needs content of its own, also where it has nothing but space."""
    assert told(feed, "Long too.", " ") == told(feed, TEXT, "") == ["“Two”: it has no content"]
