"""Sentences for the trader's own files: a journal that is gone, settings nobody can read."""

from qmtdesk.domain.reason import Why

FILES: dict[Why, tuple[str, str]] = {
    Why.JOURNAL_MISSING: (
        "日志不见了或是空的[（{text}）]，这个文件夹以前有过；按券商账户重建，网格和卫士都已停",
        "The journal is gone or empty[ ({text})], and this folder had one; rebuilt from the broker, nothing is armed",
    ),
    Why.JOURNAL_AGAIN: (
        "日志又能写了[，中断 {wait_ms}]；交易进程重启并重新核对账户，没设为保持的网格和卫士都停了，要手动启动",
        "The journal can be written again[, {wait_ms} later]; the trader restarts and reconciles, all but kept grids is disarmed",
    ),
    Why.SETTINGS_REFUSED: (
        "交易设置没有照文件执行[：{file}][ 的 {key}][ = {value}][，{fault}]；已全部暂停，改对后重启；点继续交易就先用默认上限",
        "The trading settings were not taken[: {file}][, {key}][ = {value}][, {fault}]; all paused, correct it and restart; a release goes on with the default limits",
    ),
    Why.SETTINGS_TAKEN: (
        "交易设置文件已改对，按它执行，暂停解除",
        "The trading settings are right again and in force, no longer paused",
    ),
}
FILES_SHORT: dict[Why, tuple[str, str]] = {
    Why.SETTINGS_REFUSED: ("设置文件有错，全部暂停", "Settings wrong, all paused"),
}
