"""Writes files whole: a reader never meets half of one, and what was written outlasts a power cut."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write all or nothing. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        write_synced(part, content)
        os.replace(part, path)  # noqa: PTH105 - Path.replace says the same
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file that nobody reads yet, down to the disk. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make what was renamed in the folder last. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
