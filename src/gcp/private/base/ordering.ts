import { ITerraformDependable, TerraformStack } from 'cdktf';
import { projectOf } from './project-of';
import { Token } from '../../../core/private/tokens';
import { refuseBecause, speakerFor } from '../../../core/private/validation';
import { dependencies } from '../../../terraform/ordering';
import { Grant } from '../../grant';

/**
 * What a resource waits for, from resources and grants alike: `dependsOn: after(project._api('storage'), grant)`. A
 * grant may be of another stack.
 */
export function after(...needs: (ITerraformDependable | Grant | undefined)[]): ITerraformDependable[] {
  return dependencies(needs, requireOnePlace);
}

/** What a stack grants to Google's agents is for those of its own project, and its keys are for its own region. */
function requireOnePlace(waiting: TerraformStack, other: TerraformStack, address: string): void {
  if (!/^google_(kms_crypto_key|artifact_registry_repository)_iam_member\./.test(address)) return;
  const [here, there] = [projectOf(waiting), projectOf(other)];
  for (const place of ['projectId', 'region'] as const) {
    if (here[place] === there[place] || Token.isUnresolved(here[place]) || Token.isUnresolved(there[place])) continue;
    refuseBecause(
      speakerFor('stack', waiting),
      `it waits for ${address} of the stack '${other.node.id}', which is in ${there[place]} and not in ${here[place]}: ` +
        'bring what belongs to another project or region in by DataLake.fromAttributes, ModelRegistry.fromAttributes or EncryptionKey.fromKeyId',
    );
  }
}
