"""RFC 6962's tree: the published vectors, its own example, and a naive tree written from the text of the RFC."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.proof.merkle import inclusion_proof, is_included, leaf_hash, root

DATA = [bytes.fromhex(text) for text in "|00|10|2021|3031|40414243|5051525354555657|606162636465666768696a6b6c6d6e6f".split("|")]
ROOTS = [
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
"""The test data of Certificate Transparency, which RFC 6962 and RFC 9162 share."""
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def naive_root(leaves):
    """MTH of section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves):
    """PATH of section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def other(told):
    """The last bit changed."""
    return told[:-1] + bytes([told[-1] ^ 1])


def split(n):
    """The largest power of two smaller than n."""
    return 1 << (n - 1).bit_length() - 1


@pytest.mark.parametrize("size", range(9))
def test_gives_the_published_roots(size):
    assert root([leaf_hash(data) for data in DATA[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_gives_the_published_paths(index, size):
    path = inclusion_proof([leaf_hash(data) for data in DATA[:size]], index)
    assert [each.hex() for each in path] == PATHS[index, size]


@given(HASHES)
@settings(max_examples=60, deadline=None)
def test_agrees_with_a_tree_written_from_the_text_of_the_rfc(leaves):
    whole = root(leaves)
    assert whole == naive_root(leaves)
    for index, leaf in enumerate(leaves):
        path = inclusion_proof(leaves, index)
        assert path == naive_path(index, leaves)
        assert is_included(leaf, index=index, size=len(leaves), path=path, root=whole)


@given(HASHES.filter(bool), st.data())
@settings(max_examples=60, deadline=None)
def test_believes_nothing_that_was_changed(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, whole = inclusion_proof(leaves, index), root(leaves)
    proof = {"index": index, "size": len(leaves), "path": path, "root": whole}
    assert not is_included(other(leaves[index]), **proof)
    assert not is_included(leaves[index], **proof | {"root": other(whole)})
    assert not is_included(leaves[index], **proof | {"path": [*path, bytes(32)]})
    assert not is_included(leaves[index], **proof | {"index": len(leaves)})
    if path:
        assert not is_included(leaves[index], **proof | {"path": path[:-1]})


def test_there_is_no_proof_of_what_is_not_there():
    with pytest.raises(IndexError):
        inclusion_proof([bytes(32)], 1)
    assert not is_included(bytes(32), index=0, size=0, path=[], root=root([]))
