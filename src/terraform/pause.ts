import { ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { rawProvider } from './raw-provider';
import { RawResource } from './raw-resource';

/** Dependencies of a pause, and triggers that repeat it. */
export interface PauseConfig {
  /** Pairs of text whose change repeats the pause. */
  readonly triggers?: unknown;
  readonly dependsOn?: ITerraformDependable[];
}

/** Waits once, when it is made: for a service that answers before what it was told has arrived everywhere. */
export function pause(
  scope: Construct,
  id: string,
  seconds: number,
  { triggers, dependsOn }: PauseConfig,
): RawResource {
  return new RawResource(scope, id, {
    resourceType: 'time_sleep',
    attributes: { create_duration: `${seconds}s`, ...(triggers === undefined ? {} : { triggers }) },
    provider: rawProvider(TerraformStack.of(scope), { name: 'time', source: 'hashicorp/time', version: '~> 0.13' }),
    dependsOn,
  });
}
