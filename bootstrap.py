#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Set the project up on this machine and run it. Standard library only; Windows, macOS, Linux.

    python bootstrap.py report OUT=my-folder        any target of the Makefile, with its settings
    python bootstrap.py run -- -m huzhou_analysis   anything else, in the project's environment

`make` and `make.bat` call this file and hold no logic of their own. The environment is `.venv`: made by Python's own
venv, filled by pip from `requirements.txt` (exact versions, checked against their hashes, from whatever mirror or proxy
pip is set to). A stamp inside it, written last, says what it was made from and what it holds; an environment that is
not as its stamp says is made anew. ENV=current uses the activated environment (conda, say) instead, and only checks it.
"""

# An old Python, 2.7 even, must be able to read this file, so that it can say what is wrong with it.
from __future__ import print_function, unicode_literals

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.realpath(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 14)  # the Pythons that requirements.txt is compiled for
VERSION = "%d.%d" % sys.version_info[:2]
WINDOWS = os.name == "nt"
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")
PACKAGES = os.path.join(VENV, "Lib" if WINDOWS else os.path.join("lib", "python" + VERSION), "site-packages")
STAMP = os.path.join(VENV, "huzhou-setup.json")
SDIST_ONLY = "fontmeta"  # published as source only (pure Python); everything else must come as a wheel
ASTRAY = ["PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__", "CONDA_PREFIX"]  # lead to another Python's packages
ASTRAY_PIP = ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_REQUIRE_HASHES", "PIP_NO_BINARY"]
SETTINGS = ["ARGS", "COVERAGE", "DATA", "ENV", "FILE", "OUT", "PYTHON", "QUICK", "SOURCES", "UPGRADE"]


def say(text):
    """Print to standard error, whatever the encoding of the console."""
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    print(text.encode(encoding, "replace").decode(encoding, "replace"), file=sys.stderr)


def check_python():
    """Stop when this Python cannot be used."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST or sys.maxsize <= 2**32:
        span, this = "%d.%d - %d.%d" % (OLDEST + NEWEST), "%s, %s" % (sys.version.split()[0], sys.executable)
        say(
            "需要 64 位 Python %s，当前为 %s；请安装后重试，或用 PYTHON=... 指定 / Python %s, 64-bit, is needed; this is %s. "
            "Install one and try again, or name it with PYTHON=..." % (span, this, span, this)
        )
        sys.exit(1)


def made_from():
    """Return a hash over everything an environment is made from; line ends do not count."""
    with open(os.path.join(ROOT, "requirements.txt"), "rb") as file:
        pins = file.read().replace(b"\r\n", b"\n")
    return hashlib.sha256("\n".join(["2", VERSION, ROOT, ""]).encode("utf-8") + pins).hexdigest()


def installed():
    """Return the names of what is installed; pip itself may change."""
    return {name for name in os.listdir(PACKAGES) if not name.startswith(("pip", "__pycache__"))}


