"""Made-up lists of people."""

from __future__ import annotations

from random import Random

from list_parts import MadeList, Row, few, slip, twice

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
            given = [name for name in GIVEN if name != home["first name"]]
            return {**home, "first name": few(random, given)}
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


# ---------------------------------------------------------------- with more than a name


def phone(random: Random) -> str:
    return f"({random.randrange(201, 989)}) {random.randrange(200, 999)}-{random.randrange(10000):04}"


def mail(random: Random, row: Row) -> str:
    """Make a mail of a name that nobody else of the list has."""
    taken: set[str] = random.__dict__.setdefault("taken", set())
    names = row["first name"].lower(), row["last name"].lower()
    while True:
        local = random.choice(("{0}.{1}", "{0[0]}{1}", "{0}{1}{2}", "{1}{2}"))
        domain = random.choice(("gmail.com", "yahoo.com", "outlook.com", "aol.com"))
        made = f"{local.format(*names, random.randrange(1000))}@{domain}"
        if made not in taken:
            taken.add(made)
            return made


def full(random: Random) -> Row:
    """Make a person with all that a list of customers usually has."""
    row = person(random)
    return {
        **row,
        "date of birth": iso(day(random)),
        "phone": phone(random),
        "email": mail(random, row),
        "street": f"{random.randrange(1, 900)} {few(random, STREETS)} Street",
        "city": few(random, TOWNS),
        "zip": f"{random.randrange(10000, 10900)}",
    }


def lose(random: Random, row: Row, chance: float, *, but: tuple[str, ...] = ()) -> Row:
    """Empty each cell with a chance."""
    return {
        name: value if name in but or random.random() >= chance else ""
        for name, value in row.items()
    }


NAMES = ("first name", "last name")


def twist_full(random: Random, row: Row) -> Row:
    """Misspell a name, lose a fifth of the rest, renew a telephone or a street."""
    row = twist_person(random, row)
    if random.random() < 0.15:
        row["date of birth"] = birth_slip(random, row["date of birth"])
    if random.random() < 0.15:
        row["phone"] = phone(random)
    if random.random() < 0.15:
        row["street"] = f"{random.randrange(1, 900)} {few(random, STREETS)} Street"
    return lose(random, row, 0.2, but=NAMES)


def birth_slip(random: Random, born: str) -> str:
    """Swap day and month of an ISO date where that is a date, or replace a digit."""
    if not born:
        return born
    year, month, day = born.split("-")
    if int(day) <= 12 and random.random() < 0.5:
        return f"{year}-{day}-{month}"
    at = random.choice((2, 3))
    return f"{year[:at]}{random.randrange(10)}{year[at + 1 :]}-{month}-{day}"


def birth_slips(random: Random) -> MadeList:
    """Name and birth date only, both with slips: days and months swapped, digits replaced."""

    def make(random: Random) -> Row:
        return {**person(random), "date of birth": iso(day(random))}

    def twist(random: Random, row: Row) -> Row:
        row = twist_person(random, row)
        if random.random() < 0.3:
            row["date of birth"] = birth_slip(random, row["date of birth"])
        return lose(random, row, 0.08, but=NAMES)

    return twice(random, make, twist, entities=4000, share=0.2)


def customers_of(random: Random, size: int) -> MadeList:
    """Make about `size` rows of people with much that is missing."""

    def make(random: Random) -> Row:
        return lose(random, full(random), 0.2, but=NAMES)

    return twice(random, make, twist_full, entities=round(size / 1.39), share=0.3)


def singletons(random: Random, size: int, share: float) -> MadeList:
    """Nearly everybody stands there once; one in six shares a home with the one before."""
    last: list[Row] = []

    def make(random: Random) -> Row:
        row = full(random)
        if last and random.random() < 0.17:
            shared = ("last name", "street", "city", "zip", "phone")
            row |= {name: last[-1][name] for name in shared}
        last.append(row)
        return lose(random, row, 0.15, but=NAMES)

    return twice(random, make, twist_full, entities=size, share=share)


def without_duplicates(random: Random) -> MadeList:
    """Nobody stands there twice: all that is joined is wrong."""

    def make(random: Random) -> Row:
        return {**person(random), "city": few(random, TOWNS), "phone": phone(random)}

    return twice(random, make, twist_person, entities=2000, share=0.0)


def many_each(random: Random) -> MadeList:
    """Everybody stands there three to nine times, badly written."""
    rows, entities = [], []
    for entity in range(250):
        row = full(random)
        for _ in range(random.randrange(3, 10)):
            rows.append(twist_full(random, dict(row)))
            entities.append(entity)
    order = random.sample(range(len(rows)), len(rows))
    return MadeList([rows[at] for at in order], [entities[at] for at in order])


def two_clean_lists(random: Random) -> MadeList:
    """Two sources that each have everybody once; half of the people are in both."""
    rows, entities = [], []
    for entity in range(1500):
        row = full(random)
        row.pop("email")
        if rows and random.random() < 0.2:
            shared = ("last name", "street", "city", "zip")
            row |= {name: rows[-1][name] for name in shared}
        sources = random.choice(
            (("shop",), ("clinic",), ("shop", "clinic"), ("shop", "clinic"))
        )
        for source in sources:
            rows.append({"source": source, **twist_full(random, dict(row))})
            entities.append(entity)
    return MadeList(rows, entities)


def families(random: Random) -> MadeList:
    """Homes of two to four: twins, a father and a son of one name, one telephone for all."""
    made: list[tuple[Row, int]] = []
    entity = 0
    for _ in range(350):
        home = full(random)
        given: set[str] = set()
        last = home
        for member in range(random.randrange(2, 5)):
            own = few(random, GIVEN)
            while own in given:
                own = few(random, GIVEN)
            namesake = member == 1 and random.random() < 0.1
            is_twin = member == 2 and random.random() < 0.3
            row = {**home, "first name": home["first name"] if namesake else own}
            if not is_twin and member:
                row["date of birth"] = iso(day(random))
            row["email"] = mail(random, row) if member else home["email"]
            if is_twin:
                row["date of birth"] = last["date of birth"]
            last = row
            given.add(row["first name"])
            made.append((row, entity))
            if random.random() < 0.35:
                made.append((twist_full(random, dict(row)), entity))
            entity += 1
    random.shuffle(made)
    return MadeList([row for row, _ in made], [entity for _, entity in made])


def married(random: Random) -> MadeList:
    """One in three who stand there twice took another family name."""

    def twist(random: Random, row: Row) -> Row:
        if random.random() < 0.33:
            other = surname(random)
            double = random.random() < 0.4
            row["last name"] = f"{row['last name']}-{other}" if double else other
            return lose(random, row, 0.2, but=NAMES)
        return twist_full(random, row)

    return twice(random, full, twist, entities=1200, share=0.3)


def one_column(random: Random, column: str) -> MadeList:
    """Nothing but telephones or nothing but mails, of 50 people."""

    def make(random: Random) -> Row:
        return {column: full(random)[column]}

    def twist(random: Random, row: Row) -> Row:
        value = row[column]
        return {column: value.upper() if random.random() < 0.5 else f" {value}"}

    return twice(random, make, twist, entities=400, share=0.3)
