"""A Windows PC that is not there."""

from dataclasses import dataclass, field
from pathlib import PurePath, PureWindowsPath

from qmtdesk.gateways.qmt.pc import Process

HOME = r"C:\Users\trader"


@dataclass
class InventedPc:
    """`files` are texts by path; every folder above one is there too. Letters' size does not matter."""

    files: dict[str, str] = field(default_factory=dict)
    running: list[Process] | None = field(default_factory=list)
    session: int = 1
    day: str = "20261120"
    free: int | None = 50_000_000_000
    refuses: str = ""
    remote: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=lambda: {"USERPROFILE": HOME})
    fixed: tuple[str, ...] = ("C:\\", "D:\\")
    tried: list[str] = field(default_factory=list)

    def install(self, root: str, *, log: str = "20261120") -> str:
        """A QMT in this folder that was logged in on that day."""
        for name in (r"bin.x64\XtMiniQmt.exe", r"bin.x64\XtItClient.exe", rf"userdata_mini\log\XtMiniQmt_{log}.log"):
            self.files[rf"{root}\{name}"] = ""
        return rf"{root}\userdata_mini"

    def run(
        self, root: str, name: str = "XtMiniQmt.exe", *, pid: int = 4711, session: int = 1, path: bool = True
    ) -> None:
        """A process of that installation."""
        assert self.running is not None
        self.running.append(Process(pid, name, rf"{root}\bin.x64\{name}" if path else "", session))

    # --- the port

    def path(self, text: str) -> PurePath:
        return PureWindowsPath(text)

    def processes(self) -> tuple[Process, ...] | None:
        return None if self.running is None else tuple(self.running)

    def drives(self) -> tuple[PurePath, ...]:
        return tuple(map(PureWindowsPath, self.fixed))

    def variable(self, name: str) -> str:
        return self.variables.get(name, "")

    def exists(self, path: PurePath) -> bool:
        return self.is_folder(path) or self._known(path)

    def is_folder(self, path: PurePath) -> bool:
        return any(path in PureWindowsPath(file).parents for file in self.files)

    def _known(self, path: PurePath) -> bool:
        return any(PureWindowsPath(file) == path for file in self.files)

    def children(self, folder: PurePath) -> tuple[str, ...]:
        inside = [PureWindowsPath(file) for file in self.files if folder in PureWindowsPath(file).parents]
        return tuple(dict.fromkeys(file.relative_to(folder).parts[0] for file in inside))

    def text(self, path: PurePath) -> str:
        return next((text for file, text in self.files.items() if PureWindowsPath(file) == path), "")

    def try_write(self, folder: PurePath) -> str:
        self.tried.append(str(folder))
        return self.refuses

    def free_bytes(self, folder: PurePath) -> int | None:
        return self.free

    def network_kind(self, folder: PurePath) -> str:
        return next((kind for start, kind in self.remote.items() if str(folder).startswith(start)), "")

    def today(self) -> str:
        return self.day
