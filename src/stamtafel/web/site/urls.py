"""Pages for residents: each file in ``views`` brings its own addresses."""

from django.urls import URLPattern, URLResolver

from stamtafel.web.site.views import (
    about,
    announcements,
    contributions,
    decisions,
    find_us,
    follow,
    home,
    logbook,
    neighbourhoods,
    not_mine,
    open_data,
    subscriptions,
    tell_us,
    topics,
)

app_name = "site"

# from stamtafel.web.site.views import …  (one line per file of pages)

urlpatterns: list[URLPattern | URLResolver] = [
    *announcements.urlpatterns,
    *subscriptions.urlpatterns,
    *contributions.urlpatterns,
    *follow.urlpatterns,
    *not_mine.urlpatterns,
    *tell_us.urlpatterns,
    *about.urlpatterns,
    *decisions.urlpatterns,
    *find_us.urlpatterns,
    *home.urlpatterns,
    *logbook.urlpatterns,
    *neighbourhoods.urlpatterns,
    *open_data.urlpatterns,
    *topics.urlpatterns,
]
