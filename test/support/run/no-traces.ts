/**
 * Both engines note for each construct and token the lines of code that made it. No test reads that, and inside Jest,
 * where each line is looked up in a source map, it takes half of the time of a synthesis. They ask with plain objects;
 * errors keep their stacks.
 */
const captureStackTrace = Error.captureStackTrace;
Error.captureStackTrace = (target: { stack?: string }, below?: Function): void => {
  if (target instanceof Error) captureStackTrace(target, below);
  else target.stack = '';
};
