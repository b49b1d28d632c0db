/* For tests alone, never shipped: the class Windows.UI.ViewManagement.UISettings, which Qt 6 asks for colours and
   which wine 8 does not have. Every object is static, nothing is counted, and no change is ever told. */
#include <windows.h>

__declspec(dllexport) const char mark[] = "qmtdesk stand-in for tests, not to be shipped";

typedef struct { const void *const *calls; } Object;
typedef struct { BYTE a, r, g, b; } Colour;

/* UIColorType */
enum { BACKGROUND, FOREGROUND };

static const GUID FOR_UNKNOWN = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID FOR_INSPECTABLE = {0xaf86e2e0, 0xb12d, 0x4c6a, {0x9c, 0x5a, 0xd7, 0xaa, 0x65, 0x10, 0x1e, 0x90}};
static const GUID FOR_AGILE = {0x94ea2b94, 0xe9cc, 0x49e0, {0xc0, 0xff, 0xee, 0x64, 0xca, 0x8f, 0x5b, 0x90}};
static const GUID FOR_FACTORY = {0x00000035, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
static const GUID FOR_SETTINGS = {0x85361600, 0x1c63, 0x4627, {0xbc, 0xb1, 0x3a, 0x89, 0xe0, 0xbc, 0x9c, 0x55}};
static const GUID FOR_SETTINGS_3 = {0x03021be4, 0x5254, 0x4781, {0x81, 0x94, 0x51, 0x68, 0xf7, 0xd0, 0x6d, 0x7b}};

static Object factory, settings, settings_3;

static HRESULT WINAPI query(Object *self, const GUID *wanted, Object **found) {
    if (IsEqualGUID(wanted, &FOR_SETTINGS_3))
        *found = &settings_3;
    else if (IsEqualGUID(wanted, &FOR_SETTINGS))
        *found = &settings;
    else if (IsEqualGUID(wanted, &FOR_FACTORY) && self == &factory)
        *found = &factory;
    else if (IsEqualGUID(wanted, &FOR_UNKNOWN) || IsEqualGUID(wanted, &FOR_INSPECTABLE) ||
             IsEqualGUID(wanted, &FOR_AGILE))
        *found = self;
    else {
        *found = NULL;
        return E_NOINTERFACE;
    }
    return S_OK;
}

static ULONG WINAPI add(Object *self) { return (void)self, 2; }

static ULONG WINAPI release(Object *self) { return (void)self, 1; }

static HRESULT WINAPI interfaces(Object *self, ULONG *count, GUID **list) {
    return (void)self, *count = 0, *list = NULL, S_OK;
}

static HRESULT WINAPI name(Object *self, void **text) { return (void)self, *text = NULL, S_OK; }

static HRESULT WINAPI trust(Object *self, int *level) { return (void)self, *level = 0, S_OK; }

static HRESULT WINAPI activate(Object *self, Object **made) { return (void)self, *made = &settings, S_OK; }

/* a light system with Windows' own blue */
static HRESULT WINAPI colour(Object *self, int kind, Colour *told) {
    static const Colour white = {255, 255, 255, 255}, black = {255, 0, 0, 0}, blue = {255, 0, 120, 215};
    (void)self;
    *told = kind == BACKGROUND ? white : kind == FOREGROUND ? black : blue;
    return S_OK;
}

static HRESULT WINAPI heed(Object *self, void *listener, INT64 *number) {
    return (void)self, (void)listener, *number = 1, S_OK;
}

static HRESULT WINAPI unheed(Object *self, INT64 number) { return (void)self, (void)number, S_OK; }

static HRESULT WINAPI absent(void) { return E_NOTIMPL; }

#define COMMON query, add, release, interfaces, name, trust
static const void *const factory_calls[] = {COMMON, activate};
static const void *const settings_calls[] = {COMMON, absent, absent, absent, absent, absent, absent, absent,
                                             absent, absent, absent, absent, absent, absent, absent};
static const void *const settings_3_calls[] = {COMMON, colour, heed, unheed};

static Object factory = {factory_calls}, settings = {settings_calls}, settings_3 = {settings_3_calls};

__declspec(dllexport) HRESULT WINAPI DllGetActivationFactory(void *class, Object **found) {
    return (void)class, *found = &factory, S_OK;
}

__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) { return S_FALSE; }
