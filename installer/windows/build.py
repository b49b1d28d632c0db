"""All steps of a build, in order, each said as it begins."""

import time
from pathlib import Path

from installer.environment import SetupError
from installer.windows.checks import MEGABYTE, SETUP_LIMIT, check_folder
from installer.windows.fetch import fetch_runtime, fetch_wheels
from installer.windows.icon import draw_icon
from installer.windows.launcher import make_launcher
from installer.windows.layout import lay_out
from installer.windows.licences import lay_licences
from installer.windows.packing import make_setup
from installer.windows.plan import Plan, make_plan
from installer.windows.prune import files_of
from installer.windows.records import SUMS, set_times, sha256_of, write_built, write_files, write_json, write_sums
from installer.windows.sbom import sbom_of

SBOM = "sbom.cdx.json"


def build(*, quick: bool, folder_only: bool) -> Plan:
    """Make the folder and, unless only that was asked for, the setup. SetupError when something is wrong."""
    plan = make_plan()
    plan.work.mkdir(parents=True, exist_ok=True)
    plan.dist.mkdir(exist_ok=True)
    # what an earlier build left is not of this one
    for old in (plan.setup, plan.dist / SUMS, *plan.dist.glob(f"qmtdesk-{plan.version}*.json")):
        old.unlink(missing_ok=True)
    steps = _Steps()
    steps.begin("取得锁定的输入 / locked inputs")
    wheels, runtime = fetch_wheels(plan.work), fetch_runtime(plan.work)
    steps.begin("摆放文件并编译 / layout and compilation")
    lay_out(plan, runtime, wheels)
    lay_licences(plan, wheels)
    steps.begin("启动程序 / launcher")
    icon = plan.work / "qmtdesk.ico"
    draw_icon(icon)
    make_launcher(plan, icon, plan.folder / "qmtdesk.exe")
    steps.begin("清单与检查 / lists and checks")
    build_hash = write_built(plan)
    write_json(plan.folder / SBOM, sbom_of(plan, build_hash, runtime, wheels))
    write_files(plan, build_hash)
    set_times(plan)
    check_folder(plan.folder)
    if not folder_only:
        steps.begin("安装程序 / setup")
        _pack(plan, icon, quick=quick)
    steps.end()
    _tell(plan, build_hash)
    return plan


def _pack(plan: Plan, icon: Path, *, quick: bool) -> None:
    make_setup(plan, icon, quick=quick)
    size = plan.setup.stat().st_size
    if size > SETUP_LIMIT and not quick:
        raise SetupError(f"{plan.setup.name}: {size / MEGABYTE:.1f} MB > {SETUP_LIMIT / MEGABYTE:.0f} MB")
    beside = plan.dist / f"qmtdesk-{plan.version}.{SBOM.removeprefix('sbom.')}"
    beside.write_bytes((plan.folder / SBOM).read_bytes())
    files = plan.dist / f"qmtdesk-{plan.version}-files.json"
    files.write_bytes((plan.folder / "files.json").read_bytes())
    write_sums(plan, plan.setup, beside, files)


def _tell(plan: Plan, build_hash: str) -> None:
    files = files_of(plan.folder)
    size = sum(each.stat().st_size for each in files)
    changed = "，有未提交的改动 / with changes" if plan.changed else ""
    print(f"\nqmtdesk {plan.version}, {plan.commit[:12]}{changed}")
    print(f"build {build_hash}")
    print(f"{plan.folder}: {len(files)} files, {size / MEGABYTE:.1f} MB")
    if plan.setup.exists():
        print(f"{plan.setup}: {plan.setup.stat().st_size / MEGABYTE:.1f} MB\nSHA-256 {sha256_of(plan.setup)}")


class _Steps:
    """Says what is being done and how long it took."""

    def __init__(self) -> None:
        self._at = 0.0

    def begin(self, what: str) -> None:
        self.end()
        self._at = time.monotonic()
        print(f"{what} …", end=" ", flush=True)

    def end(self) -> None:
        if self._at:
            print(f"{time.monotonic() - self._at:.1f} s", flush=True)
