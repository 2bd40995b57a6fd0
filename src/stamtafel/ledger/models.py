"""The log: entries that are never changed, and the tree heads that were published over them."""

from typing import Any, ClassVar

from django.db import models


class Unchangeable(TypeError):
    """The log is only appended to. Triggers in the database refuse what goes round this class."""


class Entry(models.Model):
    """One event. Appended without a place (cheap, no lock); a job gives it its place in the tree."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)  # e.g. ``contribution:17``; never personal data
    data = models.JSONField(default=dict)
    leaf = models.BinaryField(max_length=32)
    place = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject", "id"], name="ledger_entry_subject")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append; an entry that is there is never written again. Raises Unchangeable."""
        if not self._state.adding:
            raise Unchangeable
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Nothing is taken out: always raises Unchangeable."""
        raise Unchangeable


class TreeHead(models.Model):
    """The root over the first ``size`` entries, and the frontier to go on from."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    frontier = models.JSONField(default=list)
    at = models.DateTimeField()
