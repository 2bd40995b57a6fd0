"""No follow code and no token of a link stands in the log."""

import logging

import pytest
from django.test import Client, override_settings
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from stamtafel.web.design.logs import WithoutSecrets, without_secrets

OPEN = ("buurten/", "neighbourhood")  # a code that is no secret


def addresses(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        found += addresses(pattern, here) if isinstance(pattern, URLResolver) else [here]
        assert isinstance(pattern, URLPattern | URLResolver)
    return found


def test_every_address_with_a_secret_is_cut() -> None:
    secret = [a for a in addresses(get_resolver()) if "token>" in a or a.startswith("volg/<")]
    assert len(secret) >= 10
    for address in secret:
        real = "/" + address.replace("<str:token>", "5-abc:SECRET").replace("<str:code>", "SECRET-7K4M-92QX")
        real = real.replace("<str:kind>", "facebook").replace("<int:account>", "7")
        for path in (real, f"/en{real}"):
            assert "SECRET" not in without_secrets(f"Internal Server Error: {path}?nieuw=1"), path
            assert without_secrets(path).startswith(path.split("/5-abc")[0].split("/SECRET")[0])


@pytest.mark.parametrize("plain", ["/bijdragen/5/", "/volg/", "/aanmelden/", "GET /onderwerpen/plein/ 200", "100 %s"])
def test_other_words_stay(plain: str) -> None:
    assert without_secrets(plain) == plain


@override_settings(ROOT_URLCONF="stamtafel.urls")
@pytest.mark.django_db
def test_a_refused_form_is_logged_without_its_token(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithoutSecrets())
    with caplog.at_level(logging.WARNING):
        client.post("/aanmelden/wijzig/5-abcSECRET/", headers={"sec-fetch-site": "cross-site"})
        client.get("/volg/LIND-SECR-ET12/verbeteren/")
    assert caplog.records
    assert "SECRET" not in caplog.text
    assert "SECR-ET12" not in caplog.text
