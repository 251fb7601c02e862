"""What notebooks show and say, collected and written in every format; the words of its messages are in ``messages.csv``."""

from pathlib import Path

from ..facts.problems import both_languages, messages

message = messages(Path(__file__).with_name("messages.csv"))


def said(name: str, /, **values: object) -> str:
    """A message of a command with its values, in Chinese and English."""
    return both_languages(message(name, **values))
