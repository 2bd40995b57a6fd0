"""A prepared read gives what its queryset gives, for any argument, in any thread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from stamtafel.dossier.models import Contribution, Topic
from stamtafel.prepared import MOMENT, NUMBER, WORD, Insert, Prepared
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def since(now, topic):
    rows = Contribution.objects.filter(created_at__gte=now, topic_id=topic).select_related("topic", "area")
    return rows.only("title", "created_at", "topic__name", "area__name").order_by("id")


def test_instances_come_with_what_belongs_to_them(django_assert_num_queries) -> None:
    first, second = builders.topic("Plein"), builders.topic("Bad")
    area = builders.area()
    for days in range(6):
        builders.contribution(f"Dag {days}", created_at=NOW - timedelta(days=days), topic=first, area=area)
    builders.contribution("Elders", created_at=NOW, topic=second)
    read = Prepared(since, now=MOMENT, topic=NUMBER)
    for _round in range(2):
        with django_assert_num_queries(2):
            some = read(now=NOW - timedelta(days=2), topic=first.pk)
            other = read(now=NOW - timedelta(days=9), topic=second.pk)
            assert [(c.title, c.topic.name, c.area.name, c.created_at) for c in some] == [
                (f"Dag {n}", "Plein", area.name, NOW - timedelta(days=n)) for n in range(3)
            ]
            assert [(c.title, c.topic.name, c.area) for c in other] == [("Elders", "Bad", None)]


def test_tuples_are_what_values_list_gives() -> None:
    builders.topic("Plein", slug="plein")
    builders.topic("Bad", slug="bad")
    read = Prepared(
        lambda slug: Topic.objects.filter(slug=slug).values_list("name", "archived", "created_at"), slug=WORD
    )
    for slug in ("plein", "bad", "x' OR 1=1 --"):
        assert read(slug=slug) == list(Topic.objects.filter(slug=slug).values_list("name", "archived", "created_at"))


def test_an_argument_that_the_query_does_not_hold_is_told() -> None:
    with pytest.raises(ValueError, match="topic"):
        Prepared(lambda topic: Topic.objects.order_by("id"), topic=NUMBER)(topic=1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own() -> None:
    builders.topic("Plein", slug="plein")
    read = Prepared(lambda slug: Topic.objects.filter(slug=slug), slug=WORD)

    def one(_number: int) -> str:
        try:
            return str(read(slug="plein")[0].name)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(20))) == ["Plein"] * 20


def test_an_insert_writes_what_saving_writes() -> None:
    """Every column, defaults and moments too; a number afterwards, and a row that is no longer new."""
    plein, insert = builders.topic("Plein"), Insert(Contribution)
    made = [
        Contribution(kind="idea", title="é 'x'", text="a\n%s", public_text="a", excerpt="", terms="", signature="",
                     topic=plein, created_at=NOW, published_at=None, code_digest=digest, voices=3, lon=4.5, lat=52.25)
        for digest in ("1" * 64, "2" * 64)
    ]  # fmt: skip
    insert(made[0])
    made[1].save(force_insert=True)
    assert made[0].pk is not None
    assert not made[0]._state.adding
    first, second = Contribution.objects.order_by("code_digest").values()
    same = set(first) - {"id", "public_id", "code_digest"}
    assert {name: dict(first)[name] for name in same} == {name: dict(second)[name] for name in same}
    assert first["public_id"] == made[0].public_id
    made[0].title = "changed"
    made[0].save()
    assert Contribution.objects.filter(title="changed").count() == 1


def test_an_insert_is_refused_by_the_database_as_saving_is() -> None:
    insert = Insert(Topic)
    insert(Topic(slug="plein", name="Plein"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Topic(slug="plein", name="Plein"))
    assert Topic.objects.count() == 1
