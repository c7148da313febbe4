"""Messages: what Python's parser reads back is what was rendered, and nothing can add a line."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.errors import AddressError
from digest.mail.message import Prepared, check_wire, compose_message, dot_stuffed, prepare_variant
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER, Rendered
from digest.model.mailing import MailingList
from digest.model.site import Site
from tests.examples import examples

SEVEN = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
TOKEN = "From-abcdefghijklmnopqrstuvwxyz0123456789_-"
WORDS = [
    *("ferry", "🛳️", "👩‍👩‍👧", "مرحبا بالعالم", "שלום", "é", "港", "x" * 80, "&amp;", "<b>", UNSUBSCRIBE_PLACEHOLDER),
    *("\n", "\n.", "\n..\n", "\nFrom here", "\n--", " ", "\t", "=", "=3D", "\r\n", "\r", "\x0c", "\u2028", "\x85"),
]
BODIES = (
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=20)), max_size=40)
    .map("".join)
    .filter(lambda body: "\x00" not in body)
)
SUBJECTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120),
    st.lists(st.sampled_from(["Ferry", "🛳️", "شؤون البحر", "=?utf-8?q?x?=", "x" * 90, ",", '"', ""]), max_size=12).map(
        " ".join
    ),
)


def composed(rendered: Rendered, mailing: MailingList, site: Site, *, one_click_url: str | None = None) -> bytes:
    """Prepare and compose in one go."""
    prepared = prepare_variant(rendered, mailing, site, edition_key="e1", date=SEVEN, one_click_url=one_click_url)
    return compose_message(prepared, address="amina@example.net", message_id="<a1@example.org>", token=TOKEN)


def parsed(message: bytes) -> EmailMessage:
    """Read a message as Python's parser does, with no defect anywhere."""
    read = BytesParser(policy=policy.default).parsebytes(message)
    assert isinstance(read, EmailMessage)
    assert [part.defects for part in read.walk()] == [[] for _ in read.walk()]
    return read


