"""What the in-tray says, in Chinese and English: the texts of ``messages.csv`` with their values filled in."""

from __future__ import annotations

from pathlib import Path

from ..facts.problems import TwoLanguages, messages

message = messages(Path(__file__).with_name("messages.csv"))


class Refused(TwoLanguages):
    """A file is not read."""


def both(name: str, /, **values: object) -> str:
    """A message as a command says it: Chinese / English."""
    zh, en = message(name, **values)
    return f"{zh}{'' if zh.endswith('。') else ' '}/ {en}"
