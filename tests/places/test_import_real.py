"""The real files of Eindhoven, as an administrator brings them in."""

import time
from pathlib import Path

import pytest
from django.utils import timezone

from stamtafel.places import queries
from stamtafel.places.actions import import_areas, import_key_figures
from stamtafel.places.models import Area, KeyFigure, Level, MapFrame
from stamtafel.places.rules.areas_file import AreasFileError
from stamtafel.places.rules.key_figures_file import KeyFiguresFileError

pytestmark = pytest.mark.django_db


@pytest.fixture
def eindhoven(real_data: Path) -> Path:
    folder = real_data / "nl"
    import_areas(text=(folder / "eindhoven-wijken.geojson").read_bytes())
    import_areas(text=(folder / "eindhoven-buurten.geojson").read_bytes())
    return folder


def test_areas_come_in_under_their_districts_and_twice_is_once(eindhoven: Path) -> None:
    again = import_areas(text=(eindhoven / "eindhoven-buurten.geojson").read_bytes())
    assert (again.new, again.changed) == (0, 116)
    assert Area.objects.filter(level=Level.NEIGHBOURHOOD).count() == 116
    assert Area.objects.filter(level=Level.DISTRICT).count() == 20
    assert not Area.objects.filter(level=Level.NEIGHBOURHOOD, parent=None).exists()
    assert MapFrame.objects.get().view_box.startswith("0 0 720 ")
    assert not Area.objects.filter(level=Level.NEIGHBOURHOOD, path="").exists()


def test_every_label_point_is_found_in_its_own_neighbourhood(eindhoven: Path) -> None:
    points = Area.objects.filter(level=Level.NEIGHBOURHOOD).values_list("code", "label_lon", "label_lat")
    assert {code: queries.locate(lon, lat) for code, lon, lat in points} == {code: code for code, _, _ in points}


@pytest.mark.parametrize(("lon", "lat"), [(4.9, 52.37), (5.35, 51.44), (5.6, 51.44), (5.48, 51.55), (0.0, 0.0)])
def test_points_outside_are_in_no_neighbourhood(eindhoven: Path, lon: float, lat: float) -> None:
    assert queries.locate(lon, lat) is None


def test_suppressed_figures_stay_unknown(eindhoven: Path) -> None:
    imported = import_key_figures(text=(eindhoven / "eindhoven-kerncijfers-2024.csv").read_bytes(), year=2024)
    assert imported.unknown == ("GM0772",)
    neighbourhoods = KeyFigure.objects.filter(area__level=Level.NEIGHBOURHOOD)
    assert neighbourhoods.filter(name="inwoners", value=None).count() == 4
    assert neighbourhoods.filter(name="gem_inkomen_per_inwoner_x1000eur", value=None).count() == 68
    assert sum(figure.value or 0 for figure in neighbourhoods.filter(name="inwoners")) == 246_385


def test_nothing_of_a_broken_file_stays(eindhoven: Path) -> None:
    before = Area.objects.count(), KeyFigure.objects.count()
    with pytest.raises(AreasFileError):
        import_areas(text=b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"naam":"X"}}]}')
    with pytest.raises(KeyFiguresFileError):
        import_key_figures(text=b"code,naam,inwoners\nBU07721110,Binnenstad,-3\n", year=2024)
    assert (Area.objects.count(), KeyFigure.objects.count()) == before


def test_a_file_of_elsewhere_leaves_what_is_here(eindhoven: Path) -> None:
    """Figures are renewed one by one: a file that names none of our areas takes nothing away."""
    whole = (eindhoven / "eindhoven-kerncijfers-2024.csv").read_bytes()
    first = import_key_figures(text=whole, year=2024)
    before = dict(KeyFigure.objects.values_list("id", "value"))
    assert first.new == len(before) > 1000
    elsewhere = import_key_figures(text=(eindhoven / "gemeenten-kerncijfers-2024.csv").read_bytes(), year=2024)
    assert (elsewhere.new, dict(KeyFigure.objects.values_list("id", "value"))) == (0, before)
    again = import_key_figures(text=whole, year=2024)
    assert (again.new, again.changed, dict(KeyFigure.objects.values_list("id", "value"))) == (0, len(before), before)


def test_an_import_in_another_process_is_seen(eindhoven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that runs knows new areas within seconds, without being started again."""
    some = Area.objects.filter(level=Level.NEIGHBOURHOOD).order_by("code").first()
    assert some is not None
    point = some.label_lon, some.label_lat
    assert queries.locate(*point) == some.code
    assert queries.drawn_map() is not None
    Area.objects.filter(pk=some.pk).delete()  # what another process does: nothing of this one is told
    MapFrame.objects.update(made_at=timezone.now())
    assert queries.locate(*point) == some.code
    clock = time.monotonic() + 60
    monkeypatch.setattr("stamtafel.places.queries.time.monotonic", lambda: clock)
    assert queries.locate(*point) is None
    drawn = queries.drawn_map()
    assert drawn is not None
    assert some.code not in {area.code for area in drawn.areas}
