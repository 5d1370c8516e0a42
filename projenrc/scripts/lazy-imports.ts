import * as ts from 'typescript';

/**
 * Has a compiled file load another file of the package, or a class of a provider, when it first uses it and not before:
 * `const names_1 = require('./names')` becomes a variable, and `names_1.stableName` becomes
 * `(names_1 ??= require('./names')).stableName`. A function for each import would be compiled for each import.
 *
 * A file that uses an import in any other way than by a member of it keeps it as it was compiled.
 */
export function withLazyImports(code: string): string {
  const file = ts.createSourceFile('file.js', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const uses = usesIn(file);
  const edits = file.statements.flatMap((statement) => {
    const found = importIn(statement);
    if (found === undefined || !isDeferred(found.specifier)) return [];
    const { name, specifier } = found;
    const members = uses.get(name) ?? [];
    if (!members.every(isOfMember)) return [];
    const text = `(${name} ??= require(${JSON.stringify(specifier)}))`;
    return [
      { from: statement.getStart(), to: statement.end, text: `var ${name};` },
      ...members.map((member) => ({ from: member.getStart(), to: member.end, text })),
    ];
  });
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), code);
}

/** The engines themselves are needed at once: classes of the package extend theirs. */
function isDeferred(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith('@cdktf/provider-');
}

/** `const name = require('specifier');` */
function importIn(statement: ts.Statement): { readonly name: string; readonly specifier: string } | undefined {
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const [{ name, initializer }] = statement.declarationList.declarations;
  if (!ts.isIdentifier(name) || initializer === undefined || !ts.isCallExpression(initializer)) return undefined;
  const [specifier] = initializer.arguments;
  if (initializer.expression.getText() !== 'require' || !ts.isStringLiteral(specifier)) return undefined;
  return { name: name.text, specifier: specifier.text };
}

/** Where each name is read. */
function usesIn(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Identifier[]> {
  const uses = new Map<string, ts.Identifier[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isName(node)) uses.set(node.text, [...(uses.get(node.text) ?? []), node]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return uses;
}

/** What is declared, and the member in `object.member`. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isVariableDeclaration(parent) || ts.isPropertyAccessExpression(parent)) && parent.name === node;
}

function isOfMember(node: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node;
}
