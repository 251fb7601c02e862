"""The set-up: pyproject.toml, requirements.txt, environment.yml, Makefile, make.bat and bootstrap.py agree."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("test", "build")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", ROOT / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------------------------------------ the three lists


def direct_requirements():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    texts = project["dependencies"] + [text for extra in EXTRAS for text in project["optional-dependencies"][extra]]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, texts)}


def pinned():
    """Return canonical name -> (version, number of hashes) from requirements.txt."""
    blocks = re.findall(r"(?ms)^([\w.-]+)==([^\s;\\]+)(.*?)(?=^[^\s#]|\Z)", read("requirements.txt"))
    return {canonicalize_name(name): (version, rest.count("--hash=sha256:")) for name, version, rest in blocks}


def conda_listed(bootstrap):
    """Return canonical name -> version from environment.yml, the pip section included."""
    listed = re.findall(r"(?m)^\s*- ([\w.-]+)==?([\w.]+)\s*$", read("environment.yml"))
    return {canonicalize_name(bootstrap.CONDA_NAMES.get(name, name)): version for name, version in listed}


def test_extras_are_all_held_together():
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    # A cluster is no part of the pinned environment: who has one brings its own.
    assert set(extras) == {*EXTRAS, "cluster"}


def test_every_direct_dependency_has_both_bounds():
    for name, requirement in direct_requirements().items():
        operators = {specifier.operator for specifier in requirement.specifier}
        assert {">=", "<"} <= operators, name


def test_every_direct_dependency_is_pinned_within_its_bounds():
    pins = pinned()
    for name, requirement in direct_requirements().items():
        assert name in pins, f"{name} is not in requirements.txt; run `make pins`"
        version, _ = pins[name]
        assert requirement.specifier.contains(version), f"{name}=={version} is outside {requirement.specifier}"


def test_every_pin_has_hashes():
    pins = pinned()
    assert len(pins) == len(re.findall(r"(?m)^[^\s#]", read("requirements.txt")))
    assert [name for name, (_, hashes) in pins.items() if not hashes] == []


def test_environment_yml_lists_exactly_the_pinned_versions(bootstrap):
    pins = pinned()
    assert conda_listed(bootstrap) == {name: pins[name][0] for name in direct_requirements()}


def test_environment_yml_names_channel_and_python():
    text = read("environment.yml")
    items = re.findall(r"(?m)^\s*- (.+?)\s*$", text)
    assert re.search(r"(?m)^name: huzhou$", text)
    assert {"conda-forge", "nodefaults", "python>=3.11,<3.15", "pip"} <= set(items)
    # Nothing stands there in a form that the comparison above would not see.
    others = [item for item in items if not re.fullmatch(r"[\w.-]+==?[\w.]+", item)]
    assert sorted(others) == ["conda-forge", "nodefaults", "pip", "pip:", "python>=3.11,<3.15"]


def test_supported_pythons_agree(bootstrap):
    requires = tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    assert requires == ">={}.{}".format(*bootstrap.OLDEST)
    assert "python>={}.{},<{}.{}".format(*bootstrap.OLDEST, bootstrap.NEWEST[0], bootstrap.NEWEST[1] + 1) in read(
        "environment.yml"
    )


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt", "environment.yml"])
def test_no_address_and_no_path_of_a_machine(name):
    text = read(name)
    assert "://" not in text
    assert not re.search(r"(?m)^\s*(-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host)\b", text)
    assert not re.search(r"(?<![\w./])/\w[^\s/]*/|\b[A-Za-z]:\\", text)  # no absolute path at all


def test_no_host_of_a_package_registry_in_any_file():
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    # Written in two halves, so that this file holds none of them itself.
    halves = [
        ("py", "pi"),
        ("python", "hosted"),
        ("ana", "conda"),
        ("npm", "js"),
        ("js", "delivr"),
        ("un", "pkg"),
        ("cdn", "js"),
    ]
    names = "|".join(map("".join, halves))
    hosts = re.compile(rf"\b(?:{names})\.(?:org|com|net|io|cn)\b|\b{'mir' + 'rors?'}\.[a-z]+\.(?:edu|com)")
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    found = []
    for name in filter(None, listing.stdout.decode("utf-8").split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content[:8000]:
            found += [f"{name}: {hit}" for hit in hosts.findall(content.decode("utf-8", "replace"))]
    assert found == []


# ------------------------------------------------------------------------------------------------------ the targets


def makefile_targets():
    return re.findall(r"(?m)^([a-z0-9-]+):.*?## ", read("Makefile"))


def test_the_targets_agree_everywhere(bootstrap):
    batch = re.search(r"(?m)^rem Targets: (.+?)\s*$", read("make.bat")).group(1).split()
    assert makefile_targets() == batch == list(bootstrap.TARGETS)
    phony = re.search(r"(?m)^\.PHONY: (.+)$", read("Makefile")).group(1).split()
    assert phony == makefile_targets()
    recipe = re.search(r"(?m)^(setup .+):$", read("Makefile")).group(1).split()
    assert ["help", *recipe] == makefile_targets()


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_make_help_names_every_target_in_both_languages(arguments):
    done = subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, check=True)
    lines = [line for line in done.stdout.decode("utf-8").splitlines() if line.startswith("  make ")]
    assert [line.split()[1] for line in lines] == makefile_targets()
    assert all(re.search(r"[A-Za-z].*\|.*[\u4e00-\u9fff]", line) for line in lines)


def test_bootstrap_help_names_every_target(bootstrap, capsys):
    assert bootstrap.main(["help"]) == 0
    assert re.findall(r"(?m)^  ([a-z0-9-]+) ", capsys.readouterr().out) == makefile_targets()


def test_make_bat_is_fit_for_any_console_and_passes_everything_on():
    batch = (ROOT / "make.bat").read_bytes().decode("ascii")
    assert 'set "PYTHONUTF8=1"' in batch
    calls = [line for line in batch.splitlines() if '"%~dp0bootstrap.py"' in line]
    assert len(calls) == 4
    assert all(line.endswith("%*") for line in calls)
    labels = set(re.findall(r"(?m)^:(\w+)", batch))
    assert set(re.findall(r"\bgoto (\w+)", batch)) == labels
    assert re.search(r"(?m)^\*\.bat text eol=crlf$", read(".gitattributes"))


def test_settings_come_from_the_command_line_then_from_the_environment(bootstrap, monkeypatch):
    for name in bootstrap.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OUT", "from the environment")
    assert bootstrap.parse(["report"]) == (["report"], {"OUT": "from the environment"}, [])
    words, settings, rest = bootstrap.parse(["report", "env=current", "OUT=my 报告", "--", "-k", "a=b"])
    assert (words, settings, rest) == (["report"], {"ENV": "current", "OUT": "my 报告"}, ["-k", "a=b"])
    assert bootstrap.parse([])[0] == ["help"]


@pytest.mark.parametrize("arguments", [["no-such-target"], ["report", "COLOUR=red"]])
def test_what_is_not_there_is_refused_with_the_choices(bootstrap, capsys, arguments):
    assert bootstrap.main(arguments) == 2
    assert "there are: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "settings", "expected"),
    [
        ("report", {"OUT": "my 报告"}, ["-m", "huzhou_analysis", "report", "--output", "my 报告"]),
        ("report", {}, ["-m", "huzhou_analysis", "report"]),
        ("audit", {"SOURCES": "a b"}, ["-m", "huzhou_analysis", "audit", "--sources", "a b"]),
        ("tidy", {}, ["-m", "huzhou_analysis", "tidy"]),
        ("codebook", {}, ["-m", "huzhou_analysis", "codebook"]),
        ("gallery", {}, ["-m", "huzhou_analysis", "gallery"]),
        ("test", {"ARGS": "-k growth"}, ["-m", "pytest", "-n", "auto", "-m", "not e2e", "-k", "growth"]),
        ("test-e2e", {}, ["-m", "pytest", "-m", "e2e"]),
        ("bench", {}, [str(Path("benchmarks", "bench.py"))]),
        ("bench", {"QUICK": "1", "ARGS": "load"}, [str(Path("benchmarks", "bench.py")), "--quick", "load"]),
    ],
)
def test_what_a_target_runs(bootstrap, monkeypatch, target, settings, expected):
    ran = []
    monkeypatch.setattr(bootstrap, "run_python", lambda arguments, *_, **__: ran.append(arguments) or 0)
    assert bootstrap.TARGETS[target](settings) == 0
    assert ran == [expected]


# -------------------------------------------------------------------------------------------------------- the stamp


@pytest.fixture
def checkout(tmp_path, bootstrap):
    """A small checkout, in a folder with a space and Chinese characters, and what looks like its environment."""
    root = tmp_path / "湖州 project"
    root.mkdir()
    (root / "requirements.txt").write_text("setuptools==1.0 \\\n    --hash=sha256:00\none==1\n", encoding="utf-8")
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return root


def make_environment(bootstrap, root):
    venv = root / ".venv"
    python = Path(bootstrap.venv_python(str(venv)))
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    (venv / "pyvenv.cfg").write_text(f"home = {root}\nversion = 3\n", encoding="utf-8")
    return venv


@pytest.fixture
def whole(checkout, bootstrap):
    venv = make_environment(bootstrap, checkout)
    bootstrap.write_stamp(str(checkout), str(venv))
    return venv


def state(bootstrap, root):
    return bootstrap.state(str(root), str(root / ".venv"))


def test_nothing_there_is_absent(bootstrap, checkout):
    assert state(bootstrap, checkout) == "absent"


def test_a_stamped_environment_is_fresh(bootstrap, checkout, whole):
    assert state(bootstrap, checkout) == "fresh"
    assert bootstrap.ensure_venv(str(checkout)) == bootstrap.venv_python(str(whole))


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_pins_are_noticed(bootstrap, checkout, whole, name):
    with open(checkout / name, "a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert state(bootstrap, checkout) == "stale"


def test_line_ends_do_not_count(bootstrap, checkout, whole):
    path = checkout / "requirements.txt"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert state(bootstrap, checkout) == "fresh"


def test_another_python_is_noticed(bootstrap, checkout, whole):
    assert bootstrap.fingerprint(str(checkout), (3, 11)) != bootstrap.fingerprint(str(checkout), (3, 12))
    stamp = whole / bootstrap.STAMP
    stamp.write_text(json.dumps({**json.loads(stamp.read_text(encoding="utf-8")), "python": "3.0"}), encoding="utf-8")
    assert state(bootstrap, checkout) == "broken"


@pytest.mark.parametrize(
    "damage", ["no stamp", "torn stamp", "no python", "no pyvenv.cfg", "base python gone", "moved"]
)
def test_a_half_made_or_damaged_environment_is_noticed(bootstrap, checkout, whole, damage):
    root = checkout
    if damage == "no stamp":
        (whole / bootstrap.STAMP).unlink()
    elif damage == "torn stamp":
        (whole / bootstrap.STAMP).write_text('{"fingerprint": "', encoding="utf-8")
    elif damage == "no python":
        Path(bootstrap.venv_python(str(whole))).unlink()
    elif damage == "no pyvenv.cfg":
        (whole / "pyvenv.cfg").unlink()
    elif damage == "base python gone":
        (whole / "pyvenv.cfg").write_text(f"home = {root / 'gone'}\n", encoding="utf-8")
    else:
        root = checkout.rename(checkout.parent / "moved")
    assert state(bootstrap, root) == "broken"


@pytest.mark.parametrize("before", ["absent", "broken", "stale"])
def test_an_interrupted_set_up_is_never_fresh_and_is_made_anew(bootstrap, checkout, monkeypatch, before):
    root, venv = str(checkout), checkout / ".venv"
    if before != "absent":
        make_environment(bootstrap, checkout)
        if before == "stale":
            bootstrap.write_stamp(root, str(venv))
            (checkout / "pyproject.toml").write_text("[project] # changed\n", encoding="utf-8")
        (venv / "left over").write_text("", encoding="utf-8")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "create_environment", lambda *_: make_environment(bootstrap, checkout))
    monkeypatch.setattr(bootstrap, "install", interrupt)
    assert bootstrap.state(root, str(venv)) == before
    with pytest.raises(KeyboardInterrupt):
        bootstrap.set_up(root, str(venv), before)
    assert bootstrap.state(root, str(venv)) == "broken"

    monkeypatch.setattr(bootstrap, "install", lambda *_: None)
    bootstrap.set_up(root, str(venv), "broken")
    assert bootstrap.state(root, str(venv)) == "fresh"
    assert not (venv / "left over").exists()


# ------------------------------------------------------------------------------------------------------- installing


def installing(bootstrap, monkeypatch, root, works):
    """Install with commands that are only written down; `works` says which of them succeed."""
    ran = []

    def run(self, command, env=None):
        ran.append(command)
        self.output = "error: Failed to fetch: dns error"
        return works(command)

    monkeypatch.setattr(bootstrap.Installer, "run", run)
    monkeypatch.setattr(bootstrap, "pip_settings", lambda *_: {})
    return ran, bootstrap.Installer(str(root))


def test_only_hashed_packages_are_installed_and_the_build_backend_comes_first(bootstrap, checkout, monkeypatch):
    ran, installer = installing(bootstrap, monkeypatch, checkout, lambda _: True)
    bootstrap.install(str(checkout), str(checkout / ".venv"), installer, None)
    backend, pins, itself = ran
    assert {"--require-hashes", "--only-binary"} <= set(backend) & set(pins)
    assert Path(backend[-1]).read_text(encoding="utf-8") == "setuptools==1.0 \\\n    --hash=sha256:00\n"
    assert pins[-2:] == ["-r", "requirements.txt"]
    assert itself[-5:] == ["--no-index", "--no-deps", "--no-build-isolation", "-e", "."]


def test_uv_is_used_and_pip_takes_over_when_it_fails(bootstrap, checkout, monkeypatch, capsys):
    ran, installer = installing(bootstrap, monkeypatch, checkout, lambda _: True)
    bootstrap.install(str(checkout), str(checkout / ".venv"), installer, "uv")
    assert [command[0] for command in ran] == ["uv"] * 3

    ran, installer = installing(bootstrap, monkeypatch, checkout, lambda command: command[0] != "uv")
    bootstrap.install(str(checkout), str(checkout / ".venv"), installer, "uv")
    assert sum("pip" in command and "install" in command for command in ran) == 4
    assert "uv failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("ProxyError('Cannot connect to proxy.', OSError())\nERROR: No matching (from versions: none)", "HTTPS_PROXY"),
        ("error: Failed to fetch `x`\n  cause: dns error", "HTTPS_PROXY"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "hash"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "global.cert"),
        ("Downloading x (503 kB)\nERROR: No matching distribution found for x (from versions: 1, 2)", "3.11 to 3.14"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something else went wrong", "log"),
    ],
)
def test_a_failure_is_explained_in_both_languages(bootstrap, checkout, output, expected):
    installer = bootstrap.Installer(str(checkout))
    installer.output = output
    stop = installer.failure("Installing", "安装")
    assert expected in stop.english
    assert stop.code == 1
    assert re.search(r"[\u4e00-\u9fff]", stop.chinese)


def test_a_password_in_an_address_is_not_repeated(bootstrap, checkout):
    installer = bootstrap.Installer(str(checkout))
    installer.output = "error: cannot reach " + "http:" + "//someone:secret@host:1"
    assert "secret" not in installer.failure("Installing", "安装").english


def test_too_old_a_python_is_refused(bootstrap):
    with pytest.raises(bootstrap.Stop, match=r"Python 3\.11 or newer"):
        bootstrap.check_python(oldest=(99, 0))


# --------------------------------------------------------------------------------------- the activated environment


def test_env_current_lists_everything_missing_at_once(bootstrap, checkout, monkeypatch):
    (checkout / "pyproject.toml").write_text(
        '[project]\ndependencies = ["no-such-thing>=1,<2", "pytest>=1", "Pandas[x]>=90,<91"]\n'
        '[project.optional-dependencies]\ntest = ["nor_this>=2"]\n',
        encoding="utf-8",
    )
    assert [line.split()[0] for line in bootstrap.missing_distributions(str(checkout))] == ["no-such-thing", "pandas"]
    with pytest.raises(bootstrap.Stop) as stopped:
        bootstrap.check_current(str(checkout), ["test"])
    assert all(name in stopped.value.english for name in ("no-such-thing", "pandas", "nor-this", "conda activate"))


def test_env_current_accepts_this_environment(bootstrap):
    assert bootstrap.check_current(str(ROOT), ["test"]) == sys.executable


@pytest.mark.parametrize(
    ("version", "bounds", "expected"),
    [
        ("3.1.1", ">=3.1,<3.2", True),
        ("3.2.0", ">=3.1,<3.2", False),
        ("3.1", ">=3.1.0,<4", True),
        ("3.10", ">=3.9", True),
        ("15.0.0", ">=15.0,<16", True),
        ("2.0.1.post1", "!=2.0.1", False),
        ("1.0", "", True),
    ],
)
def test_bounds(bootstrap, version, bounds, expected):
    assert bootstrap.within(version, bounds) is expected
