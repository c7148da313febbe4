"""F24, F26: what may stand where a listing should be; each gives no item, and says in words what it is."""

import pytest

from digest.config.settings import HtmlSettings, SourceSettings
from digest.model.item import Parsed
from digest.sources.html import parse_html
from digest.sources.page import Page

LISTING = """<title>Newsroom</title><h1>Newsroom</h1><form><input type=password></form><div class="g-recaptcha"></div>
<article><h2>404 people are back home</h2></article><article><h2>Login pages and their errors</h2></article>"""


def read(text: str) -> Parsed:
    """Read a page whose items are articles."""
    source = SourceSettings(id="s", type="html", html=HtmlSettings(items="article", title="h1, h2"))
    return parse_html(Page(data=text.encode(), source=source, url="https://harbour.example.org/"))


@pytest.mark.parametrize(
    ("page", "sign"),
    [
        pytest.param(
            "<title>Log in | Harbour</title><input name=p type=PASSWORD>",
            'it looks like a login page: its title is "Log in | Harbour"',
            id="login",
        ),
        pytest.param("<h1>Anmelden</h1>", 'it looks like a login page: its heading is "Anmelden"', id="German login"),
        pytest.param("<h1>Welcome</h1><input type=password>", "it asks for a password", id="password"),
        pytest.param("<title>404 Not Found</title>nginx", 'an error page: its title is "404 Not Found"', id="404"),
        pytest.param("<h1>Page introuvable</h1>", 'an error page: its heading is "Page introuvable"', id="in French"),
        pytest.param("<title>Harbour</title><h1>Scheduled maintenance</h1>", "Scheduled maintenance", id="maintenance"),
        pytest.param("<title>Error</title>", 'an error page: its title is "Error"', id="error"),
        pytest.param(
            '<title>Just a moment...</title><script src="/cdn-cgi/challenge-platform/x.js"></script>',
            'a check for robots: its title is "Just a moment..."',
            id="challenge",
        ),
        pytest.param('<p>Please wait</p><div class="h-captcha"></div>', "it holds a check for robots", id="captcha"),
        pytest.param('<meta http-equiv="Refresh" content="0; URL=/x">', "sends browsers on", id="refresh"),
        pytest.param(
            '<div id="root"></div><script src="app.js"></script>', "before a script in the browser", id="script"
        ),
        pytest.param("Service temporarily overloaded", 'says no more than "Service temporarily overl', id="few words"),
        pytest.param("<p></p>", "it holds no words", id="no words"),
    ],
)
def test_f24_a_page_that_is_no_listing_says_what_it_is(page: str, sign: str) -> None:
    """There are no items, and the markers name the sign and what was looked for."""
    parsed = read(page)
    assert parsed.items == ()
    assert sign in "; ".join(parsed.markers)
    assert parsed.markers[-1] == 'the selector "article" finds nothing'
    assert all("\n" not in marker for marker in parsed.markers)


def test_f24_an_error_page_in_the_sites_own_dress_gives_no_item() -> None:
    """An error page that uses the listing's own elements is not published as an item."""
    parsed = read("<title>Page not found | Harbour</title><article><h1>Page not found</h1><p>Sorry.</p></article>")
    assert parsed.items == ()
    assert parsed.markers == ('it looks like an error page: its title is "Page not found | Harbour"',)


def test_f24_a_listing_is_never_taken_for_another_page() -> None:
    """A form to log in, a captcha and items about errors do not make a listing an error page."""
    parsed = read(LISTING)
    assert len(parsed.items) == 2
    assert parsed.markers == ()


@pytest.mark.parametrize(
    "words",
    ["No results found.", "There are currently no items to display", "Nothing published yet", "Keine Meldungen"],
)
def test_f26_an_empty_listing_is_no_fault(words: str) -> None:
    """A page that says itself that its list is empty gives no items and no markers."""
    parsed = read(f"<title>Newsroom</title><h1>Newsroom</h1><p>{words}</p><p>{'About the harbour. ' * 30}</p>")
    assert parsed == Parsed(())
