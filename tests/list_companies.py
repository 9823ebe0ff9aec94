"""Made-up lists of companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from list_parts import MadeList, Row, few, slip, twice


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
