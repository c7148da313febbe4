"""Dates as newsrooms write them: read where they can mean one thing, else refused in words."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.sources.dates import DateError, guess_format, read_when

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 3, 11)
LANGUAGES = re.findall(
    r"\S+",
    "ar bg bn ca cs da de el en en-GB es et fi fr hi hr hu id it ja ko lt lv nb nl pl pt pt-BR ro ru sk sl sr sv sw ta"
    " tr uk ur vi zh",
)

PIECES = re.findall(
    r"\S+", "1 3 11 31 99 2026 26 0 / - . , : T Z + +02:00 am pm h de of March mars 月 日 年 марта Tue ago st T10:00 ١١"
)


def source(language: str = "en", *formats: str, zone: str = "America/New_York", locale: str | None = None) -> Any:
    """Make a source of a language with formats."""
    return SourceSettings(id="s", type="html", language=language, locale=locale, timezone=zone, date_formats=formats)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "March 11, 2026"),
        ("en", "11 March 2026"),
        ("en", "Mar. 11th, 2026"),
        ("en", "Wednesday, 11-Mar-2026"),
        ("en", "2026-03-11"),
        ("en", "2026‑03‑11"),
        ("en", "2026/03/11"),
        ("en", "20260311"),
        ("en", "Published: March 11, 2026"),
        ("en", "By Ada Brook | March 11, 2026 | 5 min read"),
        ("en", "Published March 11, 2026. Updated: March 12, 2026"),
        ("en", "Mar 11, 2026 March 11, 2026"),
        ("fr", "Publié le mercredi 11 mars 2026"),
        ("fr", "11 MARS 2026"),
        ("es", "11 de marzo de 2026"),
        ("es", "11 mar 2026"),
        ("pt-BR", "11 de março de 2026"),
        ("pt", "11 de MARCO de 2026"),
        ("it", "mercoledì 11 marzo 2026"),
        ("de", "Mittwoch, 11. März 2026"),
        ("de", "11.03.2026"),
        ("de", "11. Mär. 2026"),
        ("nl", "woensdag 11 mrt 2026"),
        ("pl", "11 marca 2026 r."),
        ("cs", "11. března 2026"),
        ("ru", "11 марта 2026 г."),
        ("ru", "11 МАРТ 2026"),
        ("uk", "11 березня 2026 року"),
        ("tr", "11 Mart 2026 Çarşamba"),
        ("tr", "11 MART 2026"),
        ("ar", "الأربعاء ١١ مارس ٢٠٢٦"),
        ("ar", "11 آذار/مارس 2026"),
        ("fa", "۱۱ مارس ۲۰۲۶"),
        ("he", "11 במרץ 2026"),
        ("hi", "११ मार्च २०२६"),
        ("el", "11 Μαρτίου 2026"),
        ("th", "11 มีนาคม 2569"),
        ("vi", "Ngày 11 tháng 3 năm 2026"),
        ("id", "Rabu, 11 Maret 2026"),
        ("zh", "2026年3月11日"),
        ("zh", "2026 年 3 月 11 日 星期三"),
        ("ja", "2026年3月11日(水)"),
        ("ko", "2026년 3월 11일"),
        ("ko", "2026. 3. 11."),
        ("hu", "2026. március 11."),
        ("lt", "2026 m. kovo 11 d."),
        ("lv", "2026. gada 11. marts"),
        ("fi", "11. maaliskuuta 2026"),
        ("sv", "den 11 mars 2026"),
        ("sr", "11. март 2026."),
        ("sw", "11 Machi 2026"),
        ("de", "March 11, 2026"),
        ("xx", "11 March 2026"),
    ],
)
def test_a_day_in_many_languages(language: str, text: str) -> None:
    """Day, month by name and year are read in the language's words or in English, whatever stands around them."""
    assert read_when(text, source(language)) == DAY
    assert not isinstance(read_when(text, source(language)), datetime)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", ["long", "medium", "full"])
