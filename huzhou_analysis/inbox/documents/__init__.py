"""Documents read: a communiqué, report, plan or press text in, every figure of it proposed as a row of the template.

Stages, each a module: ``opening`` (a file to text), ``structure`` (text to headings, paragraphs, tables), ``numbers`` (numerals),
``clauses``, ``tables`` and ``english`` (what they measure), ``mapping`` (keys on file), ``reader`` (rows), ``workbook`` (the template's
own layout); ``names``, ``context`` and ``vocabulary`` serve them. Rules only: no network, no learned weights.
"""

from .reader import Proposals, read
from .vocabulary import DocumentError
from .workbook import make

__all__ = ["DocumentError", "Proposals", "make", "read"]
