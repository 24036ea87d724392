"""Keeps what an operator keeps secret out of what is told: tokens in addresses, passwords, keys."""

import re
from itertools import chain
from urllib.parse import unquote

from alerts.safe import one_line, shortened

# Shorter runs of letters are no secrets, but would tear holes into every text.
_LEAST = 4
_LIMIT = 300


def veiled(text: str, *secrets: str) -> str:
    """One harmless line in which every part of the secrets is `***`, also where it is quoted alone or percent-decoded."""
    # Veiled before it is cut, or half a secret would stand at the end.
    plain = one_line(text, limit=len(text))
    parts = set(chain.from_iterable(map(_parts, secrets)))
    for part in sorted(parts, key=len, reverse=True):
        plain = re.sub(re.escape(part), "***", plain, flags=re.IGNORECASE)
    return shortened(plain, _LIMIT)


def _parts(secret: str) -> set[str]:
    forms = {secret, unquote(secret)}
    pieces = {piece for form in forms for piece in re.split(r"[\s/:?&=@#.,;+%]+", form)}
    return {one_line(part, limit=len(part)) for part in forms | pieces if len(part) >= _LEAST}
