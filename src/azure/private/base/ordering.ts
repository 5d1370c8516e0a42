import { ITerraformDependable } from 'cdktf';
import { dependencies } from '../../../terraform/ordering';
import { Grant } from '../../grant';

/**
 * What a resource waits for, from resources and grants alike: `dependsOn: after(container, grant)`. A grant may be of
 * another stack.
 */
export function after(...needs: (ITerraformDependable | Grant | undefined)[]): ITerraformDependable[] {
  return dependencies(needs);
}
