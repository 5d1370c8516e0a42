import { IConstruct } from 'constructs';
import { refuseBecause, Speaker } from '../core/private/validation';

/** The context flag that is the second key to deleting data. */
export const ALLOW_DESTROY = 'mlops:allowDestroy';

/** Whether data goes with its stack: only when the prop and the context flag both say so. */
export function mayDestroy(scope: IConstruct, who: Speaker, wanted: 'retain' | 'destroy' | undefined): boolean {
  if (wanted !== 'destroy') return false;
  const allowed = scope.node.tryGetContext(ALLOW_DESTROY);
  if (allowed === true || allowed === 'true') return true;
  return refuseBecause(who, `removalPolicy DESTROY would delete data with the stack: set the context flag '${ALLOW_DESTROY}' to true as well, or keep RETAIN`);
}
