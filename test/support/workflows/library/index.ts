import { Builtin } from './builtin';
import { DATA } from './data';
import { HELPERS } from './helpers';
import { HTTP } from './http';
import { SYSTEM } from './system';
import { TEXT } from './text';

/** Every function of the standard library that this interpreter has, by its name. */
export const LIBRARY: ReadonlyMap<string, Builtin> = new Map([...HELPERS, ...TEXT, ...DATA, ...SYSTEM, ...HTTP].map((each) => [each.name, each]));

/**
 * Real functions of the service that this interpreter does not have: nothing in this project waits for a callback or
 * uses a connector.
 */
export function isBeyond(name: string): boolean {
  return /^(events|googleapis|experimental)\./.test(name);
}
