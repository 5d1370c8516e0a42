import { refuse, Speaker } from './validation';

/**
 * Refuses what is no word of the library where one belongs, text above all; undefined passes. TypeScript and Python do
 * so themselves, JavaScript and a cast do not.
 *
 * Told by a member that only the library's own class has, not by the class: an app may hold two copies of the package.
 */
export function requireWord(who: Speaker, prop: string, value: unknown, member: string, want: string): void {
  if (value === undefined || (typeof value === 'object' && value !== null && member in value)) return;
  refuse(who, prop, value, want);
}

/** The same of a part that cannot be left out. */
export function requirePart(who: Speaker, prop: string, value: unknown, member: string, want: string): void {
  if (value === undefined) refuse(who, prop, value, want);
  requireWord(who, prop, value, member, want);
}
