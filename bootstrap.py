#!/usr/bin/env python3
"""Set the project up on this machine and run it. Standard library only; Windows, macOS, Linux.

    python bootstrap.py help                        what there is
    python bootstrap.py setup                       only set up
    python bootstrap.py report OUT=my-folder        any target of the Makefile, with its settings
    python bootstrap.py run -- -m huzhou_analysis   anything else, in the project's environment

`make` and `make.bat` call this file and hold no logic of their own. The environment is `.venv`, filled from
`requirements.txt` (exact versions, checked against their hashes). A stamp inside it, written last, says what it was
made from: as long as that is unchanged nothing is done, and an environment without a stamp was interrupted and is
made anew. ENV=current uses the activated environment (conda, say) instead, and only checks it.

This file must stay readable by an old Python, which then says in plain words that a newer one is needed.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import sys

ROOT = os.path.dirname(os.path.realpath(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 14)  # the Pythons that requirements.txt is compiled for
LAYOUT = "1"  # raise it when the way an environment is made changes
STAMP = "huzhou-setup.json"
SDIST_ONLY = "fontmeta"  # published as source only (pure Python); everything else must come as a wheel
SETTINGS = {"ENV", "COVERAGE", "DATA", "FILE", "OUT", "SOURCES", "ARGS", "UPGRADE", "QUICK", "PYTHON"}
# Bounds on packages that are not direct dependencies: the next series has no wheel for Macs with an Intel processor.
PIN_CONSTRAINTS = ["argon2-cffi-bindings<26"]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "pandera-pandas": "pandera"}
PINS_HEADER = (
    "# Exact versions of everything the project needs, with the hashes of their files, for Python 3.11 to 3.14 on\n"
    "# Linux, macOS and Windows. Compiled from pyproject.toml by `make pins`; do not edit by hand.\n"
    "# 全部依赖的确切版本及文件哈希值，由 `make pins` 根据 pyproject.toml 生成，请勿手工修改。\n"
)


class Stop(Exception):
    """An expected failure: told to the user in both languages, without a traceback."""

    def __init__(self, english, chinese, code=1):
        super().__init__(english)
        self.english, self.chinese, self.code = english, chinese, code


def say(*lines):
    """Print to standard error, whatever the encoding of the console."""
    for line in lines:
        encoding = getattr(sys.stderr, "encoding", None) or "ascii"
        print(line.encode(encoding, "replace").decode(encoding, "replace"), file=sys.stderr)
    sys.stderr.flush()


# ------------------------------------------------------------------------------------------- what is there already


def venv_python(venv):
    """Return the path of the interpreter inside an environment."""
    return os.path.join(venv, "Scripts", "python.exe") if os.name == "nt" else os.path.join(venv, "bin", "python")


def fingerprint(root, version=None):
    """Return a hash over everything an environment is made from; line ends do not count."""
    digest = hashlib.sha256((LAYOUT + "\n%d.%d\n" % tuple(version or sys.version_info[:2])).encode())
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(name.encode() + b"\0" + file.read().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def write_stamp(root, venv):
    """Write down, as the very last step of a set-up, what the environment was made from."""
    facts = {"fingerprint": fingerprint(root), "python": "%d.%d" % sys.version_info[:2], "root": root}
    path = os.path.join(venv, STAMP)
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(facts, file)
    os.replace(path + ".part", path)


def state(root, venv):
    """Say how an environment stands.

    Returns
    -------
    str
        `absent`; `broken` (interrupted, moved, made by another Python, or its Python is gone: make it anew);
        `stale` (whole, but the pins have changed: bring it up to date); `fresh`.
    """
    if not os.path.lexists(venv):
        return "absent"
    try:
        with open(os.path.join(venv, STAMP), encoding="utf-8") as file:
            facts = json.load(file)
        with open(os.path.join(venv, "pyvenv.cfg"), encoding="utf-8", errors="replace") as file:
            home = re.search(r"(?m)^home\s*=\s*(.+?)\s*$", file.read()).group(1)
        whole = (
            facts["root"] == root
            and facts["python"] == "%d.%d" % sys.version_info[:2]
            and os.path.isfile(venv_python(venv))
            and os.path.isdir(home)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "broken"
    if not whole:
        return "broken"
    return "fresh" if facts["fingerprint"] == fingerprint(root) else "stale"


def check_python(oldest=OLDEST):
    """Stop, saying what to do, when this Python cannot be used at all."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < oldest:
        raise Stop(
            "Python 3.11 or newer is needed; this is Python %s (%s).\n"
            "  Install a newer one (3.11 to 3.14, 64-bit) and try again, or name it:  make report PYTHON=python3.12"
            % (version, sys.executable),
            "需要 Python 3.11 或更高版本，当前为 Python %s。\n"
            "  请安装 3.11 至 3.14 的 64 位 Python 后重试，或指定已安装的版本：make report PYTHON=python3.12" % version,
        )
    if sys.maxsize <= 2**32:
        raise Stop(
            "This Python (%s) is a 32-bit one, for which pandas is not published. Install the 64-bit Python."
            % sys.executable,
            "当前 Python 为 32 位，pandas 不提供 32 位版本，请安装 64 位 Python。",
        )


