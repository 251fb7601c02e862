"""Documents read: a communiqué, report, plan or press text in, every figure of it proposed as a row of the template.

Stages, each a module: ``opening`` (a file to text), ``structure`` (text to headings, paragraphs, tables), ``numbers`` (numerals),
``clauses`` and ``tables`` (what they measure), ``names`` and ``context`` (indicator, area, period), ``mapping`` (keys on file),
``proposals`` (rows), ``workbook`` (the template's own layout). Rules only: no network, no learned weights.
"""

from .making import make
from .opening import DocumentError
from .proposals import Proposals, read

__all__ = ["DocumentError", "Proposals", "make", "read"]
