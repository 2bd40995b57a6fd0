"""House numbers (docs/architecture.md): a mirror, not a cage; an exception stands here with its reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "stamtafel"
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "services", "managers", "signals"}
LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS: dict[str, str] = {}


def files() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(SOURCE)}:{node.name}", node


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def depth(node: ast.AST, level: int = 0) -> int:
    blocks = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
    levels = [level]
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            continue
        # ``elif`` is an If inside an If for the parser, not for the reader
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        levels.append(depth(child, level + (isinstance(child, blocks) and not chained)))
    return max(levels)


def test_files_stay_below_400_lines() -> None:
    long = {str(p.relative_to(SOURCE)): n for p in files() if (n := len(p.read_text().splitlines())) > 400}
    assert long.keys() == LONGER_FILES.keys(), long


def test_functions_stay_below_40_lines_and_the_median_is_small() -> None:
    lengths = {name: length(node) for name, node in functions()}
    assert {name for name, n in lengths.items() if n > 40} == LONGER_FUNCTIONS.keys()
    assert median(lengths.values()) <= 12


def test_nesting_is_at_most_three() -> None:
    assert [(name, depth(node)) for name, node in functions() if depth(node) > 3] == []


def test_parameters_are_few_and_named_from_the_third() -> None:
    many = [name for name, node in functions() if len([a for a in node.args.args if a.arg not in {"self", "cls"}]) > 5]
    assert many == []


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    assert [p for p in files() if FORBIDDEN_NAMES & {p.stem, *p.relative_to(SOURCE).parts}] == []


def test_public_functions_say_what_they_do() -> None:
    silent = [
        name
        for name, node in functions()
        if not node.name.startswith("_") and not ast.get_docstring(node) and length(node) > 6 and "/views/" not in name
    ]
    assert silent == []


def test_nothing_is_left_open() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    assert [str(p) for p in files() if pattern.search(p.read_text())] == []


def test_rules_are_pure() -> None:
    impure = re.compile(
        r"^\s*(from|import) (django|httpx|stamtafel\.[a-z_]+\.(models|actions|queries))\b", re.MULTILINE
    )
    rules = [p for p in files() if p.stem == "rules" or "rules" in p.parts or p.name == "contract.py"]
    assert rules
    assert [str(p) for p in rules if impure.search(p.read_text())] == []


def test_no_third_party_address_in_templates() -> None:
    outside = re.compile(r"""<(script|link|img|iframe)[^>]+(src|href)=["']https?://""")
    pages = list((SOURCE / "web").rglob("*.html"))
    assert [str(p) for p in pages if outside.search(p.read_text())] == []


def test_no_inline_script_or_style_in_templates() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)[^>]*>|<style|\sstyle=|\son[a-z]+=",
        re.IGNORECASE,
    )
    pages = list((SOURCE / "web").rglob("*.html"))
    assert [str(p) for p in pages if inline.search(p.read_text())] == []
