"""Selectors that may end in an attribute, the words of an element, and documents that nobody could have written."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.sources.markup.select import (
    Selector,
    check_selector,
    open_document,
    parse_selector,
    read_value,
    select_first,
    select_nodes,
)
from digest.sources.markup.visible import read_text
from tests.costs import Work, assert_cheap, assert_gentle_growth
from tests.examples import examples
from tests.patience import HANG_S

PAGE = """<main class="list"><article class="card" data-id=" 7 "><h2 title="  Long   title ">
<a HREF="/a?x=1&amp;y">One</a></h2><p>p1</p><p class="b">p2</p><time></time></article>
<article class="card"><h2>Two</h2></article></main>"""


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("h2", Selector("h2")),
        (" h2 a @href ", Selector("h2 a", "href")),
        ("img@data-src", Selector("img", "data-src")),
        ("time@DateTime", Selector("time", "datetime")),
        ("@data-id", Selector("", "data-id")),
        ('a[href*="@x"]', Selector('a[href*="@x"]')),
        ('a[href*="@x"]@href', Selector('a[href*="@x"]', "href")),
        ("use@xlink:href", Selector("use", "xlink:href")),
    ],
)
def test_a_selector_is_read(text: str, selector: Selector) -> None:
    """What follows the last @ at the end is an attribute; an @ in a value is none."""
    assert parse_selector(text) == selector


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("h2", "One"),
        ("a@href", "/a?x=1&y"),
        ("h2@title", "Long title"),
        ("@data-id", "7"),
        ("@class", "card"),
        ("article.card h2", "One"),
        (".list .b", "p2"),
        (".b, h2", "One"),
        ("p:nth-of-type(2)", "p2"),
        ("p:lexbor-contains('p2')", "p2"),
        ("article", "One p1 p2"),
        ("time", None),
        ("a@title", None),
        (".none", None),
        (".none@href", None),
    ],
)
def test_a_value_is_found_in_a_block(text: str, value: str | None) -> None:
    """The first element in the order of the document counts; what stands around the block counts for the match."""
    block = select_nodes(open_document(PAGE).css("main")[0], "article")[0]
    assert read_value(block, text) == value


def test_each_element_is_found_once() -> None:
    """An element that two selectors of a list match is one element."""
    tree = open_document(PAGE)
    assert [node.text() for node in select_nodes(tree.css("main")[0], "p, .b, main p")] == ["p1", "p2"]
    assert select_first(tree.css("main")[0], ".b@class") is not None


@pytest.mark.parametrize(
    "text",
    [
        "h2",
        "article.card > h2 a[href^='/news']@href",
        "@data-id",
        "li:not(.ad):has(a)",
        "a:nth-child(2n+1)",
        "td:nth-child(3), .date",
        'a[title="(]"]',
        "p:lexbor-contains('it is (x)')",
        r"div.md\:flex",
        "é.überschrift",
        "*",
    ],
)
def test_good_selectors_pass(text: str) -> None:
    """What can be read is not complained about."""
    assert check_selector(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the selector is empty"),
        (" ", "the selector is empty"),
        ("@", "may only stand at its end"),
        ("time@datetime, .date", "an @attribute may only stand at its end, once"),
        ("a@href@title", "an @attribute may only stand at its end, once"),
        ("a[href", "its [ and ] do not match"),
        ("li:not(.ad", "its ( and ) do not match"),
        ("a[href='x]", "a quotation mark is not closed"),
        ("a::attr(href)", "for an attribute write a@href"),
        ("h2::text", "for the text nothing"),
        ("p:contains('x')", ':contains is not CSS; write :lexbor-contains("words")'),
        ("//div[1]", "it looks like XPath"),
        ("> h2", "it must begin with an element"),
        (":scope h2", "it must begin with an element"),
        ("h2, ", "a comma needs a selector before and after it"),
        ("h2 >", "it is no CSS selector"),
        ("h2 {color: red}", "it is no CSS selector"),
        ("..", "it is no CSS selector"),
        ("a\nb", "must not hold line breaks"),
        ("a\x00b", "must not hold line breaks or characters that cannot be seen"),
        ("a\ud800", "must not hold line breaks or characters that cannot be seen"),
        ("a " * 251, "502 letters is longer than the 500"),
    ],
)
def test_bad_selectors_are_explained(text: str, reason: str) -> None:
    """What cannot be read is refused with the cure, and refused as well where it is used."""
    assert reason in (check_selector(text) or "")


def test_a_bad_selector_is_refused_where_it_is_used() -> None:
    """A selector that nobody checked is refused in words when it is used."""
    with pytest.raises(SourceError, match="the selector h2 > cannot be read: it is no CSS selector"):
        read_value(open_document(PAGE).css("main")[0], "h2 >")
    with pytest.raises(SourceError, match="cannot be read"):
        read_value(open_document(PAGE).css("main")[0], "a\ud800")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        pytest.param("  a \n\t b&nbsp;&#8201;c\u3000d ", "a b c d", id="white space"),
        pytest.param("<b>Fer</b>ries<i>!</i>", "Ferries!", id="inline elements part no word"),
        pytest.param("<p>a</p><p>b</p>c<br>d<div>e</div>f", "a b c d e f", id="blocks part words"),
        pytest.param("<table><tr><td>a<td>b<tr><td>c</table>", "a b c", id="cells"),
        pytest.param("<ul><li>a<li>b</ul><x-y>c</x-y>d", "a b c d", id="lists and unknown elements"),
        pytest.param("a<script>x()</script><style>y</style><template>z</template>b", "ab", id="never seen"),
        pytest.param("<svg><title>Sheet</title></svg>Report<noscript>n</noscript>", "Report", id="icon, noscript"),
        pytest.param("<span class='sr-only icon'>Sheet of paper</span> Report", "Report", id="screen readers"),
        pytest.param("<i aria-hidden=true>→</i>Report<i aria-hidden=false>!</i>", "Report!", id="decoration"),
        pytest.param("<i hidden>x</i><i style='color:red; DISPLAY : none'>y</i>Report", "Report", id="hidden"),
        pytest.param("<i style='display:none'>Report</i>", "Report", id="nothing else to read"),
        pytest.param("<i class=no-sr-only-here>a</i>", "a", id="another class"),
        pytest.param("<!-- c -->a<!-- d -->b", "ab", id="comments"),
        pytest.param("<textarea>t</textarea><select><option>o</select>a", "a", id="forms"),
        pytest.param("&lt;b&gt; &amp;amp;", "<b> &amp;", id="entities are read once"),
    ],
)
def test_words_are_those_people_see(html: str, words: str) -> None:
    """Text is what stands on the page, on one line."""
    tree = open_document(f"<div id=x>{html}</div><p>after</p>")
    assert read_text(tree.css("#x")[0]) == words


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param("<div>{}</div>{}", id="closed"),
        pytest.param("<b><i class=a>{}", id="never closed"),
        pytest.param("<div/>{}", id="not closed by a slash"),
        pytest.param("<x-a>{}", id="unknown elements"),
        pytest.param("</section>{}<section>{}", id="after stray ends"),
        pytest.param("<div {}", id="tags without end"),
    ],
)
def test_a_document_too_deep_is_refused(shape: str) -> None:
    """A hundred thousand elements within one another are refused before the time for them is spent."""

    def refuse(size: int) -> Work:
        text = repeat(shape, size)

        def work() -> None:
            with pytest.raises(SourceError, match="more than 5,000 elements within one another"):
                open_document(text)

        return work

    refuse(100_000)()
    assert_gentle_growth(refuse, 50_000)


def repeat(shape: str, size: int) -> str:
    """Return a shape with each part before `{}` so many times."""
    return "".join(part * size for part in shape.split("{}"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<div>" * 4_900 + "<h2>x</h2>", id="deep"),
        pytest.param("<li>x<p>y<br><img>" * 20_000 + "<h2>x</h2>", id="ends left out"),
        pytest.param("<svg>" + "<path d='M0'/>" * 20_000 + "</svg><h2>x</h2>", id="many small pictures"),
        pytest.param("<DIV>x</div>" * 20_000 + "<h2>x</h2>", id="closed in other letters"),
    ],
)
def test_a_large_document_is_read(text: str) -> None:
    """What is large or careless, but no deeper than people write, is read to its end."""
    tree = open_document(text)
    assert tree.body is not None
    assert read_value(tree.body, "h2") == "x"
    assert read_text(tree.body).endswith("x")


FUZZ = """
import json, sys
from digest.errors import SourceError
from digest.sources.markup.select import check_selector, open_document, parse_selector, read_value
page = open_document(sys.argv[1]).root
told = 0
for text in json.load(sys.stdin):
    wrong = check_selector(text)
    told += wrong is not None
    try:
        read_value(page, text)
    except SourceError:
        assert wrong is not None, text
