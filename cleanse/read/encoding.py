"""Which encoding a text file is in, how sure that is, and what did not fit.

The ladder: byte order mark; strict UTF-8; UTF-16 by its zero bytes; else every
legacy encoding that is at home in customer lists is tried, and rated by how much of
its text is made of characters that people use (`plausibility`), with chardetng's guess
as a second vote. Bytes that fit nowhere become U+FFFD and are named by line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from chardetng_py import EncodingDetector

from cleanse.errors import UnreadableError, UsageError

REPLACEMENT = "\ufffd"
"""Stands where bytes could not be decoded."""

LOW_CONFIDENCE = 0.75
"""Below this the reader says so and names the alternatives."""

LEGACY = ("gbk", "gb18030", "cp950", "big5hkscs", "cp1252")
"""Tried in this order; chardetng may add one more."""

_SAMPLE = 1_000_000
_MOST_DAMAGED = 0.02
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=False)
class Decoded:
    """A text file as UTF-8, and what to know about it."""

    utf8: bytes
    """Without byte order mark."""
    encoding: str
    """Python codec name."""
    confidence: float
    """0 to 1."""
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def text(self) -> str:
        """The text."""
        return self.utf8.decode()

    def beginning(self, characters: int) -> str:
        """Return about the first `characters` of the text."""
        return self.utf8[: characters * 3].decode(errors="ignore")[:characters]


def decode(data: bytes, file: str, encoding: str | None = None) -> Decoded:
    """Decode a text file.

    Args:
        data: The whole file.
        file: Its name, for messages.
        encoding: The encoding when a rule says it; bytes that do not fit are noted.

    Raises:
        UnreadableError: No encoding fits, or this is no text.
        UsageError: The rule names an encoding that does not exist.
    """
    if encoding is not None:
        return _forced(data, file, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _marked(data, file, name)
    if (wide := _wide(data)) is not None:
        return Decoded(data.decode(wide).encode(), wide, 0.95)
    _refuse_binary(data, file)
    try:
        data.decode()
    except UnicodeDecodeError:
        return _legacy(data, file)
    return Decoded(data, "utf-8", 1.0)


def _forced(data: bytes, file: str, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError(
            f"{file}: encoding {encoding!r} is not known. Edit [file] encoding of its source rule, e.g. 'gb18030'."
        ) from error
    text, bad = _decode_lines(data, name)
    return Decoded(
        text.removeprefix("\ufeff").encode(), name, 1.0, _damage_notes(bad, name)
    )


def _marked(data: bytes, file: str, name: str) -> Decoded:
    try:
        return Decoded(data.decode(name).encode(), name, 1.0)
    except UnicodeDecodeError:
        if name != "utf-8-sig":
            text = data.decode(name, errors="replace")
            lines = _lines_with(text, REPLACEMENT)
            return Decoded(text.encode(), name, 1.0, _damage_notes(lines, name))
    return _legacy(data.removeprefix(codecs.BOM_UTF8), file)


def _wide(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: ASCII characters leave every other byte zero."""
    sample = data[:_SAMPLE]
    if len(data) % 2 or sample.count(0) < len(sample) * 0.02 or len(sample) < 4:  # noqa: PLR2004 - two characters
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) * 20 > max(even, odd):
        return None
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    return name if re.search(r"[\r\n,;\t|]", text) else None


