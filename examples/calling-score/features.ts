/** What one measurement says of a person, and how it varies. */
export interface Feature {
  readonly name: string;
  /** What the measurement is a sign of. */
  readonly trait: Trait;
  /** −1: less of it is a sign of more of the trait. */
  readonly sign: 1 | -1;
  readonly mean: number;
  /** Standard deviation before values outside the bounds are moved to them. */
  readonly spread: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What decides whether somebody responds; nobody sees it but through five measurements each. */
export const traits = ['reach', 'pressure', 'interest', 'burden', 'experience', 'familiarity'] as const;
export type Trait = (typeof traits)[number];

type Row = [name: string, sign: 1 | -1, mean: number, spread: number, minimum: number, maximum: number];

const table: Readonly<Record<Trait, readonly Row[]>> = {
  reach: [
    ['answeredShare', 1, 0.5, 0.16, 0, 1],
    ['ringsBeforeAnswer', -1, 5, 1.6, 0, 12],
    ['callbacksPerYear', 1, 6, 2, 0, 20],
    ['voicemailShare', -1, 0.4, 0.13, 0, 1],
    ['hoursToReply', -1, 24, 8, 0, 72],
  ],
  pressure: [
    ['callsLastQuarter', 1, 6, 2, 0, 20],
    ['messagesLastQuarter', 1, 10, 3.3, 0, 40],
    ['daysSinceContact', -1, 40, 13, 0, 180],
    ['remindersLastYear', 1, 8, 2.6, 0, 30],
    ['contactsPerCampaign', 1, 3, 1, 0, 12],
  ],
  interest: [
    ['pagesVisited', 1, 12, 4, 0, 60],
    ['formsOpened', 1, 5, 1.6, 0, 20],
    ['newslettersRead', 1, 8, 2.6, 0, 30],
    ['minutesOnline', 1, 30, 10, 0, 120],
    ['questionsAsked', 1, 4, 1.3, 0, 20],
  ],
  burden: [
    ['weeklyWorkHours', 1, 38, 9, 0, 80],
    ['travelMinutes', 1, 35, 11, 0, 120],
    ['householdSize', 1, 4, 1, 1, 10],
    ['appointmentsMissed', 1, 2.4, 0.8, 0, 10],
    ['appointmentsMoved', 1, 3, 1, 0, 12],
  ],
  experience: [
    ['surveyScore', 1, 6, 1.4, 0, 10],
    ['lastCallRating', 1, 3, 0.6, 1, 5],
    ['complaints', -1, 1.5, 0.5, 0, 6],
    ['yearsKnown', 1, 5, 1.6, 0, 20],
    ['recommendations', 1, 2.1, 0.7, 0, 10],
  ],
  familiarity: [
    ['sameCallerShare', 1, 0.5, 0.16, 0, 1],
    ['lastCallMinutes', 1, 9, 3, 0, 40],
    ['callsWithCaller', 1, 7, 2.3, 0, 25],
    ['noteLines', 1, 12, 4, 0, 50],
    ['monthsWithCaller', 1, 10, 3.3, 0, 36],
  ],
};

/** The 30 measurements, five of each trait. */
export const features: readonly Feature[] = traits.flatMap((trait) =>
  table[trait].map(([name, sign, mean, spread, minimum, maximum]) => ({
    name,
    trait,
    sign,
    mean,
    spread,
    minimum,
    maximum,
  })),
);
