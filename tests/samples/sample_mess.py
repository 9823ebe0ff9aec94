"""What happens to a value between a customer's mouth and a spreadsheet."""

from __future__ import annotations

from datetime import date

from sample_dice import Dice, table

WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-+()"}
TRADITIONAL = str.maketrans(
    {r["simplified"]: r["traditional"] for r in table("traditional")}
)
NO_PHONE = ("13800138000", "无", "-", "/", "暂无", "11111111111")
NO_EMAIL = ("无", "-", "test@test.com", "n/a")
MINIMUM_TO_MISTYPE = 4


def traditional(text: str) -> str:
    """Write Chinese as Hong Kong and Taiwan do.

    >>> traditional("张伟")
    '張偉'
    """
    return text.translate(TRADITIONAL)


def wide(text: str) -> str:
    """Write digits as a Chinese input method in full-width mode does.

    >>> wide("021-5550")
    '０２１－５５５０'
    """
    return text.translate(WIDE)


def mistyped(text: str, dice: Dice) -> str:
    """Swap two letters of the longest word, or lose one; never its first."""
    word = max(text.split(" "), key=len)
    if len(word) < MINIMUM_TO_MISTYPE:
        return text
    at = dice.number("typo at", 1, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    lost = word[:at] + word[at + 1 :]
    wrong = swapped if dice.happens("typo swaps", 0.5) and swapped != word else lost
    return text.replace(word, wrong, 1)


def mobile_as_typed(mobile: str, dice: Dice) -> str:
    """Write a Chinese mobile number in one of the ways that people do."""
    grouped = f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"
    ways = [mobile] * 12
    ways += [grouped, grouped.replace("-", " "), f"+86 {mobile}", f"86{mobile}"]
    ways += [wide(mobile), f"{mobile}\t", f" {mobile}", f"(+86){mobile}"]
    return dice.pick("mobile style", ways)


def landline_as_typed(phone: str, dice: Dice) -> str:
    """Write a Chinese landline (``0512-55501234``) in one of the ways that people do."""
    area, number = phone.split("-")
    ways = [phone] * 6
    ways += [f"({area}){number}", f"{area}{number}", f"{area} {number}", wide(phone)]
    ways += [f"（{area}）{number[:4]} {number[4:]}", f"+86-{area[1:]}-{number}"]
    ways += [f"{phone}转{dice.number('extension', 801, 830)}", f"{phone}-8{area[-1]}2"]
    return dice.pick("landline style", ways)


def day_as_typed(day: date, dice: Dice) -> str:
    """Write a day in one of the ways of a Chinese list."""
    ways = [f"{day:%Y-%m-%d}"] * 8
    ways += [f"{day.year}/{day.month}/{day.day}"] * 3
    ways += [
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day:%Y.%m.%d}",
    ]
    return dice.pick("day style", ways)


def western_phone_as_typed(phone: str, dice: Dice) -> str:
    """Write a western number in one of the ways that people do."""
    if phone.startswith("+"):
        return dice.pick(
            "phone style", [phone, phone.replace(" ", ""), "00" + phone[1:]]
        )
    area, rest = phone.split(" ", 1)
    ways = [phone] * 6
    ways += [phone.replace(" ", ""), f"({area}) {rest}", f"+44 {phone[1:]}"]
    ways += [
        f"+44 (0){phone[1:]}",
        f"{area}-{rest.replace(' ', '-')}",
        f"{phone} ext 12",
    ]
    return dice.pick("phone style", ways)