print(told)
"""
PIECES = [*"abp*#.>+~,()[]=:|\\\"'@&%{};!/é\u200b\n ", "h2", ".card", "::", ":not(", ":is(", ":has(", ":where(", "2n+1"]
PIECES += [":nth-child(", " of ", "-n+3", "|=", "^=", "*=", "\\41 ", "@href", "||", "/*", "*/", "<!--", "-->", "url("]
PIECES += [":lexbor-contains(", " i", ":root", ":lang(", "9" * 20, "U+26", "--x", ":first-child", "\x00", "\ud800"]


@settings(max_examples=examples(15))
@given(
    st.lists(
        st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=30), min_size=20, max_size=200
    )
)
def test_no_selector_ends_the_process(texts: list[str]) -> None:
    """Whatever stands for a selector, the process lives, and what was not complained about can be used."""
    command = [sys.executable, "-c", FUZZ, PAGE]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, timeout=HANG_S)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(":not(" * 100 + "a" + ")" * 100, id="nested"),
        pytest.param(":has(" * 60 + "*" + ")" * 60, id="nested has"),
        pytest.param("a " * 249, id="long"),
        pytest.param("a," * 249 + "b", id="many"),
        pytest.param("(" * 500, id="open"),
    ],
)
def test_odd_selectors_cost_no_time(text: str) -> None:
    """A selector as long as allowed is checked and used in a small multiple of the time of opening its page."""

    def use() -> None:
        if check_selector(text) is None:
            read_value(page, text)

    page = open_document(PAGE * 50).css("body")[0]
    assert_cheap(use, lambda: open_document(PAGE * 50), below=50)
