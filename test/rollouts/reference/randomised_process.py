"""An independent implementation of the randomised e-process, to compare the TypeScript one with.

It multiplies capital out in 60-digit decimals and keeps every value it has seen, where the product code adds
double-precision logarithms and keeps sums, so the two share formulas but neither arithmetic nor code. Only the standard
library is used.

Run `python3 randomised_process.py` to write randomised-process.json beside this file, `--check` to compare it instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from capital import BET_CAP, Capital, write_or_check
from draws import permille

FIXTURES = Path(__file__).with_name("randomised-process.json")
CLEARANCE = Decimal("0.001")
PRIOR_UNITS = 20
ARMS = ("champion", "challenger")


class Null(Capital):
    """A null about two arms: sigma = +1 says mu_B - mu_A <= d, sigma = -1 says it is >= d."""

    def play(self, metric: dict, past: "Past", block: dict[str, "Values"], challengers: int) -> None:
        """Multiply the capital by one block, then move what is due from the reserve into the bets."""
        a, b = block["champion"], block["challenger"]
        ratio = Decimal(len(b)) / len(a)
        theta_a, theta_b, v_a, v_b = past.forecast(metric, a, b, self.d)
        if self.sigma > 0:
            cap = min(BET_CAP / theta_b, BET_CAP / (1 - theta_a) / ratio)
        else:
            cap = min(BET_CAP / (1 - theta_b), BET_CAP / theta_a / ratio)
        for j, effect in enumerate(self.effects):
            bet = self.sigma * min(effect / (v_b + ratio * v_a), cap)
            for value, count in b.counts.items():
                self.capital[j] *= (1 + bet * (value - theta_b)) ** count
            for value, count in a.counts.items():
                self.capital[j] *= (1 - ratio * bet * (value - theta_a)) ** count
        self.end_block(challengers)


class Values:
    """Values that were seen, as counts of each."""

    def __init__(self) -> None:
        """Begin with none."""
        self.counts: dict[Decimal, int] = {}

    def add(self, values: "Values") -> None:
        """Remember more values."""
        for value, count in values.counts.items():
            self.counts[value] = self.counts.get(value, 0) + count

    def __len__(self) -> int:
        """Count them."""
        return sum(self.counts.values())

    def total(self) -> Decimal:
        """Sum them."""
        return sum((value * count for value, count in self.counts.items()), Decimal(0))

    def spread(self) -> Decimal:
        """Sum of squared distances from their mean."""
        if not self.counts:
            return Decimal(0)
        mean = self.total() / len(self)
        return sum((count * (value - mean) ** 2 for value, count in self.counts.items()), Decimal(0))


@dataclass
class Past:
    """One metric in one stage: its closed blocks, and the champion's in all stages."""

    champion: Values
    challenger: Values
    stages: list[Values]

    def forecast(self, metric: dict, a: Values, b: Values, d: Decimal) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Means that differ by d, and variances, of the next block."""
        worth = Decimal(metric["priorUnits"])
        mean_a = (self.champion.total() + worth * Decimal(metric["priorMean"])) / (len(self.champion) + worth)
        mean_b = (self.challenger.total() + PRIOR_UNITS * (mean_a + d)) / (len(self.challenger) + PRIOR_UNITS)
        share = Decimal(len(b)) / (len(a) + len(b))
        theta = (1 - share) * mean_a + share * (mean_b - d)
        theta = min(max(theta, max(Decimal(0), -d) + CLEARANCE), min(Decimal(1), 1 - d) - CLEARANCE)
        binomial = theta * (1 - theta)
        if metric["bins"] == 2:
            return theta, theta + d, binomial, (theta + d) * (1 - theta - d)
        everywhere = sum((stage.spread() for stage in self.stages), PRIOR_UNITS * binomial)
        everywhere /= sum(len(stage) for stage in self.stages) + PRIOR_UNITS
        v_a = (self.champion.spread() + PRIOR_UNITS * everywhere) / (len(self.champion) + PRIOR_UNITS)
        v_b = (self.challenger.spread() + PRIOR_UNITS * v_a) / (len(self.challenger) + PRIOR_UNITS)
        return theta, theta + d, v_a, v_b


class Stage:
    """What was assigned in one stage."""

    def __init__(self, weight: int, metrics: int) -> None:
        """Begin with nothing."""
        self.weight = weight
        self.closed = {arm: [Values() for _ in range(metrics)] for arm in ARMS}
        self.waiting = {arm: [Values() for _ in range(metrics)] for arm in ARMS}

    def units(self, arm: str) -> int:
        """Units of one arm, those that wait included."""
        return len(self.closed[arm][0]) + len(self.waiting[arm][0])

    def split_evidence(self) -> Decimal:
        """Pólya's urn against the split, unit by unit: their order does not matter."""
        evidence, drawn = Decimal(1), 0
        share = Decimal(self.weight) / 10_000
        for arm, chance in (("champion", 1 - share), ("challenger", share)):
            for index in range(self.units(arm)):
                evidence *= (100 * chance + index) / (100 + drawn) / chance
                drawn += 1
        return evidence


