"""Whether every program of the embeddable Python still is what its maker signed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from installer.environment import SetupError
from installer.windows.prune import files_of

SIGNED = (".exe", ".dll", ".pyd")
MAKERS = ("Python Software Foundation", "Microsoft Windows Software Compatibility Publisher")
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_DIGEST = re.compile(r"^(Current|Calculated) message digest\s*:\s*([0-9A-F]+)", re.MULTILINE)
_MAKER = re.compile(r"Subject: .*?/CN=([^/\n]+)")
ADVICE = "Debian: apt-get install osslsigncode"


def check_signatures(folder: Path) -> dict[str, str]:
    """Who signed each program under the folder; SetupError when one was altered, or signed by another."""
    programs = [each for each in files_of(folder) if each.suffix in SIGNED]
    found = _on_windows(programs) if sys.platform == "win32" else {each.name: _signer(each) for each in programs}
    for name, maker in found.items():
        if not maker.startswith(MAKERS):
            raise SetupError(f"{name} is signed by {maker or 'nobody'}")
    return found


def signer_in(told: str) -> str:
    """The maker out of osslsigncode's words, when the digest it signed is the file's; else ''."""
    digests = dict(_DIGEST.findall(told))
    makers = _MAKER.findall(told)
    if len(digests) != 2 or len(set(digests.values())) != 1 or not makers:
        return ""
    return next((each for each in makers if each in MAKERS), str(makers[0]))


def _signer(program: Path) -> str:
    if shutil.which("osslsigncode") is None:
        raise SetupError(f"找不到 / not found: osslsigncode。{ADVICE}")
    words = ["osslsigncode", "verify", "-in", str(program)]
    if BUNDLE.exists():
        words += ["-CAfile", str(BUNDLE), "-TSA-CAfile", str(BUNDLE)]
    # its exit code tells of lists of withdrawn certificates that cannot be fetched; the digests tell of the file
    told = subprocess.run(words, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    return signer_in(told)


def _on_windows(programs: list[Path]) -> dict[str, str]:
    names = ",".join("'" + str(each).replace("'", "''") + "'" for each in programs)
    script = (
        f"ConvertTo-Json @(Get-AuthenticodeSignature -LiteralPath {names} | "
        "ForEach-Object { @{ path = $_.Path; ok = ($_.Status -eq 'Valid'); by = $_.SignerCertificate.Subject } })"
    )
    words = ["powershell", "-NoProfile", "-Command", script]
    told = subprocess.run(words, capture_output=True, check=False)
    if told.returncode:
        raise SetupError(f"Get-AuthenticodeSignature: {told.stderr.decode('utf-8', 'replace').strip()}")
    rows: list[dict[str, object]] = json.loads(told.stdout)
    return {Path(str(row["path"])).name: _common_name(str(row["by"])) if row["ok"] else "" for row in rows}


def _common_name(subject: str) -> str:
    found = re.search(r"CN=\"?([^,\"]+)", subject)
    return found[1] if found else ""
