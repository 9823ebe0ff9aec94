"""How much a text looks as if people had written it: tells a right encoding from a wrong one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache


def plausibility(text: str) -> float:
    """Rate from -1 to 1 how much the text beyond ASCII looks written by people.

    1: all of it is common Chinese characters, wide punctuation or kana, or accented
    letters inside words. Rare ideographs count little, signs and controls against.

    >>> plausibility("张伟") > plausibility("寮犱紵")
    True
    >>> plausibility("Müller") > plausibility("M黮ler")
    True
    """
    counts = Counter(text)
    beyond = sum(count for char, count in counts.items() if char > "\x7f")
    if not beyond:
        return 0.0
    total = sum(_weight(char) * n for char, n in counts.items() if char > "\x7f")
    return (total + 0.65 * len(_IN_WORD.findall(text))) / beyond


def _weight(char: str) -> float:
    """Rate one character beyond ASCII; the numbers only need to order the encodings."""
    if char in _common_han():
        return 1.0 if char in _FREQUENT else 0.8
    if char in _QUOTES:
        return 0.6
    for first, last, weight in _RANGES:
        if first <= char <= last:
            return weight
    if not char.isprintable():
        return -1.0
    return 0.35 if char.isalpha() and char < "\u2000" else 0.0


_RANGES = (
    ("\u3000", "\u30ff", 0.8),
    ("\uff01", "\uff5e", 0.8),
    ("\uac00", "\ud7a3", 0.7),
    ("\u4e00", "\u9fff", 0.1),
    ("\ue000", "\uf8ff", -1.0),
)
"""Wide punctuation and kana, wide ASCII, hangul, rare ideographs, private use."""

_IN_WORD = re.compile(r"(?<=[A-Za-z])[À-ÖØ-öø-ɏ](?![À-ÿ])|[À-ÖØ-öø-ɏ](?=[a-z])")
_QUOTES = frozenset("“”‘’…—–·•€£¥°±×÷§©®™№")
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
    "電話號廣東業務聯絡國際貿區樓號臺灣灣銀陳劉黃趙吳孫馬羅鄭謝韓馮蔣葉蘇盧鄧張楊許蕭龍賴鍾會員經長門設開關學實來時對發產無標線請與體應機從將傳點縣鎮鄉號車軟網環達運順華萬興寶聖鋼鐵紙藥醫"
    "司限号址邮箱姓名称李刘陈杨赵黄吴徐孙胡朱郭何罗梁宋郑谢韩唐冯董萧曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范方廖邹熊陆孔康崔邱秦顾侯邵孟龙段雷钱汤尹黎常武乔贺赖龚贸股份责任店室楼栋座街镇乡村庄浙苏沪津渝川粤闽鄂湘杭深圳沈阳武汉州客户联系备注"
)


@lru_cache(maxsize=1)
def _common_han() -> frozenset[str]:
    """The first levels of GB 2312 (3,755 characters) and Big5 (5,401), from their code tables."""
    simplified = (bytes((a, b)) for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF))
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    traditional = (bytes((a, b)) for a in range(0xA4, 0xC7) for b in trails)
    both = [(simplified, "gb2312"), (traditional, "big5")]
    return frozenset(char for codes, name in both for char in _characters(codes, name))


def _characters(codes: Iterable[bytes], name: str) -> Iterable[str]:
    for code in codes:
        char = code.decode(name, errors="ignore")
        if len(char) == 1 and "\u4e00" <= char <= "\u9fff":
            yield char
