"""The bank's file of reminders given (提醒登记文件): its columns."""

from typing import Final

from shared.csv_files.columns import BankFile, Column, day, matching, money, reference, word
from shared.languages import Sentence

BY_WORD: Final = ("in_person", "telephone")
IN_WRITING: Final = ("message", "letter", "notice_delivered")  # what can be shown again is in writing (Civil Code 469)
NAME_LONGEST: Final = 60
_DAYS: Final = Column(
    "days_before", Sentence("天数（如 60）", "a number of days such as 60"), "days_before ~ '^[1-9][0-9]{0,2}$'", "int"
)
_NAME: Final = Sentence(f"1 至 {NAME_LONGEST} 字的姓名", f"a name of 1 to {NAME_LONGEST} characters")

FILE: Final = BankFile(
    "reminder_file_line",
    (
        reference("contract_number"),
        day("due_on"),
        _DAYS,
        day("reminded_on"),
        word("channel", *BY_WORD, *IN_WRITING),
        matching("reminded_by", rf"^\S.{{0,{NAME_LONGEST - 1}}}$", _NAME),
        money("amount"),
    ),
)
