"""Nested settings as one flat table of short texts."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from pass_ops.tracking.params import NAME_LENGTH, VALUE_LENGTH, dotted, flatten

names = st.text(string.ascii_lowercase, min_size=1, max_size=5)
trees = st.recursive(
    st.dictionaries(names, st.integers(), max_size=4),
    lambda children: st.dictionaries(names, st.integers() | children, max_size=4),
)


def test_nested_settings_get_dotted_names_and_lists_become_json() -> None:
    settings = {
        "epochs": 3,
        "views": {"sizes": [224, 96], "scale": {"low": 0.14}},
        "arch": "resnet18",
        "loss": None,
    }
    assert flatten(settings) == {
        "epochs": "3",
        "views.sizes": "[224, 96]",
        "views.scale.low": "0.14",
        "arch": "resnet18",
        "loss": "None",
    }


def test_dotted_keys_leave_values_as_they_are() -> None:
    tree = {"views": {"sizes": (224, 96), "none": {}}, "arch": "resnet18", "loss": {"weight": None}}
    assert list(dotted(tree)) == [
        ("views.sizes", (224, 96)),
        ("arch", "resnet18"),
        ("loss.weight", None),
    ]
    assert list(dotted({"a": 1}, "b.")) == [("b.a", 1)]


def test_too_long_names_keep_their_end_and_too_long_values_their_beginning() -> None:
    ((name, value),) = flatten({"x" * 400: {"rate": "abc" + "y" * 9000}}).items()
    assert len(name) == NAME_LENGTH
    assert name.endswith("x.rate")
    assert len(value) == VALUE_LENGTH
    assert value.startswith("abcy")


@given(trees)
def test_every_leaf_is_there_once(tree: dict[str, object]) -> None:
    def leaves(node: object) -> int:
        return sum(map(leaves, node.values())) if isinstance(node, dict) else 1

    assert len(flatten(tree)) == leaves(tree)
