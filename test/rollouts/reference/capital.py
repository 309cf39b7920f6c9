"""What both reference implementations share: capital that is bet against a null, in 60-digit decimals.

Only the standard library is used.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, Decimal, getcontext
from pathlib import Path

getcontext().prec = 60
getcontext().Emax = MAX_EMAX
getcontext().Emin = MIN_EMIN

BET_CAP = Decimal("0.8")


@dataclass
class Capital:
    """Capital bet against one null: sigma = +1 says that a difference is at most d, sigma = -1 at least d."""

    sigma: int
    d: Decimal
    effects: list[Decimal]
    reserve_share: Decimal = Decimal(0)
    reserve_first: int = 1
    reserve_parts: int = 0
    injected: int = 0
    capital: list[Decimal] = field(default_factory=list)
    peak: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Split what is not kept in reserve equally over the effects."""
        stake = (1 - self.reserve_share) / len(self.effects)
        self.capital = [stake for _ in self.effects]

    def evidence(self) -> Decimal:
        """E: all capital, bet and unbet."""
        left = self.reserve_parts - self.injected
        unbet = self.reserve_share * left / self.reserve_parts if left else Decimal(0)
        return sum(self.capital, unbet)

    def end_block(self, count: int) -> None:
        """Remember the peak, then move what is due after `count` observations from the reserve into the bets."""
        self.peak = max(self.peak, self.evidence())
        while self.injected < self.reserve_parts and count >= self.reserve_first * 2**self.injected:
            part = self.reserve_share / self.reserve_parts / len(self.effects)
            self.capital = [capital + part for capital in self.capital]
            self.injected += 1

    def as_floats(self) -> dict:
        """Give the state in the names and units of the product code."""
        return {
            "logCapital": [float(capital.ln()) for capital in self.capital],
            "injectedParts": self.injected,
            "peakLogEvidence": float(self.peak.ln()),
        }


def case_text(name: str, policy: dict, steps: Iterable[dict]) -> str:
    """JSON of one case, a line for each step."""
    head = f'"name": {json.dumps(name)},\n"policy": {json.dumps(policy)}'
    return "{" + head + ',\n"steps": [\n' + ",\n".join(json.dumps(step) for step in steps) + "\n]}"


def write_or_check(fixtures: Path, cases: Iterable[tuple[str, dict, Iterable[dict]]]) -> None:
    """Write the fixtures from name, policy and steps of each case; with --check compare, and exit where they differ."""
    text = "[\n" + ",\n".join(case_text(*case) for case in cases) + "\n]\n"
    if "--check" not in sys.argv:
        fixtures.write_text(text)
    elif fixtures.read_text() != text:
        sys.exit(f"{fixtures} differs from what this program computes: run it without --check and review the change.")
