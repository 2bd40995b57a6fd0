"""Addresses: the desk, machines, and the site in Dutch (no prefix) and English (/en/)."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("desk/", include("stamtafel.web.desk.urls", namespace="desk")),
    path("hooks/", include("stamtafel.api.webhooks")),
    path("", include("stamtafel.web.site.machine_urls")),
    *i18n_patterns(path("", include("stamtafel.web.site.urls", namespace="site")), prefix_default_language=False),
]

handler400 = "stamtafel.web.site.views.errors.bad_request"
handler403 = "stamtafel.web.site.views.errors.forbidden"
handler404 = "stamtafel.web.site.views.errors.not_found"
handler500 = "stamtafel.web.site.views.errors.broken"
