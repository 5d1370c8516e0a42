import { Node, parseText } from './expression';
import { asText, fault, kindOf, LIBRARY } from './library';

/** What expressions ask their surroundings for: `variables('x')`, `body('Look')`, `item()`. */
export type Context = (name: string, args: readonly unknown[]) => unknown;

/** The value of a part of a definition: texts are read, objects and lists part by part. */
export function evaluateIn(value: unknown, context: Context): unknown {
  if (typeof value === 'string') return textValue(value, context);
  if (Array.isArray(value)) return value.map((each) => evaluateIn(each, context));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [asText(textValue(key, context)), evaluateIn(each, context)]));
}

function textValue(text: string, context: Context): unknown {
  const written = parseText(text);
  if ('whole' in written) return evaluate(written.whole, context);
  return written.parts.map((part) => (typeof part === 'string' ? part : asText(evaluate(part, context)))).join('');
}

/** The value of an expression; what is not there is null. */
export function evaluate(node: Node, context: Context): unknown {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'member') return member(evaluate(node.of, context), evaluate(node.key, context), node.isSafe);
  const args = node.args.map((each) => evaluate(each, context));
  const known = LIBRARY[node.name];
  return (known === undefined ? context(node.name, args) : known.run(...args)) ?? null;
}

function member(value: unknown, key: unknown, isSafe: boolean): unknown {
  if (value === null || value === undefined) return isSafe ? null : fault(`cannot be evaluated, because property '${String(key)}' cannot be selected of null`);
  if (Array.isArray(value)) {
    if (!Number.isInteger(key)) return fault(`array elements can only be selected using an integer index, got '${String(key)}'`);
    return value[key as number] ?? (isSafe ? null : fault(`array index '${String(key)}' is out of bounds`));
  }
  if (kindOf(value) !== 'Object') return fault(`property selection is not supported on values of type '${kindOf(value)}', got '${String(key)}'`);
  if (typeof key !== 'string') return fault(`property names must be strings, got ${kindOf(key)}`);
  const found = Object.prototype.hasOwnProperty.call(value, key) ? (value as { readonly [name: string]: unknown })[key] : undefined;
  return found ?? (isSafe || Object.prototype.hasOwnProperty.call(value, key) ? null : fault(`property '${key}' doesn't exist`));
}
