"""What a user reads when the program would not start, in Chinese and in English; each a sentence without its stop."""

REFUSED = {
    "account_taken": (
        "这个资金账号已由另一个数据文件夹在交易：{folder}（进程 {pid}）。本次没有启动，先结束那一个",
        "This account is traded from another data folder already: {folder} (process {pid}). Nothing was started here; "
        "end that one first",
    ),
    "no_folder": (
        "数据文件夹无法建立：{folder}（{error}）。本次没有启动。那里若有同名的文件，先改名或移走；"
        "或者用 --data 指定本机上一个可写的文件夹",
        "The data folder cannot be made: {folder} ({error}). Nothing was started. Rename or move a file that has its "
        "name, or name a writable folder of this machine with --data",
    ),
    "no_file": (
        "数据文件夹里的文件打不开：{file}（{error}）。本次没有启动。关闭占用它的程序，或把它改名、移走，再启动一次",
        "A file of the data folder cannot be opened: {file} ({error}). Nothing was started. Close the program that uses "
        "it, or rename or move it, and start again",
    ),
    "read_only": (
        "数据文件夹不能写入：{folder}（{error}）。只读的磁盘、共享或压缩包里不能交易，用 --data 指定本机上一个可写的文件夹",
        "The data folder cannot be written: {folder} ({error}). Nothing can be traded from a read-only disk, share or "
        "archive; name a writable folder of this machine with --data",
    ),
    "network": (
        "数据文件夹在网络盘上：{folder}（{kind}）。日志在网络盘上不可靠，用 --data 指定本机上的文件夹",
        "The data folder is on a network drive: {folder} ({kind}). A journal is not safe there; name a folder of this "
        "machine with --data",
    ),
    "not_chosen": (
        "还没有选定 QMT 和资金账号（{folder}：{problem}）。打开程序，用“连接 QMT”向导选定后再启动实盘",
        "No QMT and account are chosen yet ({folder}: {problem}). Open the program and choose them in its QMT wizard first",
    ),
    "archive": (
        "程序是从压缩包里直接打开的：{folder}。先把压缩包全部解压到一个文件夹，再从那里启动",
        "The program was opened inside an archive: {folder}. Extract all of it to a folder first and start it there",
    ),
}
