"""The layers of docs/architecture.md hold; import-linter knows them from pyproject.toml."""

from importlinter.cli import lint_imports


def test_imports_point_down() -> None:
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0
