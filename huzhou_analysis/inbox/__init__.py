"""New figures in: sheets and columns (``layout``) that a person fills in (``template``), read into cells (``reading``) and
rows of the tables (``rows``), and added (``adding``). What is said stands in ``messages.csv``."""

from pathlib import Path

from ..facts.problems import Messages

message = Messages(Path(__file__).with_name("messages.csv"))
said, refuse = message.said, message.refuse
