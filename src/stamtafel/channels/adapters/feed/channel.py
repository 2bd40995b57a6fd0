"""Our feeds."""

from stamtafel.channels.adapters.own_pages import OwnPages


class Feed(OwnPages):
    """The feeds that ``web.site`` serves; readers know an entry by its address and show it once."""

    kind = "feed"
