"""Tables for spreadsheets: CSV on standard output."""

import csv
import sys
from collections.abc import Iterable, Mapping


def write_csv(rows: Iterable[Mapping[str, object]]) -> int:
    """Print a header and the rows, whose keys are those of the first; how many there were."""
    writer, count = None, 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        if writer is None:
            writer = csv.DictWriter(sys.stdout, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return count


def _cell(value: object) -> object:
    """Lists joined; a text that a spreadsheet would run as a formula is made harmless."""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r", "\0"} else value
