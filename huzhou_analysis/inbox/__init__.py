"""New figures in: sheets and columns (``layout``) that a person fills in (``template``), read into cells (``reading``) and
rows of the tables (``rows``), and added (``adding``). What is said stands in ``messages.csv``."""

from pathlib import Path

from ..facts.problems import TwoLanguages, both_languages, messages

message = messages(Path(__file__).with_name("messages.csv"))


class Refused(TwoLanguages):
    """A file is not read, or a city's tables cannot be laid out; the message says why and what to do next."""


def refuse(name: str, /, when: object = True, **values: object) -> None:
    if when:
        raise Refused(*message(name, **values))


def both(name: str, /, **values: object) -> str:
    """A message of the in-tray as a command says it."""
    return both_languages(message(name, **values))
