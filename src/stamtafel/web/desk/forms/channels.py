"""What the compose page says about networks, read from its form."""

from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stamtafel.announce.rules.telling import Telling

LONGEST_LIST: Final = 100
CROPS: Final[dict[str, Promise]] = {
    "whole": _("Whole"), "centre": _("Middle"), "top": _("Top"), "bottom": _("Bottom"), "none": _("Not here"),
}  # fmt: skip


def tellings_of(data: QueryDict) -> list[Telling]:
    """One for each account that the form has; what is not a number is passed over."""
    accounts = [int(each) for each in data.getlist("kanaal")[:LONGEST_LIST] if each.isdecimal() and len(each) < 18]  # noqa: PLR2004 - fits a bigint
    return [_telling(data, account) for account in accounts]


def _telling(data: QueryDict, account: int) -> Telling:
    start = f"kanaal-{account}-"
    crops = {
        name.removeprefix(f"{start}foto-"): data.get(name, "") for name in data if name.startswith(f"{start}foto-")
    }
    return Telling(
        account=account,
        wanted=f"{start}aan" in data,
        text=data.get(f"{start}tekst", ""),
        form=data.get(f"{start}vorm", ""),
        with_link=f"{start}link" in data,
        with_invitation=f"{start}slot" in data,
        crops={picture: crop for picture, crop in crops.items() if picture.isdecimal()},
    ).cleaned()
