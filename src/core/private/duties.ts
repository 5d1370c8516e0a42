import { refuseBecause, Speaker } from './validation';

/** Who has which duty, as each cloud names principals. */
export interface Duties<Principal> {
  readonly dataScientist?: Principal;
  readonly mlEngineer?: Principal;
  readonly approver?: Principal;
}

/** Who makes a model is not who approves it, and there is something to approve. */
export function checkDuties<Principal>(
  who: Speaker,
  roles: Duties<Principal> | undefined,
  registry: unknown,
  isSame: (one: Principal, other: Principal) => boolean,
): void {
  const approver = roles?.approver;
  if (roles === undefined || approver === undefined) return;
  if (registry === undefined) refuseBecause(who, 'roles.approver approves versions, and there is no registry');
  for (const maker of ['dataScientist', 'mlEngineer'] as const) {
    const other = roles[maker];
    if (other !== undefined && isSame(other, approver)) {
      refuseBecause(who, `roles.approver is the same as roles.${maker}: who makes a model must not approve it`);
    }
  }
}
