"""Pinyin: Chinese names in ASCII, for keys that meet names typed in Latin letters.

Readings of single signs come from pypinyin; a family name has its own reading
(vocabulary surname). ü is written u, and so is the yu of passports (Lyu).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from unicodedata import combining, normalize

SYLLABLES = frozenset(
    """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca
cai can cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou
chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai
dan dang dao de dei deng di dia dian diao die ding diu dong dou du duan dui dun duo
e ei en er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng
gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong
hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu
ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang
kui kun kuo la lai lan lang lao le lei len leng li lia lian liang liao lie lin ling
liu lo long lou lu luan lue lun luo lyu ma mai man mang mao me mei men meng mi mian
miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang
niao nie nin ning niu nong nou nu nuan nue nuo nyu o ou pa pai pan pang pao pei pen
peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong
qiu qu quan que qun ran rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai
san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu
shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan
tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan
wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue
xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao
ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua
zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
""".split()
)
"""Every syllable of Mandarin, without tone; ü written u."""

_ONE_OR_TWO = re.compile(
    "(?:{0})(?:['-]?(?:{0}))?".format(
        "|".join(sorted(SYLLABLES, key=lambda each: (-len(each), each)))
    )
)


def reading(han: str) -> str:
    """Read Han signs one by one, joined; other signs stay.

    Not for words whose signs change their reading in company (银行).

    >>> reading("晓明")
    'xiaoming'
    """
    return "".join(map(_sign_reading, han))


def is_pinyin(text: str) -> bool:
    """Tell whether a lower-case word can be one or two syllables of pinyin.

    >>> is_pinyin("xiaoming"), is_pinyin("wei-fang"), is_pinyin("david")
    (True, True, False)
    """
    return _ONE_OR_TWO.fullmatch(text) is not None


def plain_pinyin(text: str) -> str:
    """Write a pinyin word as `reading` does: no hyphen, ü as u.

    >>> plain_pinyin("lyu"), plain_pinyin("wei-fang")
    ('lu', 'weifang')
    """
    text = text.replace("-", "").replace("'", "")
    # Within a word, n ends a syllable: xuanyuan.
    text = "nu" + text.removeprefix("nyu") if text.startswith("nyu") else text
    return text.replace("lyu", "lu")


@cache
def _sign_reading(sign: str) -> str:
    said = _readings().get(ord(sign))
    if said is None:
        return sign
    letters = normalize("NFD", said.partition(",")[0])
    return "".join(letter for letter in letters if not combining(letter))


@cache
def _readings() -> dict[int, str]:
    """Return pypinyin's readings of each sign by its number, with tones, the usual one first.

    Only the module that holds them is run: the package loads a table of phrases too, in which
    there is no single sign, and takes ten times as long.

    Raises:
        ImportError: pypinyin has no such module.
    """
    package = find_spec("pypinyin")
    where = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("pinyin_dict", where) if where else None
    if spec is None or spec.loader is None:
        raise ImportError("pypinyin.pinyin_dict")
    table = module_from_spec(spec)
    spec.loader.exec_module(table)
    readings: dict[int, str] = table.pinyin_dict
    return readings
