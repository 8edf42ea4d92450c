"""Why a row of a household sheet is rejected: one catalogue of codes with their sentences.

A fault is kept as `code`, `code:column key` or, with what holds instead, `code:words`; it never repeats the cell, which
may be personal data.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from shared.households_sheet import SheetColumn, written_words


class Fault(StrEnum):
    """What can be wrong with a row."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    UNPRINTABLE = "unprintable"
    ERROR_VALUE = "error-value"
    NOT_A_NAME = "not-a-name"
    NOT_A_WORD = "not-a-word"
    NOT_A_WHOLE_NUMBER = "not-a-whole-number"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_DAY = "not-a-day"
    DATE_IN_FUTURE = "date-in-future"
    NUMBER_NOT_TEXT = "number-not-text"
    MEMBERS_TOO_FEW = "members-too-few"
    LABOURERS_ABOVE_MEMBERS = "labourers-above-members"
    RESIDENT_ID_SHAPE = "resident-id-shape"
    RESIDENT_ID_BIRTH = "resident-id-birth"
    RESIDENT_ID_CHECK_DIGIT = "resident-id-check-digit"
    PHONE_INVALID = "phone-invalid"
    ACCOUNT_INVALID = "account-invalid"
    BANK_CODE_INVALID = "bank-code-invalid"
    HOUSEHOLD_NUMBER_INVALID = "household-number-invalid"
    VILLAGE_UNKNOWN = "village-unknown"
    VILLAGE_ENDED = "village-ended"
    VILLAGE_TO_COME = "village-to-come"
    VILLAGE_OUTSIDE_COUNTY = "village-outside-county"
    VILLAGE_OUTSIDE_YOUR_REGION = "village-outside-your-region"
    RESIDENT_ID_REPEATED = "resident-id-repeated"
    RESIDENT_ID_REGISTERED = "resident-id-registered"
    HOUSEHOLD_NUMBER_REPEATED = "household-number-repeated"
    HOUSEHOLD_NUMBER_REGISTERED = "household-number-registered"
    RESIDENCE_CODE_INVALID = "residence-code-invalid"
    RESIDENCE_CODE_UNKNOWN = "residence-code-unknown"
    RESIDENCE_CODE_ENDED = "residence-code-ended"
    FAMILY_DEBTS_INVALID = "family-debts-invalid"
    GROUP_NAME_TOO_LONG = "group-name-too-long"
    HOUSEHOLD_UNKNOWN = "household-unknown"
    HOUSEHOLD_ENDED = "household-ended"
    HOUSEHOLD_OUTSIDE_YOUR_REGION = "household-outside-your-region"
    MEMBER_REGISTERED_OTHERWISE = "member-registered-otherwise"
    SECOND_HEAD = "second-head"
    HEAD_REPEATED = "head-repeated"


class FaultWords(NamedTuple):
    """The sentence in both languages; `{column}` stands for the column's header."""

    zh: str
    en: str


