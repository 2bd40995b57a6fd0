"""Addresses without a language: feeds, sitemap, security.txt, theme, media."""

from django.urls import URLPattern, URLResolver

from stamtafel.web.site.views import feeds, media

urlpatterns: list[URLPattern | URLResolver] = [
    *feeds.urlpatterns,
    *media.urlpatterns,
]
