import { Token } from 'aws-cdk-lib';

/**
 * The most that CloudWatch takes.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const MOST_CHARACTERS = 1024;

/** What happened, and what to do. A path that is too long costs the end of the text, not the deployment. */
export function alarmText(happened: string, advice: string): string {
  const text = `${happened}. ${advice}`;
  return text.length > MOST_CHARACTERS && !Token.isUnresolved(text) ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}

/** For whoever sees server errors, whichever alarm says so. */
export const SERVER_ERRORS =
  'Callers get 5xx answers: the container fails, or there is none to answer. Look at the logs of the endpoint for its stack trace. A ' +
  'rollout that is running rolls back automatically; if the version is new, start the rollout of the one before. A container that was killed needs more memory.';

/** The same for slow answers of the model. */
export const SLOW_MODEL =
  'If the machines are busy, let more of them serve. If not, look at what the live version changed: size of the model, features that are ' +
  'looked up, rows in a request. If it is new, start the rollout of the version before.';