# ------------------------------------------------------------------------------------------------------- setting up

# What a failed installation printed, and what to tell the user. The first match counts.
FAILURES = [
    (
        r"DO NOT MATCH THE HASHES|Hash mismatch",
        "A downloaded file is not the one expected (its hash differs): a damaged download, or a mirror that changes\n"
        "  files. Try again; then `python -m pip cache purge`; then another mirror.",
        "下载的文件与预期不符（哈希值不同），可能是下载损坏或镜像改动了文件。\n"
        "  请重试；仍失败则运行 python -m pip cache purge，或更换镜像。",
    ),
    (
        r"No space left|not enough space|Errno 28\b|os error 28\b|os error 112\b",
        "The disk is full. About 1.5 GB are needed.",
        "磁盘空间不足，约需 1.5 GB。",
    ),
    (
        r"Long Path support|path too long|os error 206\b",
        "A path became too long for Windows. Move the project to a short folder such as C:\\huzhou and try again.",
        "路径过长，Windows 无法处理。请把项目移到较短的目录（如 C:\\huzhou）后重试。",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|invalid peer certificate|UnknownIssuer",
        "The secure connection was refused: the certificate is not trusted (often a company proxy).\n"
        "  Ask for the proxy's certificate file, then:  python -m pip config set global.cert PATH-OF-THE-FILE",
        "安全连接失败：证书不受信任（多见于单位代理）。\n"
        "  请向网络管理员索取代理证书文件，然后运行：python -m pip config set global.cert 证书文件路径",
    ),
    (
        r"(?i)proxy|tunnel|ConnectTimeout|ReadTimeout|timed out|NewConnectionError|ConnectionError|ConnectionReset|"
        r"ProtocolError|Max retries|name resolution|getaddrinfo|dns error|error sending request|Failed to fetch|"
        r"client error \(Connect\)|Could not connect|network is unreachable|from versions: none|"
        r"(?:HTTP error|status code|status client error|Client Error|Server Error)\D{0,20}\b(?:403|407|502|503)\b|"
        r"\b(?:403|407|502|503) (?:Client Error|Server Error|Forbidden)|"
        r"No route to host|IncompleteRead|offline|not found in the cache",
        "The packages could not be downloaded: no network, or a proxy or a mirror is needed.\n"
        "  * Behind a proxy: set HTTPS_PROXY to its address, then try again\n"
        "      Windows:      set HTTPS_PROXY=http://NAME:PORT\n"
        "      macOS, Linux: export HTTPS_PROXY=http://NAME:PORT\n"
        "  * A mirror nearer to you:  python -m pip config set global.index-url ADDRESS-OF-THE-MIRROR\n"
        "  * HTTPS_PROXY already set? Check the address, or whether it is needed here at all.",
        "无法下载所需软件包：没有网络，或需要设置代理或镜像。\n"
        "  * 使用代理：先设置 HTTPS_PROXY（写法见上），再重试\n"
        "  * 使用镜像：python -m pip config set global.index-url 镜像地址\n"
        "  * 已设置 HTTPS_PROXY：请检查地址是否正确，或此处是否需要代理",
    ),
    (
        r"No matching distribution|no usable wheels|no wheels|requires a different Python|is not a supported wheel",
        "A package is not published for this Python or this kind of machine, or the mirror lags behind.\n"
        "  Use Python 3.11 to 3.14 (64-bit; 3.13 on Windows with an ARM processor), or another mirror.",
        "某个软件包没有适用于当前 Python 或机型的版本，或镜像尚未同步。\n"
        "  请使用 64 位 Python 3.11 至 3.14（ARM 处理器的 Windows 用 3.13），或更换镜像。",
    ),
    (
        r"Permission denied|Access is denied|拒绝访问|WinError 5\b|WinError 32\b|os error (5|13|32)\b",
        "A file could not be written. Close JupyterLab and every program using the project, check that the folder is\n"
        "  yours to write in (not synchronised or read-only), and try again.",
        "文件无法写入。请关闭 JupyterLab 及其他正在使用本项目的程序，\n"
        "  确认对该文件夹有写入权限（非只读、非同步盘），再重试。",
    ),
]


