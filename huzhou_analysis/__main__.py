"""``python -m huzhou_analysis``."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
