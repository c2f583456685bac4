"""Addresses with the digest of what lies there; those in S3 are in tests/integration."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.errors import ArtifactError, StorageError
from pass_ops.storage.pinned import is_pinned, pin, pin_files, place_of

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(address=st.text(min_size=1).filter(lambda text: not is_pinned(text)), digest=DIGESTS)
def test_an_address_comes_out_as_it_went_in(address: str, digest: str) -> None:
    pinned = pin(address, digest)
    assert is_pinned(pinned)
    assert place_of(pinned) == place_of(address) == address
    assert pin(pinned, digest) == pinned
    with pytest.raises(StorageError, match="has been replaced since the run began"):
        pin(pinned, digest.translate(str.maketrans("01", "10")) if "0" in digest else "0" * 64)


@pytest.mark.parametrize(
    "address", ["", "/data", "s3://bucket/set", "s3://b/x@sha256:12", "models:/pass@champion"]
)
def test_most_addresses_have_no_digest(address: str) -> None:
    assert not is_pinned(address)
    assert place_of(address) == address


def test_a_folder_is_pinned_by_what_its_files_hold(tmp_path: Path) -> None:
    names = ("card", "weights")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(name)
    pinned = pin_files(str(tmp_path / "a"), names)
    digest = pinned.removeprefix(f"{tmp_path}/a@sha256:")
    assert pin_files(pinned, names) == pinned
    assert pin_files(str(tmp_path / "b"), names) == f"{tmp_path}/b@sha256:{digest}"
    (tmp_path / "a" / "notes").touch()
    assert pin_files(pinned, names) == pinned
    # The same bytes under other names are other weights.
    (tmp_path / "b" / "card").rename(tmp_path / "b" / "spare")
    (tmp_path / "b" / "weights").rename(tmp_path / "b" / "card")
    (tmp_path / "b" / "spare").rename(tmp_path / "b" / "weights")
    assert not pin_files(str(tmp_path / "b"), names).endswith(digest)
    (tmp_path / "a" / "weights").write_text("others")
    with pytest.raises(StorageError, match=f"^{tmp_path}/a: has been replaced since"):
        pin_files(pinned, names)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=f"{tmp_path}/card"):
        pin_files(str(tmp_path), ["card"])
