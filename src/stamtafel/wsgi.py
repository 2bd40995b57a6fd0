"""The WSGI application that granian serves."""

import os
import signal
import threading
import time

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamtafel.settings")

from stamtafel.web.design.copies import PageCopies

LEAVING_SECONDS = 10.0


def leave_with(parent: int) -> None:
    """End this process when the server that started it is gone: else it would go on answering beside the next one."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LEAVING_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if os.environ.get("SERVER_PROCESS", "") == str(os.getppid()):
    leave_with(os.getppid())
application = get_wsgi_application()
if settings.PAGE_COPY_SECONDS:
    application = PageCopies(application, seconds=settings.PAGE_COPY_SECONDS)  # type: ignore[assignment]