class Process:
    """All that a verdict needs."""

    def __init__(self, policy: dict) -> None:
        """E = 1 against every null."""
        self.policy = policy
        reserve = policy["rollbackReserve"]
        kept = (Decimal(reserve["share"]), reserve["firstUnits"], reserve["parts"])
        self.promotion, self.rollback = [], []
        for index, metric in enumerate(policy["metrics"]):
            superiority = index == 0 and policy["hypothesis"] == "superiority"
            margin = Decimal(metric["margin"])
            gains = [Decimal(effect) for effect in metric["promotionEffects"]]
            losses = [Decimal(effect) for effect in metric["rollbackEffects"]]
            self.promotion.append(Null(+1, Decimal(0) if superiority else -margin, gains))
            self.rollback.append(Null(-1, -margin, losses, *kept))
        reward_losses = [Decimal(effect) for effect in policy["metrics"][0]["rollbackEffects"]]
        self.tripwire = Null(-1, Decimal(0), reward_losses, *kept)
        self.ramp = Null(+1, -Decimal(policy["rampMargin"]), [Decimal(effect) for effect in policy["rampEffects"]])
        self.stages: dict[str, Stage] = {}
        self.rollback_peak = self.split_peak = Decimal(1)
        self.information = self.weighted = Decimal(0)

    def units(self, arm: str) -> int:
        """Units of one arm that were bet on."""
        return sum(len(stage.closed[arm][0]) for stage in self.stages.values())

    def take(self, block: dict) -> None:
        """Let units wait for the other arm, or bet on all that wait."""
        metrics = self.policy["metrics"]
        stage = self.stages.setdefault(block["stage"], Stage(block["weight"], len(metrics)))
        for arm in ARMS:
            for metric, waiting in zip(metrics, stage.waiting[arm], strict=True):
                waiting.add(values_of(block[arm][metric["name"]]))
        split = Decimal(1)
        for any_stage in self.stages.values():
            split *= any_stage.split_evidence()
        self.split_peak = max(self.split_peak, split)
        if all(len(stage.waiting[arm][0]) for arm in ARMS):
            self.close(stage)

    def close(self, stage: Stage) -> None:
        """Bet on what waits, then learn it."""
        challengers = self.units("challenger") + len(stage.waiting["challenger"][0])
        for index, metric in enumerate(self.policy["metrics"]):
            champions = [any_stage.closed["champion"][index] for any_stage in self.stages.values()]
            past = Past(stage.closed["champion"][index], stage.closed["challenger"][index], champions)
            block = {arm: stage.waiting[arm][index] for arm in ARMS}
            nulls = [self.promotion[index], self.rollback[index]]
            for null in nulls if index else [*nulls, self.tripwire, self.ramp]:
                null.play(metric, past, block, challengers)
            if index == 0:
                self.observe(metric, past, block)
        average = sum(null.evidence() for null in self.rollback) / len(self.rollback)
        self.rollback_peak = max(self.rollback_peak, average)
        for arm in ARMS:
            for closed, waiting in zip(stage.closed[arm], stage.waiting[arm], strict=True):
                closed.add(waiting)
                waiting.counts.clear()

    def observe(self, metric: dict, past: Past, block: dict) -> None:
        """Add to the interval."""
        a, b = block["champion"], block["challenger"]
        _, _, v_a, v_b = past.forecast(metric, a, b, Decimal(0))
        information = len(b) / (v_b + Decimal(len(b)) / len(a) * v_a)
        self.information += information
        self.weighted += information * (b.total() / len(b) - a.total() / len(a))

    def interval(self) -> list[float]:
        """Approximate 95% bounds of the difference."""
        if not self.information:
            return [-1.0, 1.0]
        variance = Decimal("0.0016")
        spread = (1 + variance * self.information).ln() + 2 * Decimal(20).ln()
        half = ((self.information + 1 / variance) * spread).sqrt() / self.information
        centre = self.weighted / self.information
        return [float(max(Decimal(-1), centre - half)), float(min(Decimal(1), centre + half))]

    def reason(self) -> str:
        """The reason for the verdict, rollback first."""
        policy = self.policy
        needed = Decimal(policy["promotionAlpha"])
        harm = 1 / Decimal(policy["rollbackAlpha"])
        units = self.units("champion") + self.units("challenger")
        shown = [null.peak * needed >= 1 for null in self.promotion]
        broken = self.split_peak >= Decimal(policy["sampleRatioThreshold"])
        rules = [
            ("worse-than-margin", self.rollback_peak >= harm and self.rollback[0].peak >= harm * len(self.rollback)),
            ("guardrails-worse", self.rollback_peak >= harm),
            (
                "superior" if policy["hypothesis"] == "superiority" else "non-inferior",
                all(shown) and not broken and units >= policy["minimumUnits"],
            ),
            ("horizon-reached", units >= policy["maximumUnits"]),
            ("sample-ratio", broken),
            ("tripwire", self.tripwire.peak >= Decimal(policy["tripwireThreshold"])),
            ("too-few-units", all(shown)),
            ("guardrails-open", shown[0]),
            ("insufficient-evidence", True),
        ]
        return next(reason for reason, holds in rules if holds)

    def as_floats(self) -> dict:
        """Give what is compared in the names and units of the product code."""
        return {
            "reason": self.reason(),
            "units": self.units("champion") + self.units("challenger"),
            "metrics": [
                {"promotion": promotion.as_floats(), "rollback": rollback.as_floats()}
                for promotion, rollback in zip(self.promotion, self.rollback, strict=True)
            ],
            "tripwire": self.tripwire.as_floats(),
            "ramp": self.ramp.as_floats(),
            "peakLogRollback": float(self.rollback_peak.ln()),
            "peakLogSampleRatio": float(self.split_peak.ln()),
            "interval": self.interval(),
        }


