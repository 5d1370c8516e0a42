import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const SRC = path.resolve(__dirname, '..', '..', 'src');

/** A struct in the notation of `requireKinds`: those that it extends, and its own props. */
export type Kinds = readonly string[];

/** Structs and enums by their names. */
export interface KindTable {
  readonly structs: { readonly [name: string]: Kinds };
  readonly enums: { readonly [name: string]: readonly string[] };
}

/**
 * Kinds of the props of structs and of every struct that they reach, and values of the enums among them, read from the
 * sources of the vocabulary and of a cloud.
 */
export function kindsOf(cloud: string, roots: readonly string[]): KindTable {
  const folders = ['core', path.join('core', 'integrations'), cloud, path.join(cloud, 'blueprints')].map((each) => path.join(SRC, each));
  const files = folders.flatMap((folder) => fs.readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => path.join(folder, file)));
  const statements = files.flatMap((file) => [...ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true).statements]);
  const interfaces = new Map(statements.filter(ts.isInterfaceDeclaration).map((each) => [each.name.text, each]));
  const allEnums = new Map(statements.filter(ts.isEnumDeclaration).map((each) => [
    each.name.text, each.members.map(({ initializer }) => (initializer as ts.StringLiteral).text),
  ]));
  const structs: { [name: string]: Kinds } = {};
  const enums: { [name: string]: string[] } = {};

  const propsOf = (name: string): string[] => {
    const found = interfaces.get(name);
    if (found === undefined) throw new TypeError(`no interface ${name}`);
    const parents = (found.heritageClauses ?? []).flatMap(({ types }) => types).map(({ expression }) => expression.getText());
    parents.forEach(add);
    const own = found.members.filter(ts.isPropertySignature).map((member) =>
      `${(member.name as ts.Identifier).text}: ${kindOf(member.type!)}${member.questionToken === undefined ? '' : '?'}`);
    return [...parents.map((each) => `< ${each}`), ...own.sort()];
  };
  const kindOf = (type: ts.TypeNode): string => {
    if (ts.isTypeOperatorNode(type)) return kindOf(type.type);
    if (ts.isArrayTypeNode(type)) return `${kindOf(type.elementType)}[]`;
    if (ts.isTypeLiteralNode(type)) return `${kindOf((type.members[0] as ts.IndexSignatureDeclaration).type)}{}`;
    const text = type.getText();
    const plain = ({ string: 'text', number: 'number', boolean: 'boolean', any: 'any', unknown: 'any' } as { [name: string]: string })[text];
    if (plain !== undefined) return plain;
    const name = text.split('.').pop()!;
    if (allEnums.has(name)) enums[name] = allEnums.get(name)!;
    else if (interfaces.has(name) && !/^I[A-Z]/.test(name)) add(name);
    return name;
  };
  const add = (name: string): void => {
    if (structs[name] !== undefined) return;
    structs[name] = [];
    structs[name] = propsOf(name);
  };
  roots.forEach(add);
  const sorted = <T>(all: { [name: string]: T }) => Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
  return { structs: sorted(structs), enums: sorted(enums) };
}
