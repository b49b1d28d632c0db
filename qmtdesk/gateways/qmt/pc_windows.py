"""Processes, sessions and drives of a Windows PC, asked of the system itself."""

import sys

if sys.platform == "win32":
    import ctypes
    import os
    from ctypes import wintypes
    from pathlib import Path, PurePath

    from qmtdesk.gateways.qmt.pc import Process, ThisPc

    SNAP_PROCESSES = 2
    QUERY_LIMITED = 0x1000
    FIXED = 3
    LONGEST = 32_768
    NO_HANDLE = ctypes.c_void_p(-1).value

    class _Entry(ctypes.Structure):
        """PROCESSENTRY32W."""

        _fields_ = (
            ("dwSize", wintypes.DWORD),
            ("cntUsage", wintypes.DWORD),
            ("th32ProcessID", wintypes.DWORD),
            ("th32DefaultHeapID", ctypes.c_size_t),
            ("th32ModuleID", wintypes.DWORD),
            ("cntThreads", wintypes.DWORD),
            ("th32ParentProcessID", wintypes.DWORD),
            ("pcPriClassBase", wintypes.LONG),
            ("dwFlags", wintypes.DWORD),
            ("szExeFile", wintypes.WCHAR * 260),
        )

    class WindowsPc(ThisPc):
        """This PC."""

        def __init__(self) -> None:
            # a library object of our own: argument types set on the shared one would be everybody's
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
            self._kernel.OpenProcess.restype = wintypes.HANDLE
            self._kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
            self._kernel.Process32FirstW.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Entry))
            self._kernel.Process32NextW.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Entry))
            self._kernel.QueryFullProcessImageNameW.argtypes = (
                wintypes.HANDLE,
                wintypes.DWORD,
                wintypes.LPWSTR,
                ctypes.POINTER(wintypes.DWORD),
            )
            self.session = self._session_of(os.getpid())

        def processes(self) -> tuple[Process, ...] | None:
            snapshot = self._kernel.CreateToolhelp32Snapshot(SNAP_PROCESSES, 0)
            if snapshot in (None, NO_HANDLE):
                return None
            found = []
            try:
                entry = _Entry(dwSize=ctypes.sizeof(_Entry))
                more = self._kernel.Process32FirstW(snapshot, ctypes.byref(entry))
                while more:
                    pid = int(entry.th32ProcessID)
                    found.append(Process(pid, entry.szExeFile, self._program(pid), self._session_of(pid)))
                    more = self._kernel.Process32NextW(snapshot, ctypes.byref(entry))
            finally:
                self._kernel.CloseHandle(snapshot)
            return tuple(found)

        def drives(self) -> tuple[PurePath, ...]:
            present = int(self._kernel.GetLogicalDrives())
            letters = [chr(ord("A") + number) for number in range(26) if present >> number & 1]
            return tuple(
                Path(f"{letter}:\\") for letter in letters if self._kernel.GetDriveTypeW(f"{letter}:\\") == FIXED
            )

        def _program(self, pid: int) -> str:
            """The path of a process's program, '' when it is another user's and higher than this one."""
            handle = self._kernel.OpenProcess(QUERY_LIMITED, 0, pid)
            if not handle:
                return ""
            try:
                text = ctypes.create_unicode_buffer(LONGEST)
                size = wintypes.DWORD(LONGEST)
                done = self._kernel.QueryFullProcessImageNameW(handle, 0, text, ctypes.byref(size))
                return text.value if done else ""
            finally:
                self._kernel.CloseHandle(handle)

        def _session_of(self, pid: int) -> int:
            session = wintypes.DWORD(0)
            return int(session.value) if self._kernel.ProcessIdToSessionId(pid, ctypes.byref(session)) else -1
