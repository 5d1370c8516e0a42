import { IConstruct } from 'constructs';
import { refuseBecause, Speaker } from './validation';

/** The context flag that is the second key to deleting data. */
export const ALLOW_DESTROY = 'mlops:allowDestroy';

/** Whether the second key is turned. */
export function isDestroyAllowed(scope: IConstruct): boolean {
  const allowed = scope.node.tryGetContext(ALLOW_DESTROY);
  return allowed === true || allowed === 'true';
}

/** Refuses the first key without the second. */
export function requireDestroyAllowed(scope: IConstruct, who: Speaker): void {
  if (isDestroyAllowed(scope)) return;
  refuseBecause(
    who,
    `removalPolicy DESTROY would delete data with the stack: set the context flag '${ALLOW_DESTROY}' to true as well, or keep RETAIN`,
  );
}
