"""Every row of the fault model and what brings it about: the simulator, a test, or nothing yet."""

from qmtdesk.simulate.catalogue import FAULTS

ROWS = (
    *(f"G{n}" for n in range(1, 27)),
    *(f"M{n}" for n in range(1, 10)),
    *(f"X{n}" for n in range(1, 17)),
    *(f"O{n}" for n in range(1, 15)),
)

TESTS: dict[str, tuple[str, ...]] = {
    "G19": (
        "engine/test_guard_orders.py::test_a_bug_in_a_guard_switches_it_off_and_its_order_is_not_forgotten",
        "engine/test_guard_orders.py::test_a_bug_in_a_grid_stops_that_grid_alone",
    ),
    "M9": ("strategies/test_screen.py::test_the_first_rule_that_put_a_bond_out_is_told_with_its_number",),
    "X1": (
        "kills/test_kills.py::test_random_kills_double_nothing_and_lose_nothing",
        "kills/test_kills.py::test_a_death_at_each_point_of_the_journal_and_of_the_gateway_is_made_good",
        "store/test_journal.py::test_killing_the_writer_loses_nothing_it_was_promised",
    ),
    "X2": ("store/test_journal.py::test_torn_zeroed_and_garbled_tails_open_to_a_clean_prefix",),
    "X3": ("store/test_journal.py::test_a_full_disk_refuses_whole_appends_and_the_rest_stays_sound",),
    "X4": ("store/test_journal.py::test_whatever_statement_fails_no_append_is_half_done_and_the_chain_holds",),
    "X5": ("store/test_journal.py::test_random_bytes_anywhere_open_or_are_set_aside_and_never_pass_unnoticed",),
    "X6": (
        "store/test_journal.py::test_a_folder_with_a_chinese_name_and_a_space_works",
        "store/test_journal.py::test_a_drive_without_wal_is_refused",
    ),
    "X7": ("trader/test_serve_processes.py::test_of_five_traders_started_at_once_one_stays",),
    "X13": ("trader/test_serve_processes.py::test_a_hung_trader_is_called_silent_and_speaks_again",),
    "X15": ("trader/test_serve_processes.py::test_a_trader_that_keeps_crashing_is_given_up_after_four_starts",),
    "O5": ("desk/test_fields.py::test_no_text_ever_raises_and_every_value_is_in_range",),
    "O6": (
        "strategies/test_grid_preview.py::test_a_step_of_at_most_twice_commission_and_tick_is_refused_with_its_numbers",
    ),
    "O8": ("wire/test_files.py::test_paper_and_live_have_folders_of_their_own_for_this_user_only",),
    "O9": ("wire/test_typed_file.py::test_mutated_files_are_taken_or_told_and_never_crash",),
    "O11": ("wire/test_typed_file.py::test_a_huge_file_is_not_read",),
    "O12": ("strategies/test_screen.py::test_terms_older_than_one_trading_day_are_old",),
}

NONE_YET = tuple(row for row in ROWS if row not in FAULTS and row not in TESTS)


def table() -> str:
    """The rows as a reader wants them: id, the simulator's faults, the tests."""
    lines = []
    for row in ROWS:
        parts = [*FAULTS.get(row, ()), *TESTS.get(row, ())]
        lines.append(f"{row:4} {', '.join(parts) or '- none yet'}")
    return "\n".join(lines)