def test_every_month_as_the_language_writes_it(language: str, width: Any) -> None:
    """Each month of the year is read as CLDR writes it, in full and in short, where its name is written at all."""
    for month in range(1, 13):
        when = date(2026, month, 23)
        text = format_date(when, width, locale=language.replace("-", "_"))
        if width == "medium" and not any(letter.isalpha() for letter in text):
            continue
        assert read_when(text, source(language)) == when, text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "2026-03-11T12:00:00Z", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("en", "2026-03-11T12:00:00.123+02:00", datetime(2026, 3, 11, 10, tzinfo=UTC)),
        ("en", "2026-03-11 12:00:00 +0200", datetime(2026, 3, 11, 10, tzinfo=UTC)),
        ("en", "20260311T120000Z", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("en", "Wed, 11 Mar 2026 12:00:00 +0000", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("en", "Wed, 11 Mar 2026 12:00:00 GMT", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("en", "1773230400", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("en", "1773230400000", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        ("en", "2026-03-11T12:00", datetime(2026, 3, 11, 12, tzinfo=ZONE)),
        ("en", "March 11, 2026 at 2:30 PM", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("en", "11 March 2026, 2.30pm", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("en", "March 11, 2026, 12:05 a.m.", datetime(2026, 3, 11, 0, 5, tzinfo=ZONE)),
        ("en", "March 11, 2026, 12 noon 12:05 pm", datetime(2026, 3, 11, 12, 5, tzinfo=ZONE)),
        ("en", "March 11, 2026, 9am", datetime(2026, 3, 11, 9, tzinfo=ZONE)),
        ("en", "March 11, 2026 14:30-16:00", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("en", "March 11, 2026 14:30 -0500", datetime(2026, 3, 11, 19, 30, tzinfo=UTC)),
        ("en", "11 March 2026 14:30 (CET)", datetime(2026, 3, 11, 13, 30, tzinfo=UTC)),
        ("en", "11 March 2026 14:30 GMT+3", datetime(2026, 3, 11, 11, 30, tzinfo=UTC)),
        ("en", "11 March 2026 14:30 by Ada", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("en", "March 11, 2026 (UTC+02:00) 14:30", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("fr", "mercredi 11 mars 2026 à 14 h 30", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("pt", "11/mar/2026 14h30", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("de", "11. März 2026, 14:30 Uhr", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("fi", "11.3.2026 klo 14.30", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("zh", "2026年3月11日 下午2:30", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("ko", "2026년 3월 11일 오후 2:30", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
        ("el", "11 Μαρτίου 2026 2:30 μ.μ.", datetime(2026, 3, 11, 14, 30, tzinfo=ZONE)),
    ],
)
def test_a_time_makes_an_instant(language: str, text: str, expected: datetime) -> None:
    """A time with a zone is that instant; without one it is wall time in the source's zone."""
    found = read_when(text, source(language))
    assert isinstance(found, datetime)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        pytest.param("March 8, 2026 02:30", "America/New_York", "2026-03-08T07:30", id="left out in spring"),
        pytest.param("November 1, 2026 01:30", "America/New_York", "2026-11-01T05:30", id="twice in autumn: the first"),
        pytest.param("July 1, 2026 14:30 BST", "Europe/London", "2026-07-01T13:30", id="the zone's own name"),
        pytest.param("July 1, 2026 14:30 IST", "Asia/Kolkata", "2026-07-01T09:00", id="a name of many zones"),
        pytest.param("July 1, 2026 14:30 CST", "Asia/Shanghai", "2026-07-01T06:30", id="its own before another's"),
        pytest.param("July 1, 2026 14:30 CST", "Europe/London", "2026-07-01T20:30", id="a zone's usual name"),
    ],
)
def test_wall_time_in_the_sources_zone(text: str, zone: str, utc: str) -> None:
    """A wall time exists once, whatever the clocks do, and a zone's own names come first."""
    found = read_when(text, source(zone=zone))
    assert isinstance(found, datetime)
    assert found.astimezone(UTC).isoformat().startswith(utc)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        pytest.param("en", "25/12/2026", date(2026, 12, 25), id="no month 25"),
        pytest.param("en", "12/25/2026", date(2026, 12, 25), id="nor here"),
        pytest.param("en", "11-11-2026", date(2026, 11, 11), id="twice the same"),
        pytest.param("de", "11.12.2026", date(2026, 12, 11), id="dots"),
        pytest.param("fr", "Publié le 31/12/2026 à 10h15", datetime(2026, 12, 31, 10, 15, tzinfo=ZONE), id="time"),
        pytest.param("ru", "05. 03. 2026", date(2026, 3, 5), id="dots and spaces"),
    ],
)
def test_numbers_that_leave_no_choice(language: str, text: str, expected: object) -> None:
    """A date in numbers is read where only one day can be meant."""
    assert read_when(text, source(language)) == expected


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        pytest.param(
            "en",
            "11/12/2026",
            '"11/12/2026" is ambiguous, it may be 11 December or November 12:'
            ' add date_format: "%d/%m/%Y" or "%m/%d/%Y"',
            id="order",
        ),
        pytest.param("fr", "11/12/2026", "11 December or November 12", id="in any language"),
        pytest.param("en", "Posted 11.12.2026", '"%d.%m.%Y" or "%m.%d.%Y"', id="dots in English"),
        pytest.param("en", "11/03/26", 'two digits: add date_format: "%d/%m/%y" or "%m/%d/%y"', id="short year"),
        pytest.param("en", "2 hours ago", "moves with every day: select a date that stays", id="relative"),
        pytest.param("en", "Yesterday", "time@datetime", id="yesterday"),
        pytest.param("fr", "il y a 2 jours", "moves with every day", id="French relative"),
        pytest.param("de", "vor 3 Tagen", "moves with every day", id="German relative"),
        pytest.param("es", "hace 3 días", "moves with every day", id="Spanish relative"),
        pytest.param("ru", "вчера", "moves with every day", id="Russian relative"),
        pytest.param("ar", "أمس", "moves with every day", id="Arabic relative"),
        pytest.param("ja", "3日前", "moves with every day", id="Japanese relative"),
        pytest.param("en", "March 2026", "names no day", id="no day"),
        pytest.param("en", "March 11", "names no year", id="no year"),
        pytest.param("en", "11 Mar '26", "names no year", id="year of two digits"),
        pytest.param("en", "31 February 2026", "a day or a time that there is not", id="no such day"),
        pytest.param("en", "2026-13-01", "a day or a time that there is not", id="no such month"),
        pytest.param("en", "05/00/2026", "a day or a time that there is not", id="zero"),
        pytest.param("en", "March 11, 2026, 25:00", "a day or a time that there is not", id="no such hour"),
        pytest.param("en", "11 March 2026 14:30 +99:00", "a day or a time that there is not", id="no such zone"),
        pytest.param("en", "3 March 2026 – 5 March 2026", "more than one date, 3 March 2026 and 5 March", id="two"),
        pytest.param("fa", "۱۱ مارس ۱۴۰۵", "the year 1405, perhaps of another calendar", id="another calendar"),
        pytest.param("en", "1 mars 2026", "is no date that can be read: select the date alone", id="another language"),
        pytest.param("en", "Report", "add date_format or locale", id="words"),
        pytest.param("en", "words " * 50, "the date holds 299 letters", id="a whole text"),
    ],
)
def test_what_is_no_date_is_told(language: str, text: str, reason: str) -> None:
    """What gives no day, more than one, or one that moves, is refused with the reason and the cure."""
    with pytest.raises(DateError) as caught:
        read_when(text, source(language))
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u00a0"])
def test_no_words_are_no_date(text: str) -> None:
    """A text without words is no date, and no mistake."""
    assert read_when(text, source()) is None


@pytest.mark.parametrize(
    ("formats", "language", "text", "expected"),
    [
        (["%d/%m/%Y"], "en", "11/12/2026", date(2026, 12, 11)),
        (["%m/%d/%Y"], "en", "Posted: 11/12/2026", date(2026, 11, 12)),
        (["%d/%m/%y"], "en", "11/12/26", date(2026, 12, 11)),
        (["%d/%m/%y"], "en", "11/12/69", date(1969, 12, 11)),
        (["%d %B %Y"], "fr", "1er Janvier 2026", date(2026, 1, 1)),
        (["%d %b %y"], "fr", "3 AOÛT 26", date(2026, 8, 3)),
        (["%d de %B de %Y"], "es", "3 de Mayo de 2026", date(2026, 5, 3)),
        (["%A %d %b %Y, %H:%M"], "fr", "mercredi 11 févr. 2026, 14:30", datetime(2026, 2, 11, 14, 30, tzinfo=ZONE)),
        (["%I:%M %p, %d.%m.%Y"], "en", "2:30 p.m., 11.12.2026", datetime(2026, 12, 11, 14, 30, tzinfo=ZONE)),
        (["%Y年%m月%d日"], "zh", "2026年3月11日", DAY),
        (["%j %Y"], "en", "070 2026", DAY),
        (["%d/%m/%Y %H:%M:%S.%f %z"], "en", "11/3/2026 15:00:01.5 +0300", datetime(2026, 3, 11, 12, 0, 1, tzinfo=UTC)),
        (["%d/%m/%Y %H:%M %Z"], "en", "11/3/2026 12:00 GMT", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        (["100%% %d/%m/%Y"], "en", "100% 11/03/2026", DAY),
        (["%d/%m/%Y", "%m-%d-%Y"], "en", "03-11-2026", DAY),
        (["%m/%d/%Y", "%d/%m/%Y"], "en", "31/03/2026", date(2026, 3, 31)),
        (["%d/%m/%Y"], "en", "2026-03-11T12:00:00Z", datetime(2026, 3, 11, 12, tzinfo=UTC)),
        (["%d/%m/%Y"], "en", "March 11, 2026", DAY),
        (["%d %b %Y = %d.%m.%Y"], "de", "11 Mär 2026 = 11.03.2026", DAY),
        (["%d %b (%a) %Y"], "de", "11 Mär (Mi) 2026", DAY),
    ],
)
def test_a_format_comes_first(formats: list[str], language: str, text: str, expected: object) -> None:
    """What fits a format is read by it, in the language's words; other texts are read where they are sure."""
    found = read_when(text, source(language, *formats))
    assert found == expected
    assert isinstance(found, datetime) == isinstance(expected, datetime)


@pytest.mark.parametrize(
    ("written", "text", "reason"),
    [
        ("%m/%d/%Y", "25/12/2026", 'is not written as date_format says, "%m/%d/%Y"'),
        ("%d/%m/%Y", "31/02/2026", 'is not written as date_format says, "%d/%m/%Y"'),
        ("%d/%m/%Y", "Report", 'nor one as date_format says, "%d/%m/%Y"'),
        ("%d/%m/%Y", "11/12/26", "its year has two digits"),
        ("%Y", "2026", "a day or a time that there is not"),
        ("%d/%m", "11/12", "a day or a time that there is not"),
    ],
)
def test_what_no_format_fits_is_told(written: str, text: str, reason: str) -> None:
    """With a format, numbers in another order are never turned round."""
    with pytest.raises(DateError) as caught:
        read_when(text, source("en", written))
    assert reason in str(caught.value)


def test_letters_without_dots_are_the_same() -> None:
    """Capitals of Turkish names are read with and without the dot that capitals lose."""
    assert read_when("11 KASIM 2026", source("tr")) == read_when("11 kasım 2026", source("tr")) == date(2026, 11, 11)


def test_the_locale_comes_before_the_language() -> None:
    """The months' language may be another than the items'."""
    assert read_when("11 août 2026", source("en", locale="fr")) == date(2026, 8, 11)


@pytest.mark.parametrize(
    ("texts", "language", "found"),
    [
        (["25/12/2026", "03/12/2026"], "en", "%d/%m/%Y"),
        (["12-03-2026", "12-25-2026"], "en", "%m-%d-%Y"),
        (["12.25.26", "12.03.26"], "en", "%m.%d.%y"),
        (["Posted 03/12/2026 by Ada", "Posted 13/12/2026 by Bo"], "en", "%d/%m/%Y"),
        (["2026-03-03", "March 1, 2026"], "en", None),
        (["25/12/2026"], "en", None),
        (["03/12/2026", "04/12/2026"], "en", None),
        (["13/12/2026", "12/13/2026", "01/02/2026"], "en", None),
        (["13/12/2026", "03-12-2026"], "en", None),
        (["11.12.2026"], "de", None),
        (["yesterday", "2 hours ago"], "en", None),
        ([], "en", None),
    ],
)
def test_a_format_is_guessed_from_a_sources_dates(texts: list[str], language: str, found: str | None) -> None:
    """One date that leaves no choice tells the order of all; where none does, or none is needed, there is no format."""
    assert guess_format(texts, language) == found
    if found:
        assert all(read_when(text, source(language, found)) for text in texts)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_date_is_read_back(when: date, language: str) -> None:
    """Any day written in full in any language is that day."""
    assert read_when(format_date(when, "long", locale=language.replace("-", "_")), source(language)) == when


@given(
    st.text(max_size=250)
    | st.lists(st.sampled_from(PIECES)).map(" ".join)
    | st.lists(st.sampled_from("0123456789/-.:T Zmar")).map("".join),
    st.sampled_from(["en", "fr", "ar", "zh", "th", "xx", ""]),
    st.sampled_from([(), ("%d/%m/%Y",), ("%I %p %j %y %z",)]),
)
def test_any_text_gives_a_date_or_a_sentence(text: str, language: str, formats: tuple[str, ...]) -> None:
    """Whatever the text, there is a date of these centuries, nothing, or a refusal in one line."""
    told = ""
    try:
        found = read_when(text, source(language, *formats))
    except DateError as error:
        found, told = None, str(error)
    assert "\n" not in told
    assert found is None or 1900 <= found.year <= 2101
    assert not isinstance(found, datetime) or found.tzinfo is not None
