"""Pages for residents: each file in ``views`` brings its own addresses."""

from django.urls import URLPattern, URLResolver

from stamtafel.web.site.views import announcements, contributions, follow, subscriptions, tell_us

app_name = "site"

# from stamtafel.web.site.views import …  (one line per file of pages)

urlpatterns: list[URLPattern | URLResolver] = [
    *announcements.urlpatterns,
    *subscriptions.urlpatterns,
    *contributions.urlpatterns,
    *follow.urlpatterns,
    *tell_us.urlpatterns,
]
