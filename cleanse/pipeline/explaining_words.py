"""What an explanation says, in English and Chinese; comparisons speak through their vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cleanse.rulebook.vocabulary import Vocabulary


class Sentence(NamedTuple):
    """One statement, twice."""

    english: str
    chinese: str


SENTENCES: Mapping[str, tuple[str, str]] = {
    "left": (
        "{count} record(s) that left their source still speak for this customer, as evidence and not as members: {side}.",
        "有 {count} 条已离开来源的记录仍为该客户作证（仅作证据，不是成员）：{side}。",
    ),
    "left_only": (
        "Without them its records would not hold together.",
        "没有它们，其记录将不再归为一个客户。",
    ),
    "evidence": (
        "{level}{values}{frequency}: {strength} ({bits:+.1f} bits)",
        "{level}{values}{frequency}：{strength}（{bits:+.1f} 比特）",
    ),
    "only_two": (" (only these two have it)", "（仅此两条记录有）"),
    "several": (" ({count} records have it)", "（共有 {count} 条记录有）"),
    "shared": (
        "Same {noun}{values}, but more than {limit} differently named customers have it: no evidence",
        "{noun}相同{values}，但超过 {limit} 个不同名称的客户都在用：不算证据",
    ),
    "silent": (
        "No evidence, as a side lacks it: {nouns}.",
        "一方缺失，因而不算证据：{nouns}。",
    ),
    "prior": (
        "before any evidence, as a match is rare",
        "未看任何证据之前（匹配本属少数）",
    ),
    "fields": ("all comparisons together", "各项比较合计"),
    "related": (
        "what relatives or sister companies would share too",
        "家人或关联公司同样会共有的部分",
    ),
    "total": ("match weight", "匹配权重"),
    "outcome": (
        "Match weight {weight:.1f} (match from {match_at:g}, review from {review_at:g}): probability {chance:.1%}, {band}.",
        "匹配权重 {weight:.1f}（{match_at:g} 起为匹配，{review_at:g} 起待审）：概率 {chance:.1%}，{band}。",
    ),
    "kinds": (
        "Never compared: one is a {one}, the other a {two}.",
        "从不比较：一方是{one}，另一方是{two}。",
    ),
    "tip_without_up": (
        "Without the {noun} it would be a match ({weight:.1f}).",
        "若不看{noun}，则为匹配（{weight:.1f}）。",
    ),
    "tip_without_down": (
        "Without the {noun} it would be no match ({weight:.1f}).",
        "若不看{noun}，则不再匹配（{weight:.1f}）。",
    ),
    "tip_equal": (
        "Were the {noun} the same, it would be a match ({weight:.1f}).",
        "若{noun}相同，则为匹配（{weight:.1f}）。",
    ),
    "tip_known": (
        "Did both have the same {noun}, it would be a match ({weight:.1f}).",
        "若双方都有且{noun}相同，则为匹配（{weight:.1f}）。",
    ),
    "missing_bits": (
        "Agreement worth {gap:.1f} bits more would make it a match.",
        "再有 {gap:.1f} 比特的一致证据即为匹配。",
    ),
    "spare_bits": (
        "It is {gap:.1f} bits above the threshold; no single comparison decides.",
        "高出阈值 {gap:.1f} 比特；没有哪一项单独起决定作用。",
    ),
    "found_by": (
        "Found by the blocking rule {rule} ({keys}).",
        "由分块规则 {rule}（{keys}）找到。",
    ),
    "found_in_group": (
        "Compared because others of their group match; no blocking rule put them side by side.",
        "因同组其他记录匹配而比较；没有分块规则把它们放在一起。",
    ),
    "below_keep": (
        "Compared, and not kept: below {keep_at:g}. Blocking rules that put them side by side: {rules}.",
        "比较过但未保留：低于 {keep_at:g}。把它们放在一起的分块规则：{rules}。",
    ),
    "not_found": (
        "No blocking rule put them side by side ({why}). Compared now, as you asked.",
        "没有分块规则把它们放在一起（{why}）。应您的要求现在比较。",
    ),
    "why_differs": ("{count} with different keys", "{count} 条规则的键不同"),
    "why_missing": (
        "{count} with a key missing on a side",
        "{count} 条规则缺少一方的键",
    ),
    "why_too_large": (
        "block of {rule} is too large ({count} records, and no second key unites them)",
        "{rule} 的分块过大（{count} 条记录，且没有第二键使它们同块）",
    ),
    "why_idle": (
        "{rule} would, but costs more than it finds in this store",
        "{rule} 本可找到，但在本库中得不偿失",
    ),
    "since": (
        "A blocking rule would put them side by side now; the newest run had not kept the pair: {rules}.",
        "现在有分块规则会把它们放在一起，但最近批次未保留该对：{rules}。",
    ),
    "together": ("They are one customer, {id}.", "它们是同一客户 {id}。"),
    "apart": (
        "They are two customers: {one} and {two}.",
        "它们是两个客户：{one} 与 {two}。",
    ),
    "decided_match": (
        "So it is decided: they are one customer, whatever the evidence (decision {numbers}; {actor}, {day}: {reason}).",
        "已有判定：无论证据如何均为同一客户（判定 {numbers}；{actor}，{day}：{reason}）。",
    ),
    "decided_no_match": (
        "So it is decided: they are two customers, whatever the evidence (decision {numbers}; {actor}, {day}: {reason}).",
        "已有判定：无论证据如何均为两个客户（判定 {numbers}；{actor}，{day}：{reason}）。",
    ),
    "decision_lapsed": (
        "Decision {number} (no match) has lapsed: a side is no longer what it was. It is open to review.",
        "判定 {number}（不匹配）已失效：一方的资料已变，待重新审核。",
    ),
    "by_chain": (
        "The pair alone would not do: records {chain} link them.",
        "仅凭这一对不足以合并：记录 {chain} 把它们连在一起。",
    ),
    "by_others": (
        "The pair alone would not do: other records of this customer link them.",
        "仅凭这一对不足以合并：该客户的其他记录把它们连在一起。",
    ),
    "steady_one": (
        "They were one customer before and stay so: their pair would have to lie {bits} bits below the threshold to part them.",
        "两条记录此前已属同一客户，予以保持：权重须低于阈值 {bits} 比特才会拆开。",
    ),
    "steady_two": (
        "They were two customers before and stay so: their pair would have to lie {bits} bits above the threshold to join them.",
        "两条记录此前分属两个客户，予以保持：权重须高于阈值 {bits} 比特才会合并。",
    ),
    "by_group": (
        "The pair alone would do, their groups of {ones} and {twos} records would not: what all pairs between them say is worth {worth:.1f}, and {needed:g} are needed.",
        "这一对本身足够，但两组之间不够：两个客户的 {ones} 条与 {twos} 条记录之间的证据为 {worth:.1f}，需要 {needed:g}。",
    ),
    "against": (
        "Records {left} and {right} speak against it most ({opinion:+.1f}).",
        "反对最强的是记录 {left} 与 {right}（{opinion:+.1f}）。",
    ),
    "kept_apart": (
        "The pair alone would do; the two stand apart by an earlier assignment or a decision.",
        "这一对本身足够；因先前的编号或判定而分开。",
    ),
    "strongest_of": (
        "Of the {count} pairs between the two, the strongest: records {left} and {right}.",
        "两者之间共 {count} 对，取最强的一对：记录 {left} 与 {right}。",
    ),
    "alone": ("One record only: nothing to hold together.", "只有一条记录：无需证据。"),
    "members": (
        "{count} records of {sources} sources, held together by {pairs} pairs at or above {match_at:g}.",
        "{count} 条记录，来自 {sources} 个来源，由 {pairs} 对权重不低于 {match_at:g} 的记录连在一起。",
    ),
    "weakest": (
        "Weakest link: records {left} and {right} ({weight:.1f}, {chance:.1%}); without it {side} would stand apart.",
        "最弱的连接：记录 {left} 与 {right}（{weight:.1f}，{chance:.1%}）；没有它，{side} 将分开。",
    ),
    "unlinked": (
        "No pair tells of {side}: an earlier assignment or a decision holds them.",
        "没有记录对说明 {side}：由先前的编号或判定保留。",
    ),
    "dissent": (
        "{count} pairs inside speak against: first records {left} and {right} ({weight:.1f}).",
        "内部有 {count} 对持反对意见：首先是记录 {left} 与 {right}（{weight:.1f}）。",
    ),
    "nearest": (
        "Nearest other customer: {id} by records {left} and {right} ({weight:.1f}, {band}).",
        "最接近的其他客户：{id}，见记录 {left} 与 {right}（{weight:.1f}，{band}）。",
    ),
}
"""By what is said, the English and the Chinese form."""


def say(what: str, **values: object) -> Sentence:
    """Fill in one sentence; a value that is a Sentence gives each language its own.

    >>> say("together", id="C1").english
    'They are one customer, C1.'
    """
    english, chinese = (
        text.format(
            **{k: v[at] if isinstance(v, Sentence) else v for k, v in values.items()}
        )
        for at, text in enumerate(SENTENCES[what])
    )
    return Sentence(english, chinese)


def listed(parts: list[Sentence]) -> Sentence:
    """Join statements into one."""
    return Sentence(
        "; ".join(part.english for part in parts),
        "；".join(part.chinese for part in parts),
    )


class Words:
    """The words for comparisons, levels and strengths: vocabulary comparison_word."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = {
            row["key"]: Sentence(row["english"], row["chinese"])
            for row in vocabulary.rows("comparison_word")
        }
        starts = (
            key.partition(".")[2] for key in self._words if key.startswith("strength.")
        )
        self._strengths = sorted(((abs(float(s)), s) for s in starts), reverse=True)

    def of(self, key: str) -> Sentence:
        """Return the words of a key, or the key itself."""
        return self._words.get(key, Sentence(key, key))

    def noun(self, comparison: str) -> Sentence:
        """Return the noun of a comparison; a column of the user's own is its own noun."""
        return self.of(comparison.removeprefix("x_"))

    def level(self, comparison: str, kind: str, level: str) -> Sentence:
        """Say a level; kind is the rule that speaks for the comparison."""
        noun = self.noun(comparison)
        said = self.of(f"{kind}.{level}")
        english = said.english.format(field=noun.english)
        return Sentence(
            english[:1].upper() + english[1:], said.chinese.format(field=noun.chinese)
        )

    def strength(self, bits: float) -> Sentence:
        """Say how much evidence some bits are."""
        for least, text in self._strengths:
            if abs(bits) >= least and (text.startswith("-") == (bits < 0) or not least):
                return self.of(f"strength.{text}")
        return self.of("strength.0")
