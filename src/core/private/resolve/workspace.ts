import { WorkspaceIntent } from '../../workspace';
import { requireKnownText } from '../known-values';
import { requireTextList } from '../texts';
import { requireInteger, requireMatch, requireUnique, Speaker } from '../validation';

/** A workspace with every neutral choice made. */
export interface ResolvedWorkspace {
  readonly users: string[];
  readonly idleShutdownMinutes: number;
}

/** Shortest idle time that every cloud takes. */
export const SHORTEST_IDLE_MINUTES = 60;

/** Fills every default and refuses what no cloud takes. */
export function resolvedWorkspace(
  who: Speaker,
  { users = ['data-scientist'], idleShutdownMinutes }: WorkspaceIntent,
): ResolvedWorkspace {
  requireInteger(who, 'idleShutdownMinutes', idleShutdownMinutes, SHORTEST_IDLE_MINUTES, 525_600);
  requireTextList(who, 'users', users);
  requireKnownText(who, 'users', users);
  for (const user of users) {
    requireMatch(
      who,
      'users',
      user,
      /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
      'letters, digits and hyphens between them, at most 63',
    );
  }
  requireUnique(who, 'users', users);
  return { users, idleShutdownMinutes: idleShutdownMinutes ?? 120 };
}
