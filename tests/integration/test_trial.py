"""The client of a trial: it says what it asks, and stops."""

from pytest_httpserver import HTTPServer

from digest.pipelines.trial import MOST_REQUESTS, BoundedClient
from digest.sources.fetch import Fetched, FetchFailed


async def test_a_trial_asks_so_often_and_no_more(httpserver: HTTPServer) -> None:
    """After the last request of its budget a trial's client fails without asking, and each one before is told."""
    httpserver.expect_request("/").respond_with_data("x")
    told: list[str] = []
    async with BoundedClient(None, told.append) as client:
        answers = [await client.fetch(httpserver.url_for("/"), allow_private=True) for _ in range(MOST_REQUESTS + 2)]
    assert [type(answer) for answer in answers] == [Fetched] * MOST_REQUESTS + [FetchFailed] * 2
    assert told == [f"asking {httpserver.url_for('/')}"] * MOST_REQUESTS
    assert len(httpserver.log) == MOST_REQUESTS
