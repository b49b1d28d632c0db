"""What `--stop` and `--version` say, in Chinese and in English, and the name of the self-test's folder."""

STOPPED = {
    0: ("没有在运行的 qmtdesk", "No qmtdesk is running"),
    5: (
        "后台还有已启动的网格或已布防的卫士，没有结束它",
        "Grids or guards are armed in the background; it was not ended",
    ),
    6: ("窗口还开着，请在菜单里退出", "The window is open; leave it through its menu"),
    7: ("后台没有在限定时间内结束", "The background process did not end in time"),
}
VERSION = (
    "qmtdesk {version}\n提交 / commit: {commit}\n构建 / build: {build}\n程序 / program: {program}\n数据 / data: {data}"
)
SOURCE = "源码 / source"
SELFTEST_FOLDER = "qmtdesk-自检-"
"""A name as users of Chinese systems have them, so that each self-test goes through one."""
