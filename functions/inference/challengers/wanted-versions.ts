import type { Servable } from '../../../contracts/route-item.ts';
import type { VersionNumber } from './messages.ts';
import { WantedVersion } from './version.ts';

/** The versions that routes have beside their champions, as far as this process has read them. */
export class WantedVersions {
  readonly #stopwatch: () => number;
  /** By model, then by what makes a version another one. */
  readonly #models = new Map<string, ReadonlyMap<string, WantedVersion>>();
  #last: VersionNumber = 0;

  constructor(stopwatch: () => number) {
    this.#stopwatch = stopwatch;
  }

  get areNone(): boolean {
    return this.#models.size === 0;
  }

  all(): WantedVersion[] {
    return [...this.#models.values()].flatMap((ofModel) => [...ofModel.values()]);
  }

  /** @returns undefined where no route has it any more */
  find(number: VersionNumber): WantedVersion | undefined {
    return this.all().find((version) => version.number === number);
  }

  /** In place of what the model's route had; a version that stays is the same as before. */
  replace(name: string, tenant: string, servables: readonly Servable[], timeout: number): WantedVersion[] {
    const before = this.#models.get(name);
    const versions = new Map(
      servables.map((servable) => {
        const key = `${servable.version}/${servable.digest}/${timeout}`;
        this.#last += 1;
        return [
          key,
          before?.get(key) ?? new WantedVersion(this.#last, tenant, servable, timeout, this.#stopwatch()),
        ] as const;
      }),
    );
    this.#models.set(name, versions);
    return [...versions.values()];
  }

  forget(name: string): void {
    this.#models.delete(name);
  }
}
