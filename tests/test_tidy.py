"""House rules that a linter does not know: sizes, banned calls, names, nothing of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "satu"

MAX_FUNCTION_LINES = 60
MAX_MODULE_LINES = 500
MAX_LINE = 100

# What may not be written, what to use instead, and where it is allowed.
BANNED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        r"datetime\.(utc)?now\(|date\.today\(",
        "pass `at=`, or project.clock.now_ms() at an edge",
        (),
    ),
    (
        r"\btime\.time(_ns)?\(",
        "pass `at=`, or project.clock.now_ms() at an edge",
        ("project/clock.py", "gateway/clock.py", "validator/client.py"),
    ),
    (
        r"os\.(environ\[|environ\.get|getenv)",
        "satu.project.environment",
        ("project/environment.py",),
    ),
    (r"\b(TODO|FIXME|XXX)\b", "an issue, or the thing itself", ()),
    (r"^\s*# ?[-=─]{3,}", "no banner: a module of its own", ()),
)
BANNED_IN_TESTS = (
    (r"pytest\.(skip|mark\.skip|mark\.xfail|xfail|importorskip)", "a test that runs"),
    (r"\bmock\.|MagicMock|import mock", "our own parts as they are"),
)
BANNED_IN_VIEWS = ((r"\.objects\b", "a function of the domain's queries or actions"),)

# Joined here, so that this file does not find itself.
MACHINE = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/[a-z]", "/" + "Users/"]))


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


TRACKED = _tracked()
MODULES = [path for path in TRACKED if path.suffix == ".py"]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _matches(path: Path, pattern: str) -> Iterator[int]:
    for number, line in enumerate(_text(path).splitlines(), 1):
        if re.search(pattern, line):
            yield number


def test_functions_are_short() -> None:
    long = [
        f"{_place(path, function.lineno)} {function.name}: {length} lines"
        for path in MODULES
        for function in _functions(ast.parse(_text(path)))
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_modules_are_short() -> None:
    sizes = {path: len(_text(path).splitlines()) for path in MODULES}
    assert [_place(path, size) for path, size in sizes.items() if size > MAX_MODULE_LINES] == []


def test_lines_are_short() -> None:
    kinds = {".py", ".sql", ".toml", ".js", ".css"}
    long = [
        _place(path, number)
        for path in TRACKED
        if path.suffix in kinds and path.is_relative_to(ROOT / "src")
        for number, line in enumerate(_text(path).splitlines(), 1)
        if len(line) > MAX_LINE
    ]
    assert not long, "\n".join(long)


def test_banned_calls_are_not_made() -> None:
    found = []
    for path in MODULES:
        if not path.is_relative_to(SOURCE):
            continue
        name = path.relative_to(SOURCE).as_posix()
        for pattern, instead, allowed in BANNED:
            if name not in allowed:
                found += [f"{_place(path, n)}: use {instead}" for n in _matches(path, pattern)]
        if name.endswith("views.py"):
            for pattern, instead in BANNED_IN_VIEWS:
                found += [f"{_place(path, n)}: use {instead}" for n in _matches(path, pattern)]
    assert not found, "\n".join(found)


# A bench fills a database of its own with millions of rows, as its owner; production refuses it.
FILLS = {"bench/pages_fill.py", "bench/pages_more.py"}


def test_the_books_and_the_trail_are_written_by_their_own_rooms() -> None:
    pattern = r"(?i)\b(insert into|update|delete from|truncate|lock table)\s+(only\s+)?%s_\w+"
    found = [
        f"{_place(path, number)}: {domain}'s tables are written in {domain}/ alone"
        for domain in ("audit", "ledger")
        for path in TRACKED
        if path.suffix in (".py", ".sql") and path.is_relative_to(SOURCE)
        if not path.is_relative_to(SOURCE / domain)
        and path.relative_to(SOURCE).as_posix() not in FILLS
        for number in _matches(path, pattern % domain)
    ]
    assert not found, "\n".join(found)


# A person comes out through satu.people.access alone: these parts of people/ are its own.
INNER_ROOMS = {"hsm", "keyring", "models", "sealing", "store", "text_store", "vault"}
PEOPLES_TABLES = (
    r"people_(resident|data_key|consent|guardian|check|printed_code|leaving|text)\b"
    r"|get_models?\(.?people|satu\.people\.(models|store|sealing)\b"
)
# What finds or follows a person without writing it down, and what a page calls instead. Who signs
# in is found by what they typed themselves: that is web/doors' own.
UNLOGGED = {
    "find_by_nik": "satu.cards.finding.find_person",
    "find_by_phone": "satu.cards.finding.find_person",
    "find_by_email": "satu.cards.finding.find_person",
    "history_of": "satu.taps.history.own_history or look_at_history",
    "journeys_of": "satu.taps.history.own_history or look_at_history",
    "unseal": "satu.people.access.open_profile",
}
WITHOUT_VIEWS = ("doors/", "own_data.py")


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, module or name in it) of everything that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{one.name}") for one in node.names)


def test_a_person_is_opened_at_one_door() -> None:
    own = SOURCE / "people"
    found = []
    for path in MODULES:
        if not path.is_relative_to(SOURCE):
            continue
        if path.is_relative_to(own):
            if path.name not in ("access.py", "sealing.py"):
                found += [_place(path, number) for number in _matches(path, r"\bunseal(_text)?\b")]
            continue
        found += [
            _place(path, number)
            for number, name in _imports(ast.parse(_text(path)))
            if name.startswith("satu.people.") and name.split(".")[2] in INNER_ROOMS
        ]
        found += [_place(path, number) for number in _matches(path, PEOPLES_TABLES)]
    assert not found, "use satu.people.access, actions, queries: " + ", ".join(found)


def test_no_page_finds_or_follows_a_person_unseen() -> None:
    """Portal, console, programs' door, public pages: each look has a purpose and is kept."""
    web = SOURCE / "web"
    pages = [
        path
        for path in MODULES
        if path.is_relative_to(web)
        and not path.relative_to(web).as_posix().startswith(WITHOUT_VIEWS)
    ]
    found = [
        f"{_place(path, node.lineno)}: use {UNLOGGED[name]}"
        for path in pages
        for node in ast.walk(ast.parse(_text(path)))
        for name in _names(node)
        if name in UNLOGGED
    ]
    assert len(pages) > 10 and not found, "\n".join(found)


