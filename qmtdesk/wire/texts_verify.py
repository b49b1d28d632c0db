"""What `verify` says, in Chinese and in English."""

Pair = tuple[str, str]

SOUND: Pair = (
    "{rows} 条记录，全部与写入时一致。最后一条：第 {rows} 条，{time}（北京时间），哈希 {hash}\n"
    "从末尾删掉的记录看不出来：与先前记下的最后一条对照，条数不应变少，那一条的哈希不应变",
    "{rows} rows, all as written. The last: row {rows}, {time} (Beijing time), hash {hash}\n"
    "Newest rows that were deleted leave no trace: compare with a last row noted before, there must not be fewer rows",
)
NO_ROWS: Pair = (
    "日志完好，里面没有记录；是否被整个删空看不出来",
    "The journal is sound and has no rows; whether all were deleted cannot be seen here",
)
EDITED: Pair = ("第 {row} 条与写入时不一致，它之前的一致", "Row {row} is not as it was written; those before it are")
DAMAGED: Pair = ("日志损坏或不是日志：{text}", "Damaged, or no journal: {text}")
CANNOT: dict[str, Pair] = {
    "missing": ("{path}：没有这个文件", "{path}: there is no such file"),
    "dangling": ("{path}：是一个链接，指向的文件不存在", "{path}: a link to a file that does not exist"),
    "folder": ("{path}：是文件夹，要的是其中的 journal.db", "{path}: a folder; its journal.db is wanted"),
    "newer": (
        "{path}：由更新版本的 qmtdesk 写成，用新版本来检查（{text}）",
        "{path}: written by a newer qmtdesk, check it with that one ({text})",
    ),
    "locked": ("{path}：被另一个程序锁住，等它放开再查", "{path}: locked by another program, try when it lets go"),
    "other": ("{path}：读不了（{text}）", "{path}: cannot be read ({text})"),
}
