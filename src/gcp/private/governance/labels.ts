import { refuse, requireMatch, Speaker } from '../../../core/private/validation';

/** Some of the 64 that a resource may have are left for the constructs and for Google's own. */
const MOST_LABELS = 40;

/**
 * Tags as labels: what Google refuses is refused here, because a label that was changed on its way is not the user's
 * any more.
 *
 * @see https://cloud.google.com/resource-manager/docs/labels-overview#requirements
 */
export function checkLabels(who: Speaker, tags: { readonly [key: string]: string } | undefined): void {
  const keys = Object.keys(tags ?? {});
  if (keys.length > MOST_LABELS) refuse(who, 'tags', keys.length, `at most ${MOST_LABELS}`);
  for (const [key, value] of Object.entries(tags ?? {})) {
    requireMatch(who, 'tags', key, /^(?!goog)[a-z][a-z0-9_-]{0,62}$/,
      'label keys of 1 to 63 lower-case letters, digits, _ and -, starting with a letter and not with goog');
    requireMatch(
      who,
      `tags.${key}`,
      value,
      /^[a-z0-9_-]{0,63}$/,
      'a label value of at most 63 lower-case letters, digits, _ and -',
    );
  }
}
