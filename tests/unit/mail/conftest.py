"""An invented newsroom, its list and a rendered digest."""

from datetime import UTC, datetime, time

import pytest

from digest.mail.message import Prepared, compose_message, prepare_variant
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER, Rendered
from digest.model.mailing import Cadence, MailingList, Schedule
from digest.model.site import Site

SEVEN = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def mailing() -> MailingList:
    """A daily list of an organisation that does not exist."""
    return MailingList(
        id="daily",
        title="Harbour Watch daily",
        schedule=Schedule(Cadence.DAILY, time(7)),
        timezone="Europe/London",
        sender="Harbour Watch <Digest@News.Example.org>",
        reply_to="Readers' desk <readers+daily@example.org>",
    )


@pytest.fixture(scope="session")
def site() -> Site:
    """Its newsroom."""
    return Site(
        title="Harbour Watch",
        url="https://www.example.org/news",
        feeds_url="https://www.example.org/feeds/",
        author="Harbour Watch",
        contact="press@example.org",
    )


@pytest.fixture(scope="session")
def rendered() -> Rendered:
    """A small digest with the token twice in its text and once in its page."""
    return Rendered(
        subject="Ferry inquiry opens, and 11 more",
        text=f"Ferry inquiry opens\n\nLeave: https://www.example.org/u/{UNSUBSCRIBE_PLACEHOLDER}\n"
        f"or write 'unsubscribe {UNSUBSCRIBE_PLACEHOLDER}'\n",
        html=f'<h1>Ferry inquiry opens</h1>\n<p><a href="https://www.example.org/u/{UNSUBSCRIBE_PLACEHOLDER}">Leave</a></p>\n',
    )


@pytest.fixture(scope="session")
def prepared(rendered: Rendered, mailing: MailingList, site: Site) -> Prepared:
    """That digest, encoded once."""
    return prepare_variant(rendered, mailing, site, edition_key="daily/2026-11-20/Europe/London", date=SEVEN)


@pytest.fixture(scope="session")
def message(prepared: Prepared) -> bytes:
    """That digest for one person."""
    return compose_message(prepared, address="amina@example.net", message_id="<a1@example.org>", token="T" * 43)