class Installer:
    """Runs the steps of a set-up, keeps what they print in a log, shows one line of progress."""

    def __init__(self, root):
        self.root = root
        self.folder = os.path.join(root, ".cache")
        os.makedirs(self.folder, exist_ok=True)
        self.log = os.path.join(self.folder, "setup.log")
        self.output = ""
        with open(self.log, "w", encoding="utf-8"):
            pass

    def environment(self):
        """Return the environment for a step: settings that would send packages elsewhere are taken out."""
        drop = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT"}
        drop |= {"PIP_REQUIRE_HASHES", "PIP_NO_BINARY", "PIP_ONLY_BINARY", "UV_PYTHON", "UV_SYSTEM_PYTHON"}
        drop |= {"UV_CONSTRAINT", "UV_OVERRIDE", "UV_NO_BINARY", "UV_NO_BUILD", "__PYVENV_LAUNCHER__"}
        env = {name: value for name, value in os.environ.items() if name not in drop}
        env.update(PIP_USER="0", PYTHONIOENCODING="utf-8", PYTHONUNBUFFERED="1", UV_PYTHON_DOWNLOADS="never")
        return env

    def run(self, command, env=None):
        """Run a command; return whether it succeeded. What it printed is kept in `output` and in the log."""
        import signal
        import subprocess

        lines, count, terminal = [], 0, sys.stderr.isatty()
        with open(self.log, "a", encoding="utf-8") as log:
            log.write("$ %s\n" % " ".join(command))
            try:
                process = subprocess.Popen(
                    command,
                    cwd=self.root,
                    env=env or self.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    start_new_session=os.name != "nt",  # so that an interruption can end all it has started
                )
            except OSError as error:
                self.output = str(error)
                return False
            with process:
                try:
                    for raw in process.stdout:
                        line = raw.decode("utf-8", "replace").rstrip()
                        lines.append(line)
                        log.write(line + "\n")
                        found = re.match(r"Collecting ([\w.-]+)", line)
                        count += bool(found)
                        if terminal and (found or line.startswith("Installing collected")):
                            text = "%d  %s" % (count, found.group(1)) if found else "unpacking / 正在安装"
                            sys.stderr.write("\r  " + text.ljust(50))
                            sys.stderr.flush()
                except BaseException:
                    if os.name == "nt":
                        process.kill()
                    else:
                        os.killpg(process.pid, signal.SIGKILL)
                    raise
        if terminal and count:
            sys.stderr.write("\r" + " " * 60 + "\r")
        self.output = "\n".join(lines)
        return process.returncode == 0

    def reason(self):
        """Return the line of the last output that says best what went wrong."""
        cause = re.findall(
            r"\b((?:Proxy|SSL|SSLCertVerification|ReadTimeout|ConnectTimeout)Error\([^)]{0,200})", self.output
        )
        if cause:
            return cause[-1].split(", ")[0].replace("('", ": ").rstrip("'")
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        hits = [line for line in lines if re.match(r"(?i)(error|fatal|\W*(caused by|cause))\b", line)]
        if not hits:
            hits = [line for line in lines if re.search(r"(?i)error|failed", line)] or lines
        return re.sub(r"//[^/@\s]+@", "//***@", hits[-1])[:300] if hits else "?"

    def failure(self, what_english, what_chinese):
        """Return the Stop for a failed step, with advice drawn from what it printed."""
        routine = r"(?m)^\s*(Collecting|Processing|Downloading|Using cached|Looking in|Requirement already)\b.*$"
        output = re.sub(routine, "", self.output)
        known = [advice for pattern, *advice in FAILURES if re.search(pattern, output)]
        unknown = ["Try again; if it fails again, the log says more.", "请重试；仍失败请查看日志。"]
        english, chinese = (known or [unknown])[0]
        log = os.path.relpath(self.log, self.root)
        return Stop(
            "%s failed: %s\n  %s\n  Log: %s" % (what_english, self.reason(), english, log),
            "%s失败。\n  %s\n  日志：%s" % (what_chinese, chinese, log),
        )


