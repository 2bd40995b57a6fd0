"""Every message has its Dutch."""

import ast
from collections import defaultdict

import pytest
from scripts.messages import KEYWORDS, PACKAGES, catalogue, problems, read

from stamtafel.dossier.models import State
from stamtafel.web.desk.words import PURPOSES
from stamtafel.work.models import DueState
from tests.shape.test_sizes import SOURCE, files


@pytest.mark.parametrize("package", PACKAGES)
def test_every_message_is_translated(package: str) -> None:
    assert problems(package) == []


def test_every_message_has_one_dutch() -> None:
    """Django lays the catalogues of all packages together: of two translations, one is never seen.

    Words that need two have a context (``pgettext``).
    """
    found: dict[tuple[str | None, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for package in PACKAGES:
        for message in read(catalogue(package)):
            found[message.context, str(message.id)][str(message.string)].append(package)
    found.pop((None, ""), None)
    assert {key: dict(dutch) for key, dutch in found.items() if len(dutch) > 1} == {}


@pytest.mark.parametrize(
    ("label", "dutch"),
    [
        (DueState.DONE.label, "Verstuurd"),
        (State.DONE.label, "Afgerond"),
        (PURPOSES["announcement"], "Bericht"),
        (PURPOSES["digest"], "Nieuwsbrief"),
    ],
    ids=str,
)
def test_words_that_english_shares_read_right_in_dutch(label: object, dutch: str) -> None:
    assert str(label) == dutch


def called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def test_no_message_hides_inside_an_f_string() -> None:
    # the extractor on Python 3.11 reads an f-string as one word: such a message would never get its Dutch
    hidden = [
        f"{path.relative_to(SOURCE)}:{call.lineno}"
        for path in files()
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and called(call) in KEYWORDS
    ]
    assert hidden == []
