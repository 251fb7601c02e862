"""The set-up: pyproject.toml, requirements.txt, environment.yml, Makefile, make.bat and bootstrap.py agree."""

import ast
import importlib.util
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"matplotlib-base": "matplotlib", "pandera-pandas": "pandera"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def requirements():
    """Direct dependencies of pyproject.toml, those of all extras included."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {canonicalize_name(one.name): one for group in groups for one in map(Requirement, group)}


def pins():
    """Canonical name -> (version, number of hashes) from requirements.txt."""
    blocks = re.findall(r"(?ms)^([\w.-]+)==([^\s;\\]+)(.*?)(?=^[^\s#]|\Z)", read("requirements.txt"))
    return {canonicalize_name(name): (version, rest.count("--hash=sha256:")) for name, version, rest in blocks}


def test_every_dependency_is_bounded_and_pinned_within_its_bounds_with_hashes():
    pinned = pins()
    assert len(pinned) == len(re.findall(r"(?m)^[^\s#]", read("requirements.txt")))
    assert [name for name, (_, hashes) in pinned.items() if not hashes] == []
    for name, requirement in requirements().items():
        assert {specifier.operator for specifier in requirement.specifier} == {">=", "<"}, name
        assert requirement.specifier.contains(pinned[name][0]), f"{name}: run `make pins`"


def test_environment_yml_lists_the_direct_dependencies_as_pinned():
    items = re.findall(r"(?m)^\s*- (.+?)\s*$", read("environment.yml"))
    listed = [re.fullmatch(r"([\w.-]+)==?([\w.]+)", item) for item in items]
    found = {canonicalize_name(CONDA_NAMES.get(one[1], one[1])): one[2] for one in listed if one}
    assert found == {name: pins()[name][0] for name in requirements()}
    others = [item for item, one in zip(items, listed, strict=True) if not one]
    assert others == ["conda-forge", "nodefaults", "python>=3.11,<3.15", "pip", "pip:"]


def test_no_file_names_a_package_registry_and_no_page_a_machine():
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    # Written in halves, so that this file holds none of them itself.
    halves = [("py", "pi"), ("python", "hosted"), ("ana", "conda"), ("npm", "js"), ("js", "delivr"), ("un", "pkg")]
    names = "|".join(map("".join, halves))
    hosts = re.compile(rf"\b(?:{names})\.(?:org|com|net|io|cn)\b|\b{'mir' + 'rors?'}\.[a-z]+\.(?:edu|com)")
    machine = re.compile(r"(?<![\w./])/(?:home|tmp|work|Users|root)/|[A-Z]:\\+Users|https?://(localhost|127\.)")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8").split("\0")
    contents = {name: (ROOT / name).read_bytes() for name in files if name and (ROOT / name).is_file()}
    texts = {name: raw.decode("utf-8", "replace") for name, raw in contents.items() if b"\0" not in raw[:8000]}
    assert [(name, hosts.findall(text)) for name, text in texts.items() if hosts.search(text)] == []
    assert [n for n, text in texts.items() if n.endswith((".md", ".cff", ".ipynb")) and machine.search(text)] == []
    listed = read("pyproject.toml") + read("requirements.txt") + read("environment.yml")
    assert not re.search(r"://|(?m:^\s*-(?:i|f|-[\w-]*(?:index|links|host)[\w-]*)\b)|(?<![\w./])/\w[^\s/]*/", listed)


@pytest.fixture
def bootstrap(tmp_path):
    """bootstrap.py in a small checkout of its own, in a folder with a space, a dollar and Chinese characters."""
    root = tmp_path / "湖州 $HOME"
    root.mkdir()
    for name in ("bootstrap.py", "Makefile"):
        shutil.copyfile(ROOT / name, root / name)
    (root / "requirements.txt").write_text("setuptools==1.0 \\\n    --hash=sha256:00\none==1\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", root / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def makefile_targets():
    return re.findall(r"(?m)^([a-z0-9-]+):.*?## .*[A-Za-z].*\|.*[\u4e00-\u9fff]", read("Makefile"))


def test_the_targets_agree_everywhere(bootstrap, capsys):
    targets = makefile_targets()
    assert re.search(r"(?m)^rem Targets: (.+?)\s*$", read("make.bat"))[1].split() == targets
    assert list(bootstrap.TARGETS) == targets
    assert re.search(r"(?m)^\.PHONY: (.+)$", read("Makefile"))[1].split() == targets
    assert ["help", *re.search(r"(?m)^(setup .+):$", read("Makefile"))[1].split()] == targets
    assert bootstrap.main([]) == 0  # lists them
    assert re.findall(r"(?m)^  make ([a-z0-9-]+)", capsys.readouterr().out) == targets


def test_make_bat_is_fit_for_any_console_and_passes_everything_on():
    batch = (ROOT / "make.bat").read_bytes().decode("ascii")
    calls = [line for line in batch.splitlines() if '"%~dp0bootstrap.py"' in line]
    assert len(calls) == 4
    assert all(line.endswith("%*") for line in calls)
    assert set(re.findall(r"\bgoto (\w+)", batch)) == set(re.findall(r"(?m)^:(\w+)", batch))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["report", "OUT=my 报告"], ["-m", "huzhou_analysis", "report", "--output", "my 报告"]),
        (["report", "data=a=b"], ["-m", "huzhou_analysis", "report", "--data", "a=b"]),
        (["add", "FILE=新.xlsx", "ARGS=--dry-run"], ["-m", "huzhou_analysis", "add", "新.xlsx", "--dry-run"]),
        (["test", "ARGS=-k 'a or b'"], ["-m", "pytest", "-n", "auto", "-m", "not e2e", "-k", "a or b"]),
        (["test", "COVERAGE=1"], ["-m", "coverage", "run", "-m", "pytest", "-n", "auto", "-m", "not e2e"]),
        (["run", "--", "-c", "x=1"], ["-c", "x=1"]),
    ],
)
def test_what_a_target_runs(bootstrap, monkeypatch, words, expected):
    for name in bootstrap.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    ran = []
    monkeypatch.setattr(bootstrap, "run_python", lambda arguments, settings: ran.append(arguments) or 0)
    assert bootstrap.main(words) == 0
    assert ran == [expected]


@pytest.mark.parametrize("words", [["no-such-target"], ["report", "COLOUR=red"]])
def test_what_is_not_there_is_refused(bootstrap, words):
    with pytest.raises(SystemExit, match=r"no-such-target|COLOUR"):
        bootstrap.main(words)


def test_an_old_python_can_read_bootstrap_and_is_refused(bootstrap, monkeypatch, capsys):
    new = ast.JoinedStr | ast.NamedExpr | ast.AnnAssign | ast.Nonlocal
    assert not any(isinstance(node, new) for node in ast.walk(ast.parse(read("bootstrap.py"), feature_version=(3, 4))))
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit):
        bootstrap.main(["report"])
    assert re.search(r"[\u4e00-\u9fff].* / Python 99\.0 - 3\.14", capsys.readouterr().err)


@pytest.fixture
def steps(bootstrap, monkeypatch):
    """The steps of a set-up, which are only written down; the first one makes what looks like an environment."""
    ran = []

    def step(command):
        ran.append(command)
        if "venv" in command:
            for folder in (Path(bootstrap.PYTHON).parent, Path(bootstrap.PACKAGES) / "one-1.dist-info"):
                folder.mkdir(parents=True)
            Path(bootstrap.PYTHON).write_bytes(b"")

    monkeypatch.setattr(bootstrap, "step", step)
    return ran


def test_only_hashed_packages_are_installed_and_the_build_backend_comes_first(bootstrap, steps):
    bootstrap.ensure_venv()
    _, backend, everything, itself = steps
    assert Path(backend[-1]).read_text(encoding="utf-8") == "setuptools==1.0 \\\n    --hash=sha256:00\n"
    assert all(
        {"--require-hashes", "--only-binary", "--no-build-isolation"} <= set(one) for one in (backend, everything)
    )
    assert {"--no-index", "--no-deps", "--no-build-isolation"} <= set(itself)
    pinned = Path(bootstrap.ROOT, "requirements.txt")  # what does not matter is no reason to set up again
    pinned.write_bytes(pinned.read_bytes().replace(b"\n", b"\r\n"))
    Path(bootstrap.PACKAGES, "a_package_of_the_users_own").mkdir()
    bootstrap.ensure_venv()
    assert bootstrap.fresh() and len(steps) == 4  # nothing to do the second time


def stamped(bootstrap, text):
    Path(bootstrap.STAMP).write_text(text, encoding="utf-8")


DAMAGE = {
    "pins": lambda b: Path(b.ROOT, "requirements.txt").write_text("setuptools==1.1\n", encoding="utf-8"),
    "no stamp": lambda b: Path(b.STAMP).unlink(),
    "torn stamp": lambda b: stamped(b, '{"made_from": "'),
    "its python gone": lambda b: stamped(b, json.dumps(json.loads(Path(b.STAMP).read_text("utf-8")) | {"base": "/x"})),
    "no python": lambda b: Path(b.PYTHON).unlink(),
    "package": lambda b: Path(b.PACKAGES, "one-1.dist-info").rmdir(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_environment_that_is_not_as_stamped_is_made_anew(bootstrap, steps, damage):
    bootstrap.ensure_venv()
    DAMAGE[damage](bootstrap)
    Path(bootstrap.VENV, "left over").write_bytes(b"")
    assert not bootstrap.fresh()
    bootstrap.ensure_venv()
    assert bootstrap.fresh()
    assert not Path(bootstrap.VENV, "left over").exists()


def test_a_moved_environment_is_made_anew(bootstrap, steps):
    bootstrap.ensure_venv()
    moved = Path(bootstrap.ROOT).rename(Path(bootstrap.ROOT).parent / "moved")
    assert (moved / ".venv").is_dir()
    assert not runpy.run_path(str(moved / "bootstrap.py"))["fresh"]()


@pytest.mark.parametrize("whole_steps", [0, 1, 2, 3])
def test_a_set_up_that_is_interrupted_leaves_no_stamp(bootstrap, steps, monkeypatch, whole_steps):
    bootstrap.ensure_venv()
    Path(bootstrap.ROOT, "requirements.txt").write_text("setuptools==1.1\n", encoding="utf-8")
    left, step = iter(range(whole_steps)), bootstrap.step

    def interrupted(command):
        if next(left, None) is None:
            raise KeyboardInterrupt
        step(command)

    monkeypatch.setattr(bootstrap, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.ensure_venv()
    assert not Path(bootstrap.STAMP).exists()
    assert not bootstrap.fresh()


def test_env_current_lists_everything_that_is_missing_at_once(bootstrap, monkeypatch):
    wanted = '[project]\ndependencies = ["no-such-thing>=1,<2", "pytest>=1", "Pandas>=90,<91"]\n'
    wanted += '[project.optional-dependencies]\ntest = ["nor_this>=2"]\n'
    Path(bootstrap.ROOT, "pyproject.toml").write_text(wanted, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        bootstrap.check_current()
    assert re.findall(r"(?m)^  ([\w-]+)", str(stopped.value)) == ["no-such-thing", "Pandas", "nor_this"]
    shutil.copyfile(ROOT / "pyproject.toml", Path(bootstrap.ROOT, "pyproject.toml"))
    bootstrap.check_current()
    monkeypatch.setenv("ENV", "current")  # and it runs this Python from the root
    code = f"import os, sys; sys.exit(7 * (os.getcwd() == {bootstrap.ROOT!r} and sys.executable == {sys.executable!r}))"
    assert bootstrap.main(["run", "--", "-c", code]) == 7
