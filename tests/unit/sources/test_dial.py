"""Addresses that a source may and may not lead to (FAULTS.md A6; SOURCES.md, Fetching)."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.network.dial import is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "192.88.99.1",
        "192.0.0.8",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:7f00:1::1",
        "fe80::1",
        "fe80::1%lo",
        "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "3fff::1",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved and documentation ones, inside IPv6 as well."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_public_addresses_are_dialled(address: str) -> None:
    """Public ones, also those of IPv4 inside IPv6."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_inside_ipv6(address: ipaddress.IPv4Address) -> None:
    """Mapped, translated or tunnelled, an IPv4 address is judged as itself."""
    inner = int(address)
    inside = [ipaddress.IPv6Address((0xFFFF << 32) | inner), ipaddress.IPv6Address((0x64FF9B << 96) | inner)]
    inside.append(ipaddress.IPv6Address((0x2002 << 112) | (inner << 80) | 1))
    assert {is_public(str(one)) for one in inside} == {is_public(str(address))}


@given(st.ip_addresses(v=4))
def test_nothing_special_is_public(address: ipaddress.IPv4Address) -> None:
    """What the standard library calls private, loopback, link-local or multicast is never public."""
    special = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
    assert not (special and is_public(str(address)))
