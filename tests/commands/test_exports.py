"""``stamtafel export``: public unless asked otherwise, no formula, no address, nothing half."""

import csv
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from stamtafel.announce.models import Announcement
from stamtafel.commands.exports import run, save
from stamtafel.commands.tables import TABLES
from stamtafel.dossier.models import Contribution, Moderation, State
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.rules import Role
from tests.announce.builders import draft, published
from tests.builders import NOW, area, contribution, resident, staff, topic
from tests.dossier.builders import answer, decision

pytestmark = pytest.mark.django_db
CANARY = "kanarie"
ADDRESS = "kanarie.jansen@voorbeeld.example"


def lines(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture
def full() -> None:
    """One of everything, with what must stay inside."""
    author = resident(email=ADDRESS)
    about = topic("Plein", slug="plein")
    member = staff(Role.EDITOR, email="kanarie.medewerker@lindewaard.example", name="Mies")
    shown = contribution(
        "Zet er banken bij.", topic=about, area=area("Molenwijk"), author=author, lon=5.3, lat=51.9,
        photo="fotos/x.webp",
    )  # fmt: skip
    shown.text = f"Zet er banken bij. {ADDRESS}"
    shown.save()
    hidden = contribution("Niet aardig gezegd.", state=State.HIDDEN)
    Moderation.objects.create(
        contribution=hidden, hide=True, reason=f"Dit is niet aardig. Mail {ADDRESS}.", rule="respect", at=NOW, by=member
    )
    contribution("Nog niet gelezen.", published_at=None)
    contribution("[weg]", erased_at=NOW, state=State.WITHDRAWN)
    made = decision("Meer banken", about=about, slug="meer-banken", created_by=member, published_by=member)
    answer(made, contribution=contribution("Bankjes graag.", topic=about, state=State.ANSWERED, answered_at=NOW))
    decision("Geheim plan", about=about, slug="geheim-plan", published_at=None, created_by=member)
    published("De brug gaat open", topics=(about,), areas=(area("Kade"),), author=member)
    draft("Nog te schrijven", author=member)


def everything(tmp_path: Path, *options: str) -> dict[str, str]:
    found = {}
    for what in TABLES:
        for kind in ("csv", "json"):
            path = tmp_path / f"{what}.{kind}"
            assert run([what, "--out", str(path), *options]) == 0
            found[f"{what}.{kind}"] = path.read_text("utf-8-sig")
    return found


@pytest.mark.usefixtures("full")
def test_only_what_everybody_may_see(tmp_path: Path) -> None:
    found = everything(tmp_path)
    said = "".join(found.values())
    assert "Zet er banken bij." in found["contributions.csv"]
    assert "Meer banken" in found["decisions.csv"]
    assert "De brug gaat open" in found["announcements.csv"]
    assert not [word for word in ("Niet aardig", "Nog niet gelezen", "Geheim", "Nog te schrijven") if word in said]
    assert CANARY not in said
    assert "lengtegraad" not in said


@pytest.mark.usefixtures("full")
def test_internal_adds_what_is_not_public_and_never_an_address(tmp_path: Path) -> None:
    found = everything(tmp_path, "--internal")
    said = "".join(found.values())
    assert CANARY not in said
    assert "@" not in said
    rows = {row["titel"]: row for row in json.loads(found["contributions.json"])}
    assert set(rows) == {"Zet er banken bij.", "Niet aardig gezegd.", "Nog niet gelezen.", "Bankjes graag."}
    assert rows["Zet er banken bij."]["lengtegraad"] == 5.3
    assert rows["Niet aardig gezegd."]["verborgen_om"] == "respect"
    assert rows["Niet aardig gezegd."]["verborgen_waarom"].startswith("Dit is niet aardig.")
    assert {row["naam"]: row["gemaakt_door"] for row in json.loads(found["decisions.json"])} == {
        "geheim-plan": "Mies", "meer-banken": "Mies",
    }  # fmt: skip
    assert {row["stand"] for row in json.loads(found["announcements.json"])} == {"draft", "published"}


@pytest.mark.usefixtures("full")
def test_internal_notes_stay_inside(tmp_path: Path) -> None:
    said = Contribution.objects.get(title="Zet er banken bij.")
    thread = Conversation.objects.create(contribution=said, opened_at=NOW, last_message_at=NOW, subject="Banken")
    Message.objects.create(conversation=thread, direction="note", text="kanarie: interne notitie", at=NOW)
    assert CANARY not in "".join(everything(tmp_path, "--internal").values())


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    contribution('=HYPERLINK("http://kwaad.example";"klik")')
    contribution("+31 bel mij")
    contribution("@SUM(A1:A9)")
    assert run(["contributions", "--out", str(tmp_path / "a.csv")]) == 0
    assert [row[3][:2] for row in lines(tmp_path / "a.csv")[1:]] == ["'=", "'+", "'@"]
    assert run(["contributions", "--out", str(tmp_path / "a.xlsx")]) == 0
    sheet = load_workbook(tmp_path / "a.xlsx")["Bijdragen"]
    cells = [sheet.cell(row, 4) for row in (2, 3, 4)]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert str(cells[0].value).startswith("=HYPERLINK")


def test_columns_are_those_of_the_open_data_and_the_format_follows_the_name(tmp_path: Path) -> None:
    contribution("Eén zin; met een puntkomma.\nEn een regel.")
    assert run(["contributions", "--out", str(tmp_path / "b.json")]) == 0
    row = json.loads((tmp_path / "b.json").read_text())[0]
    assert tuple(row) == TABLES["contributions"].columns
    assert row["openbaar"] == NOW.isoformat()
    assert run(["contributions", "--format", "csv", "--out", str(tmp_path / "b.txt")]) == 0
    assert lines(tmp_path / "b.txt")[1][3] == "Eén zin; met een puntkomma.\nEn een regel."


def test_an_empty_table_is_a_table(tmp_path: Path, capsysbinary) -> None:
    for what in TABLES:
        for kind in ("csv", "json", "xlsx"):
            assert run([what, "--format", kind, "--out", str(tmp_path / "leeg")]) == 0
    assert run(["decisions", "--format", "json"]) == 0
    assert capsysbinary.readouterr().out == b"[]\n"
    assert not Announcement.objects.exists()


def test_standard_output_holds_the_same_bytes_as_a_file(tmp_path: Path, capsysbinary) -> None:
    contribution()
    assert run(["contributions"]) == 0
    assert run(["contributions", "--out", str(tmp_path / "c.csv")]) == 0
    assert capsysbinary.readouterr().out == (tmp_path / "c.csv").read_bytes()


def test_internal_files_are_for_their_owner_only(tmp_path: Path) -> None:
    assert run(["contributions", "--internal", "--out", str(tmp_path / "d.csv")]) == 0
    assert stat.S_IMODE((tmp_path / "d.csv").stat().st_mode) == 0o600


def test_a_file_that_breaks_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("disk full")

    path = tmp_path / "e.csv"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="disk full"):
        save(broken(), path, mode=0o644)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["e.csv"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, capsys) -> None:
    assert run(["contributions", "--out", str(tmp_path / "nergens" / "f.csv")]) == 1
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize("what", sorted(TABLES))
@pytest.mark.parametrize("internal", [False, True])
def test_queries_do_not_grow_with_the_rows(tmp_path: Path, what, internal, django_assert_max_num_queries) -> None:
    member = staff(Role.EDITOR)
    for number in range(12):
        answer(decision(f"Besluit {number}", created_by=member))
        published(f"Bericht {number}", topics=(topic(),), author=member)
    options = ["--internal"] if internal else []
    with django_assert_max_num_queries(3):
        assert run([what, "--out", str(tmp_path / "g.csv"), *options]) == 0


def test_an_unknown_table_or_format_is_a_usage_error() -> None:
    for words in (["residents"], ["contributions", "--format", "pdf"], []):
        with pytest.raises(SystemExit) as stopped:
            run(words)
        assert stopped.value.code == 2
