"""Pages for staff: each file in ``views`` brings its own addresses."""

from django.urls import URLPattern, URLResolver

app_name = "desk"

# from stamtafel.web.desk.views import …  (one line per file of pages)

urlpatterns: list[URLPattern | URLResolver] = []
