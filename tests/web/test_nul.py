"""A NUL anywhere in an address gives a page, on both databases."""

import pytest
from django.test import Client

from tests import builders

ADDRESSES = (
    "/bijdragen/?zoek=%00", "/bijdragen/?soort=a%00b&onderwerp=%00&buurt=%00", "/berichten/?onderwerp=%00", "/buurten/?postcode=%00",
    "/onderwerpen/a%00b/", "/volg/LIND%00-7K4M-92QX/", "/berichten/%00/", "/aanmelden/bevestig/%00/", "/desk/?a=%00",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_nul_is_never_an_error_of_ours(client: Client, address: str) -> None:
    builders.municipality()
    assert client.get(address).status_code < 500