def _names(node: ast.AST) -> list[str]:
    """The names that a line imports, uses or reaches through a module."""
    match node:
        case ast.ImportFrom():
            return [one.name for one in node.names]
        case ast.Name():
            return [node.id]
        case ast.Attribute():
            return [node.attr]
    return []


def test_the_door_to_a_person_writes_down_who_came() -> None:
    """Every function that unseals is called by the one that records, and by no other."""
    door = ast.parse(_text(SOURCE / "people" / "access.py"))
    calls = {
        function.name: {
            node.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for function in _functions(door)
    }
    opening = [name for name, called in calls.items() if {"unseal", "unseal_text"} & called]
    assert opening == ["open_texts", "_open"] and "record" in calls["open_texts"]
    callers = [name for name, called in calls.items() if "_open" in called]
    assert callers == ["open_profile"] and "record" in calls["open_profile"]


def test_tests_run_and_use_our_own_parts() -> None:
    tests = [path for path in MODULES if path.is_relative_to(ROOT / "tests")]
    found = [
        f"{_place(path, number)}: use {instead}"
        for path in tests
        if path != Path(__file__).resolve()
        for pattern, instead in BANNED_IN_TESTS
        for number in _matches(path, pattern)
    ]
    assert not found, "\n".join(found)


def test_packages_are_empty() -> None:
    marks = [path for path in MODULES if path.name == "__init__.py"]
    assert [str(path.relative_to(ROOT)) for path in marks if path.stat().st_size] == []


def test_sql_has_a_version_in_its_name() -> None:
    files = [path for path in TRACKED if path.suffix == ".sql" and path.parent.name == "sql"]
    assert files
    assert [path.name for path in files if not re.search(r"_v\d+$", path.stem)] == []


def test_every_sql_file_is_run_by_a_migration_of_its_package() -> None:
    for path in TRACKED:
        if path.suffix == ".sql" and path.parent.name == "sql":
            folder = path.parent.parent / "migrations"
            text = "".join(_text(module) for module in sorted(folder.glob("*.py")))
            assert f'"{path.stem}"' in text, f"no migration runs {_place(path, 1)}"


def test_nothing_tells_of_a_machine() -> None:
    found = []
    for path in TRACKED:
        try:
            text = _text(path)
        except UnicodeDecodeError:
            continue  # a picture, a font, a compiled catalogue
        found += [
            _place(path, number)
            for number, line in enumerate(text.splitlines(), 1)
            if MACHINE.search(line)
        ]
    assert not found, "\n".join(found)
