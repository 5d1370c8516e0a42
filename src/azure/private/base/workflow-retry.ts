/**
 * About eight minutes, for what a second request does not harm. Logic Apps sends again after 408, 429, 5xx and where no
 * answer came.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/error-exception-handling#retry-policies
 */
export const PATIENT = {
  type: 'exponential',
  count: 8,
  interval: 'PT7S',
  minimumInterval: 'PT5S',
  maximumInterval: 'PT2M',
};

/** For what would be made twice: it is sent once, and who asked looks for it afterwards. */
export const CAREFUL = { type: 'none' };

/**
 * Answers that pass though Logic Apps does not send again: a role that has not arrived everywhere, and a resource that
 * another change holds.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
 */
export const PASSING_CODES: readonly number[] = [401, 403, 409, 412, 423];
