"""An independent implementation of the paired e-process, to compare the TypeScript one with.

It multiplies capital out in 60-digit decimals, where the product code adds double-precision logarithms, so the two
share formulas but neither arithmetic nor code. Only the standard library is used.

Run `python3 paired_process.py` to write paired-process.json beside this file, `--check` to compare it instead.
"""

from decimal import Decimal
from itertools import islice
from pathlib import Path

from capital import BET_CAP, Capital, write_or_check
from draws import permille

FIXTURES = Path(__file__).with_name("paired-process.json")
KINDS = ("both", "championOnly", "challengerOnly", "neither")


class Null(Capital):
    """A null about the mean difference within pairs: sigma = +1 says mu <= d, sigma = -1 says mu >= d."""

    def play(self, wins: int, losses: int, ties: int, variance: Decimal, pairs: int) -> None:
        """Multiply the capital by one block of `wins + losses + ties` pairs, the last of which is number `pairs`."""
        for j, effect in enumerate(self.effects):
            bet = self.sigma * min(effect / variance, BET_CAP / (1 + abs(self.d)))
            for difference, count in ((1, wins), (-1, losses), (0, ties)):
                self.capital[j] *= (1 + bet * (difference - self.d)) ** count
        self.end_block(pairs)

    def as_floats(self) -> dict:
        """Give the state in the names and units of the product code."""
        return {**super().as_floats(), "logEvidence": float(self.evidence().ln())}


def nulls_of(policy: dict) -> dict[str, Null]:
    """The three nulls that a policy bets against."""
    margin = Decimal(policy["margin"])
    superiority = policy["hypothesis"] == "superiority"
    reserve = policy["rollbackReserve"]
    kept = (Decimal(reserve["share"]), reserve["firstPairs"], reserve["parts"])
    gains = [Decimal(effect) for effect in policy["promotionEffects"]]
    losses = [Decimal(effect) for effect in policy["rollbackEffects"]]
    return {
        "promotion": Null(+1, Decimal(0) if superiority else -margin, gains),
        "rollback": Null(-1, -margin, losses, *kept),
        "tripwire": Null(-1, Decimal(0), losses, *kept),
    }


def reason_of(policy: dict, nulls: dict[str, Null], pairs: int) -> str:
    """The reason for the verdict, rollback first."""
    promotable = nulls["promotion"].peak * Decimal(policy["promotionAlpha"]) >= 1
    if nulls["rollback"].peak * Decimal(policy["rollbackAlpha"]) >= 1:
        return "worse-than-margin"
    if promotable and pairs >= policy["minimumPairs"]:
        return "superior" if policy["hypothesis"] == "superiority" else "non-inferior"
    if pairs >= policy["maximumPairs"]:
        return "horizon-reached"
    if nulls["tripwire"].peak >= Decimal(policy["tripwireThreshold"]):
        return "tripwire"
    return "too-few-pairs" if promotable else "insufficient-evidence"


def replay(policy: dict, blocks: list[list[int]]) -> list[dict]:
    """The evidence and the reason for the verdict after each block."""
    nulls = nulls_of(policy)
    pairs = discordant = 0
    states = []
    for both, champion_only, challenger_only, neither in blocks:
        variance = Decimal(discordant + 2) / Decimal(pairs + 20)
        pairs += both + champion_only + challenger_only + neither
        discordant += champion_only + challenger_only
        for null in nulls.values():
            null.play(challenger_only, champion_only, both + neither, variance, pairs)
        state = {name: null.as_floats() for name, null in nulls.items()}
        states.append({"reason": reason_of(policy, nulls, pairs), **state})
    return states


def drawn_blocks(seed: int, count: int, sizes: list[int], bounds: list[int]) -> list[list[int]]:
    """Blocks of the given sizes in turn; cumulative bounds of both, championOnly, challengerOnly, in permille."""
    draws = permille(seed)
    blocks = []
    for index in range(count):
        block = [0, 0, 0, 0]
        for draw in islice(draws, sizes[index % len(sizes)]):
            block[sum(draw >= bound for bound in bounds)] += 1
        blocks.append(block)
    return blocks


# Numbers are strings, so that the decimals are the ones that are written.
DEFAULTS = {
    "hypothesis": "non-inferiority",
    "margin": "0.02",
    "promotionAlpha": "0.05",
    "rollbackAlpha": "0.1",
    "promotionEffects": ["0.015", "0.03", "0.06"],
    "rollbackEffects": ["0.03", "0.08", "0.2"],
    "rollbackReserve": {"share": "0.3", "firstPairs": 100, "parts": 6},
    "tripwireThreshold": "20",
    "minimumPairs": 100,
    "maximumPairs": 20000,
}

CASES = {
    "an equal challenger in blocks of 25": ({}, drawn_blocks(1, 40, [25], [870, 900, 930])),
    "a better challenger judged by superiority in uneven blocks": (
        {"hypothesis": "superiority", "margin": "0.05"},
        drawn_blocks(2, 40, [1, 60, 7, 30], [850, 870, 930]),
    ),
    "a challenger 10 points worse": ({}, drawn_blocks(3, 16, [20], [800, 920, 940])),
    "a challenger a little worse, over all parts of the reserve": (
        {"margin": "0.03", "maximumPairs": 3800},
        drawn_blocks(4, 20, [200], [860, 910, 940]),
    ),
    "one effect, no reserve, a large margin, one pair at a time": (
        {
            "margin": "0.25",
            "promotionEffects": ["0.4"],
            "rollbackEffects": ["1.2"],
            "rollbackReserve": {"share": "0", "firstPairs": 1, "parts": 0},
            "minimumPairs": 35,
            "maximumPairs": 38,
        },
        drawn_blocks(5, 40, [1], [800, 850, 900]),
    ),
    "evidence beyond the range of doubles, and back": (
        {},
        [
            [0, 0, 1, 0],
            [10, 0, 100000, 10],
            [0, 1000000, 0, 0],
            [5000000, 0, 0, 5000000],
            [0, 0, 2000000, 0],
        ],
    ),
}


def case_of(name: str, settings: dict, blocks: list[list[int]]) -> tuple[str, dict, list[dict]]:
    """Name, policy and steps of one case."""
    policy = {**DEFAULTS, **settings}
    states = zip(blocks, replay(policy, blocks), strict=True)
    return name, policy, [{"block": dict(zip(KINDS, block, strict=True)), **state} for block, state in states]


if __name__ == "__main__":
    write_or_check(FIXTURES, (case_of(name, settings, blocks) for name, (settings, blocks) in CASES.items()))
