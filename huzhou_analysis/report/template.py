"""How every office file begins, as a template of the house or of the reader, and how it ends: same bytes each time."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from ..show import office
from ..show.native import clean
from . import said

HOUSE = Path(__file__).parent / "templates"
KINDS = {
    "PowerPoint": (".pptx, .potx", b"presentationml.template.main", b"presentationml.presentation.main"),
    "Word": (".docx, .dotx", b"wordprocessingml.template.main", b"wordprocessingml.document.main"),
}


class TemplateWarning(UserWarning):
    """A template lacks something that slides or documents need; the nearest is used."""


def opened(path: Path, program: str, read: Callable):
    """A template as python-pptx or python-docx reads it; ValueError, by name, for a file that is none."""
    endings, *types = KINDS[program]
    try:
        return read(BytesIO(office.settled(Path(path).read_bytes(), types=types)))
    except Exception as problem:  # whatever the file is, the libraries and zipfile raise a dozen kinds for it
        why = type(problem).__name__
        raise ValueError(said("no_template", path=path, program=program, endings=endings, why=why)) from None


def lacks(what: str, **values: object) -> None:
    """Say what a template lacks and what is used in its place."""
    warnings.warn(said(what, **values), TemplateWarning, stacklevel=2)


def saved(made, path: Path, title: str, lang: str) -> Path:
    """Write a presentation or document with its title and language, no name, no date, no picture of another file."""
    core, package = made.core_properties, made.part.package
    core.title, core.language = clean(title)[:250], office.LANGUAGE_TAGS[lang]
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = ""
    core.created = core.modified = datetime(1980, 1, 1)
    core.revision = 1
    relations = package.rels if hasattr(package, "rels") else package._rels
    for key in [k for k, r in relations.items() if r.reltype.endswith("/thumbnail")]:
        relations.pop(key)
    made.save(str(path))
    Path(path).write_bytes(office.settled(Path(path).read_bytes()))
    return Path(path)
