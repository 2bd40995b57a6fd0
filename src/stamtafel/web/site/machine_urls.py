"""Addresses without a language: feeds, sitemap, security.txt, theme, media."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
