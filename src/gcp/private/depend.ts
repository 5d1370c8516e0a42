import { ITerraformDependable } from 'cdktf';
import { Grant } from '../grant';

/** What a resource waits for, from resources and grants alike: `dependsOn: after(project._api('storage'), grant)`. */
export function after(...needs: (ITerraformDependable | Grant | undefined)[]): ITerraformDependable[] {
  const seen = new Set<string>();
  return needs
    .flatMap((need) => (need === undefined ? [] : isGrant(need) ? need.addresses.map((fqn) => ({ fqn })) : [need]))
    .filter(({ fqn }) => !seen.has(fqn) && seen.add(fqn));
}

function isGrant(need: ITerraformDependable | Grant): need is Grant {
  return (need as Partial<Grant>).addresses !== undefined;
}
