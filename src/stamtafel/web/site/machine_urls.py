"""Addresses without a language: feeds, sitemap, security.txt, theme, media."""

from django.urls import URLPattern, URLResolver

from stamtafel.web.site.views import about, feeds, logbook, media, open_data

urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.urlpatterns,
    *media.urlpatterns,
    *about.machine_patterns,
    *logbook.machine_patterns,
    *open_data.machine_patterns,
]
