"""Compile requirements.txt anew, as [tool.uv] in pyproject.toml says; environment.yml gets the same versions. Needs uv."""

import re
import subprocess
import sys
from pathlib import Path

PINS, CONDA = Path("requirements.txt"), Path("environment.yml")
CONDA_NAMES = {"matplotlib-base": "matplotlib"}

subprocess.run(["uv", "pip", "compile", "pyproject.toml", "--quiet", "--output-file", PINS, *sys.argv[1:]], check=True)
pins = dict(re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", PINS.read_text(encoding="utf-8")))
lines = CONDA.read_text(encoding="utf-8").splitlines()
for number, line in enumerate(lines):
    if found := re.fullmatch(r"(\s*- )([\w.-]+)(==?)[\w.]+", line):
        start, name, equals = found.groups()
        lines[number] = start + name + equals + pins[CONDA_NAMES.get(name, name)]
CONDA.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
