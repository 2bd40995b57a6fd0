"""Our own website."""

from stamtafel.channels.adapters.own_pages import OwnPages


class Website(OwnPages):
    """The pages that ``web.site`` shows."""

    kind = "website"
