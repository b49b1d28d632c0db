"""The Windows half of the pipe: only this user may open it, only from this machine, and it can be broken.

Seen to work under wine 8 with CPython 3.11's PipeListener; whether Windows enforces every part was not tried.
"""

import sys

if sys.platform == "win32":
    import _winapi
    import ctypes
    from ctypes import wintypes
    from multiprocessing import connection
    from multiprocessing.connection import Client, Connection, PipeConnection

    PIPE_REJECT_REMOTE_CLIENTS = 8
    FIRST_INSTANCE = 0x00080000
    BUFFER = 1 << 16
    SDDL_REVISION = 1
    TOKEN_QUERY = 8
    TOKEN_USER = 1

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    advapi = ctypes.WinDLL("advapi32", use_last_error=True)
    kernel.CreateNamedPipeW.restype = wintypes.HANDLE
    kernel.CreateNamedPipeW.argtypes = [wintypes.LPCWSTR] + [wintypes.DWORD] * 6 + [ctypes.c_void_p]
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.DisconnectNamedPipe.argtypes = [wintypes.HANDLE]
    kernel.CancelIoEx.argtypes = [wintypes.HANDLE, ctypes.c_void_p]
    kernel.LocalFree.argtypes = [ctypes.c_void_p]
    kernel.CloseHandle.argtypes = [wintypes.HANDLE]
    kernel.GetNamedPipeServerProcessId.argtypes = [wintypes.HANDLE, ctypes.POINTER(wintypes.ULONG)]
    advapi.OpenProcessToken.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)]
    advapi.GetTokenInformation.argtypes = [
        wintypes.HANDLE,
        ctypes.c_int,
        ctypes.c_void_p,
        wintypes.DWORD,
        ctypes.POINTER(wintypes.DWORD),
    ]
    advapi.ConvertSidToStringSidW.argtypes = [ctypes.c_void_p, ctypes.POINTER(wintypes.LPWSTR)]
    advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW.argtypes = [
        wintypes.LPCWSTR,
        wintypes.DWORD,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.c_void_p,
    ]

    class _Attributes(ctypes.Structure):
        _fields_ = [
            ("length", wintypes.DWORD),
            ("descriptor", ctypes.c_void_p),
            ("inherit", wintypes.BOOL),
        ]

    def _own_sid() -> str:
        token = wintypes.HANDLE()
        if not advapi.OpenProcessToken(kernel.GetCurrentProcess(), TOKEN_QUERY, ctypes.byref(token)):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            room = ctypes.create_string_buffer(256)
            size = wintypes.DWORD()
            if not advapi.GetTokenInformation(token, TOKEN_USER, room, len(room), ctypes.byref(size)):
                raise ctypes.WinError(ctypes.get_last_error())
            # TOKEN_USER begins with the pointer to the SID, which lies in the same buffer
            sid = ctypes.cast(room, ctypes.POINTER(ctypes.c_void_p))[0]
            text = wintypes.LPWSTR()
            if not advapi.ConvertSidToStringSidW(sid, ctypes.byref(text)):
                raise ctypes.WinError(ctypes.get_last_error())
            try:
                return str(text.value)
            finally:
                kernel.LocalFree(text)
        finally:
            kernel.CloseHandle(token)

    class PrivateListener(connection.PipeListener):  # type: ignore[name-defined, misc] # typeshed does not know it
        """A pipe listener whose every instance is open to this user only."""

        def _new_handle(self, first: bool = False) -> int:  # noqa: FBT001, FBT002 - the base class's signature
            descriptor = ctypes.c_void_p()
            if not advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW(
                f"D:P(A;;GA;;;{_own_sid()})", SDDL_REVISION, ctypes.byref(descriptor), None
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            try:
                attributes = _Attributes(ctypes.sizeof(_Attributes), descriptor, False)
                handle = kernel.CreateNamedPipeW(
                    self._address,
                    _winapi.PIPE_ACCESS_DUPLEX | _winapi.FILE_FLAG_OVERLAPPED | (FIRST_INSTANCE if first else 0),
                    _winapi.PIPE_TYPE_MESSAGE
                    | _winapi.PIPE_READMODE_MESSAGE
                    | _winapi.PIPE_WAIT
                    | PIPE_REJECT_REMOTE_CLIENTS,
                    _winapi.PIPE_UNLIMITED_INSTANCES,
                    BUFFER,
                    BUFFER,
                    _winapi.NMPWAIT_WAIT_FOREVER,
                    ctypes.byref(attributes),
                )
            finally:
                kernel.LocalFree(descriptor)
            if handle in (None, wintypes.HANDLE(-1).value):
                raise ctypes.WinError(ctypes.get_last_error())
            return int(handle)

    def listen(address: str) -> PrivateListener:
        """A listener on that pipe name."""
        return PrivateListener(address)

    def dial(address: str, pid: int) -> Connection | PipeConnection:
        """Connect; OSError when the pipe is not served by the process with that pid."""
        raw = Client(address, "AF_PIPE")
        server = wintypes.ULONG()
        known = kernel.GetNamedPipeServerProcessId(raw.fileno(), ctypes.byref(server))
        if not known or server.value != pid:
            raw.close()
            raise OSError(f"the pipe belongs to process {server.value}, not to {pid}")
        return raw

    def cut(handle: int, *, server: bool) -> None:
        """Break the pipe. The server's way lasts; the client's hits only what waits now."""
        if server:
            kernel.DisconnectNamedPipe(handle)
        else:
            kernel.CancelIoEx(handle, None)
