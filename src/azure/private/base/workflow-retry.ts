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

/**
 * For Azure Storage, which refuses a request whose `x-ms-date` is a quarter of an hour old: what is sent again carries
 * the time of the first request, as its inputs are evaluated once. Each try lasts two minutes at most. Who needs longer
 * asks anew (`insist`, `readJson`).
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#specifying-the-date-header
 */
export const DATED = {
  type: 'exponential',
  count: 4,
  interval: 'PT30S',
  minimumInterval: 'PT5S',
  maximumInterval: 'PT1M30S',
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

/** Answers after which Logic Apps has sent a request again, in vain; 0 stands for none. */
export const BUSY_CODES: readonly number[] = [0, 408, 429, 500, 502, 503, 504];
