"""Cuts a text into runs, so that the words that matched can be marked without writing any markup."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.safe import harmless, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text, marked if it is a word that matched."""

    text: str
    marked: bool = False


def pieces(text: str, spans: Iterable[tuple[int, int]], limit: int) -> tuple[Piece, ...]:
    """Cut a text at the spans (start, end), which may overlap or reach outside; the whole is no longer than `limit`."""
    shown = shortened(text, limit)
    # The ellipsis of a shortened text is ours, never a match.
    end = len(shown) if shown == text else len(shown) - 1
    found: list[Piece] = []
    at = 0
    for start, stop in _merged(spans, end):
        found += [Piece(text=harmless(shown[at:start])), Piece(text=harmless(shown[start:stop]), marked=True)]
        at = stop
    found.append(Piece(text=harmless(shown[at:])))
    return tuple(piece for piece in found if piece.text)


def _merged(spans: Iterable[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted((max(start, 0), min(stop, end)) for start, stop in spans):
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
