"""Foreign keys point down, like imports."""

from django.apps import apps
from django.conf import settings

LAYERS = [
    {"outreach"},
    {"announce", "inbox", "participate", "reach"},
    {"channels", "dossier"},
    {"people"},
    {"places"},
    {"ledger", "work"},
]
HEIGHT = {name: len(LAYERS) - number for number, layer in enumerate(LAYERS) for name in layer}


def test_foreign_keys_point_down_or_stay_inside() -> None:
    wrong = []
    for model in apps.get_models():
        package = model._meta.app_label
        if not model.__module__.startswith("stamtafel."):
            continue
        assert package in HEIGHT, f"{package} has tables but no place in the layers"
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = field.related_model
            if target is None or not target.__module__.startswith("stamtafel."):
                continue
            other = target._meta.app_label
            if other != package and HEIGHT[other] >= HEIGHT[package]:
                wrong.append(f"{model.__name__}.{field.name} → {other}")
    assert wrong == []


def test_every_package_with_tables_is_installed() -> None:
    installed = {app.split(".")[-1] for app in settings.INSTALLED_APPS if app.startswith("stamtafel.")}
    have_tables = {path.parent.parent.name for path in settings.PACKAGE.glob("*/migrations/__init__.py")}
    assert have_tables <= installed
