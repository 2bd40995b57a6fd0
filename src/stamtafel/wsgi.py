"""The WSGI application that granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamtafel.settings")

from stamtafel.web.design.copies import PageCopies

application = get_wsgi_application()
if settings.PAGE_COPY_SECONDS:
    application = PageCopies(application, seconds=settings.PAGE_COPY_SECONDS)  # type: ignore[assignment]
