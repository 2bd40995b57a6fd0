"""The municipality, its areas and their key figures."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Municipality(models.Model):
    """The one municipality that this installation serves (always row 1)."""

    name = models.CharField(max_length=120)
    code = models.CharField(max_length=8, blank=True)
    code_prefix = models.CharField(max_length=6, default="STAM")
    tagline_nl = models.CharField(max_length=200, blank=True)
    tagline_en = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postcode_city = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    opening_hours_nl = models.TextField(blank=True)
    opening_hours_en = models.TextField(blank=True)
    channels = models.JSONField(default=list)  # [{kind, name, url, note_nl, note_en}], what "Vind ons" lists
    theme = models.JSONField(default=dict)  # token name → value, checked by web.design.theme
    crisis_nl = models.TextField(blank=True)
    crisis_en = models.TextField(blank=True)
    four_eyes = models.BooleanField(default=False)
    fixture = models.BooleanField(default=False)  # the demo municipality: pages say so

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="places_municipality_one", condition=models.Q(id=1)),
        ]


class Level(models.TextChoices):
    """CBS's levels of area."""

    MUNICIPALITY = "municipality", _("Municipality")
    DISTRICT = "district", _("District")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")


class Area(models.Model):
    """A CBS area with its outline (WGS84, GeoJSON geometry)."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=16, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    city_part = models.CharField(max_length=120, blank=True)
    geometry = models.JSONField()
    label_lon = models.FloatField()
    label_lat = models.FloatField()
    path = models.TextField(blank=True)  # SVG path in the municipality's own view box, made at import
    postcode4 = models.CharField(max_length=4, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["level", "name"], name="places_area_level")]


class MapFrame(models.Model):
    """How ``Area.path`` maps to lon/lat: view box and linear scale (row 1)."""

    view_box = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)  # processes that keep the areas see by it that they are old


class KeyFigure(models.Model):
    """One CBS figure of one area in one year; ``value`` None = suppressed or unknown, never 0."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="key_figures")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["area", "year", "name"], name="places_keyfigure_once"),
        ]
