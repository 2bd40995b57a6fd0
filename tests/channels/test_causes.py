"""What networks say, in words: what happened, whose move it is, what to do now."""

from pathlib import Path

import pytest
from django.utils import translation

from stamtafel.channels import queries, rules, standing_still
from stamtafel.channels.amending import NO_PROGRAM
from stamtafel.channels.models import Delivery
from stamtafel.channels.rules import Cause
from stamtafel.channels.words import WORDS
from stamtafel.people.rules import Role
from tests.builders import NOW, staff
from tests.channels.builders import demo_account, post

SAID = [
    ("Error validating access token: Session has expired (190/463)", Cause.SIGN_IN),
    ("HTTP 401: Unauthorized", Cause.SIGN_IN),
    ("The access token is invalid", Cause.SIGN_IN),
    ("ExpiredToken: Token has expired", Cause.SIGN_IN),
    ("AuthenticationRequired: Invalid identifier or password", Cause.SIGN_IN),
    ("HTTP 400: AccountTakedown: Account has been taken down", Cause.SIGN_IN),
    ("The account name or the app password is missing.", Cause.SIGN_IN),
    ("The access token or the ID of the phone number is missing.", Cause.SIGN_IN),
    ("Business account has been locked (131031)", Cause.SIGN_IN),
    ("Pair rate was hit (131056)", Cause.QUOTA),
    ("A message on WhatsApp has at most one picture.", Cause.PICTURE),
    ("Bluesky shows at most 4 pictures.", Cause.PICTURE),
    ("A picture lacks the words that stand in for it (alt text).", Cause.PICTURE),
    ("Media upload error (131053)", Cause.PICTURE),
    ("HTTP 400: BlobTooLarge: This file is too large.", Cause.PICTURE),
    ("The text is 5 signs too long for Bluesky.", Cause.TOO_LONG),
    ("Message undeliverable (131026)", Cause.REFUSED),
    ("X: this account is not connected yet.", Cause.SIGN_IN),
    ("The account has no page ID.", Cause.SIGN_IN),
    ("(#200) Requires pages_manage_posts permission (200)", Cause.PERMISSION),
    ("Application does not have permission for this action (10)", Cause.PERMISSION),
    ("HTTP 403: You are not permitted to perform this action.", Cause.PERMISSION),
    ("This action is outside the authorized scopes", Cause.PERMISSION),
    ("Bad Request: need administrator rights in the channel chat", Cause.PERMISSION),
    ("Application request limit reached (4)", Cause.QUOTA),
    ("There have been too many calls to this Instagram account (80002)", Cause.QUOTA),
    ("HTTP 429: Too Many Requests", Cause.QUOTA),
    ("RateLimitExceeded: Rate Limit Exceeded", Cause.QUOTA),
    ("Instagram takes 50 posts in 24 hours, and took them.", Cause.QUOTA),
    ("The text is 12 too long for X.", Cause.TOO_LONG),
    ("Validation failed: Text character limit of 500 exceeded", Cause.TOO_LONG),
    ("Bad Request: message is too long", Cause.TOO_LONG),
    ("The picture is no longer in our storage.", Cause.PICTURE),
    ("Instagram can't fetch the picture: its address answers 404, and must answer 200.", Cause.PICTURE),
    ("Instagram takes no post without a picture.", Cause.PICTURE),
    ("The submitted image with aspect ratio 3:1 can't be published (36003/2207009)", Cause.PICTURE),
    (NO_PROGRAM, Cause.BY_HAND),
    ("The monthly ceiling of this account is $5: $5 is used, and this costs $0.2.", Cause.CEILING),
    ("Something that nobody ever heard", Cause.REFUSED),
]


@pytest.mark.parametrize(("error", "cause"), SAID)
def test_what_a_network_says_has_a_meaning(error: str, cause: Cause) -> None:
    assert rules.cause(state="failed", error=error, held=False) == cause


def test_a_passing_trouble_with_a_picture_is_no_bad_picture() -> None:
    said = "Mastodon is still making a picture ready."
    assert rules.cause(state="waiting", error=said, held=False) == Cause.LATER


def test_where_a_person_can_do_it_and_what_stands_still_come_first() -> None:
    assert rules.cause(state="failed", error="HTTP 403: no", held=False, by_hand=True) == Cause.BY_HAND
    assert rules.cause(state="waiting", error="", held=True, stopped=True) == Cause.STOPPED
    assert rules.cause(state="unsure", error="x", held=False, stopped=True, by_hand=True) == Cause.UNSURE


def test_every_cause_has_words_in_dutch() -> None:
    assert set(WORDS) == set(Cause)
    with translation.override("en"):
        english = {cause: [str(words.what), str(words.do)] for cause, words in WORDS.items()}
    with translation.override("nl"):
        assert all([str(words.what), str(words.do)][0] != english[cause][0] for cause, words in WORDS.items())


@pytest.mark.django_db
def test_the_list_says_where_to_look_and_that_it_is_stopped(tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    account.health = {"url": "https://demo.example/lindewaard"}
    account.save()
    unsure, waiting, own = post(account), post(account), post(account, subject="", body="Zonder titel geplaatst.")
    Delivery.objects.filter(pk=unsure.pk).update(state="unsure")
    standing_still.stop_everything(actor=staff(Role.EDITOR), reason="Brand", now=NOW)
    standing_still.let_through(actor=staff(Role.EDITOR), delivery_id=own.pk, now=NOW)
    lines = {line.pk: line for line in queries.deliveries(viewer=staff(Role.EDITOR)).lines}
    assert lines[unsure.pk].look == "https://demo.example/lindewaard"
    assert lines[waiting.pk].what == WORDS[Cause.STOPPED].what
    assert lines[own.pk].what == WORDS[Cause.WAITS].what
    assert lines[own.pk].subject == "Zonder titel geplaatst."
    assert queries.health(now=NOW.replace(year=NOW.year + 1)).stuck == 0