def remove_tree(path):
    """Remove a folder, a link or a file, read-only files included; stop in plain words when it is in use."""
    import stat

    def force(function, name, _):
        os.chmod(name, stat.S_IWRITE | stat.S_IREAD | stat.S_IEXEC)
        function(name)

    try:
        if os.path.islink(path) or os.path.isfile(path):
            os.remove(path)
        elif os.path.isdir(path):
            shutil.rmtree(path, **{"onexc" if sys.version_info >= (3, 12) else "onerror": force})
    except OSError as error:
        raise Stop(
            "Cannot remove %s (%s).\n  Close JupyterLab and every program using it, then try again." % (path, error),
            "无法删除 %s。请关闭 JupyterLab 及其他正在使用它的程序后重试。" % path,
        ) from None


def base_python():
    """Return the interpreter to make an environment with: not one inside the environment to be replaced."""
    return getattr(sys, "_base_executable", None) or sys.executable


def pip_settings(python, env):
    """Return the environment by which uv follows pip's own configuration (mirror, proxy, certificate)."""
    import subprocess

    try:
        listing = subprocess.run(
            [python, "-m", "pip", "config", "list"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout.decode("utf-8", "replace")
    except OSError:
        return {}
    found = dict(re.findall(r"(?m)^(?:global|user|site|install|:env:)\.(index-url|proxy|cert)='(.+)'\s*$", listing))
    result = {}
    if "index-url" in found and not env.get("UV_DEFAULT_INDEX") and not env.get("UV_INDEX_URL"):
        result["UV_DEFAULT_INDEX"] = found["index-url"]
    if "proxy" in found and not env.get("HTTPS_PROXY") and not env.get("https_proxy"):
        result["HTTPS_PROXY"] = found["proxy"]
    if "cert" in found and not env.get("SSL_CERT_FILE"):
        result["SSL_CERT_FILE"] = found["cert"]
    return result


def create_environment(root, venv, installer, uv):
    """Make an empty environment."""
    from importlib.util import find_spec

    if find_spec("ensurepip") is not None:
        done = installer.run([base_python(), "-m", "venv", "--prompt", "huzhou", venv])
    elif uv:
        done = installer.run([uv, "venv", "--python", base_python(), "--prompt", "huzhou", venv])
    else:
        done, installer.output = False, "ensurepip is not available"
    if done:
        return
    if "ensurepip is not available" in installer.output:
        remove_tree(venv)
        package = "python%d.%d-venv" % sys.version_info[:2]
        raise Stop(
            "This Python cannot make virtual environments: on Debian and Ubuntu that part is a package of its own.\n"
            "  Run:  sudo apt install %s\n  and try again. (With `uv` installed it works without.)" % package,
            "当前 Python 无法创建虚拟环境：Debian / Ubuntu 需另装一个软件包。\n"
            "  请运行：sudo apt install %s\n  然后重试（已安装 uv 时不需要）。" % package,
        )
    raise installer.failure("Making the environment .venv", "创建虚拟环境 .venv ")


def install(root, venv, installer, uv):
    """Install the pins, checked against their hashes, then the library itself, editable."""
    python, env = venv_python(venv), installer.environment()
    with open(os.path.join(root, "requirements.txt"), encoding="utf-8") as file:
        backend = re.search(r"(?ms)^setuptools==.*?(?=^[^\s#]|\Z)", file.read())
    if not backend:
        raise Stop("requirements.txt does not pin setuptools; run `make pins`.", "requirements.txt 中缺少 setuptools。")
    backend_file = os.path.join(installer.folder, "build-backend.txt")
    with open(backend_file, "w", encoding="utf-8") as file:
        file.write(backend.group(0))

    # The pinned build backend comes first: it, and nothing fetched on the side, builds what is built here.
    hashed = ["--require-hashes", "--only-binary", ":all:"]
    steps = [
        [*hashed, "-r", backend_file],
        [*hashed, "--no-binary", SDIST_ONLY, "--no-build-isolation", "-r", "requirements.txt"],
    ]
    itself = ["--no-deps", "--no-build-isolation", "-e", "."]

    if uv:
        command = [uv, "pip", "install", "--python", python]
        uv_env = dict(env, **pip_settings(python, env))
        if all(installer.run(command + step, uv_env) for step in [*steps, ["--offline", *itself]]):
            return
        say("  uv failed (%s); going on with pip." % installer.reason(), "  uv 安装失败，改用 pip。")
        uv_output = installer.output
        if not installer.run([python, "-m", "pip", "--version"], env):
            installer.output = uv_output
            raise installer.failure("Installing with uv", "使用 uv 安装")
    command = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    for step in steps:
        if not installer.run(command + step, env):
            raise installer.failure("Installing the packages", "安装依赖包")
    if not installer.run([*command, "--no-index", *itself], env):
        raise installer.failure("Installing the library itself", "安装项目本身")


def lock(root):
    """One set-up at a time in this folder; the system releases the lock even when the process is killed."""
    from huzhou_analysis.facts.lock import Lock

    return Lock(
        os.path.join(root, ".cache", "setup.lock"),
        wait=True,
        waiting=lambda: say("Another set-up is running here; waiting for it. / 另一个安装正在进行，等待中……"),
    )


def ensure_venv(root=ROOT):
    """Make sure that `.venv` is whole and up to date; return its interpreter. Nothing to do takes milliseconds."""
    check_python()
    venv = os.path.join(root, ".venv")
    if state(root, venv) == "fresh":
        return venv_python(venv)

    import signal

    def end(number, _):
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)  # so that a step that is running is ended too
    try:
        with lock(root):
            found = state(root, venv)  # another process may have finished in the meantime
            if found != "fresh":
                set_up(root, venv, found)
    except OSError as error:
        raise Stop(
            "Setting up failed: %s\n  Is the project folder yours to write in?" % error,
            "安装失败：%s\n  请确认对项目文件夹有写入权限。" % error,
        ) from None
    return venv_python(venv)


def set_up(root, venv, found):
    """Make an environment that is absent or broken, bring a stale one up to date; stamp it at the end."""
    import time

    started = time.time()
    if sys.version_info[:2] > NEWEST:
        say("Note: the pinned packages are meant for Python 3.11 to 3.14; this one is newer and may not work.")
    say(
        *{
            "absent": ["Setting up .venv: once, 1 to 5 minutes.", "首次运行，正在安装运行环境，约需 1 至 5 分钟。"],
            "broken": ["The environment .venv is incomplete or was moved; making it anew.", ".venv 不完整，正在重建。"],
            "stale": ["The pinned packages have changed; updating .venv.", "依赖版本有变化，正在更新 .venv。"],
        }[found]
    )
    installer, uv = Installer(root), shutil.which("uv")
    if found == "stale":
        os.remove(os.path.join(venv, STAMP))  # from here on an interruption leaves an environment without a stamp
    else:
        remove_tree(venv)
        create_environment(root, venv, installer, uv)
    install(root, venv, installer, uv)
    write_stamp(root, venv)
    say("Ready after %.0f s. / 安装完成。" % (time.time() - started))


# ------------------------------------------------------------------------------------- the activated environment


def normalise(name):
    """Return the name of a distribution in its canonical form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text):
    """Split `name[extra]>=1,<2` into its canonical name and its bounds."""
    found = re.match(r"\s*([A-Za-z0-9._-]+?)\s*(?:\[[^\]]*\])?\s*((?:[<>=!~].*)?)$", text.split(";")[0])
    return normalise(found.group(1)), found.group(2).replace(" ", "")


def release(version):
    """Return the numbers a version starts with: 3.1.0rc1 -> (3, 1)."""
    numbers = [int(part) for part in re.match(r"\d+(?:\.\d+)*", version).group(0).split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def within(version, bounds):
    """Say whether a version lies within bounds such as `>=3.1,<3.2`."""
    tests = {
        ">=": lambda a, b: a >= b,
        "<=": lambda a, b: a <= b,
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        ">": lambda a, b: a > b,
        "<": lambda a, b: a < b,
    }
    for bound in filter(None, bounds.split(",")):
        operator, limit = re.match(r"([<>=!]=?)(.+)", bound).groups()
        if not tests[operator](release(version), release(limit)):
            return False
    return True


def direct_dependencies(root, extras=()):
    """Return the direct dependencies of pyproject.toml: canonical name -> bounds."""
    import tomllib

    with open(os.path.join(root, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    texts = list(project["dependencies"])
    for extra in extras:
        texts += project["optional-dependencies"][extra]
    return dict(requirement(text) for text in texts)


def missing_distributions(root, extras=()):
    """Return a line for each direct dependency that the running interpreter lacks or has in another version."""
    from importlib import metadata

    problems = []
    for name, bounds in sorted(direct_dependencies(root, extras).items()):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = None
        if version is None:
            problems.append("%-16s needs %-18s not installed / 未安装" % (name, bounds))
        elif not within(version, bounds):
            problems.append("%-16s needs %-18s found %s / 版本不符" % (name, bounds, version))
    return problems


def check_current(root, extras=()):
    """Check the activated environment; return its interpreter. Nothing is installed."""
    check_python()
    problems = missing_distributions(root, extras)
    if problems:
        listing = "\n".join("    " + line for line in problems)
        raise Stop(
            "ENV=current: the activated environment (%s) lacks %d of the packages:\n%s\n"
            "  With conda:     conda env create -f environment.yml    (once; or: conda env update -f environment.yml)\n"
            "                  conda activate huzhou\n"
            "  Without conda:  python -m pip install -r requirements.txt\n"
            "  Or leave out ENV=current: the project then makes its own environment."
            % (sys.prefix, len(problems), listing),
            "ENV=current：当前环境缺少上列软件包或版本不符。\n"
            "  使用 conda：conda env create -f environment.yml，再 conda activate huzhou\n"
            "  不用 conda：python -m pip install -r requirements.txt\n"
            "  或去掉 ENV=current，由项目自行建立环境。",
        )
    return sys.executable


# ---------------------------------------------------------------------------------------------------------- running


def run_environment(python, root, current):
    """Return the environment variables for the project's own commands."""
    env = dict(os.environ)
    env.setdefault("PYTHONUTF8", "1")
    if current:
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [root, env.get("PYTHONPATH")]))
    else:
        for name in ("PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX", "__PYVENV_LAUNCHER__"):
            env.pop(name, None)
        env["VIRTUAL_ENV"] = os.path.join(root, ".venv")
        env["PATH"] = os.pathsep.join(filter(None, [os.path.dirname(python), env.get("PATH")]))
    return env


