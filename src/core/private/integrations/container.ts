import { fill, fillText, PlaceholderValues } from './placeholders';
import { ServerFacts } from '../../integrations/system';

/** Program of a server's container: what an image's own entry point is replaced by. */
export interface ContainerProgram {
  readonly command: readonly string[];
  /** Plain variables. */
  readonly variables: { readonly [name: string]: string };
  /** Secrets of the server that the container reads, by the variable that the cloud puts each of them in. */
  readonly secrets: { readonly [variable: string]: ContainerSecret };
}

/** The password of the database, or a secret that the stack makes. */
export type ContainerSecret = { readonly kind: 'database-password' } | { readonly kind: 'made'; readonly name: string };

/**
 * Command, variables and secrets of a server.
 *
 * A variable that is one secret is the cloud's to set. One that has a secret inside a longer text is put together by the
 * container's shell when it starts, because no template may hold it.
 */
export function containerProgram(server: ServerFacts, values: PlaceholderValues): ContainerProgram {
  const secrets: { [variable: string]: ContainerSecret } = {};
  const exports: string[] = [];
  for (const [variable, text] of Object.entries(server.secretVariables ?? {})) {
    const whole = secretOf(text);
    if (whole !== undefined) {
      secrets[variable] = whole;
      continue;
    }
    exports.push(`export ${variable}=${assembled(text, values, secrets)}`);
  }
  const plain = server.command.length === 0 || (exports.length === 0 && (server.before ?? []).length === 0);
  const run = server.command.map((part) => fillText(part, values)!);
  const script = [
    'set -e',
    ...exports,
    ...(server.before ?? []).map((each) => each.map((part) => quoted(fillText(part, values)!)).join(' ')),
    `exec ${run.map(quoted).join(' ')}`,
  ].join('\n');
  return { command: plain ? run : ['/bin/sh', '-c', script], variables: fill(server.variables, values), secrets };
}

const SECRET = /\{(database\.password|secret\.[a-z][A-Za-z]*)\}/;

/** The secret that a text is, if it is nothing else. */
function secretOf(text: string): ContainerSecret | undefined {
  const [whole, name] = SECRET.exec(text) ?? [];
  return whole === text ? named(name) : undefined;
}

function named(name: string): ContainerSecret {
  return name === 'database.password'
    ? { kind: 'database-password' }
    : { kind: 'made', name: name.slice('secret.'.length) };
}

/** A text for the shell, its secrets taken from variables that the cloud sets. */
function assembled(text: string, values: PlaceholderValues, secrets: { [variable: string]: ContainerSecret }): string {
  return text
    .split(new RegExp(SECRET.source, 'g'))
    .map((part, index) => {
      if (index % 2 === 0) return part === '' ? '' : quoted(fillText(part, values)!);
      const secret = named(part);
      const variable = secret.kind === 'made' ? `SECRET_${secret.name.toUpperCase()}` : 'DATABASE_PASSWORD';
      secrets[variable] = secret;
      return `"$${variable}"`;
    })
    .join('');
}

function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replace(/'/g, '\'\\\'\'')}'`;
}
