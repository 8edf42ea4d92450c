"""Names as one meets them in the villages of eastern Chongqing: common surnames, given names by sex and generation."""

from random import Random
from typing import Final

# Surname and weight; the county's own common ones (向, 冉, 谭, 覃, 黎) stand higher than in the country as a whole.
_SURNAMES: Final = (
    "王68 李66 张62 陈58 刘55 杨46 黄36 周34 吴30 向30 谭30 徐24 胡24 何22 罗22 朱20 冉20 郑18 "
    "唐18 马18 邓18 彭17 曾16 肖16 谢16 赵16 龚15 熊15 田14 袁14 冯14 蒋14 董13 余13 易12 廖12 "
    "孙12 覃12 黎12 付11 汪11 夏10 任10 方10 姚10 邹10 卢10 吕9 崔6 贺8 石8 秦8 钟8 毛7 "
    "龙7 万7 尹7 魏7 范7 梁7 高7 郭7 林7 宋6 韩6 曹6 程6 潘6 杜6 苏6 丁5 沈5 薛5 雷5 "
    "侯4 柳4 卓3 税3 牟4 幸3 匡3 庹2 欧阳2"
)
_SURNAME_LIST: Final = tuple(entry.rstrip("0123456789") for entry in _SURNAMES.split())
_SURNAME_WEIGHTS: Final = tuple(
    int(entry[len(name) :]) for entry, name in zip(_SURNAMES.split(), _SURNAME_LIST, strict=True)
)

_MEN_EARLY: Final = (
    "国 建 大 正 德 明 世 永 文 光 兴 昌 发 祥 富 贵 福 才 全 云 春 华 成 忠 义 安 开 先 必 登 朝 本 维 启 传"
)
_MEN_LATE: Final = "军 勇 强 伟 波 涛 平 辉 峰 斌 刚 超 林 海 俊 杰 鹏 飞 亮 东 毅 龙 磊 浩 洪 江 川 松 志 小 晓 宇 凯"
_WOMEN_EARLY: Final = (
    "秀 兰 英 珍 芳 玉 桂 淑 碧 菊 翠 琼 素 莲 香 贞 清 群 会 仁 凤 琴 梅 美 春 云 华 先 代 天 光 世 文"
)
_WOMEN_LATE: Final = "丽 燕 红 艳 敏 静 娟 霞 萍 玲 莉 琳 雪 婷 倩 蓉 丹 慧 洁 颖 娜 晓 小 海 春 秋 佳 欣 思 雨 晴"
_GIVEN: Final = {
    ("M", False): tuple(_MEN_EARLY.split()),
    ("M", True): tuple(_MEN_LATE.split()),
    ("F", False): tuple(_WOMEN_EARLY.split()),
    ("F", True): tuple(_WOMEN_LATE.split()),
}
_LATE_GENERATION_FROM_YEAR: Final = 1972
_ONE_CHARACTER_SHARE_EARLY: Final = 0.06
_ONE_CHARACTER_SHARE_LATE: Final = 0.30


def person_name(is_man: bool, birth_year: int, rng: Random) -> str:
    """Return a full name in characters, surname first, that fits the sex and the generation."""
    surname = rng.choices(_SURNAME_LIST, _SURNAME_WEIGHTS)[0]
    is_late = birth_year >= _LATE_GENERATION_FROM_YEAR
    characters = _GIVEN["M" if is_man else "F", is_late]
    one_character_share = _ONE_CHARACTER_SHARE_LATE if is_late else _ONE_CHARACTER_SHARE_EARLY
    if rng.random() < one_character_share:
        return surname + rng.choice(characters)
    return surname + "".join(rng.sample(characters, 2))
