from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from pymerkle import verify_inclusion as pymerkle_verifies

from stamtafel.ledger.rules import (
    EMPTY_ROOT,
    LARGEST_EXACT,
    Frontier,
    NotCanonicalError,
    Tree,
    canonical_json,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots with which the first Certificate Transparency servers were tested (RFC 6962).
KNOWN_LEAVES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % number) for number in range(count)]


# The definitions of RFC 9162 section 2.1, word for word: slow, and the reference here.
def split(size: int) -> int:
    return max(1 << power for power in range(size.bit_length()) if 1 << power < size)


def slow_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    middle = split(len(leaves))
    return node_hash(slow_root(leaves[:middle]), slow_root(leaves[middle:]))


def slow_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*slow_path(index, leaves[:middle]), slow_root(leaves[middle:])]
    return [*slow_path(index - middle, leaves[middle:]), slow_root(leaves[:middle])]


def slow_subproof(old: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [slow_root(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*slow_subproof(old, leaves[:middle], whole=whole), slow_root(leaves[middle:])]
    return [*slow_subproof(old - middle, leaves[middle:], whole=False), slow_root(leaves[:middle])]


def test_known_roots():
    leaves = [leaf_hash(entry) for entry in KNOWN_LEAVES]
    tree = Tree(leaves)
    for size, root in enumerate(KNOWN_ROOTS):
        assert root_of(leaves[:size]).hex() == root
        assert tree.root(size).hex() == root


def test_known_proofs():
    """From the tests of the first Certificate Transparency servers."""
    tree = Tree([leaf_hash(entry) for entry in KNOWN_LEAVES])
    assert [part.hex() for part in tree.inclusion_proof(0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [part.hex() for part in tree.inclusion_proof(1, 5)] == [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]
    assert tree.consistency_proof(1, 1) == []
    assert [part.hex() for part in tree.consistency_proof(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_an_entry_cannot_pass_for_a_node():
    """The prefixes: without them, two leaf hashes read as an entry would give the same root."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


def test_every_tree_up_to_33_leaves_agrees_with_the_definition():
    leaves = leaves_of(33)
    tree = Tree(leaves)
    for size in range(34):
        assert tree.root(size) == root_of(leaves[:size]) == slow_root(leaves[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            assert proof == slow_path(index, leaves[:size])
            assert verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=tree.root(size))
        for old in range(1, size + 1):
            proof = tree.consistency_proof(old, size)
            assert proof == slow_subproof(old, leaves[:size], whole=True)
            assert verify_consistency(
                old_size=old, new_size=size, old_root=tree.root(old), new_root=tree.root(size), proof=proof
            )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 100])
def test_pymerkle_agrees(size):
    entries = [b"entry %d" % number for number in range(size)]
    theirs: Any = InmemoryTree.init_from_entries(entries, algorithm="sha256")  # type: ignore[no-untyped-call]
    ours = Tree(leaves_of(size))
    assert theirs.get_root() == ours.root()
    for index in range(size):
        proof = theirs.prove_inclusion(index + 1)
        assert proof.path == [leaf_hash(entries[index]), *ours.inclusion_proof(index)]
        pymerkle_verifies(leaf_hash(entries[index]), ours.root(), proof)  # type: ignore[no-untyped-call]
        assert theirs.get_root(index + 1) == ours.root(index + 1)


@given(st.lists(st.integers(0, 40), max_size=6))
def test_appending_in_any_portions_gives_the_same_root(portions):
    leaves = leaves_of(sum(portions))
    frontier, taken = Frontier(), 0
    for portion in portions:
        frontier = frontier.extended(leaves[taken : taken + portion])
        taken += portion
        assert frontier.root() == Tree(leaves[:taken]).root()
        assert len(frontier.peaks) <= taken.bit_length()
        frontier = Frontier.from_hex(frontier.size, json.loads(json.dumps(frontier.as_hex())))
    assert frontier.size == len(leaves)


@pytest.mark.parametrize(
    ("size", "peaks"),
    [(-1, ()), (0, (EMPTY_ROOT,)), (1, ()), (3, (EMPTY_ROOT,)), (1, (b"short",))],
)
def test_a_frontier_that_cannot_be(size, peaks):
    with pytest.raises(ValueError, match="part"):
        Frontier(size, peaks)


def test_a_proof_beyond_the_tree():
    tree = Tree(leaves_of(5))
    for ask in (
        lambda: tree.root(6),
        lambda: tree.root(-1),
        lambda: tree.inclusion_proof(5),
        lambda: tree.inclusion_proof(3, 3),
        lambda: tree.inclusion_proof(-1),
        lambda: tree.consistency_proof(4, 3),
        lambda: tree.consistency_proof(-1),
        lambda: tree.consistency_proof(2, 6),
    ):
        with pytest.raises(ValueError, match="tree"):
            ask()


def test_from_nothing_everything_is_consistent():
    tree = Tree(leaves_of(5))
    assert tree.consistency_proof(0) == []
    common: dict[str, Any] = {"old_size": 0, "new_size": 5, "new_root": tree.root()}
    assert verify_consistency(**common, old_root=EMPTY_ROOT, proof=[])
    assert not verify_consistency(**common, old_root=tree.root(1), proof=[])
    assert not verify_consistency(**common, old_root=EMPTY_ROOT, proof=[tree.root()])
    assert verify_consistency(old_size=0, new_size=0, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT, proof=[])
    assert not verify_consistency(old_size=0, new_size=0, old_root=tree.root(), new_root=tree.root(), proof=[])


sizes = st.integers(1, 70)


@given(sizes, st.data())
def test_any_change_of_an_inclusion_proof_is_found(size, data):
    leaves = leaves_of(size)
    tree = Tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof, root = tree.inclusion_proof(index), tree.root()
    good: dict[str, Any] = {"leaf": leaves[index], "index": index, "size": size, "proof": proof, "root": root}
    assert verify_inclusion(**good)
    stranger = leaf_hash(b"stranger")
    other = data.draw(st.integers(-2, size + 2).filter(lambda number: number != index))
    wrong: list[dict[str, Any]] = [
        {"leaf": stranger}, {"root": stranger}, {"index": other}, {"proof": [*proof, stranger]},
        {"leaf": leaves[index][:-1]}, {"root": b""},
    ]  # fmt: skip
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        wrong += [
            {"proof": proof[:-1]},
            {"proof": proof[1:]},
            {"proof": [*proof[:place], stranger, *proof[place + 1 :]]},
            {"proof": [*proof[:place], proof[place][:-1], *proof[place + 1 :]]},
        ]
    for change in wrong:
        assert not verify_inclusion(**{**good, **change}), change


@given(sizes, st.data())
def test_any_change_of_the_past_is_found(new, data):
    """An entry changed, removed, put in or moved before the old size: no proof can hide it."""
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    old_root = Tree(leaves[:old]).root()
    place = data.draw(st.integers(0, old - 1))
    changed = [*leaves]
    changed[place] = leaf_hash(b"changed")
    removed = leaves[:place] + leaves[place + 1 :]
    put_in = [*leaves[:place], leaf_hash(b"new"), *leaves[place:]]
    pasts = [changed, removed, put_in] + (
        [[*leaves[: old - 2], leaves[old - 1], leaves[old - 2], *leaves[old:]]] if old > 1 else []
    )
    for past in pasts:
        if len(past) < old:
            continue
        forged = Tree(past)
        assert not verify_consistency(
            old_size=old, new_size=len(past), old_root=old_root, new_root=forged.root(),
            proof=forged.consistency_proof(old),
        )  # fmt: skip


@given(sizes, st.data())
def test_any_change_of_a_consistency_proof_is_found(new, data):
    old = data.draw(st.integers(1, new))
    tree = Tree(leaves_of(new))
    proof = tree.consistency_proof(old)
    good: dict[str, Any] = {
        "old_size": old,
        "new_size": new,
        "old_root": tree.root(old),
        "new_root": tree.root(),
        "proof": proof,
    }
    assert verify_consistency(**good)
    stranger = leaf_hash(b"stranger")
    wrong: list[dict[str, Any]] = [{"old_root": stranger}, {"new_root": stranger}, {"proof": [*proof, stranger]}, {"old_root": b""},
             {"old_size": new + 1}, {"old_size": -1}]  # fmt: skip
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        wrong += [
            {"proof": []},
            {"proof": proof[:-1]},
            {"proof": [*proof[:place], stranger, *proof[place + 1 :]]},
            {"new_size": old},
        ]
    for change in wrong:
        assert not verify_consistency(**{**good, **change}), change


@given(st.binary(max_size=40), st.integers(-1, 9), st.integers(-1, 9), st.lists(st.binary(max_size=40), max_size=5))
def test_nonsense_proves_nothing(junk, first, second, proof):
    assert not verify_inclusion(leaf=junk, index=first, size=second, proof=proof, root=leaf_hash(junk))
    assert not verify_consistency(old_size=first, new_size=second, old_root=junk, new_root=leaf_hash(junk), proof=proof)


def test_a_hundred_thousand_entries_take_no_time():
    leaves = leaves_of(100_000)
    tree = Tree(leaves)
    proofs = [tree.inclusion_proof(index) for index in range(0, 100_000, 100)]
    assert root_of(leaves) == tree.root()
    assert max(map(len, proofs)) == 17


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"null"),
        (True, b"true"),
        (0, b"0"),
        (-LARGEST_EXACT, b"-9007199254740991"),
        ("€ é \u2028 \x7f", '"€ é \u2028 \x7f"'.encode()),
        ('"\\/\b\f\n\r\t\x0f', b'"\\"\\\\/\\b\\f\\n\\r\\t\\u000f"'),
        ([1, [2, ()], {}], b"[1,[2,[]],{}]"),
        ({"b": 1, "a": {"d": [], "c": None}}, b'{"a":{"c":null,"d":[]},"b":1}'),
        # The example of RFC 8785 section 3.2.3: sorted by UTF-16, so the emoji goes before U+FB33.
        (
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"},
            '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",'
            '"\u20ac":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'.encode(),
        ),
    ],
)  # fmt: skip
def test_canonical_json(value, expected):
    assert canonical_json(value) == expected


def test_nothing_but_plain_json_is_written():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (1.0, LARGEST_EXACT + 1, {1: 2}, {"a": {2: 3}}, b"x", {"x"}, object(), "\ud800", {"\udfff": 1}, deep):
        with pytest.raises(NotCanonicalError):
            canonical_json(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_EXACT, LARGEST_EXACT) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_canonical_json_reads_back_and_does_not_depend_on_order(value):
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written
    if isinstance(value, dict):
        assert canonical_json(dict(reversed(value.items()))) == written
        sorted_keys = [key.encode("utf-16-be") for key in json.loads(written)]
        assert all(before < after for before, after in pairwise(sorted_keys))