WORDS: Final[Mapping[Fault, FaultWords]] = MappingProxyType(
    {
        Fault.EMPTY: FaultWords("{column}未填写", "{column} is empty"),
        Fault.TOO_LONG: FaultWords("{column}过长", "{column} is too long"),
        Fault.UNPRINTABLE: FaultWords("{column}含不可见字符", "{column} holds characters that cannot be shown"),
        Fault.ERROR_VALUE: FaultWords(
            "{column}为公式错误值，请填写实际内容", "{column} holds the error of a failed formula; write what is meant"
        ),
        Fault.NOT_A_NAME: FaultWords(
            "{column}不是姓名：只含文字，各部分之间可用“·”",
            "{column} is no name: letters only, with · between its parts",
        ),
        Fault.NOT_A_WORD: FaultWords("{column}不是规定的选项", "{column} is none of the allowed words"),
        Fault.NOT_A_WHOLE_NUMBER: FaultWords("{column}须为整数", "{column} must be a whole number, not negative"),
        Fault.NOT_A_NUMBER: FaultWords(
            "{column}须为数字，不得为负，最多6位小数",
            "{column} must be a number, not negative, with at most 6 decimals",
        ),
        Fault.NOT_A_DAY: FaultWords(
            "{column}须为1900年以来的日期 年-月-日", "{column} must be a day since 1900, YYYY-MM-DD"
        ),
        Fault.DATE_IN_FUTURE: FaultWords("{column}晚于导入当天", "{column} lies after the day of the import"),
        Fault.NUMBER_NOT_TEXT: FaultWords(
            "{column}须设为文本格式，数字格式会丢失末位",
            "{column} must be a text cell; as a number its last digits are lost",
        ),
        Fault.MEMBERS_TOO_FEW: FaultWords("家庭人口至少为1", "a household has at least one member"),
        Fault.LABOURERS_ABOVE_MEMBERS: FaultWords("劳动力人数多于家庭人口", "there are more labourers than members"),
        Fault.RESIDENT_ID_SHAPE: FaultWords(
            "身份证号须为18位：17位数字（以省份代码开头）加一位数字或X",
            "the resident ID must have 17 digits, a province's code first, and a digit or X",
        ),
        Fault.RESIDENT_ID_BIRTH: FaultWords(
            "身份证号中的出生日期不存在、早于1900年或尚未到来",
            "the resident ID's birth date does not exist, lies before 1900 or has not come yet",
        ),
        Fault.RESIDENT_ID_CHECK_DIGIT: FaultWords(
            "身份证号校验码错误（GB 11643）", "the resident ID's check digit is wrong (GB 11643)"
        ),
        Fault.PHONE_INVALID: FaultWords("联系电话有误", "the phone number is invalid"),
        Fault.ACCOUNT_INVALID: FaultWords("银行账号须为8至30位数字", "the bank account must have 8 to 30 digits"),
        Fault.BANK_CODE_INVALID: FaultWords("开户银行代码有误", "the bank code is invalid"),
        Fault.HOUSEHOLD_NUMBER_INVALID: FaultWords(
            "户编号只能含字母、数字和 - _ / .", "the household number may hold letters, digits and - _ / . only"
        ),
        Fault.VILLAGE_UNKNOWN: FaultWords("村编码不存在", "the village code is unknown"),
        Fault.VILLAGE_ENDED: FaultWords(
            "村编码已停用，现行代码为{column}", "the village code has ended; the code that holds now is {column}"
        ),
        Fault.VILLAGE_TO_COME: FaultWords(
            "村编码自{column}起生效，尚未启用", "the village code holds from {column} only"
        ),
        Fault.VILLAGE_OUTSIDE_COUNTY: FaultWords("该村不在本县", "the village lies in another county"),
        Fault.VILLAGE_OUTSIDE_YOUR_REGION: FaultWords("该村不在您的辖区", "the village lies outside your region"),
        Fault.RESIDENT_ID_REPEATED: FaultWords(
            "身份证号在本表上方已出现", "the resident ID stands further up in this sheet"
        ),
        Fault.RESIDENT_ID_REGISTERED: FaultWords(
            "此人已登记在另一户", "this person is already registered in another household"
        ),
        Fault.HOUSEHOLD_NUMBER_REPEATED: FaultWords(
            "户编号在本表上方已出现", "the household number stands further up in this sheet"
        ),
        Fault.HOUSEHOLD_NUMBER_REGISTERED: FaultWords(
            "户编号已登记且内容不同，请走变更程序",
            "the household number is registered with other content; ask for a change instead",
        ),
        Fault.RESIDENCE_CODE_INVALID: FaultWords(
            "常住地编码须为6、9或12位数字", "the residence code must have 6, 9 or 12 digits"
        ),
        Fault.RESIDENCE_CODE_UNKNOWN: FaultWords("常住地编码不存在", "the residence code is unknown"),
        Fault.RESIDENCE_CODE_ENDED: FaultWords(
            "常住地编码已停用，现行代码为{column}", "the residence code has ended; the code that holds now is {column}"
        ),
        Fault.FAMILY_DEBTS_INVALID: FaultWords(
            "家庭成员在贷银行须为银行代码，以顿号分隔",
            "the banks of family debts must be bank codes with commas between",
        ),
        Fault.GROUP_NAME_TOO_LONG: FaultWords(
            "村民组名称不得超过60字", "the name of the villagers' group has more than 60 characters"
        ),
        Fault.HOUSEHOLD_UNKNOWN: FaultWords(
            "户编号未登记，请先导入该户", "the household number is not registered; import the household first"
        ),
        Fault.HOUSEHOLD_ENDED: FaultWords("该户已销户", "the household is no longer on the register"),
        Fault.HOUSEHOLD_OUTSIDE_YOUR_REGION: FaultWords("该户不在您的辖区", "the household lies outside your region"),
        Fault.MEMBER_REGISTERED_OTHERWISE: FaultWords(
            "此人已在本户登记且内容不同，请走变更程序",
            "this person is registered in this household with other events; ask for a change instead",
        ),
        Fault.SECOND_HEAD: FaultWords("该户已有户主", "the household has another head already"),
        Fault.HEAD_REPEATED: FaultWords(
            "该户户主在本表上方已出现", "a head of this household stands further up in this sheet"
        ),
    }
)


def sentences(faults: Iterable[str], columns: Mapping[str, SheetColumn]) -> FaultWords:
    """Return all faults of a row as one text in each language."""
    words = [_words(fault, columns) for fault in faults]
    return FaultWords("；".join(each.zh for each in words), "; ".join(each.en for each in words))


def _words(fault: str, columns: Mapping[str, SheetColumn]) -> FaultWords:
    code, _, key = fault.partition(":")
    column = columns.get(key)
    zh, en = (column.zh, column.en) if column else (key, key)
    words = WORDS[Fault(code)]
    said = FaultWords(words.zh.format(column=zh), words.en.format(column=en))
    if code != Fault.NOT_A_WORD or column is None:
        return said
    choices = written_words(column)
    return FaultWords(f"{said.zh}（{'、'.join(choices)}）", f"{said.en} ({', '.join(choices)})")
