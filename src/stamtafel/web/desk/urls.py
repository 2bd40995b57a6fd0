"""Pages for staff: each file in ``views`` brings its own addresses."""

from django.urls import URLPattern, URLResolver

from stamtafel.web.desk.views import (
    account,
    accounts,
    announce_this,
    calendar,
    canned,
    compose,
    contributions,
    crisis,
    decisions,
    deliveries,
    figures,
    inbox,
    inbox_files,
    inbox_network,
    on_request,
    people,
    search,
    settings,
    sign_in,
    today,
    topics,
    unknown,
)

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    *announce_this.urlpatterns,
    *canned.urlpatterns,
    *account.urlpatterns,
    *accounts.urlpatterns,
    *calendar.urlpatterns,
    *compose.urlpatterns,
    *crisis.urlpatterns,
    *contributions.urlpatterns,
    *decisions.urlpatterns,
    *deliveries.urlpatterns,
    *figures.urlpatterns,
    *inbox.urlpatterns,
    *inbox_files.urlpatterns,
    *inbox_network.urlpatterns,
    *on_request.urlpatterns,
    *people.urlpatterns,
    *search.urlpatterns,
    *settings.urlpatterns,
    *sign_in.urlpatterns,
    *today.urlpatterns,
    *topics.urlpatterns,
    *unknown.urlpatterns,  # takes what no other has
]
