/** Names of stages that no policy lists. */

/** The stage of a rollout before its first: its alarms are being made, and it has no traffic. */
export const preparing = 'preparing';
/** The stage after the last of the policy: the verdict is to promote, and a share stays with the champion. */
export const holdbackStage = 'holdback';
/** The one stage of a blue-green rollout. */
export const bakeStage = 'bake';
/** The one stage of a bandit. */
export const banditStage = 'bandit';