def run_python(arguments, settings, extras=(), forgive=()):
    """Run the project's interpreter from the root of the project, and end with its exit status."""
    import subprocess

    current = settings.get("ENV", "").strip().lower() == "current"
    python = check_current(ROOT, extras) if current else ensure_venv(ROOT)
    command, env = [python, *arguments], run_environment(python, ROOT, current)
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name != "nt" and not forgive:
        os.execve(python, command, env)
    process = subprocess.Popen(command, env=env)
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:  # the child got it too, and ends in its own way
            continue
    if status < 0:
        return 128 - status
    return 0 if status in forgive else status


def more(settings):
    """Return further arguments given as ARGS=..."""
    return shlex.split(settings.get("ARGS", ""), posix=os.name != "nt")


def option(settings, name, flag):
    """Return `[flag, value]` for a setting that was given."""
    return [flag, settings[name]] if settings.get(name) else []


def do_help(settings):
    """List the targets, from the comments in the Makefile."""
    with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as file:
        targets = re.findall(r"(?m)^([a-z0-9-]+):.*?## (.+)$", file.read())
    lines = ["make TARGET [SETTING=value]      Windows: make.bat      python bootstrap.py TARGET", ""]
    lines += ["  %-10s %s" % target for target in targets]
    encoding = sys.stdout.encoding or "ascii"
    print("\n".join(lines).encode(encoding, "replace").decode(encoding, "replace"))
    return 0


