"""Pages for staff: each file in ``views`` brings its own addresses."""

from django.urls import URLPattern, URLResolver

from stamtafel.web.desk.views import (
    compose,
    deliveries,
    inbox,
    people,
    settings,
    sign_in,
    today,
)

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    *compose.urlpatterns,
    *deliveries.urlpatterns,
    *inbox.urlpatterns,
    *people.urlpatterns,
    *settings.urlpatterns,
    *sign_in.urlpatterns,
    *today.urlpatterns,
]
