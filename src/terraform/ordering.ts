import { ITerraformDependable } from 'cdktf';
import { addressInAnyStack, BeforeWaiting } from './address';
import { Granted } from './grants';

/**
 * Dependencies of a resource, on resources and grants alike, each once. A grant may be of another stack.
 *
 * @param before is asked where a stack would wait for another one, and may refuse
 */
export function dependencies(
  needs: readonly (ITerraformDependable | Granted | undefined)[], before: BeforeWaiting = () => {},
): ITerraformDependable[] {
  const seen = new Set<string>();
  const isNew = (address: string) => !seen.has(address) && seen.add(address);
  return needs.flatMap((need) => {
    if (need === undefined) return [];
    if (!isGranted(need)) return isNew(need.fqn) ? [need] : [];
    return need.addresses.filter(isNew).map((address) => ({ fqn: addressInAnyStack(address, before) }));
  });
}

function isGranted(need: ITerraformDependable | Granted): need is Granted {
  return (need as Partial<Granted>).addresses !== undefined;
}