def content(part: MIMEPart | None) -> str:
    """Give the text of a part with line feeds."""
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def as_read(body: str) -> str:
    """What a body is for its reader: line feeds, a last one, and the token in place."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace(UNSUBSCRIBE_PLACEHOLDER, TOKEN)
    return lines if lines.endswith("\n") else lines + "\n"


def test_every_header_of_the_list_is_there(message: bytes) -> None:
    """A digest says who it is from, that a machine sent it to a list, and how to leave that."""
    read = parsed(message)
    assert {name: str(value) for name, value in read.items() if name != "Content-Type"} == {
        "From": "Harbour Watch <digest@news.example.org>",
        "Reply-To": "Readers' desk <readers+daily@example.org>",
        "To": "amina@example.net",
        "Subject": "Ferry inquiry opens, and 11 more",
        "Date": "Fri, 20 Nov 2026 07:00:00 +0000",
        "Message-ID": "<a1@example.org>",
        "List-Id": "<daily.news.example.org>",
        "List-Unsubscribe": f"<mailto:readers+daily@example.org?subject=unsubscribe%20{'T' * 43}>",
        "List-Help": "<mailto:readers+daily@example.org?subject=help>",
        "List-Owner": "<mailto:press@example.org>",
        "List-Archive": "<https://www.example.org/feeds/>",
        "List-Post": "NO",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "Content-Language": "en",
        "Feedback-ID": "daily-2026-11-20-Europe-London:daily:digest:newsexampleorg",
        "MIME-Version": "1.0",
    }
    assert read.get_content_type() == "multipart/alternative"


def test_one_click_comes_first_and_folds_at_the_comma(rendered: Rendered, mailing: MailingList, site: Site) -> None:
    """RFC 8058: the https address stands before mailto, each whole on its line, and Post says how."""
    url = f"https://www.example.org/unsubscribe/{UNSUBSCRIBE_PLACEHOLDER}"
    message = composed(rendered, mailing, site, one_click_url=url)
    assert (
        f"\r\nList-Unsubscribe: <https://www.example.org/unsubscribe/{TOKEN}>,\r\n"
        f" <mailto:readers+daily@example.org?subject=unsubscribe%20{TOKEN}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode() in message


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.org/" + UNSUBSCRIBE_PLACEHOLDER,
        "https://www.example.org/",
        f"https://x.example/ {UNSUBSCRIBE_PLACEHOLDER}",
    ],
)
def test_a_one_click_address_is_https_with_the_token(
    url: str, rendered: Rendered, mailing: MailingList, site: Site
) -> None:
    """An address that could not unsubscribe anybody safely is refused."""
    with pytest.raises(ValueError, match=r"one-click|header"):
        composed(rendered, mailing, site, one_click_url=url)


@settings(max_examples=examples(150))
@given(text=BODIES, html=st.none() | BODIES, subject=SUBJECTS)
@example(
    text=f"{UNSUBSCRIBE_PLACEHOLDER}é{UNSUBSCRIBE_PLACEHOLDER}é", html="é" * 200 + UNSUBSCRIBE_PLACEHOLDER, subject=""
)
@example(
    text="x" * 60 + UNSUBSCRIBE_PLACEHOLDER + "x" * 30, html="港" * 41 + UNSUBSCRIBE_PLACEHOLDER + "a", subject=" a  b "
)
@example(text="x" * 75 + "=" + " \n.\nFrom x\n", html="x" * 74 + "é" + "." * 80, subject="a " * 80)
def test_a_message_reads_back_as_it_was_rendered(
    text: str, html: str | None, subject: str, mailing: MailingList, site: Site
) -> None:
    """Subject and both parts survive every letter, on short lines of ASCII with CRLF."""
    message = composed(Rendered(subject, text, html), mailing, site)
    read = parsed(message)
    assert read["Subject"] == subject
    assert content(read.get_body(("plain",))) == as_read(text)
    if html is not None:
        assert content(read.get_body(("html",))) == as_read(html)
        assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    check_wire(message)
    assert message.isascii()
    head, _, body = message.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"^(\.|From )|[ \t]\r$", body, re.MULTILINE)


@settings(max_examples=examples(100))
@given(filling=st.text("aé港🛳\n", max_size=300), tokens=st.integers(1, 4), distance=st.integers(0, 12))
def test_base64_is_aligned_around_tokens(
    filling: str, tokens: int, distance: int, mailing: MailingList, site: Site
) -> None:
    """However many tokens stand in a text beyond ASCII, and however near, each is where it was."""
    text = filling + ("é" * distance + UNSUBSCRIBE_PLACEHOLDER) * tokens + "港" * 200
    message = composed(Rendered("s", text, None), mailing, site)
    assert content(parsed(message)) == as_read(text)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("Ferry inquiry opens. " * 20, "quoted-printable", id="English"),
        pytest.param("Enquête sur le naufrage à Brême. " * 20, "quoted-printable", id="French"),
        pytest.param("فتح تحقيق في حادث العبارة. " * 20, "base64", id="Arabic"),
        pytest.param("渡轮调查开始 " * 20, "base64", id="Chinese"),
    ],
)
def test_the_shorter_encoding_is_chosen(text: str, encoding: str, mailing: MailingList, site: Site) -> None:
    """Texts mostly in ASCII stay legible in quoted-printable; others are shorter in base64."""
    read = parsed(composed(Rendered("s", f"{text}{UNSUBSCRIBE_PLACEHOLDER}\n", None), mailing, site))
    assert read["Content-Transfer-Encoding"] == encoding


def test_a_plain_email_message_says_the_same(message: bytes, rendered: Rendered) -> None:
    """The standard library, given the same content, makes an equivalent message."""
    plain = EmailMessage()
    plain["Subject"] = rendered.subject
    plain.set_content(rendered.text.replace(UNSUBSCRIBE_PLACEHOLDER, "T" * 43))
    plain.add_alternative((rendered.html or "").replace(UNSUBSCRIBE_PLACEHOLDER, "T" * 43), subtype="html")
    theirs, ours = parsed(plain.as_bytes(policy=policy.SMTP)), parsed(message)
    assert ours["Subject"] == theirs["Subject"]
    assert [
        (part.get_content_type(), content(part)) for part in ours.iter_parts() if isinstance(part, EmailMessage)
    ] == [(part.get_content_type(), content(part)) for part in theirs.iter_parts() if isinstance(part, EmailMessage)]


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        pytest.param("news@example.org", "", id="none"),
        pytest.param("Watch, Harbour <news@example.org>", "Watch, Harbour", id="comma"),
        pytest.param(r'"The \"Watch\"" <news@example.org>', 'The "Watch"', id="quotes"),
        pytest.param("Señal del Puerto <news@example.org>", "Señal del Puerto", id="beyond ASCII"),
        pytest.param("مرصد الميناء <news@example.org>", "مرصد الميناء", id="Arabic"),
        pytest.param("=?utf-8?q?Watch?= <news@example.org>", "=?utf-8?q?Watch?=", id="looks encoded"),
        pytest.param("W. Harbour <news@example.org>", "W. Harbour", id="dot"),
    ],
)
def test_a_senders_name_reads_back(
    sender: str, name: str, rendered: Rendered, mailing: MailingList, site: Site
) -> None:
    """The display name of a list is quoted or encoded as it needs."""
    read = parsed(composed(rendered, replace(mailing, sender=sender), site))
    assert [(mailbox.display_name, mailbox.addr_spec) for mailbox in read["From"].addresses] == [
        (name, "news@example.org")
    ]


@pytest.mark.parametrize("name", ["Observatório do Pôrto " * 6, "Observatory of the Harbour, " * 5])
def test_a_long_name_is_folded(name: str, rendered: Rendered, mailing: MailingList, site: Site) -> None:
    """No line of From is longer than 78 letters, whatever the newsroom is called."""
    message = composed(rendered, replace(mailing, sender=f"{name}<news@example.org>"), site)
    head = message.partition(b"\r\nReply-To")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert head.endswith(b" <news@example.org>")


@pytest.mark.parametrize(
    "bad", ["\r\nBcc: x@example.org", "\n", "\r", "\x00", "\x85", "\u2028", "\u2029", "\x0b", "\x7f", "\ud800"]
)
def test_no_header_value_can_add_a_line(bad: str, rendered: Rendered, mailing: MailingList, site: Site) -> None:
    """A18: a control character or line break in a subject, name, id, language or contact is refused."""
    for changed, around in [
        (replace(rendered, subject=f"a{bad}b"), mailing),
        (rendered, replace(mailing, sender=f"a{bad}b <news@example.org>")),
        (rendered, replace(mailing, reply_to=f"a{bad}b <news@example.org>")),
        (rendered, replace(mailing, id=f"a{bad}b")),
        (rendered, replace(mailing, language=f"en{bad}")),
    ]:
        with pytest.raises((ValueError, AddressError)):
            composed(changed, around, site)
    with pytest.raises(AddressError):
        composed(rendered, mailing, replace(site, contact=f"press@example.org{bad}x"))
    assert b"List-Archive" not in composed(rendered, mailing, replace(site, feeds_url=f"https://www.example.org/{bad}"))


@pytest.mark.parametrize("bad", ["\r\nBcc: x", "\n", "\x00", "\x85", "\u2028", " ", ",", "<", "\ud800"])
def test_nobodys_own_bytes_can_add_a_line(bad: str, prepared: Prepared) -> None:
    """A19: an address, Message-ID or token with more in it than it should have is refused, and not repeated."""
    good = {"address": "amina@example.net", "message_id": "<a1@example.org>", "token": TOKEN}
    for name, value in [
        ("address", f"amina{bad}@example.net"),
        ("address", f"amina@example.net{bad}"),
        ("message_id", f"<a{bad}@example.org>"),
        ("token", TOKEN[:-1] + bad),
    ]:
        with pytest.raises((ValueError, AddressError)) as caught:
            compose_message(prepared, **{**good, name: value})
        if isinstance(caught.value, AddressError):
            assert "amina" not in str(caught.value)


def test_an_international_recipient_stands_in_utf_8(prepared: Prepared) -> None:
    """RFC 6532: an address beyond ASCII is in the header as it is; everything else stays ASCII."""
    message = compose_message(prepared, address="أمينة@example.org", message_id="<a1@example.org>", token=TOKEN)
    assert "\r\nTo: أمينة@example.org\r\n".encode() in message


def test_the_same_arguments_give_the_same_octets(rendered: Rendered, mailing: MailingList, site: Site) -> None:
    """A message is a function of its arguments, and another edition has another boundary."""
    first, again = (prepare_variant(rendered, mailing, site, edition_key="e1", date=SEVEN) for _ in range(2))
    other = prepare_variant(rendered, mailing, site, edition_key="e2", date=SEVEN)
    assert first == again
    assert parsed(b"".join(first.parts)).get_boundary() != parsed(b"".join(other.parts)).get_boundary()


def test_a_date_keeps_its_zone_and_needs_one(rendered: Rendered, mailing: MailingList, site: Site) -> None:
    """Date is written in the zone it is given in; a naive one is refused."""
    east = datetime(2026, 11, 20, 7, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    prepared = prepare_variant(rendered, mailing, site, edition_key="e1", date=east)
    assert b"\r\nDate: Fri, 20 Nov 2026 07:00:00 +0530\r\n" in prepared.parts[2]
    with pytest.raises(ValueError, match="aware"):
        prepare_variant(rendered, mailing, site, edition_key="e1", date=SEVEN.replace(tzinfo=None))


def test_a_nul_in_a_part_is_refused(mailing: MailingList, site: Site) -> None:
    """A body with a NUL is a fault upstream, not a message."""
    with pytest.raises(ValueError, match="NUL"):
        composed(Rendered("s", "a\x00b", None), mailing, site)


@pytest.mark.parametrize("octets", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\rb\r\n", b"a\n.\n\r\n", b"a\r\r\n", b"a", b""])
def test_only_crlf_goes_on_the_wire(octets: bytes) -> None:
    """A21: a bare CR or LF, or a missing last line end, is refused before a transport sees it."""
    with pytest.raises(ValueError, match="CRLF"):
        check_wire(octets)


@pytest.mark.parametrize(
    ("octets", "stuffed"),
    [(b".\r\n", b"..\r\n"), (b"a.\r\n.b\r\n..\r\n", b"a.\r\n..b\r\n...\r\n"), (b"a\r\n", b"a\r\n")],
)
def test_dots_that_begin_lines_are_doubled(octets: bytes, stuffed: bytes) -> None:
    """RFC 5321 §4.5.2: only the first dot of a line is doubled."""
    assert dot_stuffed(octets) == stuffed
