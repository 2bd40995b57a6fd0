"""A template gives the same page as with plain Jinja; what is fixed is worked out once per language."""

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError
from markupsafe import Markup, escape

from stamtafel.web.design.backend import speaking
from stamtafel.web.design.compiling import CompiledEnvironment, html
from stamtafel.web.design.environment import environment

PIECES = """
{%- macro tag(text, kind="x") -%}<b class="{{ kind }}">{{ text }}{{ caller() if caller }}</b>{%- endmacro -%}
{%- block top %}<i>{{ name }}</i>{% endblock -%}
{{ self.top() }}{{ tag(name) }}{{ tag(kind=name, text=bare) }}{{ tag(*[name]) }}{{ tag(**{"text": name}) }}
{% for each in names %}{{ tag(each ~ "!") }}{{ loop.index }}{{ loop.cycle("a", "b") }}{% endfor %}
{% call tag(name) %}{% call tag("in") %}{{ name }}{% endcall %}{% endcall %}{{ function(name, extra=names) }}{{ 5 }}{{ none }}
"""


def same(source: str, **values: object) -> str:
    ours = CompiledEnvironment(autoescape=True).from_string(source).render(**values)
    assert ours == Environment(autoescape=True).from_string(source).render(**values)
    return ours


@given(st.text(), st.lists(st.text(), max_size=3))
def test_pages_are_what_plain_jinja_makes(name: str, names: list[str]) -> None:
    assert same(
        PIECES, name=name, names=names, bare=Markup("<u>"), function=lambda *given, **named: f"<{given}{named}>"
    )


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.builds(Markup, st.text()), st.lists(st.text())))
def test_everything_is_escaped_but_markup(value: object) -> None:
    assert html(value) == escape(value)


def test_what_was_not_given_is_told() -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        CompiledEnvironment(autoescape=True).from_string("{{ nothing() }}").render()


def test_fixed_words_and_addresses_are_text_in_each_language() -> None:
    base = environment(autoescape=True)
    source = '{{ _("Tell us") }}|{{ url("site:home") }}|{{ language() }}|{{ dutch() }}|{% trans %}News{% endtrans %}'
    for code, words, here, attribute in (("nl", "Zeg het ons", "/", ""), ("en", "Tell us", "/en/", ' lang="nl"')):
        made = speaking(base, code)
        with translation.override(code):
            news = translation.gettext("News")
            assert made.from_string(source).render() == f"{words}|{here}|{code}|{attribute}|{news}"
            assert reverse("site:home") == here
        assert "gettext" not in made._generate(made.parse(source), None, None)


def test_a_page_that_does_not_exist_fails_where_it_is_read_only() -> None:
    made = speaking(environment(autoescape=True), "nl")
    assert made.from_string('{% if there %}{{ url("site:not_there") }}{% endif %}').render(there=False) == ""
    with pytest.raises(Exception, match="not_there"):
        made.from_string('{{ url("site:not_there") }}').render()