def fresh():
    """Say whether the environment is as its stamp says. Takes milliseconds."""
    try:
        with open(STAMP, "rb") as file:
            stamp = json.loads(file.read().decode("utf-8"))
        started_by = os.path.isfile(PYTHON) and os.path.isdir(stamp["base"])
        return started_by and stamp["made_from"] == made_from() and installed().issuperset(stamp["installed"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remove(path):
    """Remove a file, a link or a folder, if it is there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def wait_for(lock):
    """Hold a lock until its file is closed, were it because the process is killed; one set-up at a time."""
    if not WINDOWS:
        import fcntl

        return fcntl.flock(lock, fcntl.LOCK_EX)
    import msvcrt

    while True:
        try:
            return msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        except OSError:  # ten seconds have passed
            say("另一个安装正在进行，等待中 / another set-up is running here; waiting for it")


def step(command):
    """Run one step of a set-up, from the root of the project; what it prints is its own."""
    env = {name: value for name, value in os.environ.items() if name not in ASTRAY + ASTRAY_PIP}
    env.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    if subprocess.call(command, cwd=ROOT, env=env, stdout=sys.stderr):
        sys.exit(
            "安装未完成，原因见上；排除后（网络、代理 HTTPS_PROXY、pip 镜像、磁盘空间）重新运行即可 / the set-up did not finish, for the "
            "reason above; mend it (network, HTTPS_PROXY, the mirror of pip, disk space) and run it again"
        )


def set_up():
    """Make the environment anew; the pinned build backend comes first, so that nothing is built with another one."""
    say("正在安装运行环境 .venv，约需 1 至 5 分钟 / setting up .venv, 1 to 5 minutes")
    remove(STAMP)  # an interruption from here on leaves an environment without a stamp
    remove(VENV)
    step([getattr(sys, "_base_executable", None) or sys.executable, "-m", "venv", "--prompt", "huzhou", VENV])
    with open(os.path.join(ROOT, "requirements.txt"), encoding="utf-8") as file:
        backend = re.search(r"(?ms)^setuptools==.*?(?=^[^\s#]|\Z)", file.read()).group()
    with open(os.path.join(VENV, "build-backend.txt"), "w", encoding="utf-8") as file:
        file.write(backend)
    pip = [PYTHON, "-m", "pip", "install", "--no-build-isolation"] + ([] if sys.stderr.isatty() else ["-qq"])
    pinned = pip + ["--require-hashes", "--only-binary", ":all:", "--no-binary", SDIST_ONLY]
    step(pinned + ["-r", file.name])
    step(pinned + ["-r", "requirements.txt"])
    step(pip + ["--no-index", "--no-deps", "-e", "."])
    with open(STAMP + ".part", "w", encoding="utf-8") as file:
        json.dump({"made_from": made_from(), "base": sys.base_prefix, "installed": sorted(installed())}, file)
    os.replace(file.name, STAMP)


def ensure_venv():
    """Make sure that `.venv` is whole and up to date."""
    if not fresh():
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # the step that runs is ended too
        os.makedirs(os.path.join(ROOT, ".cache"), exist_ok=True)
        with open(os.path.join(ROOT, ".cache", "setup.lock"), "a") as lock:
            wait_for(lock)
            if not fresh():  # another process may have made it in the meantime
                set_up()


def check_current():
    """Stop unless the activated environment holds every direct dependency within its bounds."""
    import tomllib
    from importlib.metadata import PackageNotFoundError, version

    def lacks(text):
        from packaging.requirements import Requirement

        try:
            return not Requirement(text).specifier.contains(version(Requirement(text).name), prereleases=True)
        except PackageNotFoundError:
            return True

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    try:
        lacking = [text for text in wanted if lacks(text)]
    except ImportError:  # not even packaging is there
        lacking = wanted
    if lacking:
        sys.exit(
            "ENV=current：当前环境（%s）缺少下列软件包或版本不符 / the activated environment lacks:\n  %s\n"
            "conda: conda env update -n huzhou -f environment.yml; conda activate huzhou\n"
            "pip:   python -m pip install -r requirements.txt" % (sys.prefix, "\n  ".join(lacking))
        )


def run_python(arguments, settings):
    """Run the project's interpreter from the root of the project; return its exit status."""
    check_python()
    env, python = dict(os.environ), PYTHON
    if settings["ENV"].strip().lower() == "current":
        check_current()
        python = sys.executable
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [ROOT, env.get("PYTHONPATH")]))
    else:
        ensure_venv()
        env = {name: value for name, value in env.items() if name not in ASTRAY}
        env.update(VIRTUAL_ENV=VENV, PATH=os.path.dirname(PYTHON) + os.pathsep + env.get("PATH", ""))
    env.setdefault("PYTHONUTF8", "1")
    process = subprocess.Popen([python] + arguments, cwd=ROOT, env=env)
    signal.signal(signal.SIGTERM, lambda number, _: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the child got it too, and ends in its own way
            continue


def show_help(target):
    """List the targets, from the comments in the Makefile."""
    with open(os.path.join(ROOT, "Makefile"), "rb") as file:
        targets = re.findall(r"(?m)^([a-z0-9-]+):.*?## (.+?)\r?$", file.read().decode("utf-8"))
    print("\n".join("  make %-10s %s" % target for target in targets))


def clean(target):
    """Remove what can be made again."""
    names = r"(reports|\.coverage)(\..*)?|htmlcov|build|dist|\.(cache|pytest_cache|ruff_cache|hypothesis)"
    names += r"|\.venv|.*\.egg-info" if target == "distclean" else ""
    for name in os.listdir(ROOT):
        if re.match("(%s)$" % names, name):
            remove(os.path.join(ROOT, name))
    for folder, subfolders, _ in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name not in (".venv", ".git")]
        for name in {"__pycache__", ".ipynb_checkpoints"}.intersection(subfolders):
            remove(os.path.join(folder, name))


