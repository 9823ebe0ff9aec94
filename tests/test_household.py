"""Households: linked by two facts that agree, never merged, numbers that last."""

from __future__ import annotations

import random
from itertools import combinations

import polars as pl
import pytest
from match_builders import FAMILY, GIVEN, company, frame, person
from pipeline_builders import ask, make_run, write_list

from cleanse.encoded import encode
from cleanse.household import HOUSEHOLD, link_households

NONE = HOUSEHOLD.to_frame()
HOME = {"house_number": "12", "street_compare": "mill lane", "city_compare": "leeds"}


def walk(records: pl.DataFrame) -> pl.DataFrame:
    """Make every record its own customer: 1 is C001."""
    ids = records["record_id"]
    numbers = [f"C{i:03}" for i in ids.to_list()]
    return pl.DataFrame({"record_id": ids, "customer_id": numbers})


def linked(records: pl.DataFrame, before: pl.DataFrame = NONE) -> pl.DataFrame:
    return link_households([encode(records)], walk(records), before)


def homes(found: pl.DataFrame) -> list[list[str]]:
    groups = found.group_by("household_id").agg(pl.col("customer_id").sort())
    return sorted(groups["customer_id"].to_list())


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (HOME, HOME, "address and family name"),
        ({"phone": "+441"}, {"phone": "+441"}, "phone and family name"),
        ({"email": "a@b.c"}, {"email": "a@b.c"}, "e-mail and family name"),
        (HOME, {**HOME, "unit": "3"}, None),
        (HOME, {**HOME, "house_number": "13"}, None),
        (HOME, {**HOME, "city_compare": "york"}, None),
        ({}, {}, None),
    ],
)
def test_two_of_one_family_name(left, right, reason):
    found = linked(
        frame(person("anna", "abel", **left), person("carl", "abel", **right))
    )
    assert found["reason"].unique().to_list() == ([reason] if reason else [])


def test_partners_of_two_names_share_home_and_phone():
    one = person("anna", "abel", phone="+441", **HOME)
    two = person("carl", "costa", phone="+441", **HOME)
    neighbour = person("emil", "nolan", phone="+449", **HOME)
    found = linked(frame(one, two, neighbour))
    assert homes(found) == [["C001", "C002"]]
    assert set(found["reason"]) == {"address and phone"}


def test_an_agency_a_tower_and_a_company_are_no_household():
    agency = [person("anna", FAMILY[i], phone="+441") for i in range(6)]
    tower = [
        person(GIVEN[i], "wang", house_number="1", street_compare="high rise")
        for i in range(12)
    ]
    firm = company("abel", phone="+447", **HOME)
    owner = person("anna", "abel", phone="+447", **HOME)
    assert linked(frame(*agency, *tower, firm, owner)).is_empty()


def test_order_does_not_matter_and_numbers_last():
    records = frame(
        person("anna", "abel", **HOME),
        person("carl", "abel", **HOME),
        person("emil", "abel", **HOME),
        person("fay", "costa", phone="+441"),
        person("gus", "costa", phone="+441"),
    )
    first = linked(records)
    assert linked(records.reverse()).equals(first)
    assert linked(records, first).equals(first)
    assert first["household_id"].unique().sort().to_list() == ["HC001", "HC004"]
    later = linked(records.filter(pl.col("record_id") > 1), first)
    assert (
        dict(later.select("customer_id", "household_id").iter_rows())["C002"] == "HC001"
    )


def test_a_household_that_parts_gives_its_number_to_the_larger_part():
    def home(*numbers):
        return frame(
            *(
                person("anna", "abel", **{**HOME, "house_number": number})
                for number in numbers
            )
        )

    first = linked(home("1", "1", "1", "1", "1"))
    later = linked(home("2", "2", "1", "1", "1"), first)
    numbers = dict(later.select("customer_id", "household_id").iter_rows())
    assert numbers["C003"] == numbers["C005"] == "HC001"
    assert numbers["C001"] == numbers["C002"] != "HC001"


def test_precision_and_recall_on_an_invented_town():
    """Homes of one to four, with moved-out children, missing cells, namesakes and flats."""
    dice = random.Random(5)
    people, home_of = [], []
    for home in range(150):
        address = {
            "house_number": str(dice.randint(1, 60)),
            "street_compare": f"{dice.choice(FAMILY)} st",
            "city_compare": dice.choice(["leeds", "york"]),
        }
        family, landline = dice.choice(FAMILY), f"+4411{home:05}"
        for _ in range(dice.randint(1, 4)):
            own = address if dice.random() < 0.85 else {}
            surname = family if dice.random() < 0.75 else dice.choice(FAMILY)
            fields = {"phone": landline} if dice.random() < 0.7 else {}
            people.append(person(dice.choice(GIVEN), surname, **own, **fields))
            home_of.append(home)
    records = frame(*people)
    truth = {
        pair
        for pair in combinations(range(len(people)), 2)
        if home_of[pair[0]] == home_of[pair[1]]
    }
    place = {f"C{i:03}": at for at, i in enumerate(records["record_id"].to_list())}
    found = {
        (place[one], place[two])
        for group in homes(linked(records))
        for one, two in combinations(group, 2)
    }
    right = len(found & truth)
    precision, recall = right / len(found), right / len(truth)
    print(f"precision {precision:.3f} recall {recall:.3f} of {len(truth)} pairs")
    assert precision > 0.95
    assert recall > 0.7


def test_a_run_publishes_households(tmp_path):
    heads = ("id", "first name", "last name", "phone", "address", "city", "birth date")
    rows = (
        ("1", "Miriam", "Oakes", "", "12 Mill Lane", "Leeds", "1961-02-03"),
        ("2", "Cedric", "Oakes", "", "12 Mill Lane", "Leeds", "1993-08-19"),
        ("3", "Wilma", "Vance", "", "99 Park Row", "Hull", "1970-01-09"),
    )
    make_run(tmp_path / "store", write_list(tmp_path / "crm.csv", rows, heads))
    sql = "select source_key, reason from household join crosswalk using (customer_id) order by 1"
    said = "address and family name"
    assert ask(tmp_path / "store", sql) == [("1", said), ("2", said)]
    before = ask(tmp_path / "store", "from household order by all")
    make_run(tmp_path / "store", tmp_path / "crm.csv", number=2)
    assert ask(tmp_path / "store", "from household order by all") == before


def test_a_family_name_is_the_one_that_matching_found(tmp_path):
    heads = ("id", "name", "phone")
    rows = [
        ("1", "Иванов Пётр Сергеевич", "+7 495 123-45-67"),
        ("2", "Иванов Олег Петрович", "+7 495 123-45-67"),
        ("3", "Сидоров Иван Петрович", "+7 495 123-45-68"),
        ("4", "Орлов Кирилл Петрович", "+7 495 123-45-68"),
    ]
    store = tmp_path / "store"
    make_run(store, write_list(tmp_path / "list.csv", rows, heads))
    found = ask(store, "select reason, count(*) from household group by reason")
    assert found == [("phone and family name", 2)]
