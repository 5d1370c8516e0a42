import { Template, TemplateResource } from './examples';
import { SynthesizedStack } from '../../src/testing';
import { isStatefulInTemplate } from '../../src/testing/private/replacements';

/** Whether deleting or replacing the resource loses something. */
export function isStateful({ Type, DeletionPolicy }: TemplateResource): boolean {
  return isStatefulInTemplate(Type, DeletionPolicy);
}

/**
 * What going from one template to the other would do to the stateful resources of the first: one sentence a loss, none
 * when all is well.
 */
export function losses(before: Template, after: Template): string[] {
  return SynthesizedStack.of(before).lossesTo(SynthesizedStack.of(after));
}