def do_setup(settings):
    if settings.get("ENV", "").strip().lower() == "current":
        check_current(ROOT, ["test"])
        say("ENV=current: the activated environment has all that is needed. / 当前环境满足全部依赖。")
    else:
        say("Ready: %s / 环境已就绪" % os.path.relpath(ensure_venv(ROOT), ROOT))
    return 0


def run_command(command, settings, options=()):
    """Run a command of the library on the tables of DATA=..., with further arguments."""
    arguments = ["-m", "huzhou_analysis", command, *option(settings, "DATA", "--data"), *options]
    return run_python(arguments + more(settings), settings)


def do_report(settings):
    return run_command("report", settings, option(settings, "OUT", "--output"))


def do_test(settings):
    measured = ["-m", "coverage", "run"] if settings.get("COVERAGE") else []
    arguments = [*measured, "-m", "pytest", "-n", "auto", "-m", "not e2e", *more(settings)]
    return run_python(arguments, settings, ["test"])


def do_test_e2e(settings):
    # Exit status 5: no such test is there (yet), which is no failure.
    return run_python(["-m", "pytest", "-m", "e2e", *more(settings)], settings, ["test"], forgive=(5,))


def do_lab(settings):
    overview = os.path.join("notebooks", "00_overview.ipynb")
    return run_python(["-m", "jupyterlab", overview, *more(settings)], settings)