# A target names the settings that add to its arguments: a flag, or an option with its value.
FLAGS = {"COVERAGE": ["-m", "coverage", "run"], "QUICK": ["--quick"], "UPGRADE": ["--upgrade"]}
OPTIONS = {"DATA": ["--data"], "FILE": [], "OUT": ["--output"], "SOURCES": ["--sources"]}
OVERVIEW = "--LabApp.default_url=/lab/tree/notebooks/00_overview.ipynb"
TARGETS = {
    "help": show_help,
    "setup": ["-c", "print('环境已就绪 / ready')"],
    "report": ["-m", "huzhou_analysis", "report", "DATA", "OUT"],
    "test": ["COVERAGE", "-m", "pytest", "-n", "auto", "-m", "not e2e"],
    "test-e2e": ["-m", "pytest", "-m", "e2e"],
    "lab": ["-m", "jupyterlab", "--ServerApp.root_dir=" + ROOT, OVERVIEW],
    "notebooks": ["-m", "huzhou_analysis", "notebooks", "DATA"],
    "read": ["-m", "huzhou_analysis", "read", "DATA", "FILE"],
    "template": ["-m", "huzhou_analysis", "template", "DATA", "FILE"],
    "add": ["-m", "huzhou_analysis", "add", "DATA", "FILE"],
    "codebook": ["-m", "huzhou_analysis", "codebook", "DATA"],
    "audit": ["-m", "huzhou_analysis", "audit", "DATA", "SOURCES"],
    "bench": [os.path.join("benchmarks", "bench.py"), "QUICK"],
    "pins": [os.path.join(".ci", "pins.py"), "UPGRADE"],
    "clean": clean,
    "distclean": clean,
}


def run_target(target, settings):
    """Run one target; return its exit status."""
    if callable(TARGETS[target]):
        return TARGETS[target](target)
    words = []
    for word in TARGETS[target]:
        if word not in SETTINGS:
            words.append(word)
        elif settings[word]:
            words += FLAGS.get(word) or OPTIONS[word] + [settings[word]]
    return run_python(words + shlex.split(settings["ARGS"], posix=not WINDOWS), settings)


def main(arguments):
    """Run `TARGET ... [NAME=value ...]` or `run -- arguments`; settings not given come from the environment."""
    settings = {name: os.environ.get(name, "") for name in SETTINGS}
    if arguments[:1] == ["run"]:
        return run_python(arguments[2 if arguments[1:2] == ["--"] else 1 :], settings)
    given = [word.split("=", 1) for word in arguments if "=" in word]
    settings.update((name.upper(), value) for name, value in given)
    targets = [word for word in arguments if "=" not in word] or ["help"]
    unknown = set(settings).difference(SETTINGS) | set(targets).difference(TARGETS)
    if unknown:
        sys.exit("没有此项 / there is no: %s; make help" % ", ".join(sorted(unknown)))
    return next(filter(None, (run_target(target, settings) for target in targets)), 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (KeyboardInterrupt, OSError) as error:
        sys.exit("未完成，排除原因后重新运行 / not done; run it again: %s" % (str(error) or "已中断 / interrupted"))
