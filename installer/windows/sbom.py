"""What the package is made of, as CycloneDX."""

import uuid
from datetime import datetime, timezone

from installer.windows.fetch import Input
from installer.windows.licences import Part, parts_of
from installer.windows.plan import RUNTIME, Plan

# what lies inside of other parts and gets its own security notices
INSIDE = (
    ("qt", "6.9.3", "LGPL-3.0-only", "PySide6"),
    ("openssl", "3.0.13", "Apache-2.0", "CPython"),
    ("sqlite", "3.45.1", "blessing", "CPython"),
    ("libffi", "3.4.4", "MIT", "CPython"),
    ("openblas", "0.3.27", "BSD-3-Clause", "numpy"),
    ("openssl", "1.0.2", "OpenSSL", "xtquant"),
    ("log4cxx", "", "Apache-2.0", "xtquant"),
)
_SPACE = uuid.UUID("6f1c7a52-5d0e-5b52-9a55-0c7f5d3b1e21")


def sbom_of(plan: Plan, build: str, runtime: Input, wheels: list[Input]) -> dict[str, object]:
    """The document; the same for the same build."""
    parts = parts_of(wheels, plan.work / "unpacked")
    components = [_python(runtime), *map(_library, parts), *(_inside(*each) for each in INSIDE)]
    program = f"pkg:generic/qmtdesk@{plan.version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, build)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(plan.at, timezone.utc).isoformat().replace("+00:00", "Z"),
            "component": {
                "type": "application",
                "bom-ref": program,
                "name": "qmtdesk",
                "version": plan.version,
                "purl": program,
                "licenses": _licence("MIT"),
                "properties": [{"name": "commit", "value": plan.commit}, {"name": "build", "value": build}],
            },
        },
        "components": components,
        "dependencies": [{"ref": program, "dependsOn": [str(each["bom-ref"]) for each in components]}],
    }


def _library(part: Part) -> dict[str, object]:
    purl = f"pkg:pypi/{part.name.lower()}@{part.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": part.name,
        "version": part.version,
        "description": part.summary,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
        "licenses": _licence(part.licence),
    }


def _python(runtime: Input) -> dict[str, object]:
    purl = f"pkg:generic/cpython@{RUNTIME}"
    return {
        "type": "framework",
        "bom-ref": purl,
        "name": "cpython",
        "version": RUNTIME,
        "description": f"embeddable, out of {runtime.pin.name} {runtime.pin.version}",
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": runtime.pin.sha256}],
        "licenses": _licence("PSF-2.0"),
    }


def _inside(name: str, version: str, licence: str, holder: str) -> dict[str, object]:
    purl = f"pkg:generic/{name}" + (f"@{version}" if version else "")
    return {
        "type": "library",
        "bom-ref": f"{purl}#{holder.lower()}",
        "name": name,
        "version": version,
        "description": f"inside {holder}",
        "purl": purl,
        "licenses": _licence(licence),
    }


def _licence(terms: str) -> list[dict[str, object]]:
    if " " in terms:
        # an expression joins ids with words, anything else is a name
        return [{"expression": terms}] if any(f" {word} " in terms for word in ("AND", "OR", "WITH")) else _named(terms)
    return [{"license": {"id": terms}}]


def _named(terms: str) -> list[dict[str, object]]:
    return [{"license": {"name": terms}}]
