"""``stamtafel import`` on the real files, as an administrator brings them in."""

from pathlib import Path

import pytest

from stamtafel.commands.exports import run as export
from stamtafel.commands.imports import run
from stamtafel.dossier.models import Contribution, ImportedDetails, State, Topic
from stamtafel.ledger.models import Entry
from stamtafel.people.models import Resident
from stamtafel.places.models import Area, KeyFigure, Level

pytestmark = pytest.mark.django_db
AMSTERDAM = "texts/amsterdam-buurtbudget-projecten.csv"
AUSTRIA = "polis/austria-climate.2vkxcncppn.2022-07-07/comments.csv"
NUMBERED = "--column=source_id=pabulib_instance+project_id"


@pytest.fixture
def amsterdam(real_data: Path) -> list[str]:
    return ["contributions", str(real_data / AMSTERDAM), "--format", "table", NUMBERED]


def test_areas_and_key_figures(real_data: Path, capsys) -> None:
    nl = real_data / "nl"
    assert run(["areas", str(nl / "eindhoven-wijken.geojson")]) == 0
    assert run(["areas", str(nl / "eindhoven-buurten.geojson")]) == 0
    assert run(["areas", str(nl / "eindhoven-buurten.geojson")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Areas: 20 new, 0 renewed.",
        "Areas: 116 new, 0 renewed.",
        "Areas: 0 new, 116 renewed.",
    ]
    assert run(["key-figures", str(nl / "eindhoven-kerncijfers-2024.csv")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Key figures:")
    assert "Left out, because no area here has the code: GM0772." in said
    figures = KeyFigure.objects.count()
    assert run(["key-figures", str(nl / "eindhoven-kerncijfers-2024.csv")]) == 0
    assert capsys.readouterr().out.startswith("Key figures: 0 new,")
    assert KeyFigure.objects.count() == figures
    assert Area.objects.filter(level=Level.NEIGHBOURHOOD).count() == 116
    assert KeyFigure.objects.filter(name="inwoners", value=None, area__level=Level.NEIGHBOURHOOD).count() == 4


def test_a_dry_run_shows_and_keeps_nothing(amsterdam: list[str], capsys) -> None:
    assert run([*amsterdam, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Contributions: 144 new, 0 here already. Nothing was kept.")
    assert "166-12437" in said
    assert "Schonere wereld" in said
    assert (Contribution.objects.count(), Topic.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_twice_is_once(amsterdam: list[str], capsys) -> None:
    assert run(amsterdam) == 0
    assert run(amsterdam) == 0
    said = capsys.readouterr().out
    assert "Contributions: 144 new, 0 here already." in said
    assert "Contributions: 0 new, 144 here already." in said
    assert Contribution.objects.count() == 144
    assert Topic.objects.filter(name="Rattenpreventie").exists()


def test_one_topic_can_take_all(amsterdam: list[str], capsys) -> None:
    assert run([*amsterdam, "--topic", "bestaat-niet"]) == 1
    assert "There is no topic 'bestaat-niet'." in capsys.readouterr().err
    Topic.objects.create(name="Buurtbudget", slug="buurtbudget")
    assert run([*amsterdam, "--topic", "buurtbudget"]) == 0
    assert Contribution.objects.filter(topic__slug="buurtbudget").count() == 144
    assert Topic.objects.count() == 1


def test_what_the_source_refused_stays_hidden(real_data: Path, capsys) -> None:
    assert run(["contributions", str(real_data / AUSTRIA), "--format", "polis"]) == 0
    assert "Contributions: 1039 new" in capsys.readouterr().out
    hidden = Contribution.objects.filter(state=State.HIDDEN)
    assert hidden.count() == 524
    assert not hidden.filter(published_at__isnull=False).exists()


def test_personal_columns_are_left_out_unless_named(tmp_path: Path, capsys) -> None:
    path = tmp_path / "ideeen.csv"
    path.write_text("nummer;tekst;naam;e-mailadres\n1;Meer bomen;Jan de Vries;jan@voorbeeld.example\n")
    assert run(["contributions", str(path), "--format", "table"]) == 0
    said = capsys.readouterr().out
    assert "Personal columns left out: " in said
    assert "jan@voorbeeld" not in said
    assert "jan@" not in str(Contribution.objects.values())


PEOPLE = "nummer;tekst;naam;e-mailadres;ip\n1;Meer bomen;Jan de Vries;Jan@Voorbeeld.example;192.0.2.7\n"
KEPT = ["--keep-personal", "e-mailadres", "--keep-personal", "IP"]


def test_a_dry_run_names_the_personal_columns_seen_kept_and_left_out(tmp_path: Path, capsys) -> None:
    path = tmp_path / "ideeen.csv"
    path.write_text(PEOPLE)
    assert run(["contributions", str(path), "--format", "table", *KEPT, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "Personal columns seen: naam, e-mailadres, ip." in said
    assert "Personal columns left out: naam." in said
    assert "Personal columns kept, for staff only: e-mailadres, ip." in said
    assert "192.0.2.7" not in said
    assert "voorbeeld" not in said.lower()
    assert (Contribution.objects.count(), Resident.objects.count()) == (0, 0)
    path.write_text("nummer;tekst\n1;Meer bomen\n")
    assert run(["contributions", str(path), "--format", "table", "--dry-run"]) == 0
    assert "Personal columns seen: none." in capsys.readouterr().out


def test_personal_columns_that_were_named_are_kept_once_and_exported_never(tmp_path: Path, capsys) -> None:
    path = tmp_path / "ideeen.csv"
    path.write_text(PEOPLE)
    for _run in range(2):
        assert run(["contributions", str(path), "--format", "table", *KEPT]) == 0
    one = Contribution.objects.get()
    assert one.author is not None
    assert (one.author.email, one.author.confirmed_at) == ("jan@voorbeeld.example", None)
    assert ImportedDetails.objects.get(contribution=one).columns == {"ip": "192.0.2.7"}
    assert "Jan de Vries" not in str([*Contribution.objects.values(), *ImportedDetails.objects.values()])
    capsys.readouterr()
    for kind in ("csv", "json"):
        assert export(["contributions", "--format", kind, "--internal"]) == 0
        said = capsys.readouterr().out
        assert "Meer bomen" in said
        assert "192.0.2.7" not in said
        assert "voorbeeld.example" not in said.lower()


def test_a_slip_of_the_pen_in_a_column_to_keep_brings_nothing_in(tmp_path: Path, capsys) -> None:
    path = tmp_path / "ideeen.csv"
    path.write_text(PEOPLE)
    assert run(["contributions", str(path), "--format", "table", "--keep-personal", "e-mial"]) == 1
    assert "column e-mial: The file has no column of this name." in capsys.readouterr().err
    assert not Contribution.objects.exists()


BROKEN_TABLES = {
    "a cell too many": ("nummer;tekst\n1;Meer bomen\n2;Meer;bankjes\n", "row 3"),
    "no date": ("nummer;tekst;datum\n1;Meer bomen;ooit\n", "row 2, column datum"),
    "a number twice": ("nummer;tekst\n1;Meer bomen\n1;Meer bankjes\n", "row 3, column nummer"),
    "nothing to see": ("nummer;tekst\n1;Meer bomen\n2;\u200b\n", "row 3"),
    "a day to come": ("nummer;tekst;datum\n1;Meer bomen;1-1-2099\n", "row 2, column created"),
    "no text": ("nummer;tekst\n1;\n", "row 2"),
    "no table": ("", "The file holds no rows."),
}


@pytest.mark.parametrize("name", BROKEN_TABLES)
def test_a_broken_table_is_refused_whole(name: str, tmp_path: Path, capsys) -> None:
    contents, where = BROKEN_TABLES[name]
    path = tmp_path / "kapot.csv"
    path.write_text(contents)
    assert run(["contributions", str(path), "--format", "table"]) == 1
    said = capsys.readouterr()
    assert "Nothing was brought in." in said.err
    assert where in said.err
    assert said.out == ""
    assert (Contribution.objects.count(), Topic.objects.count()) == (0, 0)


BROKEN_PLACES = {
    "areas": ('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"naam":"X"}}]}', "row 1"),
    "key-figures": ("code,naam,inwoners\nBU07721110,Binnenstad,-3\n", "row 2, column inwoners"),
}


@pytest.mark.parametrize("what", BROKEN_PLACES)
def test_a_broken_file_of_places_is_refused_whole(what: str, tmp_path: Path, capsys) -> None:
    contents, where = BROKEN_PLACES[what]
    path = tmp_path / "kapot"
    path.write_text(contents)
    assert run([what, str(path)]) == 1
    assert where in capsys.readouterr().err
    assert (Area.objects.count(), KeyFigure.objects.count()) == (0, 0)


def test_half_a_workbook_and_a_file_that_is_not_there(tmp_path: Path, capsys) -> None:
    path = tmp_path / "half.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    assert run(["contributions", str(path), "--format", "openstad"]) == 1
    assert "not a readable XLSX workbook" in capsys.readouterr().err
    assert run(["contributions", str(tmp_path / "nergens.csv"), "--format", "table"]) == 1
    assert "The file can't be read" in capsys.readouterr().err


def test_a_column_has_two_names(amsterdam: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run([*amsterdam[:-1], "--column", "titel"])
    assert "--column wants OURS=THEIRS, not 'titel'." in str(stopped.value)


def test_a_column_of_ours_that_does_not_exist_is_named(amsterdam: list[str], capsys) -> None:
    assert run([*amsterdam, "--column", "kleur=titel"]) == 1
    assert "kleur" in capsys.readouterr().err
