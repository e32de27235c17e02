"""Damaging bytes, the same way each time: what is found once can be found again by its number."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence

NIGHTLY = os.environ.get("LSL_NIGHTLY") == "1"
ODD = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r\n", b'"', b"'", b"\\", b"<", b">"),
    *(b"[", b"]", b"{", b"}", b",", b":", b"/", b"$", b"{{idx}}", b"%", b"../", b"&#0;", b"&lt;"),
    *(b"null", b"true", b"NaN", b"-0", b"1e999", b"9" * 40, b"\\ud800", b"]]>", b"<!--", b"&"),
    *(b"<!DOCTYPE x>", b"<![CDATA["),
)  # fmt: skip


def count(usual: int) -> int:
    """How many cases to try: more at night."""
    return usual * 20 if NIGHTLY else usual


def mutations(samples: Sequence[bytes], cases: int, seed: int = 0) -> Iterator[tuple[int, bytes]]:
    """``cases`` damaged copies of the samples, each with its number."""
    for number in range(cases):
        chance = random.Random(f"{seed}/{number}")
        yield number, damaged(chance.choice(samples), samples, chance)


def damaged(sample: bytes, samples: Sequence[bytes], chance: random.Random) -> bytes:
    """A sample with one to four things wrong."""
    for _ in range(chance.randint(1, 4)):
        sample = _once(sample, samples, chance)
    return sample


def _once(sample: bytes, samples: Sequence[bytes], chance: random.Random) -> bytes:
    start = chance.randint(0, len(sample))
    end = min(len(sample), start + chance.choice((0, 1, 2, 8, 64, 1000)))
    part = sample[start:end]
    match chance.randrange(8):
        case 0:
            part = b""
        case 1:
            part = chance.choice(ODD)
        case 2:
            part = part * chance.randint(2, 20)
        case 3:
            part = bytes(byte ^ (1 << chance.randrange(8)) for byte in part)
        case 4:
            part = chance.randbytes(chance.randint(1, 8))
        case 5:
            other = chance.choice(samples)
            at = chance.randint(0, len(other))
            part = other[at : at + chance.randint(1, 200)]
        case 6:
            return sample[:start]
        case 7:
            part = part[::-1]
    return sample[:start] + part + sample[end:]
