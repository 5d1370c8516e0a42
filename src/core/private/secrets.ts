/** Names that say that the value is a secret. */
const SECRET_NAME = /(secret|passw(or)?d|passphrase|api_?key|access_?key|private_?key|credential|auth_?token|bearer)/i;
/** Names of the kind that say where the secret is, or of which kind, not what it is. */
const REFERENCE_NAME = /(_?(arn|id|name|path|uri|url|file|ref|type|version))$/i;

/**
 * Values that are secrets whatever they are called: keys of AWS, of Google, of code hosts and of Slack, private keys,
 * signed tokens.
 */
const SECRET_VALUE = new RegExp(
  [
    '(AKIA|ASIA)[0-9A-Z]{16}',
    'AIza[0-9A-Za-z_-]{35}',
    'GOCSPX-[\\w-]{20,}',
    '-----BEGIN [A-Z ]*PRIVATE KEY-----',
    'gh[pousr]_[A-Za-z0-9]{36}',
    'xox[abpr]-[A-Za-z0-9-]{10}',
    'eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.',
  ].join('|'),
);

export function looksLikeSecret(value: string): boolean {
  return SECRET_VALUE.test(value);
}

export function isNamedLikeSecret(name: string): boolean {
  return SECRET_NAME.test(name) && !REFERENCE_NAME.test(name);
}
