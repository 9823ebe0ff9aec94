"""Made-up lists of people of many countries and scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from list_parts import MadeList, Row, few, slip, twice
from list_people import day, iso

Namer = Callable[[Random], tuple[str, ...]]
"""Draws the parts of a name."""
Writer = Callable[[Random, tuple[str, ...]], str]
"""Writes them, perhaps otherwise than before."""


def called(
    namer: Namer, writer: Writer, headings: tuple[str, str, str], phones: str
) -> Callable[[Random], MadeList]:
    """Make lists of a name in one column, a birth date and a telephone, some lost.

    Args:
        namer: Draws names.
        writer: Writes one, in the first row as well as in the next ones.
        headings: Of name, birth date and telephone.
        phones: A pattern: each # is a digit.
    """
    name, born, phone = headings

    def make_list(random: Random) -> MadeList:
        parts: dict[str, tuple[str, ...]] = {}

        def make(random: Random) -> Row:
            number = "".join(
                str(random.randrange(10)) if sign == "#" else sign for sign in phones
            )
            drawn = namer(random)
            row = {name: writer(random, drawn), born: iso(day(random)), phone: number}
            parts[number] = drawn
            return row

        def twist(random: Random, row: Row) -> Row:
            row[name] = writer(random, parts[row[phone]])
            way = random.random()
            if way < 0.35:
                row[phone] = ""
            elif way < 0.7:
                row[born] = ""
            elif way < 0.8:
                row[phone] = row[phone][:-1] + str(random.randrange(10))
            return row

        return twice(random, make, twist, entities=900, share=0.3)

    return make_list


# ---------------------------------------------------------------- Latin letters

SPANISH_GIVEN = """María Carmen Josefa Ana Isabel Laura Cristina Marta Lucía Pilar Elena Rosa
Antonio José Manuel Francisco Juan David Javier Daniel Carlos Jesús Alejandro Miguel Rafael
Pedro Ángel Pablo Sergio Fernando Luis Jorge Alberto Álvaro Diego Adrián Raúl Enrique""".split()
SPANISH_FAMILY = """García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín
Jiménez Hernández Ruiz Díaz Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez
Ramos Vázquez Ramírez Gil Serrano Morales Molina Blanco Suárez Castro Ortega Delgado Ortiz Marín
Rubio Núñez Medina Sanz Castillo Iglesias Cortés Garrido Santos Guerrero Lozano Cano Cruz Méndez
Flores Prieto Herrera Peña Cabrera Calvo Gallego Campos Vidal Reyes Fuentes Carrasco Caballero
Aguilar Vega Pascual Herrero Montero Santana Hidalgo Lorenzo Giménez Ibáñez Ferrer Durán Mora
Benítez Vargas Arias Carmona Crespo Román Soto Velasco Sáez Pastor Moya Soler Parra Bravo""".split()
PORTUGUESE_GIVEN = """Maria Ana Joana Beatriz Inês Mariana Carolina Leonor Matilde Francisca
João José António Francisco Pedro Miguel Rafael Tiago Gonçalo Rodrigo Duarte Luís Paulo Rui""".split()
PORTUGUESE_FAMILY = """Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes
Gonçalves Gomes Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes
Nunes Soares Vieira Monteiro Cardoso Rocha Neves Coelho Cruz Cunha Pires Ramos Reis Simões Antunes
Matos Fonseca Machado Araújo Barbosa Tavares Lourenço Castro Figueiredo Azevedo Freitas Magalhães""".split()
ACCENTS = str.maketrans("áéíóúüñçãõâêôÁÉÍÓÚÜÑÇ", "aeiouuncaoaeoAEIOUUNC")


def compound(
    given: Sequence[str], family: Sequence[str], particle: str
) -> tuple[Namer, Writer]:
    """Return names of two given and two family names, of which people leave some out."""

    def namer(random: Random) -> tuple[str, ...]:
        second = few(random, given) if random.random() < 0.5 else ""
        return few(random, given), second, few(random, family), few(random, family)

    def writer(random: Random, parts: tuple[str, ...]) -> str:
        first, second, father, mother = parts
        words = [first]
        if second and random.random() < 0.7:
            words.append(second)
        words.append(father)
        if random.random() < 0.6:
            words += (
                [particle, mother] if particle and random.random() < 0.5 else [mother]
            )
        name = " ".join(words)
        if random.random() < 0.3:
            name = name.translate(ACCENTS)
        return slip(random, name) if random.random() < 0.1 else name

    return namer, writer


ARABIC_GIVEN = """Mohammed,Muhammad,Mohamed,Mohammad Ahmed,Ahmad Ali Omar,Umar Hassan,Hasan
Hussein,Husain,Hussain Khalid,Khaled Ibrahim,Ebrahim Yousef,Yusuf,Youssef Abdullah,Abdallah
Abdulrahman,Abdelrahman Fatima,Fatimah Aisha,Ayesha Maryam,Mariam Khadija,Khadijah Zainab,Zeinab
Layla,Leila,Laila Noor,Nour Salma Huda,Hoda Amina,Aminah Saeed,Said Salem,Salim Faisal,Faysal
Nasser,Nasir Tariq,Tarek Walid,Waleed Mustafa,Mostafa Mahmoud,Mahmood Samir,Sameer""".split()
ARABIC_FAMILY = """Rashid,Rasheed Maktoum Hashimi,Hashemi Qasimi,Qassimi Farsi,Farisi Najjar Haddad
Khatib,Khateeb Masri,Misri Shami Tamimi,Tameemi Otaibi,Utaibi Ghamdi,Ghamdy Harbi Qahtani,Kahtani
Zahrani Shehri,Shahri Dosari,Dossary Mutairi,Mutairy Subaie,Subaiey Anazi,Enezi Balushi,Baloushi
Habsi Kindi Lawati Maamari,Mamari Siyabi Hinai Busaidi,Busaidy Suwaidi,Suwaidy Mansouri,Mansoori
Nuaimi,Nuaimy Shamsi Kaabi,Kabi Ketbi,Kitbi Marri,Merri Hajri,Hajiri Sayegh,Sayigh Khoury,Khouri""".split()


def arabic_name(random: Random) -> tuple[str, ...]:
    return (
        few(random, ARABIC_GIVEN),
        few(random, ARABIC_GIVEN),
        few(random, ARABIC_FAMILY),
    )


def write_arabic(random: Random, parts: tuple[str, ...]) -> str:
    """Spell each part one of its ways; leave out the father, or say bin; Al- or El or nothing."""
    given, father, family = (random.choice(part.split(",")) for part in parts)
    middle = random.choice(("", "", f"{father} ", f"bin {father} "))
    return f"{given} {middle}{random.choice(('Al-', 'Al ', 'El ', 'al-', ''))}{family}"


# ---------------------------------------------------------------- other scripts

RUSSIAN_GIVEN = """Александр Дмитрий Максим Сергей Андрей Алексей Артём Илья Кирилл Михаил Никита
Матвей Роман Егор Арсений Иван Денис Евгений Даниил Тимофей Владислав Игорь Владимир Павел""".split()
RUSSIAN_STEMS = """Смирн Иван Кузнец Соколов Попов Лебедев Козл Новик Мороз Петр Волк Соловьёв Васильев
Зайцев Павл Семён Голубев Виноград Богдан Воробьёв Фёдор Михайл Беляев Тарас Бел Комар Орл Киселёв
Макар Андре Ковалёв Ильин Гусев Тит Кузьмин Кудрявц Баран Куликов Алексе Степан Яковл Сорокин Серге
Роман Захар Борис Королёв Герасим Пономарёв Григорь Лазар Медвед Ерш Никит Собол Ряб Поляк Цветк""".split()
CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch . y . e yu ya".split(),
        strict=True,
    )
)


def russian_name(random: Random) -> tuple[str, ...]:
    stem = random.choice(RUSSIAN_STEMS)
    family = (
        stem if stem.endswith(("в", "н")) and random.random() < 0.5 else f"{stem}ов"
    )
    return few(random, RUSSIAN_GIVEN), f"{few(random, RUSSIAN_GIVEN)[:5]}ович", family


def write_russian(random: Random, parts: tuple[str, ...]) -> str:
    given, father, family = parts
    way = random.random()
    if way < 0.35:
        return f"{family} {given} {father}"
    if way < 0.6:
        return f"{given} {family}"
    if way < 0.75:
        return f"{family} {given[0]}.{father[0]}."
    if way < 0.9:
        return f"{family} {given}"
    return latin_of(f"{given} {family}")


def latin_of(text: str) -> str:
    """Write Cyrillic letters in Latin ones.

    >>> latin_of("Илья Попов")
    'Ilya Popov'
    """
    letters = (CYRILLIC.get(sign, sign).replace(".", "") for sign in text.lower())
    return "".join(letters).title()


KOREAN = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho",
    "윤": "Yoon", "장": "Jang", "임": "Lim", "한": "Han", "오": "Oh", "서": "Seo", "신": "Shin",
    "권": "Kwon", "황": "Hwang", "안": "Ahn", "송": "Song", "류": "Ryu", "홍": "Hong",
}  # fmt: skip
KOREAN_SIGNS = {
    "민": "Min", "준": "Jun", "서": "Seo", "연": "Yeon", "지": "Ji", "우": "Woo", "현": "Hyun",
    "수": "Soo", "영": "Young", "진": "Jin", "혜": "Hye", "은": "Eun", "재": "Jae", "성": "Sung",
    "호": "Ho", "경": "Kyung", "미": "Mi", "정": "Jung", "희": "Hee", "태": "Tae", "원": "Won",
    "하": "Ha", "윤": "Yoon", "도": "Do", "훈": "Hoon", "상": "Sang", "철": "Chul", "기": "Ki",
}  # fmt: skip


def korean_name(random: Random) -> tuple[str, ...]:
    signs = list(KOREAN_SIGNS)
    return few(random, list(KOREAN)), random.choice(signs), random.choice(signs)


def write_korean(random: Random, parts: tuple[str, ...]) -> str:
    family, *given = parts
    way = random.random()
    if way < 0.65:
        return family + "".join(given)
    if way < 0.8:
        return f"{family} {''.join(given)}"
    first, second = (KOREAN_SIGNS[sign] for sign in given)
    if way < 0.9:
        return f"{KOREAN[family]} {first}-{second.lower()}"
    return f"{first}{second.lower()} {KOREAN[family]}"


JAPANESE_FAMILY = """佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上
木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上
遠藤 青木 坂本 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村 中山 和田
石田 森田 上田 原 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 今井 工藤 高田 増田 丸山""".split()
JAPANESE_GIVEN = """健一 翔太 大輔 直樹 拓也 誠 和也 達也 健太 哲也 浩二 修 隆 茂 清 実 正 弘 勇 進 美咲 愛
陽子 恵子 裕子 久美子 由美子 真由美 智子 直美 優子 明美 和子 幸子 京子 洋子 彩 舞 葵 結衣 さくら 陽菜""".split()


def japanese_name(random: Random) -> tuple[str, ...]:
    return few(random, JAPANESE_FAMILY, 0.5), few(random, JAPANESE_GIVEN, 0.4)


def write_japanese(random: Random, parts: tuple[str, ...]) -> str:
    family, given = parts
    way = random.random()
    if way < 0.1:
        family = family.translate(str.maketrans("斎辺崎", "斉邊﨑"))
    return family + random.choice((" ", "", "\u3000", "")) + given


ARABIC_WORDS = """محمد أحمد علي عمر حسن حسين خالد إبراهيم يوسف عبدالله عبدالرحمن فاطمة عائشة مريم خديجة
زينب ليلى نور سلمى هدى أمينة سعيد سالم فيصل ناصر طارق وليد مصطفى محمود سمير""".split()
ARABIC_HOUSES = """الراشد المكتوم الهاشمي القاسمي الفارسي النجار الحداد الخطيب المصري الشامي التميمي
العتيبي الغامدي الحربي القحطاني الزهراني الشهري الدوسري المطيري السبيعي العنزي البلوشي الحبسي الكندي
اللواتي المعمري السيابي الهنائي البوسعيدي السويدي المنصوري النعيمي الشامسي الكعبي الكتبي المري""".split()
ARABIC_FORMS: Mapping[str, str] = {"أ": "ا", "إ": "ا", "ة": "ه", "ى": "ي"}


def script_arabic(random: Random) -> tuple[str, ...]:
    return (
        few(random, ARABIC_WORDS),
        few(random, ARABIC_WORDS),
        random.choice(ARABIC_HOUSES),
    )


def write_script_arabic(random: Random, parts: tuple[str, ...]) -> str:
    given, father, house = parts
    middle = random.choice(("", f"{father} ", f"بن {father} "))
    name = f"{given} {middle}{house}"
    for sign, other in ARABIC_FORMS.items():
        name = name.replace(sign, other) if random.random() < 0.3 else name
    return name.replace("عبدال", "عبد ال") if random.random() < 0.4 else name


CHINESE_FAMILY = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕".split()
CHINESE_SIGNS = "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀 霞 平 刚 桂 英 华 玉 兰 建 国 文 红 志 海 云 梅 春 晓 雪 佳 欣 宇 浩 然 子 轩 梓 涵 思 雨 嘉 怡".split()
TRADITIONAL = str.maketrans(
    "张刘陈杨赵黄吴孙罗郑谢韩冯于董许邓吕马伟丽强军艳娟涛秀刚桂华兰建国红云晓轩",
    "張劉陳楊趙黃吳孫羅鄭謝韓馮于董許鄧呂馬偉麗強軍艷娟濤秀剛桂華蘭建國紅雲曉軒",
)


def chinese_name(random: Random) -> tuple[str, ...]:
    count = 1 if random.random() < 0.3 else 2
    return few(random, CHINESE_FAMILY), "".join(random.sample(CHINESE_SIGNS, count))


def write_chinese(random: Random, parts: tuple[str, ...]) -> str:
    name = random.choice(("", "", "", " ")).join(parts)
    return name.translate(TRADITIONAL) if random.random() < 0.25 else name


ENGLISH_HEADINGS = "Name", "Date of birth", "Mobile"
WORLD: Mapping[str, Callable[[Random], MadeList]] = {
    "spanish": called(
        *compound(SPANISH_GIVEN, SPANISH_FAMILY, "y"),
        ENGLISH_HEADINGS,
        "+34 6## ### ###",
    ),
    "portuguese": called(
        *compound(PORTUGUESE_GIVEN, PORTUGUESE_FAMILY, "da"),
        ENGLISH_HEADINGS,
        "+351 91# ### ###",
    ),
    "arabic_in_latin": called(
        arabic_name, write_arabic, ENGLISH_HEADINGS, "+971 50 ### ####"
    ),
    "arabic": called(
        script_arabic, write_script_arabic, ENGLISH_HEADINGS, "+971 50 ### ####"
    ),
    "russian": called(
        russian_name, write_russian, ENGLISH_HEADINGS, "+7 916 ###-##-##"
    ),
    "korean": called(korean_name, write_korean, ENGLISH_HEADINGS, "+82 10-####-####"),
    "japanese_people": called(
        japanese_name, write_japanese, ENGLISH_HEADINGS, "+81 90-####-####"
    ),
    "chinese_people": called(
        chinese_name, write_chinese, ("姓名", "出生日期", "手机"), "138########"
    ),
}
"""Makers of lists of people by country or script."""


def names_alone(random: Random, language: str) -> MadeList:
    """Return only the names of a list of WORLD."""
    made = WORLD[language](random)
    heading = next(iter(made.rows[0]))
    return MadeList([{heading: row[heading]} for row in made.rows], made.entities)
