"""Of HTML nothing is left but its words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email.html import as_text
from tests.channels.adapters.email.mails import raw, said


def test_words_lists_and_lines_stay_and_everything_else_goes() -> None:
    html = """<html><head><title>Nee</title><style>p{color:red}</style></head><body onload="x()">
      <script>alert(1)</script><p>Dag&nbsp;gemeente,</p><div>eerste<br>tweede</div><ul><li>een</li><li>twee</li></ul>
      <table><tr><td>a</td><td>b</td></tr></table><img src="https://spion.example/1.gif" alt="x"><p>Groet</p></body></html>"""
    assert as_text(html) == "Dag gemeente,\n\neerste\ntweede\n\n- een\n- twee\n\na b\n\nGroet"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://a.example/x">hier</a>', "hier (https://a.example/x)"),
        ('<a href="https://a.example/">https://a.example</a>', "https://a.example"),
        ('<a href="mailto:f@a.example">mail mij</a>', "mail mij (f@a.example)"),
        ('<a href="javascript:alert(1)">klik</a>', "klik"),
        ('<a href="https://a.example/x"><img src=x></a>Dag', "Dag"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),  # words, escaped where they are shown
        ("<script><p>nee", ""),
        ("<svg><script>x</script></svg>ja", "ja"),
        ("<style>a</b></style>ja</p></div>", "ja"),
        ("a<!-- nee -->b<![CDATA[x]]>", "ab"),
        ("voor<![onzin[ x ]]>na", "voor"),
        ("<script><img>nee</script>ja<br>", "ja"),
        ("<svg><br></b></svg>ja", "ja"),
        ("<blockquote>een<blockquote>twee</blockquote></blockquote></blockquote>drie", "> een\n> > twee\ndrie"),
    ],
)
def test_one_thing_at_a_time(html: str, text: str) -> None:
    assert as_text(html).replace("\n>\n", "\n") == text


def test_the_quoted_part_of_an_html_mail_is_folded_away() -> None:
    html = (
        '<div>Het is nu droog.</div><br><div class="gmail_quote"><div>Op ma 23 nov 2026 om 10:00 schreef Gemeente '
        "&lt;noreply@lindewaard.example&gt;:<br></div><blockquote><p>Dag,</p><p>Wij kijken.</p></blockquote></div>"
    )
    assert said(raw("", html)).text == "Het is nu droog."


def test_plain_text_goes_before_html() -> None:
    assert said(raw("Gewoon", "<b>Vet</b>")).text == "Gewoon"


@given(st.text(alphabet=st.sampled_from("<>/!-&;=\"' abp") | st.characters(), max_size=300))
def test_any_html_gives_words_without_a_crash(html: str) -> None:
    assert isinstance(as_text(html), str)


def test_deep_and_long_html_is_read_in_a_moment() -> None:
    assert as_text("<div>" * 10_000 + "diep").endswith("diep")
    assert as_text("<blockquote>" * 4_000 + "diep").endswith("> > > > > diep")
    began = time.monotonic()
    for evil in ("<a href='", "<!--", "<a href='>", "<![", '<a x=">', "&#"):
        as_text(evil * 100_000)
    assert time.monotonic() - began < 20
