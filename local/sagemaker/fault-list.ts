import { notFound } from './aws-error.ts';
import type { Fault, FaultKind, FaultOf, StandingFault } from './faults.ts';
import type { CreateTrainingJob } from './requests.ts';

/** What a fault is aimed by. */
type Target = Pick<CreateTrainingJob, 'TrainingJobName' | 'ResourceConfig'>;

/** The faults that stand, and how often each has struck. */
export class FaultList {
  readonly #faults = new Map<string, StandingFault>();
  #count = 0;

  add(fault: Fault): StandingFault {
    this.#count += 1;
    const standing = { id: String(this.#count), fault, struck: 0 };
    this.#faults.set(standing.id, standing);
    return standing;
  }

  all(): readonly StandingFault[] {
    return [...this.#faults.values()];
  }

  clear(): void {
    this.#faults.clear();
  }

  /** @throws {AwsError} ResourceNotFound */
  remove(id: string): void {
    if (!this.#faults.delete(id)) {
      throw notFound();
    }
  }

  /**
   * The fault of a kind that strikes a job now, the oldest where there are several; it has then struck once more.
   *
   * @param isDue whether it strikes already
   */
  take<Kind extends FaultKind>(
    kind: Kind,
    target: Target,
    isDue: (fault: FaultOf<Kind>) => boolean = () => true,
  ): FaultOf<Kind> | undefined {
    for (const standing of this.#faults.values()) {
      const { fault } = standing;
      if (isOf(fault, kind) && !isSpent(standing) && strikes(fault, target) && isDue(fault)) {
        this.#faults.set(standing.id, { ...standing, struck: standing.struck + 1 });
        return fault;
      }
    }
    return undefined;
  }
}

const isOf = <Kind extends FaultKind>(fault: Fault, kind: Kind): fault is FaultOf<Kind> => fault.kind === kind;

function isSpent({ fault, struck }: StandingFault): boolean {
  return 'times' in fault && fault.times !== 'always' && struck >= fault.times;
}

function strikes(fault: Fault, { TrainingJobName, ResourceConfig }: Target): boolean {
  const { instanceType = ResourceConfig.InstanceType } = fault;
  const job = 'job' in fault ? (fault.job ?? '') : '';
  return instanceType === ResourceConfig.InstanceType && TrainingJobName.includes(job);
}
