"""Jinja with one environment per language.

Asking "which language is this?" for every word, address and date was half of the time of a page. Here the question
is asked once, when a template is fetched: each language has its own environment, whose functions know it.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.backends.jinja2 import Jinja2, Template
from django.utils.translation import get_language
from jinja2 import Environment, TemplateNotFound

from stamtafel.web.design import words


class LanguageJinja2(Jinja2):
    """Django's Jinja backend, which picks the environment of the language in use."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.environments = {code: speaking(self.env, code) for code, _name in settings.LANGUAGES}

    def get_template(self, template_name: str) -> Template:
        """The template, compiled for the language in use."""
        made = self.environments.get(get_language() or "nl", self.env)
        try:
            return Template(made.get_template(template_name), self)
        except TemplateNotFound as missing:
            raise TemplateDoesNotExist(str(missing.name), backend=self) from missing


def speaking(base: Environment, language: str) -> Environment:
    """The environment with every word, address, date and number in one language."""
    made = base.overlay()
    bound = {name: partial(function, language) for name, function in words.BY_LANGUAGE.items()}
    made.globals = {**base.globals, **bound, "_": bound["gettext"]}
    made.filters = {**base.filters, **{name: bound[name] for name in ("date", "datetime", "number")}}
    return made
