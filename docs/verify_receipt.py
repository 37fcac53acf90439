#!/usr/bin/env python3
"""Checks a receipt of a Plenary consultation. Python 3.8 or later, nothing else: it asks no network and installs nothing.

    python3 verify_receipt.py receipt.json root.json leaves.txt [keys.json]

`receipt.json` is yours, from the page of your receipt. The other files are published beside the consultation, the same for
everybody. Before the close there are no leaves: with the receipt alone it checks what can be checked then.

It asks five things and says yes or no to each:

1. Is the leaf the hash of your answers, as the receipt shows them?   SHA-256(0x00, nonce, response)
2. Did the institute's key sign this receipt?                         Ed25519 (RFC 8032)
3. Is your leaf among the published leaves?
4. Do the published leaves come to the published root?                RFC 6962, section 2.1
5. Did the institute's key sign this root?

Compare the root with the one printed in the weekly and with what others have, and the key with what you noted when you
answered: a server could show a file to you alone. All five do not prove that everybody who answered has a leaf; each can only
look for their own.

Ends with 0 where all that could be asked is well, 1 where something is not, 2 where a file cannot be read.
"""

import hashlib
import json
import sys

# Ed25519: RFC 8032, section 5.1. Slow and plain; it checks signatures and makes none, so that it needs to hide nothing.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def recovered(y, sign):
    """The x of a point, or None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point(told):
    """32 bytes as a point in extended coordinates, or None."""
    y = int.from_bytes(told, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recovered(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def added(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, place):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = added(found, place)
        place, number = added(place, place), number >> 1
    return found


def is_same(one, other):
    return not ((one[0] * other[2] - other[0] * one[2]) % P or (one[1] * other[2] - other[1] * one[2]) % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recovered(BASE_Y, 0), BASE_Y, 1, recovered(BASE_Y, 0) * BASE_Y % P)


def is_signed(key, message, signature):
    """RFC 8032, section 5.1.7."""
    if len(key) != 32 or len(signature) != 64:
        return False
    who, nonce = point(key), point(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if who is None or nonce is None or factor >= ORDER:
        return False
    told = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return is_same(times(factor, BASE), added(nonce, times(told, who)))


def root_over(leaves):
    """RFC 6962, section 2.1, over hashes of leaves."""
    if not leaves:
        return sha256()
    level = leaves
    while len(level) > 1:
        above = [sha256(b"\x01", level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = above + [level[-1]] if len(level) % 2 else above
    return level[0]


def receipt_answers(receipt, keys):
    """(well, sentence) for what the receipt says by itself."""
    leaf, nonce = bytes.fromhex(receipt["leaf"]), bytes.fromhex(receipt["nonce"])
    fits = sha256(b"\x00", nonce, receipt["response"].encode("utf-8")) == leaf
    yield fits, "The leaf is the hash of the answers in this receipt."
    lines = "plenary receipt 1\n{}\n{}\n{}\n".format(receipt["consultation"], receipt["leaf"], receipt["sent"])
    signed = is_signed(bytes.fromhex(receipt["key"]), lines.encode("utf-8"), bytes.fromhex(receipt["signature"]))
    yield signed, "The key in the receipt signed it, for what was sent at {}.".format(receipt["sent"])
    told = json.loads(receipt["response"])
    yield told["consultation"] == receipt["consultation"], "Answers and receipt name the same consultation."
    if keys is not None:
        yield receipt["key"] in keys, "That key is among the published ones."


def root_answers(receipt, root, leaves, keys):
    """(well, sentence) for what was published."""
    yield root["consultation"] == receipt["consultation"], "The root is of the same consultation."
    among = bytes.fromhex(receipt["leaf"]) in leaves
    yield among, f"Your leaf is one of the {len(leaves)} published leaves."
    fits = len(leaves) == root["size"] and root_over(leaves) == bytes.fromhex(root["root"])
    yield fits, "The published leaves come to the published root."
    lines = "plenary root 1\n{consultation}\n{size}\n{root}\n{fixed}\n".format(**root)
    signed = is_signed(bytes.fromhex(root["key"]), lines.encode("utf-8"), bytes.fromhex(root["signature"]))
    yield signed, "The key in the root's file signed it, as fixed at {}.".format(root["fixed"])
    if keys is not None:
        yield root["key"] in keys, "That key is among the published ones."


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(paths):
    if not 1 <= len(paths) <= 4 or len(paths) == 2:
        print(__doc__)
        return 2
    try:
        receipt = json.loads(read(paths[0]))
        published = len(paths) > 2
        root = json.loads(read(paths[1])) if published else None
        leaves = [bytes.fromhex(line) for line in read(paths[2]).split()] if published else []
        keys = [each["key"] for each in json.loads(read(paths[3]))["keys"]] if len(paths) > 3 else None
        if receipt["format"] != "plenary receipt 1":
            raise ValueError("this is no receipt that this script knows")
        answers = list(receipt_answers(receipt, keys))
        if published:
            answers += root_answers(receipt, root, leaves, keys)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"Cannot be read: {type(problem).__name__}: {problem}")
        return 2
    for well, sentence in answers:
        print("{}  {}".format("yes" if well else "NO ", sentence))
    if published:
        print("\nThe root, to compare with the weekly and with others:\n{}".format(root["root"]))
    else:
        print("\nThe leaves are published at the close: ask again then, with root.json and leaves.txt.")
    print("The key: {}".format(receipt["key"]))
    print("\nThe answers in this receipt:")
    print(json.dumps(json.loads(receipt["response"])["answers"], ensure_ascii=False, indent=2))
    return 0 if all(well for well, _ in answers) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
