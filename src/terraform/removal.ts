import { IConstruct } from 'constructs';
import { requireDestroyAllowed } from '../core/private/removal';
import { refuse, Speaker } from '../core/private/validation';

/** Whether data goes with its stack: only when the prop and the context flag both say so. */
export function mayDestroy(scope: IConstruct, who: Speaker, wanted: 'retain' | 'destroy' | undefined): boolean {
  if (wanted !== undefined && wanted !== 'retain' && wanted !== 'destroy') {
    refuse(who, 'removalPolicy', wanted, 'RemovalPolicy.RETAIN or RemovalPolicy.DESTROY');
  }
  if (wanted !== 'destroy') return false;
  requireDestroyAllowed(scope, who);
  return true;
}
