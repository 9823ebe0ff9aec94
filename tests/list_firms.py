"""Made-up lists of companies: other scripts, acronyms, chains, groups at one address.

Each maker draws all from a seed, as list_factory does. Seed 1 was read while rules were
written; other seeds were not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from list_companies import (
    HAN_DISTRICTS,
    HAN_PLACES,
    HAN_SIGNS,
    HAN_TRADES,
    Country,
    companies,
)
from list_parts import MadeList, Row, few, slip, twice
from list_people import STREETS, TOWNS, surname

MEXICO = Country(
    founders="""Hernández García Martínez López González Pérez Rodríguez Sánchez Ramírez Cruz Flores
    Gómez Morales Vázquez Jiménez Reyes Díaz Torres Gutiérrez Ruiz Aguilar Mendoza Castillo Ortiz
    Moreno Rivera Romero Álvarez Méndez Chávez Juárez Domínguez Herrera Medina Castro Vargas""".split(),
    trades="""Construcciones Transportes Alimentos Textiles Refacciones Ferretería Muebles Papelería
    Comercializadora Distribuidora Constructora Inmobiliaria Servicios Logística Plásticos Químicos
    Maquinaria Empaques Autopartes""".split(),
    forms=(
        (
            "S.A. de C.V.",
            "SA de CV",
            "S A DE C V",
            "Sociedad Anónima de Capital Variable",
            "",
        ),
        ("S. de R.L. de C.V.", "S de RL de CV", "S. DE R.L. DE C.V.", ""),
        ("S.A.", "SA", "Sociedad Anónima", ""),
        ("S.A.P.I. de C.V.", "SAPI de CV", ""),
    ),
    towns="México Guadalajara Monterrey Puebla Tijuana León Querétaro Mérida Cancún Toluca".split(),
    street="Calle {0} {1}",
    folds={"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "Á": "A"},
    heads="Agua Alta Arena Bella Campo Casa Cerro Flor Luna Mar Monte Oro Palma Piedra Plata Rio Rosa Sierra Sol Vista".split(),
    tails="blanca clara del dorado fina fuerte grande linda mar negra nueva pinto real roja sur verde vera".split(),
)
RUSSIA = Country(
    founders="""Ромашка Восток Альфа Вектор Гарант Прогресс Энергия Сервис Союз Меридиан Горизонт
    Рассвет Победа Магнит Эталон Орион Спектр Импульс Кристалл Север Юпитер Атлант Феникс Маяк""".split(),
    trades="Строй Торг Транс Маш Лес Агро Мед Тех Пром Авто Снаб Инвест Нефть Металл Логистик".split(),
    forms=(
        ("ООО", "Общество с ограниченной ответственностью", "О.О.О.", ""),
        ("АО", "Акционерное общество", ""),
        ("ПАО", "Публичное акционерное общество", ""),
        ("ЗАО", "Закрытое акционерное общество", ""),
    ),
    towns="Москва Санкт-Петербург Новосибирск Екатеринбург Казань Самара Омск Уфа Пермь Воронеж".split(),
    street="ул. {0}, {1}",
    folds={"ё": "е", "й": "и"},
    heads="Бел Верх Волж Дон Зелен Золот Крас Лен Мос Нев Ново Реч Сиб Слав Стар Тул Урал Чер Южн Яр".split(),
    tails="град дом завод комплект ком лайн мир пласт порт проект ресурс сталь стан тек торг фарм".split(),
)
"""Its legal form stands first."""


def form_first(country: Country, random: Random) -> MadeList:
    """Make companies whose legal form stands first, some names in quotes."""
    forms = {spelling: form for form in country.forms for spelling in form}
    seen: set[str] = set()

    def make(random: Random) -> Row:
        stem = f"{country.founder(random)}{few(random, country.trades, 0.3).lower()}"
        if stem in seen:
            return make(random)
        seen.add(stem)
        street = country.street.format(
            random.choice(country.founders), random.randrange(1, 200)
        )
        return {
            "company": f"{random.choice(country.forms)[0]} «{stem}»",
            "street": street,
            "city": few(random, country.towns),
        }

    def twist(random: Random, row: Row) -> Row:
        form, stem = row["company"].split(" «")
        stem = stem.removesuffix("»")
        if random.random() < 0.3:
            stem = slip_in(random, stem, "аеиност")
        if random.random() < 0.2:
            stem = stem.upper()
        form = random.choice(forms[form])
        stem = random.choice((f"«{stem}»", f'"{stem}"', stem))
        after = random.random() < 0.2
        row["company"] = (
            f"{stem}, {form}" if after and form else f"{form} {stem}"
        ).strip()
        if random.random() < 0.3:
            row["street"] = ""
        return row

    return twice(random, make, twist, entities=600, share=0.3)


def slip_in(random: Random, text: str, letters: str) -> str:
    """Replace one letter, not the first."""
    at = random.randrange(1, len(text))
    return text[:at] + random.choice(letters) + text[at + 1 :]


KANJI_HEADS = "山 田 川 中 小 大 高 松 木 林 石 西 東 南 北 上 下 井 藤 岡 島 原 村 森 池 橋 清 水 和 金".split()
KANJI_TRADES = "製作所 商事 工業 建設 電機 物産 運輸 食品 製薬 印刷 産業 不動産 化学 鉄工所 自動車".split()


def kanji(random: Random) -> MadeList:
    """Japanese companies as they write themselves: 株式会社 before or behind, or (株)."""
    seen: set[str] = set()

    def make(random: Random) -> Row:
        stem = "".join(random.sample(KANJI_HEADS, 2)) + few(random, KANJI_TRADES, 0.3)
        if stem in seen:
            return make(random)
        seen.add(stem)
        form = random.choice(("株式会社", "株式会社", "有限会社", "合同会社"))
        name = form + stem if random.random() < 0.6 else stem + form
        return {
            "会社名": name,
            "電話番号": f"0{random.randrange(3, 9)}-{random.randrange(3000, 9999)}-{random.randrange(1000, 9999)}",
        }

    def twist(random: Random, row: Row) -> Row:
        short = {
            "株式会社": ("(株)", "㈱", "株式会社", ""),
            "有限会社": ("(有)", "㈲", ""),
            "合同会社": ("(同)", "合同会社"),
        }
        form = next(each for each in short if each in row["会社名"])
        row["会社名"] = row["会社名"].replace(form, random.choice(short[form]))
        if random.random() < 0.5:
            row["電話番号"] = ""
        return row

    return twice(random, make, twist, entities=500, share=0.3)


HANGUL_HEADS = "삼 대 한 동 서 신 국 태 성 금 현 우 진 광 세 경 남 영 유 일".split()
HANGUL_TAILS = "성 우 국 양 일 한 진 명 광 원 화 풍 산 림 창 아".split()
HANGUL_TRADES = (
    "전자 건설 산업 무역 물산 화학 식품 제약 통신 정밀 기계 상사 물류 금속 테크".split()
)


def hangul(random: Random) -> MadeList:
    """Korean companies: 주식회사 before or behind, or (주)."""
    seen: set[str] = set()

    def make(random: Random) -> Row:
        brand = random.choice(HANGUL_HEADS) + random.choice(HANGUL_TAILS)
        stem = brand + few(random, HANGUL_TRADES, 0.3)
        if stem in seen:
            return make(random)
        seen.add(stem)
        front = random.random() < 0.5
        return {
            "회사명": f"주식회사 {stem}" if front else f"{stem} 주식회사",
            "전화": f"02-{random.randrange(300, 999)}-{random.randrange(1000, 9999)}",
        }

    def twist(random: Random, row: Row) -> Row:
        stem = row["회사명"].replace("주식회사", "").strip()
        row["회사명"] = random.choice(
            (f"(주){stem}", f"㈜{stem}", f"{stem}(주)", stem, f"주식회사 {stem}")
        )
        if random.random() < 0.5:
            row["전화"] = ""
        return row

    return twice(random, make, twist, entities=400, share=0.3)


FIRSTS = """National American International United General Northern Southern Western Eastern Central
Pacific Atlantic Advanced Universal Global Federal Continental Royal Allied Consolidated""".split()
SECONDS = """Business Railway Paper Data Steel Medical Power Mining Marine Textile Air Cable Chemical
Dental Electric Freight Glass Harbour Insurance Lumber""".split()
THIRDS = """Machines Equipment Systems Products Services Supply Works Instruments Technologies
Research Engineering Holdings Materials Networks Solutions""".split()


def acronyms(random: Random) -> MadeList:
    """Companies also called by their initials, with & or and, The, or their town in the name."""
    seen: set[str] = set()

    def make(random: Random) -> Row:
        words = [random.choice(FIRSTS), random.choice(SECONDS), random.choice(THIRDS)]
        if random.random() < 0.4:
            words.insert(2, f"& {random.choice(SECONDS)}")
        name = " ".join(words)
        if name in seen:
            return make(random)
        seen.add(name)
        town = random.choice(TOWNS)
        return {
            "company": f"{name} {random.choice(('Inc', 'Corp', 'LLC', 'Ltd'))}",
            "phone": f"+1 212 {random.randrange(300, 999)} {random.randrange(1000, 9999)}",
            "street": f"{random.randrange(1, 900)} {random.choice(STREETS)} Street",
            "city": town,
        }

    def twist(random: Random, row: Row) -> Row:
        stem, _, form = row["company"].rpartition(" ")
        way = random.random()
        if way < 0.35:
            stem = "".join(word[0] for word in stem.split() if word != "&")
        elif way < 0.5:
            stem = stem.replace("&", "and")
        elif way < 0.65:
            stem = f"The {stem}"
        elif way < 0.8:
            stem = f"{stem} {row['city']}"
        row["company"] = f"{stem} {random.choice((form, ''))}".strip()
        row[random.choice(("phone", "street"))] = ""
        return row

    return twice(random, make, twist, entities=500, share=0.4)


FOODS = "Wok Burger Pizza Coffee Bakery Grill Noodle Taco Diner Deli".split()


def franchises(random: Random) -> MadeList:
    """Stores of chains: one name, another street, town and phone each."""
    brands = [f"{surname(random)} {random.choice(FOODS)}" for _ in range(25)]

    def make(random: Random) -> Row:
        brand = few(random, brands, 0.5)
        number = f" #{random.randrange(1, 900)}" if random.random() < 0.3 else ""
        return {
            "company": brand + number,
            "street": f"{random.randrange(1, 900)} {random.choice(STREETS)} {random.choice(('Street', 'Avenue', 'Road'))}",
            "city": random.choice(TOWNS),
            "zip": f"{random.randrange(10000, 99999)}",
            "phone": f"+1 {random.randrange(300, 900)} {random.randrange(300, 999)} {random.randrange(1000, 9999)}",
        }

    def twist(random: Random, row: Row) -> Row:
        if random.random() < 0.3:
            row["company"] = slip(random, row["company"])
        if random.random() < 0.4:
            row["company"] = row["company"].split(" #")[0]
        row["street"] = (
            row["street"]
            .replace("Street", "St")
            .replace("Avenue", "Ave")
            .replace("Road", "Rd")
        )
        if random.random() < 0.4:
            row["phone"] = ""
        return row

    return twice(random, make, twist, entities=500, share=0.3)


UNITS = ("Holding", "Property", "Machinery", "Services", "Trading", "Logistics")


def groups(random: Random) -> MadeList:
    """Companies of one owner at one address with one phone: each its own customer."""
    pool: list[Row] = []

    def make(random: Random) -> Row:
        if pool:
            return pool.pop()
        owner = surname(random)
        street = f"{random.randrange(1, 900)} {random.choice(STREETS)} Street"
        phone = f"+1 {random.randrange(300, 900)} {random.randrange(300, 999)} {random.randrange(1000, 9999)}"
        city, code = random.choice(TOWNS), f"{random.randrange(10000, 99999)}"
        size = random.choice((1, 1, 2, 3))
        pool.extend(
            {
                "company": f"{owner} {unit} {random.choice(('Inc', 'LLC'))}",
                "street": street,
                "city": city,
                "zip": code,
                "phone": phone,
            }
            for unit in random.sample(UNITS, size)
        )
        return pool.pop()

    def twist(random: Random, row: Row) -> Row:
        row["company"] = row["company"].replace(
            "Inc", random.choice(("Inc.", "Incorporated", ""))
        )
        if random.random() < 0.4:
            row["company"] = slip(random, row["company"])
        if random.random() < 0.3:
            row["street"] = ""
        return row

    return twice(random, make, twist, entities=500, share=0.3)


_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(random: Random) -> str:
    """Draw a 统一社会信用代码 with a right check sign (GB 32100-2015)."""
    code = "91" + "440300" + "".join(random.choice(_CODE_SIGNS) for _ in range(9))
    total = sum(
        _CODE_SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(code)
    )
    return code + _CODE_SIGNS[-total % 31]


HAN_ROADS = (
    "中山路 人民路 解放路 建设路 和平路 文化路 长江路 黄河路 科技路 振兴路".split()
)
HAN_SITES = "国际广场 创业园 科技园 中心大厦 财富大厦 时代大厦 商务中心 工业园".split()
DIGITS = "〇一二三四五六七八九"


def chinese_twist(random: Random, row: Row) -> Row:
    name = row["公司名称"]
    place = name[:2]
    way = random.random()
    if way < 0.2:
        name = name[2:]
    elif way < 0.35:
        name = name.replace("有限公司", "有限责任公司")
    elif way < 0.5:
        name = f"{name[2:].replace('有限', f'（{place}）有限', 1)}"
    elif way < 0.65 and not name.endswith("分公司"):
        name = name.replace("有限公司", "")
    row["公司名称"] = name
    if random.random() < 0.4:
        row["地址"] = row["地址"].removeprefix(f"{place}市").replace("座", "栋")
    if random.random() < 0.2:
        head, _, tail = row["地址"].partition("号")
        row["地址"] = (
            head.translate({ord(str(n)): sign for n, sign in enumerate(DIGITS)})
            + "号"
            + tail
        )
    for field, share in (("统一社会信用代码", 0.6), ("地址", 0.2), ("电话", 0.5)):
        if random.random() < share:
            row[field] = ""
    return row


def chinese_full(random: Random) -> MadeList:
    """Chinese companies with address, credit code and phone; branches; neighbours in one tower."""
    towers: list[tuple[str, str]] = []
    seen: set[str] = set()

    def make(random: Random) -> Row:
        place, district = random.choice(HAN_PLACES), random.choice(HAN_DISTRICTS)
        if not towers or random.random() < 0.5:
            site = "".join(random.sample(HAN_SIGNS, 2)) + random.choice(HAN_SITES)
            towers.append(
                (place, f"{random.choice(HAN_ROADS)}{random.randrange(1, 300)}号{site}")
            )
        place, tower = random.choice(towers[-20:])
        brand = "".join(random.sample(HAN_SIGNS, random.choice((2, 2, 3))))
        name = f"{place}{brand}{random.choice(HAN_TRADES)}有限公司"
        if random.random() < 0.15:
            name += f"{district}分公司"
        if name in seen:
            return make(random)
        seen.add(name)
        return {
            "公司名称": name,
            "统一社会信用代码": credit_code(random),
            "地址": f"{place}市{tower}{random.choice('ABC')}座{random.randrange(1, 30)}楼{random.randrange(101, 2999)}室",
            "电话": f"1{random.choice('3578')}{random.randrange(10**8, 10**9)}",
        }

    return twice(random, make, chinese_twist, entities=600, share=0.35)


FIRMS: Mapping[str, Callable[[Random], MadeList]] = {
    "mexican": lambda random: companies(MEXICO, random, place=True),
    "russian_firms": lambda random: form_first(RUSSIA, random),
    "kanji": kanji,
    "hangul": hangul,
    "acronyms": acronyms,
    "franchises": franchises,
    "groups": groups,
    "chinese_full": chinese_full,
}
"""Makers by name."""
