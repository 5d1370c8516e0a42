/**
 * The variant that answers the requests. Its name never changes: scaling, alarms and captured data are found by it, and
 * rollouts refuse a new one.
 */
export const LIVE_VARIANT = 'AllTraffic';
/** The variant of an A/B test that answers a share of the requests. */
export const CHALLENGER_VARIANT = 'Challenger';
/** The variant that gets copies of the requests. */
export const SHADOW_VARIANT = 'Shadow';
