/**
 * What trainings have cost, by month and model: every run is charged when it ends, and once, however often its end is
 * heard of. A month is that of the calendar, UTC, in which the charge is made.
 */
export interface Budget {
  /**
   * @param run - its name at the training service, by which a second charge is known
   * @param dollars - US dollars, by estimate; 0 or more
   */
  charge(tenant: string, model: string, run: string, dollars: number): Promise<void>;
  /** @param month - as `2026-01`. @returns US dollars */
  spent(tenant: string, model: string, month: string): Promise<number>;
}

/** The month of a time, as a budget names it. @param at - ISO 8601, UTC */
export const monthOf = (at: string): string => at.slice(0, 'yyyy-mm'.length);
