"""Every message has its Dutch."""

from collections import defaultdict

import pytest
from scripts.messages import PACKAGES, catalogue, problems, read

from stamtafel.dossier.models import State
from stamtafel.web.desk.words import PURPOSES
from stamtafel.work.models import DueState


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