def do_read(settings):
    return run_command("read", settings, list(filter(None, [settings.get("FILE")])))


def do_template(settings):
    return run_command("template", settings, list(filter(None, [settings.get("FILE")])))


def do_add(settings):
    return run_command("add", settings, list(filter(None, [settings.get("FILE")])))


def do_tidy(settings):
    return run_python(["-m", "huzhou_analysis", "tidy", *more(settings)], settings)


def do_hooks(settings):
    """Have git tidy notebooks before every commit; a folder of hooks that is set already is left alone."""
    import subprocess

    git, wanted = shutil.which("git"), ".githooks"
    if not git or not os.path.exists(os.path.join(ROOT, ".git")):
        raise Stop(
            "This folder is no git checkout, or git is not installed; there is nothing to hook into. Install git and clone.",
            "此处不是 git 仓库，或未安装 git，无需此项；如需提交，请安装 git 后克隆。",
        )
    read = subprocess.run([git, "config", "core.hooksPath"], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    now = read.stdout.decode("utf-8", "replace").strip()
    if now not in ("", wanted):
        raise Stop(
            "git already takes its hooks from %s; call .githooks/pre-commit from there." % now,
            "git 已使用 %s 中的钩子；请在其中调用 .githooks/pre-commit。" % now,
        )
    subprocess.run([git, "config", "core.hooksPath", wanted], cwd=ROOT, check=True)
    say("Notebooks are tidied before every commit from now on. / 今后每次提交前自动清理笔记本。")
    return 0


def do_codebook(settings):
    return run_command("codebook", settings)


def do_gallery(settings):
    return run_command("gallery", settings)


def do_audit(settings):
    return run_command("audit", settings, option(settings, "SOURCES", "--sources"))


def do_bench(settings):
    quick = ["--quick"] if settings.get("QUICK") else []
    return run_python([os.path.join("benchmarks", "bench.py"), *quick, *more(settings)], settings)


def do_pins(settings):
    """Compile requirements.txt anew and carry the versions over into environment.yml."""
    import subprocess

    check_python()
    uv = shutil.which("uv")
    if not uv:
        raise Stop(
            "`make pins` needs uv:  python -m pip install uv", "`make pins` 需要 uv：请运行 python -m pip install uv"
        )
    folder = os.path.join(ROOT, ".cache")
    os.makedirs(folder, exist_ok=True)
    target, draft = os.path.join(ROOT, "requirements.txt"), os.path.join(folder, "requirements.txt")
    if os.path.exists(target):
        shutil.copyfile(target, draft)  # versions already pinned are kept where they can be
    command = [uv, "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "--python-version", "3.11"]
    command += ["--no-header", "--fork-strategy", "fewest", "--all-extras", "--quiet", "--output-file", draft]
    with open(os.path.join(folder, "constraints.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(PIN_CONSTRAINTS) + "\n")
    command += ["--constraints", file.name]
    if settings.get("UPGRADE"):
        command.append("--upgrade")
    if subprocess.call(command, cwd=ROOT):
        raise Stop("uv could not compile the pins (see above).", "uv 生成依赖版本失败（见上）。")
    with open(draft, encoding="utf-8") as file:
        text = PINS_HEADER + re.sub(r"(?m)\A(#.*\n)+|^    #   -c .*\n", "", file.read())
    if "://" in text or re.search(r"(?m)^\s*(-[a-z]|--(?!hash))", text) or ROOT in text:
        raise Stop("The compiled pins hold an address or a path; not written.", "生成的文件含有地址或路径，未写入。")
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    pins = {normalise(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text)}
    conda = os.path.join(ROOT, "environment.yml")
    if os.path.exists(conda):
        with open(conda, encoding="utf-8") as file:
            lines = file.read().splitlines()
        for number, line in enumerate(lines):
            found = re.match(r"(\s*- )([\w.-]+)(==?)([\w.]+)(.*)$", line)
            if found:
                start, name, equals, version, rest = found.groups()
                version = pins.get(CONDA_NAMES.get(name, normalise(name)), version)
                lines[number] = start + name + equals + version + rest
        with open(conda, "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(lines) + "\n")
    say("requirements.txt: %d packages pinned. / 已固定 %d 个依赖。" % (len(pins), len(pins)))
    return 0


def do_clean(settings):
    """Remove what can be made again, except the environment."""
    names = {"reports", ".cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "htmlcov", "build", "dist"}
    for name in os.listdir(ROOT):
        if name in names or name == ".coverage" or name.startswith(("reports.", ".coverage.")):
            remove_tree(os.path.join(ROOT, name))
    for folder, subfolders, _ in os.walk(ROOT):
        if folder == ROOT:
            subfolders[:] = [name for name in subfolders if name not in (".venv", ".git")]
        for name in list(subfolders):
            if name in ("__pycache__", ".ipynb_checkpoints"):
                subfolders.remove(name)
                remove_tree(os.path.join(folder, name))
    return 0


def do_distclean(settings):
    do_clean(settings)
    for name in os.listdir(ROOT):
        if name == ".venv" or name.endswith(".egg-info"):
            remove_tree(os.path.join(ROOT, name))
    return 0


TARGETS = {
    "help": do_help,
    "setup": do_setup,
    "report": do_report,
    "test": do_test,
    "test-e2e": do_test_e2e,
    "lab": do_lab,
    "read": do_read,
    "template": do_template,
    "add": do_add,
    "tidy": do_tidy,
    "hooks": do_hooks,
    "codebook": do_codebook,
    "gallery": do_gallery,
    "audit": do_audit,
    "bench": do_bench,
    "pins": do_pins,
    "clean": do_clean,
    "distclean": do_distclean,
}


def parse(arguments):
    """Split `[target] [NAME=value ...] [-- arguments]`; settings not given come from the environment."""
    rest = []
    if "--" in arguments:
        rest = arguments[arguments.index("--") + 1 :]
        arguments = arguments[: arguments.index("--")]
    settings = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    words = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals:
            words.append(argument)
        elif name.upper() in SETTINGS:
            settings[name.upper()] = value
        else:
            known = ", ".join(sorted(SETTINGS))
            raise Stop("Unknown setting %s; there are: %s" % (name, known), "未知设置 %s；可用：%s" % (name, known), 2)
    return words or ["help"], settings, rest


def main(arguments):
    """Run one or more targets; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        words, settings, rest = parse(arguments)
        if words[0] == "run":
            return run_python(words[1:] + rest, settings)
        unknown = [word for word in words if word not in TARGETS]
        if unknown:
            known = ", ".join(TARGETS)
            raise Stop(
                "Unknown target %s; there are: %s" % (unknown[0], known),
                "未知目标 %s；可用：%s" % (unknown[0], known),
                2,
            )
        if rest:
            settings["ARGS"] = " ".join([settings.get("ARGS", "")] + [shlex.quote(word) for word in rest]).strip()
        for word in words[:-1]:
            import subprocess

            status = subprocess.call(
                [sys.executable, os.path.abspath(__file__), word], env=dict(os.environ, **settings)
            )
            if status:
                return status
        return TARGETS[words[-1]](settings)
    except Stop as stop:
        say("", stop.english, stop.chinese, "")
        return stop.code
    except KeyboardInterrupt:
        say("", "Interrupted; run it again to go on. / 已中断，重新运行即可继续。")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
