"""The living pages: every component is drawn, is sound HTML, and obeys the content security policy."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from stamtafel.settings import PACKAGE
from stamtafel.web.design.gallery import EXAMPLE_MAP, gallery

DESIGN = PACKAGE / "web" / "design" / "templates" / "design"
pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """What a page consists of: each tag with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name))]


def drawn(source: str, **context: object) -> str:
    """One component in Dutch, as a page would call it."""
    engine = engines.all()[0]
    environment = getattr(engine, "environments", {}).get("nl") or engine.env  # type: ignore[attr-defined]
    return str(environment.from_string(source).render(context))


@pytest.fixture(params=[("nl", False), ("en", False), ("nl", True), ("en", True)], ids=lambda p: f"{p[0]}-{p[1]}")
def page(request: pytest.FixtureRequest) -> Page:
    language, desk = request.param
    with translation.override(language):
        return Page(gallery(RequestFactory().get("/gallery/"), desk=desk).content.decode())


def test_ids_are_unique_and_what_is_pointed_at_exists(page: Page) -> None:
    ids = Counter(page.values("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    pointed = [*page.values("for"), *" ".join(page.values("aria-describedby")).split(), *page.values("aria-labelledby")]
    assert set(pointed) <= set(ids)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(page: Page) -> None:
    names = {name for _, attributes in page.tags for name in attributes}
    assert "style" not in names
    assert [name for name in names if name.startswith("on")] == []
    assert all(attributes.get("src") for tag, attributes in page.tags if tag == "script")
    assert [src for src in page.values("src") if not src.startswith(("/static/", "data:"))] == []


def test_every_icon_has_a_word_or_is_hidden(page: Page) -> None:
    assert all(attributes.get("aria-hidden") == "true" for tag, attributes in page.tags if tag == "svg")


def test_every_icon_that_a_template_names_is_there() -> None:
    source = "".join(path.read_text() for path in DESIGN.rglob("*.html"))
    named = set(re.findall(r'(?:draw|icon)\("([a-z0-9-]+)"', source)) | set(re.findall(r'icon="([a-z0-9-]+)"', source))
    assert named
    assert {name for name in named if not (DESIGN / "icons" / f"{name}.svg").exists()} == set()


def test_what_somebody_typed_is_escaped() -> None:
    html = drawn(
        '{% from "design/components/card.html" import contribution_card %}'
        '{% from "design/components/people.html" import quote %}'
        "{{ contribution_card(text, '/x/', excerpt=text, place=text) }}{{ quote(text, who=text) }}",
        text='<script>alert("x")</script>',
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5


@pytest.mark.parametrize(
    ("dates", "late", "expected"),
    [
        (["3 maart", "", "", "", ""], False, ["now", "", "", "", ""]),
        (["3 maart", "4 maart", "", "", ""], True, ["done", "now", "late", "", ""]),
        (["1", "2", "3", "4", "5"], False, ["done"] * 5),
    ],
)
def test_a_life_line_shows_where_it_stands(dates: list[str], late: bool, expected: list[str]) -> None:
    html = drawn(
        '{% from "design/components/life.html" import simple_life %}{{ simple_life(dates, expected="10 maart", late=late) }}',
        dates=dates,
        late=late,
    )
    states = re.findall(r'<li class="st-life__step(?: st-life__step--(\w+))?"', html)
    assert states == expected
    assert html.count('aria-current="step"') == expected.count("now")
    assert html.count("10 maart") == (0 if all(dates) else 1)


def test_an_unknown_figure_is_never_drawn_as_nothing() -> None:
    html = drawn(
        '{% from "design/components/figure.html" import bar_chart %}{{ bar_chart("T", rows, ["a", "b"]) }}',
        rows=[
            {"label": "A", "value": 4, "text": "4"},
            {"label": "B", "value": None, "text": ""},
            {"label": "C", "value": 0, "text": "0"},
        ],
    )
    assert html.count("st-bar__unknown") == 1
    assert html.count("onbekend") == 2
    assert 'width="100.0%"' in html
    assert 'width="0.0%"' in html


def test_a_chart_without_any_figure_still_draws() -> None:
    html = drawn(
        '{% from "design/components/figure.html" import bar_chart %}{{ bar_chart("T", rows, ["a", "b"]) }}',
        rows=[{"label": "B", "value": None, "text": ""}],
    )
    assert "onbekend" in html


def test_on_a_map_an_unknown_neighbourhood_is_hatched() -> None:
    html = drawn(
        '{% from "design/components/map.html" import area_map %}{{ area_map(drawn, "T", values={"BU1": (2, "9"), "BU2": (none, "")}) }}',
        drawn=EXAMPLE_MAP,
    )
    assert html.count('class="st-area" fill="url(#kaart-onbekend)"') == len(EXAMPLE_MAP.areas) - 1
    assert html.count('class="st-area st-area--2"') == 1
    assert html.count("onbekend</span>") == len(EXAMPLE_MAP.areas) - 1
