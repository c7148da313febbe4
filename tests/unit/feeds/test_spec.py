"""Which feeds there are: names, ids and labels that hold for years."""

from dataclasses import replace

import pytest

from digest.feeds.spec import Labels, feed_id, feed_name, labels_of
from digest.model.site import Site
from digest.model.topic import Kind, Region, Topic, kind_topic, region_topic


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.OpenHarbour.example:8443/news", "www.openharbour.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("http://[2001:db8::1]/", "2001-db8--1"),
        ("", "localhost"),
    ],
    ids=["port", "international", "IPv6", "none"],
)
def test_feed_id_hangs_on_the_host(site: Site, url: str, host: str) -> None:
    """A feed's id is a tag: URI of the newsroom's host, whatever port or place the feeds are served from."""
    one = feed_id("all", replace(site, url=url))
    assert one == f"tag:{host},2026:feeds/all"
    assert one == feed_id("all", replace(site, url=url, feeds_url="https://elsewhere.example/"))


def test_names_of_feeds() -> None:
    """Topics, regions and kinds are published under names that can be files."""
    topics = ["all", "refugees", region_topic("usa"), kind_topic("report")]
    assert [feed_name(topic) for topic in topics] == ["all", "refugees", "region-usa", "kind-report"]


def test_labels_of_the_configuration() -> None:
    """Topics and regions are labelled by their titles, kinds as the newsroom prints them; a region may be a country."""
    regions = [Region("usa", "United States", country="US"), Region("sahel", "The Sahel")]
    assert labels_of([Topic("refugees", "Refugees")], [Kind("report", "Reports", "Report")], iter(regions)) == Labels(
        {"refugees": "Refugees"},
        {"report": "Report"},
        {"usa": "United States", "sahel": "The Sahel"},
        {"usa": "US"},
    )
