"""Made-up lists with known truth, of kinds that no bench set has.

Each maker returns rows as a list would have them (strings, by heading) and, row by row, who
the row is about. Names are put together from parts, so that namesakes happen as they do in
life: a few parts are common and most are rare. All is drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

Row = dict[str, str]
Twist = Callable[[Random, Row], Row]

GIVEN = """James Mary John Patricia Robert Jennifer Michael Linda David Elizabeth William Barbara
Richard Susan Joseph Jessica Thomas Sarah Charles Karen Daniel Lisa Matthew Nancy Anthony Betty
Mark Sandra Paul Ashley Steven Emily Andrew Kimberly Kenneth Donna George Michelle Joshua Carol
Kevin Amanda Brian Melissa Edward Deborah Ronald Stephanie Timothy Rebecca Jason Laura Jeffrey
Helen Ryan Sharon Jacob Cynthia Gary Kathleen Nicholas Amy Eric Angela Stephen Anna Jonathan
Ruth Larry Brenda Justin Pamela Scott Nicole Brandon Katherine Frank Samantha Gregory Christine
Raymond Catherine Samuel Virginia Patrick Rachel Jack Janet Dennis Emma Jerry Carolyn Tyler
Maria Aaron Heather Henry Diane Douglas Julie Peter Joyce Adam Victoria Nathan Kelly Zachary
Christina Walter Joan Kyle Evelyn Harold Lauren Carl Judith Arthur Olivia Roger Martha""".split()
HEADS = """Ash Black Brad Brook Burn Cal Clay Cor Dal Den East Fair Fen Gar Glen Green Hal Har
Hather Holl Hunt Kel Lang Law Lin Mar Mel Nor Oak Pem Rad Red Rid Row Sel Shel Stan Strat Thorn
Wal War Whit Win Wood Yar""".split()
TAILS = "by croft dale field ford ham ley man more ridge son stone ton wall way well wick worth".split()
TOWNS = """Springfield Riverton Fairview Georgetown Salem Madison Clinton Arlington Ashland Dover
Hudson Kingston Milton Newport Oxford Jackson Burlington Manchester Milford Winchester""".split()
STREETS = """Main Oak Pine Maple Cedar Elm Walnut Lake Hill Park Washington Church Mill River
Spring Ridge Forest Highland Meadow Sunset""".split()


@dataclass(frozen=True, slots=True)
class MadeList:
    """A list and its truth."""

    rows: Sequence[Row]
    entities: Sequence[int]
    """Per row, who it is about."""


def few(random: Random, parts: Sequence[str], steepness: float = 0.7) -> str:
    """Draw a part; the first are the most common (Zipf)."""
    weights = [1 / (place + 1) ** steepness for place in range(len(parts))]
    return random.choices(parts, weights)[0]


def slip(random: Random, text: str) -> str:
    """Leave out, double, swap or replace one letter, not the first."""
    if len(text) < 4:
        return text
    at = random.randrange(1, len(text) - 1)
    return random.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + random.choice("aeinorst") + text[at + 1 :],
        ]
    )


def twice(
    random: Random,
    make: Callable[[Random], Row],
    twist: Twist,
    *,
    entities: int,
    share: float,
) -> MadeList:
    """Make entities, and of a share of them one or two more rows, each twisted."""
    made: list[tuple[Row, int]] = []
    for entity in range(entities):
        row = make(random)
        made.append((row, entity))
        more = (1 + (random.random() < 0.3)) if random.random() < share else 0
        made += [(twist(random, dict(row)), entity) for _ in range(more)]
    random.shuffle(made)
    return MadeList([row for row, _ in made], [entity for _, entity in made])


# ---------------------------------------------------------------- people


def surname(random: Random) -> str:
    return few(random, HEADS, 0.4) + few(random, TAILS, 0.4)


def person(random: Random) -> Row:
    return {"first name": few(random, GIVEN), "last name": surname(random)}


def day(random: Random) -> tuple[int, int, int]:
    return (
        random.randrange(1935, 2006),
        random.randrange(1, 13),
        random.randrange(1, 29),
    )


def iso(when: tuple[int, int, int]) -> str:
    return "{:04}-{:02}-{:02}".format(*when)


def twist_person(random: Random, row: Row) -> Row:
    """Misspell one name, shorten the first, or leave the row as it is."""
    way = random.random()
    name = random.choice(("first name", "last name"))
    if way < 0.4:
        row[name] = slip(random, row[name])
    elif way < 0.5:
        row["first name"] = row["first name"][0] + "."
    elif way < 0.6:
        row[name] = row[name].upper()
    return row


def name_and_birth(random: Random) -> MadeList:
    """Name and birth date only; some dates with one digit wrong."""

    def make(random: Random) -> Row:
        return {**person(random), "date of birth": iso(day(random))}

    def twist(random: Random, row: Row) -> Row:
        row = twist_person(random, row)
        if random.random() < 0.1:
            born = row["date of birth"]
            row["date of birth"] = f"{born[:3]}{random.randrange(10)}{born[4:]}"
        return row

    return twice(random, make, twist, entities=900, share=0.25)


def two_date_formats(random: Random) -> MadeList:
    """Name and birth date, ISO in one half and day first in the other."""
    made = name_and_birth(random)
    rows = []
    for row in made.rows:
        born = row["date of birth"]
        if random.random() < 0.5:
            born = f"{born[8:]}/{born[5:7]}/{born[:4]}"
        rows.append({**row, "date of birth": born})
    return MadeList(rows, made.entities)


def names_only(random: Random) -> MadeList:
    """Nothing but names: namesakes cannot be told apart, so few may be joined."""
    return twice(random, person, twist_person, entities=900, share=0.2)


def phones_only(random: Random) -> MadeList:
    """Nothing but telephones, written in several ways."""

    def make(random: Random) -> Row:
        return {
            "phone": f"+1212{random.randrange(200, 999)}{random.randrange(10000):04}"
        }

    def twist(random: Random, row: Row) -> Row:
        digits = row["phone"][2:]
        ways = "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}"
        parts = digits[:3], digits[3:6], digits[6:]
        return {"phone": random.choice(ways).format(*parts)}

    return twice(random, make, twist, entities=500, share=0.3)


def mostly_singletons(random: Random) -> MadeList:
    """Nineteen in twenty people stand there once; some share a home or a telephone."""
    homes: list[Row] = []

    def make(random: Random) -> Row:
        if homes and random.random() < 0.15:
            home = random.choice(homes[-40:])
            return {**home, "first name": few(random, GIVEN)}
        row = {
            **person(random),
            "phone": f"212-555-{random.randrange(10000):04}",
            "street": f"{random.randrange(1, 400)} {few(random, STREETS)} Street",
            "city": few(random, TOWNS),
            "zip": f"{random.randrange(10000, 10090)}",
        }
        homes.append(row)
        return row

    def twist(random: Random, row: Row) -> Row:
        row = twist_person(random, row)
        row[random.choice(("phone", "street"))] = ""
        return row

    return twice(random, make, twist, entities=1500, share=0.04)


# ---------------------------------------------------------------- companies


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """What companies of a country are called."""

    founders: Sequence[str]
    trades: Sequence[str]
    forms: Sequence[Sequence[str]]
    """Spellings of each legal form."""
    towns: Sequence[str]
    street: str
    folds: Mapping[str, str]
    """Other spellings of signs: ü, ue."""
    heads: Sequence[str]
    tails: Sequence[str]
    """What rarer founders are put together from."""

    def founder(self, random: Random) -> str:
        """Draw a founder: one in three from the common names."""
        if random.random() < 0.33:
            return few(random, self.founders, 0.5)
        return random.choice(self.heads) + random.choice(self.tails)


GERMANY = Country(
    founders="""Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer
    Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann
    Lange Schmitt Werner Krause Meier Lehmann Schmid Köhler Herrmann König Walter Mayer Huber
    Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Keller Günther Berger
    Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Böhm Winter Kraus""".split(),
    trades="""Maschinenbau Bau Logistik Elektrotechnik Druckerei Metallbau Software Transporte
    Getränke Möbel Sanitär Gartenbau Immobilien Werkzeugbau Kunststofftechnik Medizintechnik
    Anlagenbau Autohaus Dachdeckerei Consulting Verlag Textil""".split(),
    forms=(
        ("GmbH", "G.m.b.H.", "Gesellschaft mit beschränkter Haftung", "mbH", ""),
        ("GmbH & Co. KG", "GmbH u. Co. KG", "GmbH&Co.KG", ""),
        ("AG", "Aktiengesellschaft", ""),
        ("KG", "Kommanditgesellschaft", ""),
        ("e.K.", "eK", ""),
    ),
    towns="Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg".split(),
    street="{}straße {}",
    folds={"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss"},
    heads="Alten Blumen Brücken Eichen Feld Gold Grün Heiden Hoch Kalten Linden Neu Ober Rosen Sand Schön Silber Stein Tannen Unter Wald Wiesen".split(),
    tails="bach berg brandt feld hagen hausen heim hof kamp mann müller reuter stein thal".split(),
)
FRANCE = Country(
    founders="""Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent
    Lefèvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont
    Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry
    Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin
    Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche""".split(),
    trades="""Bâtiment Menuiserie Transports Boulangerie Électricité Conseil Immobilier Plomberie
    Maçonnerie Distribution Informatique Industries Peinture Paysage Énergie Services Couverture
    Ingénierie Automobiles Textile Viandes Vins""".split(),
    forms=(
        ("SARL", "S.A.R.L.", "Société à responsabilité limitée", ""),
        ("SAS", "S.A.S.", ""),
        ("SA", "S.A.", "Société anonyme", ""),
        ("EURL", "E.U.R.L.", ""),
    ),
    towns="Paris Lyon Marseille Toulouse Nice Nantes Montpellier Strasbourg Bordeaux Lille Rennes Reims Toulon Grenoble".split(),
    street="{1} rue {0}",
    folds={"é": "e", "è": "e", "â": "a", "ç": "c", "É": "E"},
    heads="Beau Bel Bois Bon Chante Clair Cour Dou Fleur Fran Grand Haute Mal Mont Noir Rive Roche Saint Val Ver Ville".split(),
    tails="bois champ court fort gard gny lier mont neau nier sard teuil val vert ville".split(),
)
INDIA = Country(
    founders="""Sharma Patel Singh Kumar Gupta Shah Mehta Reddy Agarwal Jain Rao Iyer Nair Chopra
    Kapoor Malhotra Bansal Mittal Joshi Desai Verma Sinha Bhatia Khanna Goyal Saxena Pillai Menon
    Choudhary Trivedi Lakshmi Ganesh Sai Krishna Durga Balaji Shakti Om Surya Chandra Bharat Annapurna
    Saraswati Venkateswara Hanuman Ambika Padma Vishnu Kaveri Narmada Himalaya Deccan""".split(),
    trades="""Textiles Enterprises Traders Exports Industries Pharma Chemicals Steels Infotech
    Foods Agro Engineering Constructions Motors Jewellers Plastics Logistics Spices Garments Papers
    Polymers Electricals""".split(),
    forms=(
        ("Private Limited", "Pvt Ltd", "Pvt. Ltd.", "(P) Ltd", "P Ltd", ""),
        ("Limited", "Ltd", "Ltd.", ""),
        ("LLP", "L.L.P.", ""),
        ("& Sons", "and Sons"),
        ("& Co", "and Company", "& Co."),
    ),
    towns="Mumbai Delhi Bengaluru Hyderabad Ahmedabad Chennai Kolkata Surat Pune Jaipur Lucknow Kanpur Nagpur Indore".split(),
    street="{1}, {0} Road",
    folds={"sh": "s", "w": "v", "ee": "i", "aa": "a"},
    heads="Anand Bala Chitra Deva Gopala Hari Indra Jaya Kamala Madhu Nanda Padma Raja Rama Sita Surya Uma Vasu Vidya Vijaya".split(),
    tails="bhai chand dev ji kant krishnan lal mohan murthy nath pati prasad raj ram swamy".split(),
)
JAPAN = Country(
    founders="""Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida
    Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Yamazaki Mori Abe Ikeda Hashimoto
    Yamashita Ishikawa Nakajima Maeda Fujita Ogawa Goto Okada Hasegawa Murakami Kondo Ishii Saito
    Sakamoto Endo Aoki Fujii Nishimura Fukuda Ota Miura Okamoto Matsuda Nakagawa Harada Ono Tamura
    Takeuchi Kaneko Wada Nakayama Ishida Ueda Morita Hara Shibata Sakai Kudo Yokoyama""".split(),
    trades="""Seisakusho Kogyo Shoji Denki Kagaku Kensetsu Unyu Shokuhin Seiyaku Insatsu Sangyo
    Boeki Kikai Zosen Jidosha Seiko Bussan Fudosan Kinzoku Gomu Garasu Orimono""".split(),
    forms=(
        (
            "Co., Ltd.",
            "Co Ltd",
            "Co. Ltd",
            "Company Limited",
            "K.K.",
            "Kabushiki Kaisha",
            "",
        ),
        ("Inc.", "Inc", "Corporation", "Corp.", ""),
        ("G.K.", "Godo Kaisha", "GK", ""),
    ),
    towns="Tokyo Osaka Nagoya Sapporo Fukuoka Kobe Kyoto Kawasaki Hiroshima Sendai Chiba Niigata Hamamatsu Okayama".split(),
    street="{1} {0}-cho",
    folds={"ou": "o", "shi": "si", "tsu": "tu", "n": "m"},
    heads="Aka Ao Fuji Fuku Furu Hama Hira Iwa Kawa Kita Kuro Maru Minami Miya Naga Nishi Shira Taka Toyo Yoko".split(),
    tails="gawa hara hashi hata kawa matsu michi moto mura no numa saki shima ta yama zawa".split(),
)


def companies(country: Country, random: Random, *, place: bool) -> MadeList:
    """Make companies of a country: typos, other legal-form spellings, folded signs."""
    forms = {spelling: form for form in country.forms for spelling in form}
    seen: set[str] = set()

    def make(random: Random) -> Row:
        parts = [country.founder(random), few(random, country.trades, 0.3)]
        if random.random() < 0.3:
            parts.insert(1, f"& {country.founder(random)}")
        stem = " ".join(parts)
        # Where nothing else is told, a name is one firm's.
        if not place and stem in seen:
            return make(random)
        seen.add(stem)
        row = {"company": f"{stem} {random.choice(country.forms)[0]}"}
        if place:
            street = country.street.format(
                random.choice(country.founders), random.randrange(1, 200)
            )
            row |= {"street": street, "city": few(random, country.towns)}
        return row

    def twist(random: Random, row: Row) -> Row:
        name = row["company"]
        form = max((f for f in forms if f and name.endswith(f" {f}")), key=len)
        stem = name.removesuffix(f" {form}")
        if random.random() < 0.3:
            stem = slip(random, stem)
        if random.random() < 0.3:
            stem = folded_once(stem, country.folds)
        if random.random() < 0.2:
            stem = stem.upper()
        row["company"] = f"{stem} {random.choice(forms[form])}".strip()
        if place and random.random() < 0.3:
            row["street"] = ""
        return row

    return twice(random, make, twist, entities=700, share=0.3)


def folded_once(text: str, folds: Mapping[str, str]) -> str:
    """Write each sign of `folds` the other way, where it comes first."""
    for sign, other in folds.items():
        text = text.replace(sign, other, 1)
    return text


HAN_PLACES = "北京 上海 广州 深圳 杭州 南京 武汉 成都 西安 苏州 青岛 郑州 长沙 合肥 福州 济南".split()
HAN_SIGNS = "华 盛 鑫 瑞 达 恒 泰 信 诚 远 宏 博 汇 联 创 新 天 地 金 银 海 云 龙 凤 康 安 顺 和 嘉 美 智 慧 德 仁 义 永 昌 兴 隆 丰".split()
HAN_TRADES = "科技 贸易 实业 电子 机械 建材 食品 医药 物流 网络 信息技术 环保科技 餐饮管理 房地产开发 文化传媒 生物科技".split()
HAN_DISTRICTS = "朝阳 海淀 浦东 天河 南山 西湖 鼓楼 江岸 武侯 雁塔 姑苏 市北 金水 岳麓 蜀山 台江".split()


def chinese_branches(random: Random) -> MadeList:
    """Chinese company names only; branches are customers of their own."""

    def make(random: Random) -> Row:
        if heads and random.random() < 0.25:
            branch = f"{random.choice(HAN_DISTRICTS)}{random.choice(('分公司', '办事处', '门店'))}"
            name = random.choice(heads) + branch
            return make(random) if name in seen else known(name)
        brand = "".join(random.sample(HAN_SIGNS, random.choice((2, 2, 3))))
        name = f"{random.choice(HAN_PLACES)}{brand}{random.choice(HAN_TRADES)}有限公司"
        heads.append(name)
        return make(random) if name in seen else known(name)

    def known(name: str) -> Row:
        seen.add(name)
        return {"公司名称": name}

    def twist(random: Random, row: Row) -> Row:
        name = row["公司名称"]
        place = name[:2]
        way = random.random()
        if way < 0.25:
            name = f"{name[2:].replace('有限', f'（{place}）有限', 1)}"
        elif way < 0.5:
            name = name.replace("有限公司", "有限责任公司", 1)
        elif way < 0.7:
            name = name.replace("有限公司", "", 1)
        elif way < 0.85:
            name = name.replace(place, f"{place}市", 1)
        return {"公司名称": name}

    heads: list[str] = []
    seen: set[str] = set()
    return twice(random, make, twist, entities=700, share=0.3)


LISTS: Mapping[str, Callable[[Random], MadeList]] = {
    "name_and_birth": name_and_birth,
    "two_date_formats": two_date_formats,
    "names_only": names_only,
    "phones_only": phones_only,
    "mostly_singletons": mostly_singletons,
    "german": lambda random: companies(GERMANY, random, place=True),
    "german_names": lambda random: companies(GERMANY, random, place=False),
    "french": lambda random: companies(FRANCE, random, place=True),
    "indian": lambda random: companies(INDIA, random, place=True),
    "japanese": lambda random: companies(JAPAN, random, place=True),
    "japanese_names": lambda random: companies(JAPAN, random, place=False),
    "chinese_branches": chinese_branches,
}
"""Makers by name."""


def make_list(name: str, seed: int = 1) -> MadeList:
    """Make a list of LISTS."""
    return LISTS[name](Random(f"{name} {seed}"))
