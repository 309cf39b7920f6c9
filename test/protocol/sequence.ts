/** One sequence: a cloud with two models, what a step does to it, and how it is brought to an end. */
import type { Route } from '../../contracts/route-item.ts';
import { orderOf } from '../../functions/models/index.ts';
import type { RolloutRecord } from '../../functions/rollouts/domain/record.ts';
import { artifactOf, type Gate, modelOf, versionName, versionOf } from './catalogue.ts';
import { Cloud, tenant } from './cloud/cloud.ts';
import { type Functions, openFunctions } from './cloud/functions.ts';
import { stores } from './cloud/platform.ts';
import type { StateMachine } from './cloud/state-machine.ts';

/** Of the first there is a champion and one before it, of the second there is none. */
export const models = ['served', 'new'] as const;

/** What becomes of the artifact of a version that is registered. */
export const Artifact = { Whole: 'whole', Missing: 'missing', Corrupt: 'corrupt' } as const;
export type Artifact = (typeof Artifact)[keyof typeof Artifact];

export class Sequence {
  readonly cloud: Cloud;
  readonly functions: Functions;
  private readonly definition: StateMachine;
  private readonly registered: Map<string, number>;
  private revision: number;

  /**
   * @param definition - of the rollout's state machine
   * @param from - where another sequence has come to
   */
  constructor(definition: StateMachine, from?: Sequence) {
    this.definition = definition;
    this.cloud = new Cloud(from?.cloud);
    this.functions = openFunctions(this.cloud, definition);
    this.registered = new Map(from?.registered);
    this.revision = from?.revision ?? 0;
  }

  /** Begins another sequence where this one stands, without what is on its way. */
  copy(): Sequence {
    return new Sequence(this.definition, this);
  }

  model(index: number): string {
    return models[index % models.length] ?? models[0];
  }

  route(model: string): Route | undefined {
    return this.cloud.monitor.deployments.of(model).route;
  }

  /** Rollouts of all models, the newest first. */
  rollouts(): { model: string; rollout: RolloutRecord }[] {
    return models
      .flatMap((model) =>
        [...this.cloud.monitor.deployments.of(model).rollouts.values()].map((rollout) => ({ model, rollout })),
      )
      .sort((left, right) => (left.rollout.id < right.rollout.id ? 1 : -1));
  }

  /** How many versions a model has. */
  versions(model: string): number {
    return this.registered.get(model) ?? 0;
  }

  async declare(model: string, policy: number): Promise<void> {
    const before = await stores.models.get(tenant, model);
    this.revision += 1;
    await stores.models.save(tenant, modelOf(model, policy, this.revision), before);
  }

  /** A training has finished. @param seen - whether its dataset holds all cases so far, or none */
  async register(model: string, gate: Gate, artifact: Artifact, seen: boolean): Promise<string> {
    const number = this.versions(model);
    this.registered.set(model, number + 1);
    const { status, rollout: _, ...record } = versionOf(model, number, seen ? this.cloud.cases(model).last : 0, gate);
    const content = artifact === Artifact.Corrupt ? artifactOf(model, number + 1000) : artifactOf(model, number);
    if (artifact !== Artifact.Missing) this.cloud.storeArtifact(record.artifact.digest, content);
    await stores.versionItems.create({ tenant, model, order: orderOf(record.version), status, record }).go();
    return record.version;
  }

  /** The artifact of a version arrives, or is mended. */
  arrive(model: string, version: number): void {
    const { digest } = versionOf(model, version, 0, 'passed').artifact;
    this.cloud.storeArtifact(digest, artifactOf(model, version));
  }

  /** The name of a version of the model. */
  version(model: string, index: number): string {
    return versionName(index % Math.max(1, this.versions(model)));
  }

  /** @throws ViolationError - the first rule that was broken so far */
  assertUnbroken(): void {
    if (this.cloud.broken !== undefined) throw this.cloud.broken;
  }
}
