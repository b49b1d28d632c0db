/* qmtdesk.exe: runs the Python beside it in this very process, so that window, icon and task are the program's own. */
#include <windows.h>
#include <shellapi.h>
#include <stdlib.h>
#include <wchar.h>

#define LONGEST 32768
#define TITLE L"qmtdesk"

typedef int (*PythonMain)(int, wchar_t **);
typedef LONG(WINAPI *TellVersion)(OSVERSIONINFOW *);

static wchar_t home[LONGEST], runtime[LONGEST], library[LONGEST];

static int chinese(void) { return PRIMARYLANGID(GetUserDefaultUILanguage()) == LANG_CHINESE; }

static int refuse(const wchar_t *in_chinese, const wchar_t *in_english) {
    MessageBoxW(NULL, chinese() ? in_chinese : in_english, TITLE, MB_ICONERROR | MB_SETFOREGROUND);
    return 2;
}

/* GetVersionEx tells what a manifest names, this tells what is there */
static int too_old(void) {
    OSVERSIONINFOW told = {.dwOSVersionInfoSize = sizeof told};
    TellVersion ask = (TellVersion)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    return ask && ask(&told) == 0 && told.dwBuildNumber < OLDEST_BUILD;
}

static int named(int count, wchar_t **words, const wchar_t *word) {
    for (int i = 1; i < count; i++)
        if (wcscmp(words[i], word) == 0) return 1;
    return 0;
}

/* setup looks for this; whoever is asked to end the others must not keep it waiting */
static void be_seen(int count, wchar_t **words) {
    if (!named(count, words, L"--stop")) CreateMutexW(NULL, FALSE, L"Local\\qmtdesk-running");
}

/* a command typed into a console answers there; the window and the trader have none */
static void borrow_console(int count, wchar_t **words) {
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    if (count > 1 && !named(count, words, L"--trader") && (out == NULL || out == INVALID_HANDLE_VALUE))
        AttachConsole(ATTACH_PARENT_PROCESS);
}

static PythonMain load_python(void) {
    wchar_t *last;
    DWORD size = GetModuleFileNameW(NULL, home, LONGEST);
    if (size == 0 || size >= LONGEST - 64 || (last = wcsrchr(home, L'\\')) == NULL) return NULL;
    *last = 0;
    wcscat(wcscpy(runtime, home), L"\\runtime");
    wcscat(wcscpy(library, runtime), L"\\python311.dll");
    /* never a DLL out of the folder somebody happens to stand in */
    SetDllDirectoryW(runtime);
    HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    return python ? (PythonMain)(void *)GetProcAddress(python, "Py_Main") : NULL;
}

int WINAPI wWinMain(HINSTANCE self, HINSTANCE before, PWSTR line, int show) {
    static wchar_t *const own[] = {L"-X", L"utf8", L"-m", L"qmtdesk"};
    const int owned = sizeof own / sizeof *own;
    int count, used = 0;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    (void)self, (void)before, (void)line, (void)show;
    if (too_old())
        return refuse(L"qmtdesk 需要 Windows 10 1809（或 Server 2019）及更新的版本。",
                      L"qmtdesk needs Windows 10 1809, Server 2019 or newer.");
    wchar_t **given = words ? calloc((size_t)(count + owned + 1), sizeof *given) : NULL;
    if (!given) return 2;
    be_seen(count, words);
    borrow_console(count, words);
    PythonMain run = load_python();
    if (!run)
        return refuse(L"运行环境缺失或损坏：请重新安装 qmtdesk，或把整个文件夹解压到一处再运行。",
                      L"The runtime is missing or damaged: install qmtdesk again, or unpack its whole folder.");
    given[used++] = words[0];
    for (int i = 0; i < owned; i++) given[used++] = own[i];
    for (int i = 1; i < count; i++) given[used++] = words[i];
    return run(used, given);
}