def values_of(histogram: list[int]) -> Values:
    """The values that a histogram counts: bin i of K stands for i / (K - 1)."""
    values = Values()
    values.counts = {Decimal(i) / (len(histogram) - 1): count for i, count in enumerate(histogram) if count}
    return values


def drawn_value(draws: Iterator[int], bins: int, mean: int) -> int:
    """Bin of a value with the mean in permille: 0 or 1, or a triangle of 9 bins about it."""
    if bins == 2:
        return int(next(draws) < mean)
    return min(20, max(0, (mean + 25) // 50 + sum(draw < 500 for draw in islice(draws, 8)) - 4))


def drawn_blocks(seed: int, policy: dict, steps: list[tuple], means: list[tuple[int, int]]) -> list[dict]:
    """Blocks of steps (stage, weight, units, share of the challenger in permille); means by metric and arm."""
    draws = permille(seed)
    blocks = []
    for stage, weight, units, share in steps:
        arms = {arm: {m["name"]: [0] * m["bins"] for m in policy["metrics"]} for arm in ARMS}
        for _ in range(units):
            is_challenger = next(draws) < share
            for metric, mean in zip(policy["metrics"], means, strict=True):
                value = drawn_value(draws, metric["bins"], mean[is_challenger])
                arms[ARMS[is_challenger]][metric["name"]][value] += 1
        blocks.append({"stage": stage, "weight": weight, **arms})
    return blocks


# Numbers are strings, so that the decimals are the ones that are written.
def metric_of(name: str, *, bins: int = 2, **settings: object) -> dict:
    """Policy of one metric."""
    return {
        "name": name,
        "bins": bins,
        "margin": "0.02",
        "priorMean": "0.85",
        "priorUnits": "20",
        "promotionEffects": ["0.01", "0.02", "0.04"],
        "rollbackEffects": ["0.03", "0.08", "0.2"],
        **settings,
    }


def policy_of(metrics: list[dict], **settings: object) -> dict:
    """Policy of a rollout."""
    return {
        "hypothesis": "non-inferiority",
        "promotionAlpha": "0.05",
        "rollbackAlpha": "0.1",
        "metrics": metrics,
        "rampMargin": "0.05",
        "rampEffects": ["0.0375", "0.075", "0.15"],
        "rollbackReserve": {"share": "0.3", "firstUnits": 100, "parts": 6},
        "tripwireThreshold": "20",
        "sampleRatioThreshold": "1000",
        "minimumUnits": 200,
        "maximumUnits": 20000,
        **settings,
    }


def ramp(count: int, units: int) -> list[tuple]:
    """Three stages, of which the second and the third overlap as labels come late."""
    early, middle, late = ("canary-5", 500, units, 50), ("canary-25", 2500, units, 250), ("canary-50", 5000, units, 500)
    return [*[early] * count, *[middle] * count, *[late, middle] * (count // 4), *[late] * count]


ANSWERED = metric_of("answered", margin="0.02", priorMean="0.99")
PROMPT = metric_of("prompt", margin="0.05", priorMean="0.99")
SCORE = metric_of("reward", bins=21)
GUARDED = policy_of([metric_of("reward"), ANSWERED, PROMPT])
COARSE = metric_of("answered", bins=21, margin="0.05", priorMean="0.99")

CASES = {
    "an equal challenger on a ramp, with late labels": (
        policy_of([metric_of("reward")]),
        lambda policy: drawn_blocks(1, policy, ramp(12, 40), [(850, 850)]),
    ),
    "a better challenger judged by superiority, guardrails late": (
        policy_of(
            [metric_of("reward", promotionEffects=["0.015", "0.03", "0.06"]), ANSWERED, PROMPT],
            hypothesis="superiority",
            minimumUnits=1700,
        ),
        lambda policy: drawn_blocks(
            2, policy, [("canary-25", 2500, 60, 250)] * 36, [(750, 900), (995, 996), (980, 980)]
        ),
    ),
    "a challenger 15 points worse, over several parts of the reserve": (
        policy_of([metric_of("reward")], rollbackAlpha="0.0001"),
        lambda policy: drawn_blocks(3, policy, [("canary-50", 5000, 50, 500)] * 24, [(850, 700)]),
    ),
    "scores of an equal challenger, with means as guardrails": (
        policy_of([SCORE, COARSE]),
        lambda policy: drawn_blocks(4, policy, ramp(8, 30), [(800, 800), (950, 950)]),
    ),
    "a guardrail that breaks": (
        GUARDED,
        lambda policy: drawn_blocks(
            5, policy, [("canary-25", 2500, 40, 250)] * 20, [(850, 850), (995, 800), (980, 980)]
        ),
    ),
    "a reward a little worse, watched by the tripwire until the horizon": (
        policy_of([metric_of("reward", margin="0.2")], hypothesis="superiority", maximumUnits=1500),
        lambda policy: drawn_blocks(6, policy, [("canary-50", 5000, 60, 500)] * 28, [(850, 740)]),
    ),
    "a split that loses units of one arm": (
        policy_of([metric_of("reward", priorMean="0.5", priorUnits="2")]),
        lambda policy: drawn_blocks(7, policy, [("canary-50", 5000, 40, 330)] * 16, [(600, 620)]),
    ),
    "arms that wait for each other, one unit at a time": (
        policy_of([metric_of("reward")], rollbackReserve={"share": "0", "firstUnits": 1, "parts": 0}),
        lambda policy: drawn_blocks(
            8, policy, [("canary-5", 500, 1, 100), ("canary-25", 2500, 1, 300)] * 30, [(900, 800)]
        ),
    ),
    "means at the ends of the range, and evidence beyond the range of doubles": (
        policy_of([metric_of("reward", margin="0.5"), metric_of("answered", bins=21)]),
        lambda policy: [
            {
                "stage": "canary-50",
                "weight": 5000,
                "champion": {"reward": champion, "answered": [0] * 20 + [sum(champion)]},
                "challenger": {"reward": challenger, "answered": [sum(challenger)] + [0] * 20},
            }
            for champion, challenger in [
                ([0, 3], [4, 0]),
                ([0, 400], [500, 0]),
                ([0, 4000], [4000, 0]),
                ([4500, 500], [0, 5000]),
            ]
        ],
    ),
}


def steps_of(policy: dict, blocks: list[dict]) -> Iterator[dict]:
    """The evidence and the reason for the verdict after each block."""
    process = Process(policy)
    for block in blocks:
        process.take(block)
        yield {"block": block, **process.as_floats()}


if __name__ == "__main__":
    write_or_check(
        FIXTURES, ((name, policy, steps_of(policy, blocks(policy))) for name, (policy, blocks) in CASES.items())
    )
