"""Our own scripts and style sheets as browsers get them: joined, made small, named by what they hold.

The files under app/static/js and css stay the truth. What templates name by `asset('js/….js')` is built, with all that it
imports; what a script imports by `import()` becomes a part of its own, fetched when it is wanted. `manifest.json` says
under which name each stands, and of which sources it was made: app/built.py refuses to serve it for others.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from steps import Refused

NAMED = re.compile(r"""asset\(["']((?:js|css)/[\w.-]+)["']\)""")
# An open map fetches its parts when they are wanted: those of the build before stay for a week.
KEPT = 7 * 86400
OPTIONS = (
    "--bundle", "--splitting", "--format=esm", "--minify", "--charset=utf8", "--legal-comments=none",
    "--entry-names=[name]-[hash]", "--chunk-names=part-[hash]", "--external:/static/*", "--log-level=warning",
)  # fmt: skip
# The last argument names the files, one a line; node has brotli, Python has not.
BROTLI = """
const { readFileSync, writeFileSync, renameSync, chmodSync } = require("fs");
const { brotliCompressSync, constants: c } = require("zlib");
for (const file of process.argv.slice(1)) {
  const body = readFileSync(file);
  const how = { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 22, [c.BROTLI_PARAM_SIZE_HINT]: body.length };
  writeFileSync(`${file}.br.partial`, brotliCompressSync(body, { params: how }));
  chmodSync(`${file}.br.partial`, 0o644);
  renameSync(`${file}.br.partial`, `${file}.br`);
}
"""


def entries(app: Path) -> list[str]:
    """What the templates name: `js/picture.js`, `css/queue.css` …"""
    found = {n for page in app.glob("templates/**/*.html") for n in NAMED.findall(page.read_text())}
    return sorted(found)


def sources(static: Path) -> dict[str, str]:
    """Each source by its name, with the SHA-256 of its bytes."""
    files = sorted([*static.glob("js/*.js"), *static.glob("css/*.css")])
    return {str(f.relative_to(static)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def make(app: Path, modules: Path, path: str) -> list[Path]:
    """Fill app/static/built; the files that stand there now. `modules` is npm's folder, `path` finds its node.

    Raises Refused where a script or a sheet can't be read.
    """
    static, built = app / "static", app / "static/built"
    fresh, told = built / ".fresh", built / ".told.json"
    shutil.rmtree(fresh, ignore_errors=True)
    built.mkdir(parents=True, exist_ok=True)
    command = ["node", str(modules / "esbuild/bin/esbuild"), *entries(app), *OPTIONS]
    command += [f"--outdir={fresh}", f"--metafile={told}"]
    run(command, static, path)
    outputs = json.loads(told.read_text())["outputs"]
    files: dict[str, dict[str, object]] = {}
    for output, facts in outputs.items():
        if "entryPoint" in facts:
            needs = [Path(i["path"]).name for i in facts["imports"] if i["kind"] == "import-statement"]
            files[facts["entryPoint"]] = {"file": Path(output).name, "needs": needs}
    names = sorted(Path(output).name for output in outputs)
    for name in names:
        (fresh / name).chmod(0o644)
        (fresh / name).replace(built / name)
    fresh.rmdir()
    told.unlink()
    vendor = {
        p.name: digest(p)
        for p in sorted((static / "vendor").iterdir())
        if p.suffix in (".js", ".css", ".svg")
    }
    whole = {"sources": sources(static), "files": files, "vendor": vendor}
    partial = built / ".manifest.json"
    partial.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")
    partial.chmod(0o644)
    partial.replace(built / "manifest.json")
    built.chmod(0o755)
    forget(built, names)
    return [built / name for name in names]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


def forget(built: Path, names: list[str]) -> None:
    """What no build of the last week made."""
    kept = {"manifest.json", *(f"{n}{twin}" for n in names for twin in ("", ".gz", ".br"))}
    for old in built.iterdir():
        if old.name not in kept and old.is_file() and time.time() - old.stat().st_mtime > KEPT:
            old.unlink()


def brotli(files: list[Path], path: str) -> None:
    """A `.br` beside each of these."""
    run(["node", "-e", BROTLI, *map(str, files)], Path("/"), path)


def run(command: list[str], where: Path, path: str) -> None:
    program = shutil.which(command[0], path=path)
    if program is None:
        raise Refused("node, which joins the scripts, is missing.")
    done = subprocess.run(
        [program, *command[1:]], cwd=where, env=os.environ | {"PATH": path}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise Refused(f"The scripts and style sheets can't be joined:\n{done.stderr.strip()[-2000:]}")
