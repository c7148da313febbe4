"""HTML in, safe HTML or plain text out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.items.markup import clean_html, text_of_html

BASE = "https://example.org/a/"
LINK = '<a href="https://example.org/x" rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One Two"),
        ("One<br>two<li>three<hr>four", "One two three four"),
        ("wo<b>r</b>d", "word"),
        ("a &amp; b &lt;c&gt; &nbsp; d", "a & b <c> d"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("a<script>x</script><style>y</style><noscript><img src=z></noscript>b", "ab"),
        ("a < b and c > d", "a < b and c > d"),
        ("a<!-- hidden -->b", "ab"),
        ("<![odd <b>", ""),
        ("&#x202E;evil &#0;&#11;", "evil �"),
        ("", ""),
    ],
)
def test_text_of_html(markup: str, text: str) -> None:
    """Blocks end in a space, inline tags vanish, entities are decoded once, scripts and comments are gone."""
    assert text_of_html(markup) == text


@pytest.mark.parametrize(
    ("markup", "cleaned"),
    [
        pytest.param("<p class=a id=b style=c onclick=d>x", "<p>x</p>", id="attributes"),
        pytest.param('<a href="/x" target=_blank>x</a>', LINK, id="link"),
        pytest.param('<a href="javascript:x">x</a>', '<a rel="noopener noreferrer">x</a>', id="no-link"),
        pytest.param(
            '<a href="mailto:p@example.org?bcc=q@example.org">p</a>',
            '<a href="mailto:p@example.org" rel="noopener noreferrer">p</a>',
            id="mailto",
        ),
        pytest.param(
            '<img src=y.png alt=" A&#9;boat ">', '<img src="https://example.org/a/y.png" alt="A boat">', id="img"
        ),
        pytest.param('x<img src=y.png><img src=y.png alt=""><img alt=z><img src="data:," alt=z>', "x", id="no-img"),
        pytest.param("<img src=mailto:a@example.org alt=z>x", "x", id="mailto-is-no-picture"),
        pytest.param("<p dir=rtl lang=ar>س", '<p dir="rtl" lang="ar">س</p>', id="direction"),
        pytest.param("<p dir=up lang='a b'>x", "<p>x</p>", id="no-direction"),
        pytest.param(
            "<table><td colspan=2>y",
            '<table><tbody><tr><td colspan="2">y</td></tr></tbody></table>',
            id="table",
        ),
        pytest.param("<abbr title='a&#9;b'>x</abbr>", '<abbr title="a b">x</abbr>', id="abbr"),
        pytest.param("<iframe src=x>a</iframe><object>b</object><form>c<input></form>", "c", id="active"),
        pytest.param("a&#13;b&#x202E;c&#0;\x00\ud800\u2028d", "a\nbc�\nd", id="characters"),
        pytest.param("<p> </p><br>", None, id="nothing-left"),
        pytest.param(None, None, id="none"),
    ],
)
def test_clean_html(markup: str | None, cleaned: str | None) -> None:
    """Only listed tags and attributes survive; links are absolute, pictures have an alternative text."""
    assert clean_html(markup, BASE) == cleaned


@given(data=st.data())
def test_text_says_the_same(any_text: st.SearchStrategy[str], data: st.DataObject) -> None:
    """What is taken out of cleaned HTML as text is text: reading it again as HTML text changes nothing visible."""
    cleaned = clean_html(data.draw(any_text), BASE) or ""
    assert text_of_html(cleaned) == text_of_html(clean_html(cleaned, BASE) or "")


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param("<div>" * 200_000, id="depth"),
        pytest.param("<p>" + "".join(f"<b a={n}>" for n in range(2_500)) + "<p>x" * 2_500, id="formatting"),
        pytest.param("<p>" + "".join(f'<b a="{n}">' for n in range(2_500)) + "<p>x" * 2_500, id="formatting-quoted"),
        pytest.param("<" * 200_000, id="open"),
        pytest.param("<b" + " " * 200_000, id="spaces"),
    ],
)
def test_a8_bombs(bomb: str) -> None:
    """HTML that would take a parser gigabytes or minutes is not parsed; its words are kept."""
    cleaned = clean_html(bomb, BASE)
    assert "<b" not in (cleaned or "")
    assert len(cleaned or "") <= 5 * len(bomb)
    assert len(text_of_html(bomb)) <= len(bomb)


def test_a_long_article_is_no_bomb() -> None:
    """A long article with thousands of the same tags keeps its markup."""
    paragraph = f"<p>Words, <strong>more</strong> words and a link {LINK}.</p>"
    assert clean_html(paragraph * 1_500, BASE) == paragraph * 1_500
