import type { Value, ValueMap } from './values';

/**
 * The tags that the service itself gives to errors.
 * @see https://cloud.google.com/workflows/docs/reference/syntax/error-types
 */
export type Tag = 'AuthError' | 'ConnectionError' | 'ConnectionFailedError' | 'HttpError' | 'IndexError' | 'KeyError' | 'ParallelNestingError'
  | 'RecursionError' | 'ResourceLimitError' | 'SystemError' | 'TimeoutError' | 'TypeError' | 'UnhandledBranchError' | 'ValueError' | 'ZeroDivisionError';

/** An error of the workflow, which `try` can catch: what `except` gets as its variable is the payload. */
export class Raised extends Error {
  constructor(public readonly payload: Value, message: string) {
    super(message);
    this.name = 'Raised';
  }
}

/** Raises what the service raises by itself: a map of a message and tags. */
export function fail(tag: Tag, message: string, more: Iterable<[string, Value]> = []): never {
  const payload: ValueMap = new Map<string, Value>([['message', message], ['tags', [tag]], ...more]);
  throw new Raised(payload, message);
}
