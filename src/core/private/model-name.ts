import { requireText } from './texts';
import { requireMatch, Speaker } from './validation';

/** The name of a model that every cloud can make names of, as the intent promises it. */
export function requireModelName(who: Speaker, modelName: string): void {
  requireText(who, 'modelName', modelName);
  requireMatch(
    who,
    'modelName',
    modelName,
    /^[a-z][a-z0-9-]{0,31}$/,
    'lower-case letters, digits and hyphens that start with a letter, at most 32',
  );
}
