"""Names that people have, and what is nobody's name; telephone numbers in their written forms."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.person_names import PersonName, person_name
from shared.telephones import telephone


@pytest.mark.parametrize(
    "name",
    [
        *("王五", "欧阳娜娜", "王𠮷", "㛃", "李〇", "买买提·吐尔逊", "阿依古丽 买买提", "买买提·吐尔逊·阿不都"),
        "王\U0002ebf0",  # of extension I, newer than this Python knows
        "王\U0003abcd",  # of a plane that is kept for ideographs
        "王\ue123",  # private use, until the character gets its place
        "王\U000f1234",
        *("Nguyễn Thị Lan", "J. Smith", "Jean-Luc O'Neil", "Али"),
    ],
)
def test_a_name_that_people_have_is_kept_unchanged(name: str) -> None:
    assert person_name(name) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [("王　五", "王五"), ("王 小 五", "王小五"), (" 王五\u00a0", "王五")]
    + [(f"买买提{dot}吐尔逊", "买买提·吐尔逊") for dot in ("•", ".", "・", "．", "··", " · ")],
)
def test_blanks_that_align_and_dots_are_put_right(written: str, name: str) -> None:
    assert person_name(written) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "#N/A", "=A1", "王2", "13800138000", "王五(小)", "王，五", "·王", "王·", "王\u200b五", "\u200b"),
        *("\u3164", "\u0301王", "王\x07", "长" * 101, "𝟏", "王？"),
    ],
)
def test_what_nobody_is_called_is_no_name(text: str) -> None:
    assert person_name(text) is None


def test_a_request_is_held_to_the_same_rule() -> None:
    names = TypeAdapter(PersonName)
    assert names.validate_python(" 王　五 ") == "王五"
    for text in ("\u200b", "#N/A", "王2"):
        with pytest.raises(ValidationError, match="a person's name"):
            names.validate_python(text)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *(
            (form, "13800138000")
            for form in ("13800138000", "138 0013 8000", "138-0013-8000", "１３８００１３８０００")
        ),
        *((form, "13800138000") for form in ("+86 138 0013 8000", "+8613800138000", "008613800138000")),
        *((form, "02368123456") for form in ("023-68123456", "(023)68123456", "（023） 6812 3456", "+86 23 68123456")),
        *((form, None) for form in ("68123456", "12800138000", "138001380001", "13800138000/13900139000", "无", "")),
    ],
)
def test_a_telephone_number_is_read_in_its_written_forms(written: str, number: str | None) -> None:
    assert telephone(written) == number
