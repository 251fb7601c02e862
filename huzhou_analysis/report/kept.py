"""Results that are kept between runs: each step that writes some seals them with checksums.

A seal is written last, whole or not at all, so that a step counts only once it is complete; and what has been torn,
altered or lost since then is found before it is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

SEAL = ".sums"


def digest(path: Path) -> str:
    """Checksum (SHA-256) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(content: object) -> str:
    """Checksum (SHA-256) of plain JSON, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def seal(folder: Path, step: str, files: Iterable[Path], *, used_up: Iterable[Path] = ()) -> None:
    """Note down what a step wrote into a folder, and what it used up of what another step had written there."""
    sums = {path.relative_to(folder).as_posix(): digest(path) for path in sorted(files)}
    sums |= {path.relative_to(folder).as_posix(): "" for path in used_up}
    part = folder / f"{step}{SEAL}.part"
    part.write_text(json.dumps(sums, indent=1), encoding="utf-8")
    part.replace(folder / f"{step}{SEAL}")


def sealed(folder: Path, step: str) -> bool:
    """Whether a step was completed in a folder."""
    return (folder / f"{step}{SEAL}").is_file()


def damaged(folder: Path) -> list[str]:
    """Names of files in a folder that are not what its steps wrote; an unreadable seal is one of them."""
    sums, used_up = {}, set()
    for path in folder.glob(f"*{SEAL}"):
        try:
            listed = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return [path.name]
        sums |= {name: checksum for name, checksum in listed.items() if checksum}
        used_up |= {name for name, checksum in listed.items() if not checksum}
    return sorted(
        name for name, checksum in sums.items() if name not in used_up and not _holds(folder / name, checksum)
    )


def _holds(path: Path, checksum: str) -> bool:
    try:
        return digest(path) == checksum
    except OSError:
        return False


__all__ = ["SEAL", "damaged", "digest", "fingerprint", "seal", "sealed"]
