"""What is shipped beside the program, made from what cargo knows: `dist.py licences`, the licences of all that is
in it; `dist.py sbom`, a bill of materials (CycloneDX 1.5); `dist.py pack FOLDER ARCHIVE`, an archive of a folder
that has the same bytes each time; `dist.py wheel PROGRAM TARGET GLIBC DIR`, a wheel around the program. Python
alone, so that none of it has to be compiled where it is packed."""

import base64
import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tomllib
import uuid
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXTS = ("licen", "copying", "notice", "unlicense", "copyright")
# Where the C that crates bring has its own.
VENDORED = ("aws-lc", "libgit2", "src/zlib", "src")


def metadata(target=None):
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    if target:
        command += ["--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, cwd=ROOT, capture_output=True).stdout)


def shipped(meta):
    """segell's package, all that is linked into it, and which needs which."""
    packages = {package["id"]: package for package in meta["packages"]}
    nodes = {node["id"]: node for node in meta["resolve"]["nodes"]}
    root, edges = meta["resolve"]["root"], {}
    waiting = [root]
    while waiting:
        this = waiting.pop()
        if this in edges:
            continue
        linked = [
            dep["pkg"] for dep in nodes[this]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])
        ]
        edges[this] = sorted(linked)
        waiting += linked
    return packages[root], {id: packages[id] for id in edges}, edges


def by_name(packages):
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def texts_of(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    for place in (folder, *(folder / name for name in VENDORED)):
        if place.is_dir():
            for file in sorted(place.iterdir()):
                if file.is_file() and file.name.lower().startswith(TEXTS) and file.suffix not in (".rs", ".c", ".h"):
                    yield file.read_text(encoding="utf-8", errors="replace").strip()


def licences(target):
    """A page: who is in it under which licence, then each text once."""
    root, packages, _ = shipped(metadata(target))
    lines, texts = ["What is in segell, and under which licences.", ""], {}
    for package in by_name(packages.values()):
        if package["id"] == root["id"]:
            continue
        licence = package["license"]
        if not licence:
            sys.exit(f"{package['name']} has no licence")
        lines.append(f"{package['name']} {package['version']}: {licence}")
        for text in texts_of(package):
            texts.setdefault(text, []).append(f"{package['name']} {package['version']}")
    for text, users in texts.items():
        lines += ["", "=" * 80, ", ".join(dict.fromkeys(users)), "=" * 80, "", text]
    return "\n".join(lines) + "\n"


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def sbom(target):
    root, packages, edges = shipped(metadata(target))
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    sums = {(each["name"], each["version"]): each.get("checksum") for each in locked}

    def component(package, kind):
        made = {"type": kind, "bom-ref": purl(package), "name": package["name"], "version": package["version"]}
        if sums.get((package["name"], package["version"])):
            made["hashes"] = [{"alg": "SHA-256", "content": sums[(package["name"], package["version"])]}]
        made["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        return made | {"purl": purl(package)}

    body = {
        "metadata": {"component": component(root, "application")},
        "components": [component(each, "library") for each in by_name(packages.values()) if each["id"] != root["id"]],
        "dependencies": [
            {"ref": purl(packages[id]), "dependsOn": sorted(purl(packages[other]) for other in edges[id])}
            for id in sorted(edges, key=lambda id: purl(packages[id]))
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    return json.dumps(head | body, indent=2) + "\n"


def pack(folder, archive):
    """The folder as one archive: names in order, one time, nobody's."""
    folder, stamp = pathlib.Path(folder), int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    named = [(f"{folder.name}/{path.relative_to(folder).as_posix()}", path) for path in files]
    out = io.BytesIO()
    if archive.endswith(".zip"):
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
            for name, path in named:
                made.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    else:
        with gzip.GzipFile("", "wb", 9, out, mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as made:
            for name, path in named:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime = path.stat().st_size, stamp
                entry.mode = 0o755 if path.stem == "segell" and path.suffix in ("", ".exe") else 0o644
                made.addfile(entry, io.BytesIO(path.read_bytes()))
    pathlib.Path(archive).write_bytes(out.getvalue())
    print(hashlib.sha256(out.getvalue()).hexdigest(), pathlib.Path(archive).name)


def platform(target, glibc):
    """What pip calls the machines that a target is for."""
    machine = target.split("-")[0]
    if "windows" in target:
        return "win_amd64"
    if "apple" in target:
        return "macosx_11_0_arm64" if machine == "aarch64" else "macosx_10_12_x86_64"
    if target.endswith("-musl"):
        return f"musllinux_1_2_{machine}"
    return f"manylinux_{glibc.replace('.', '_')}_{machine}" if glibc else f"linux_{machine}"


def wheel(program, target, glibc, folder):
    """The program as pip and uv install it: byte for byte the one in the archive, without a second build."""
    (package,) = [each for each in metadata(target)["packages"] if each["name"] == "segell"]
    program, name = pathlib.Path(program), f"segell-{package['version']}"
    tag = f"py3-none-{platform(target, glibc)}"
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = ["Metadata-Version: 2.4", "Name: segell", f"Version: {package['version']}"]
    lines += [f"Summary: {about['description']}", f"License-Expression: {about['license']}"]
    lines += [f"License-File: {file}" for file in about["license-files"]]
    lines += [f"Requires-Python: {about['requires-python']}", f"Keywords: {','.join(about['keywords'])}"]
    lines += [f"Classifier: {each}" for each in about["classifiers"]]
    lines += ["Description-Content-Type: text/markdown", "", (ROOT / about["readme"]).read_text(encoding="utf-8")]
    files = {f"{name}.data/scripts/{program.name}": program.read_bytes()}
    files |= {f"{name}.dist-info/licenses/{file}": (ROOT / file).read_bytes() for file in about["license-files"]}
    files[f"{name}.dist-info/licenses/THIRD-PARTY.txt"] = licences(target).encode()
    files[f"{name}.dist-info/METADATA"] = "\n".join(lines).encode()
    files[f"{name}.dist-info/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: segell {package['version']}\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    )
    record = ""
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    files[f"{name}.dist-info/RECORD"] = f"{record}{name}.dist-info/RECORD,,\n".encode()
    with zipfile.ZipFile(pathlib.Path(folder) / f"{name}-{tag}.whl", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            made.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def main(verb, *arguments):
    match verb:
        case "licences":
            sys.stdout.buffer.write(licences(*arguments or [None]).encode())
        case "sbom":
            sys.stdout.buffer.write(sbom(*arguments or [None]).encode())
        case "pack":
            pack(*arguments)
        case "wheel":
            wheel(*arguments)
        case _:
            sys.exit(__doc__)


main(*sys.argv[1:])
