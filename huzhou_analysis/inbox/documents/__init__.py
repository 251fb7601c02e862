"""Documents read: a communiqué, report, plan or press text in, every figure of it proposed as a row of the template. Rules only, no
network, no learned weights; the stages, each a module, stand in ``docs/reading.md``.
"""

from .reader import Proposals, read
from .vocabulary import DocumentError
from .workbook import make

__all__ = ["DocumentError", "Proposals", "make", "read"]
