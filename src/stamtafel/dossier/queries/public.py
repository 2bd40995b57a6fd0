"""What everybody may see of contributions."""

from django.db.models import QuerySet

from stamtafel.dossier.models import Contribution


def visible() -> QuerySet[Contribution]:
    """The contributions that everybody may read: shown, in a public state, not erased."""
    return Contribution.objects.filter(
        published_at__isnull=False, state__in=Contribution.PUBLIC_STATES, erased_at__isnull=True
    )
