import { TerraformConfig } from './terraform';
import { SynthesizedStack } from '../../src/testing';

/** What the second configuration would lose of the first or recreate, in sentences. */
export function terraformLosses(before: TerraformConfig, after: TerraformConfig): string[] {
  const [was, is] = [before, after].map((config) => SynthesizedStack.of(config));
  const harmless = new Set(was.resources.filter((each) => !each.stateful).map(({ resourceType, id }) => `${resourceType}.${id} is gone`));
  return was.replacementsTo(is).filter((each) => !harmless.has(each));
}

/** Type, id and attributes of everything that has something to lose. */
export function stateful(config: TerraformConfig): [string, string, any][] {
  return SynthesizedStack.of(config).resources.filter((each) => each.stateful)
    .map(({ resourceType, id, properties }) => [resourceType, id, properties]);
}
