"""docs/verify_receipt.py, run as a stranger would: files in a folder, one command, no Django and nothing installed."""

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from consultation.proof.merkle import root
from consultation.proof.receipts import (
    Receipt,
    instant,
    leaf_of,
    leaves_file,
    public_key,
    receipt_lines,
    root_file,
    root_lines,
    sign,
)
from consultation.proof.spelling import canonical_response
from tests.consultation.factories import AFTER_CLOSE, WHILE_OPEN

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_receipt.py"
SEED = bytes(range(32))

# RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc)
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.fixture(scope="module")
def script():
    spec = spec_from_file_location("verify_receipt", SCRIPT)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(folder: Path, *, size: int = 5, **changes) -> list[str]:
    """The four files, as the site gives them; `changes` over the receipt."""
    key, nonce = public_key(SEED), bytes(reversed(range(32)))
    response = canonical_response(consultation="routes", version="ab" * 32, revision=1, answers={"why": "Été", "order": [["a"]]})
    leaf, sent, fixed = leaf_of(nonce, response), instant(WHILE_OPEN), instant(AFTER_CLOSE)
    signature = sign(receipt_lines(consultation="routes", leaf=leaf, sent=sent), seed=SEED)
    receipt = Receipt("routes", response, nonce, leaf, sent, key, signature).as_dict() | changes
    leaves = [*(bytes([number]) * 32 for number in range(size - 1)), leaf]
    whole = root(leaves)
    lines = root_lines(consultation="routes", size=size, root=whole, fixed=fixed)
    told = root_file(consultation="routes", size=size, root=whole, fixed=fixed, key=key, signature=sign(lines, seed=SEED))
    (folder / "receipt.json").write_text(json.dumps(receipt, ensure_ascii=False, indent=2), encoding="utf-8")
    (folder / "root.json").write_text(json.dumps(told))
    (folder / "leaves.txt").write_text(leaves_file(leaves))
    (folder / "keys.json").write_text(json.dumps({"format": "plenary keys 1", "keys": [{"key": key.hex(), "since": fixed}]}))
    return ["receipt.json", "root.json", "leaves.txt", "keys.json"]


def run(folder: Path, *names: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT), *names], cwd=folder, capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def test_says_yes_to_everything_that_is_well(tmp_path):
    code, told = run(tmp_path, *written(tmp_path))
    assert code == 0, told
    assert told.count("yes  ") == 9
    assert "NO " not in told
    assert json.loads((tmp_path / "root.json").read_text())["root"] in told
    assert '"why": "Été"' in told


def test_asks_what_can_be_asked_before_the_close(tmp_path):
    written(tmp_path)
    code, told = run(tmp_path, "receipt.json")
    assert (code, told.count("yes  ")) == (0, 3), told
    assert "published at the close" in told


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"response": '{"answers":{},"consultation":"routes"}'}, "NO   The leaf is the hash of the answers"),
        ({"sent": "2026-01-01T00:00:00Z"}, "NO   The key in the receipt signed it"),
        ({"leaf": "00" * 31 + "09"}, "NO   Your leaf is one of the 5 published leaves"),
    ],
    ids=["answers", "time", "leaf"],
)
def test_says_no_to_a_receipt_that_was_changed(tmp_path, changes, sentence):
    code, told = run(tmp_path, *written(tmp_path, **changes))
    assert code == 1, told
    assert sentence in told


def test_says_no_to_a_list_that_was_changed(tmp_path):
    names = written(tmp_path)
    leaves = (tmp_path / "leaves.txt").read_text().splitlines()
    (tmp_path / "leaves.txt").write_text("\n".join([*leaves, "ee" * 32]))
    code, told = run(tmp_path, *names)
    assert (code, "NO   The published leaves come to the published root." in told) == (1, True), told


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "another"}', "nonsense"])
def test_says_what_it_cannot_read(tmp_path, text):
    (tmp_path / "receipt.json").write_text(text)
    code, told = run(tmp_path, "receipt.json")
    assert (code, told[:15]) == (2, "Cannot be read:")
    assert "Traceback" not in told


def test_explains_itself_when_asked_wrongly(tmp_path):
    code, told = run(tmp_path)
    assert (code, "python3 verify_receipt.py receipt.json" in told) == (2, True)


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_checks_signatures_as_rfc_8032_says(script, key, message, signature):
    key, message, signature = (bytes.fromhex(each) for each in (key, message, signature))
    assert script.is_signed(key, message, signature)
    assert not script.is_signed(key, message + b"x", signature)
    assert not script.is_signed(key, message, signature[:-1] + bytes([signature[-1] ^ 1]))
    above = (int.from_bytes(signature[32:], "little") + script.ORDER).to_bytes(32, "little")
    assert not script.is_signed(key, message, signature[:32] + above), "a second spelling of one signature"


def test_agrees_with_our_tree(script):
    leaves = [bytes([number]) * 32 for number in range(23)]
    for size in range(24):
        assert script.root_over(leaves[:size]) == root(leaves[:size])
