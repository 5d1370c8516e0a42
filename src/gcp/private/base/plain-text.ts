import { refuse, Speaker } from '../../../core/private/validation';

/**
 * Text that Workflows takes for text, where a definition holds what a user has written; tokens of Terraform are none of
 * its expressions.
 */
export function requirePlain(who: Speaker, prop: string, value: string | undefined): void {
  if (value !== undefined && /\$\{(?!TfToken\[)/.test(value)) {
    refuse(who, prop, value, 'text without ${, which Workflows would compute');
  }
}
