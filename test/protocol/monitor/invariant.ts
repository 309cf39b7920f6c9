import type { Servable } from '../../../contracts/route-item.ts';
import type { ScriptedCases } from '../cloud/evidence.ts';
import type { ScriptedOutcomes } from '../cloud/outcomes.ts';
import type { Process } from '../cloud/scheduler.ts';
import type { Item } from '../dynamodb/expressions.ts';
import type { Deployment } from './deployment.ts';
import type { Rule } from './rules.ts';

/** What is known of the world beside the table. */
export interface World {
  /** Milliseconds since 1970. */
  now(): number;
  /** Whether a version's artifact is there, and is the one that the version pins. */
  isWhole(servable: Servable): boolean;
  cases(model: string): ScriptedCases;
  readonly outcomes: ScriptedOutcomes;
  /** Names of all alarms. */
  readonly alarms: readonly string[];
  /** Rollouts of which an alarm has fired. */
  readonly fired: ReadonlySet<string>;
}

/** One write, whole: a transaction is one. */
export interface Observation {
  readonly world: World;
  readonly model: string;
  readonly before: Deployment;
  readonly after: Deployment;
  readonly written: readonly Item[];
  /** That wrote; undefined where the sequence did, as a training or an operator would. */
  readonly process: Process | undefined;
}

/** A rule of docs/rollouts.md, or one that follows from it. */
export interface Invariant {
  readonly rule: Rule;
  /** @returns what is wrong, or undefined where the rule holds */
  readonly violation: (observation: Observation) => string | undefined;
}

/** Rules are broken, all of them at once: the sequence that led here is the counterexample. */
export class ViolationError extends Error {
  override readonly name = 'ViolationError';
  readonly rules: readonly Rule[];

  constructor(...broken: readonly (readonly [rule: Rule, detail: string])[]) {
    super(broken.map(([rule, detail]) => `${rule}: ${detail}`).join('; '));
    this.rules = broken.map(([rule]) => rule);
  }
}

/** The first of some claims that does not hold, in words. */
export const firstFalse = (...claims: readonly (readonly [holds: boolean, otherwise: string])[]): string | undefined =>
  claims.find(([holds]) => !holds)?.[1];

/** Both as JSON: what is stored has no other values. */
export const same = (left: unknown, right: unknown): boolean => canonical(left) === canonical(right);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  ) ?? 'undefined';