_CONTROLS = bytes(sorted(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f")))


def _refuse_binary(data: bytes, file: str) -> None:
    """Refuse what is no text: control characters, or more zero bytes than accidents leave."""
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 200 > len(sample) or sample.count(0) * 10 > len(sample):
        raise UnreadableError(
            f"{file}: this is neither a text file nor a workbook. Export the list again as CSV or .xlsx."
        )


@dataclass(frozen=True, slots=True)
class _Candidate:
    encoding: str
    score: float
    damage: float
    """Share of the lines beyond ASCII that do not fit."""


def _legacy(data: bytes, file: str) -> Decoded:
    sample = _legacy_sample(data)
    guess = _guess(sample)
    names = dict.fromkeys((*LEGACY, guess))
    if _is_mostly_utf8(data):
        sample, names = _beyond_ascii(data), {"utf-8": None}
    rated = sorted(
        (_rate(sample, name, guess) for name in names), key=lambda each: -each.score
    )
    best = rated[0]
    if best.score <= 0:
        raise UnreadableError(
            f"{file}: no encoding fits this text ({', '.join(names)} were tried). "
            "Save it as 'CSV UTF-8', or set [file] encoding in its source rule."
        )
    text, bad, mixed = _decode_mixed(data, best.encoding)
    confidence = _confidence(rated, sample)
    notes = [*_mixed_notes(mixed, best.encoding), *_damage_notes(bad, best.encoding)]
    if confidence < LOW_CONFIDENCE:
        others = [
            r.encoding
            for r in rated
            if r.score > 0 and not _same(r.encoding, best.encoding)
        ][:2]
        notes.append(
            f"encoding is probably {best.encoding} (confidence {confidence:.2f}); "
            f"it might be {' or '.join(others) or 'another'}: look at a row with accents or Chinese, "
            "and set [file] encoding in the source rule if it is wrong"
        )
    return Decoded(text.encode(), best.encoding, confidence, tuple(notes))


def _beyond_ascii(data: bytes) -> bytes:
    lines = (line for line in data.split(b"\n") if not line.isascii())
    sample = b"\n".join(lines)
    return (
        sample[: sample.rfind(b"\n", 0, _SAMPLE) + 1]
        if len(sample) > _SAMPLE
        else sample
    )


def _legacy_sample(data: bytes) -> bytes:
    """Return the lines that are not UTF-8; what is UTF-8 in such a file speaks for itself."""
    lines = _beyond_ascii(data).split(b"\n")
    return b"\n".join(line for line in lines if not _is_utf8(line))


def _is_mostly_utf8(data: bytes) -> bool:
    """Tell a damaged UTF-8 file from a legacy one: nine of ten lines beyond ASCII are UTF-8."""
    lines = _beyond_ascii(data).split(b"\n")
    return sum(map(_is_utf8, lines)) >= 0.9 * len(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


_FAMILIES = ({"gbk", "gb18030"}, {"cp950", "big5hkscs", "big5"})


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one family, the wider holding the narrower."""
    return one == other or any({one, other} <= family for family in _FAMILIES)


def _guess(sample: bytes) -> str:
    detector = EncodingDetector()
    detector.feed(sample, last=True)
    name: str = detector.guess(tld=None, allow_utf8=False)
    known = {"big5": "cp950", "windows-1252": "cp1252", "gb18030": "gbk"}
    folded = name.casefold()
    try:
        return known.get(folded) or codecs.lookup(folded).name
    except LookupError:
        return "cp1252"


def _rate(sample: bytes, name: str, guess: str) -> _Candidate:
    """Rate one encoding: how plausible its text is, less what it cannot decode."""
    text = sample.decode(name, errors="replace")
    lines = text.split("\n")
    damage = sum(REPLACEMENT in line for line in lines) / max(1, len(lines))
    score = plausibility(text) - 1.5 * damage
    # A wider encoding must earn its place: gbk before gb18030, cp950 before big5hkscs.
    score -= 0.001 * (name in ("gb18030", "big5hkscs"))
    score += 0.1 * _same(name, guess)
    return _Candidate(name, score, damage)


def plausibility(text: str) -> float:
    """Rate from -1 to 1 how much the text beyond ASCII looks written by people.

    1: all of it is common Chinese characters, wide punctuation or kana, or accented
    letters inside words. Rare ideographs count little, signs and controls against.

    >>> plausibility("张伟") > plausibility("寮犱紵")
    True
    >>> plausibility("Müller") > plausibility("M黮ler")
    True
    """
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return 0.0
    common, frequent = _common_han(), _FREQUENT
    total = 0.0
    for char in beyond:
        if char in common:
            total += 1.0 if char in frequent else 0.8
        elif "\u4e00" <= char <= "\u9fff":
            total += 0.1
        elif "\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uff5e":
            total += 0.8
        elif char in _QUOTES:
            total += 0.6
        elif char.isalpha() and char < "\u2000":
            total += 0.35
        elif "\uac00" <= char <= "\ud7a3":
            total += 0.7
        elif not char.isprintable() or "\ue000" <= char <= "\uf8ff":
            total -= 1.0
    in_words = len(
        re.findall(r"(?<=[A-Za-z])[À-ÖØ-öø-ɏ](?![À-ÿ])|[À-ÖØ-öø-ɏ](?=[a-z])", text)
    )
    return (total + 0.65 * in_words) / len(beyond)


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


def _confidence(rated: Sequence[_Candidate], sample: bytes) -> float:
    """Grow with the margin over the next family and with the evidence seen."""
    best = rated[0]
    others = (r.score for r in rated[1:] if not _same(r.encoding, best.encoding))
    next_score = max(others, default=0.0)
    margin = best.score - max(0.0, next_score)
    beyond = sum(byte > 0x7F for byte in sample[:10_000])  # noqa: PLR2004 - ASCII ends here
    evidence = beyond / (beyond + 8)
    return round(max(0.05, min(0.99, 0.4 + 1.2 * margin)) * evidence, 2)


def _decode_lines(data: bytes, name: str) -> tuple[str, list[int]]:
    """Decode; where it fails, go line by line and return the lines (1-based) with bad bytes."""
    try:
        return data.decode(name), []
    except UnicodeDecodeError:
        text = data.decode(name, errors="replace")
        return text, _lines_with(text, REPLACEMENT)


def _lines_with(text: str, mark: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if mark in line]


def _decode_mixed(data: bytes, name: str) -> tuple[str, list[int], list[int]]:
    """Decode line by line where some lines are in another encoding than the rest.

    Returns:
        The text, the lines with bytes that fit nowhere, the lines read as the other encoding
        (UTF-8 in a legacy file, GB18030 in a UTF-8 file).
    """
    other = "gb18030" if name == "utf-8" else "utf-8"
    bad: list[int] = []
    mixed: list[int] = []
    parts: list[str] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            parts.append(line.decode("ascii"))
            continue
        text, foreign, whole = _decode_line(line, name, other)
        parts.append(text)
        if foreign:
            mixed.append(number)
        if not whole:
            bad.append(number)
    return "\n".join(parts), bad, mixed


def _decode_line(line: bytes, name: str, other: str) -> tuple[str, bool, bool]:
    """Return the text, whether it is in the other encoding, whether all bytes fitted."""
    mine = line.decode(name, errors="replace")
    try:
        theirs = line.decode(other)
    except UnicodeDecodeError:
        return mine, False, REPLACEMENT not in mine
    beyond = sum(byte > 0x7F for byte in line)  # noqa: PLR2004 - ASCII ends here
    better = plausibility(theirs) > plausibility(mine) + 0.2
    if beyond >= 4 and better:  # noqa: PLR2004 - fewer bytes fit by chance
        return theirs, True, True
    return mine, False, REPLACEMENT not in mine


def _mixed_notes(lines: Sequence[int], name: str) -> list[str]:
    if not lines:
        return []
    other = "gb18030" if name == "utf-8" else "utf-8"
    return [
        f"mixed encodings: {len(lines)} line(s) are {other} in a {name} file and were read so (lines {ranges(lines)})"
    ]


def _damage_notes(lines: Sequence[int], name: str) -> tuple[str, ...]:
    if not lines:
        return ()
    return (
        f"bytes that are not {name} in {len(lines)} line(s), shown as {REPLACEMENT} (lines {ranges(lines)})",
    )


def ranges(numbers: Sequence[int], most: int = 10) -> str:
    """Write sorted numbers shortly.

    >>> ranges([3, 5, 6, 7])
    '3, 5-7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:most]]
    return ", ".join(shown) + (", …" if len(runs) > most else "")
