import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const SRC = path.resolve(__dirname, '..', '..', 'src');

/** A value that a doc comment says a prop has when nothing is said. */
export interface DocumentedDefault {
  /** The struct that has the prop. */
  readonly owner: string;
  readonly prop: string;
  /** The value as it is written: `'dataset/'`, `[50, 80, 100]`, `Schedule.daily()`. */
  readonly literal: string;
}

/**
 * What `@default` says of the props below a folder of `src`, without what is said in prose (`- …`) and without what is
 * private.
 */
export function documentedDefaults(folder: string): DocumentedDefault[] {
  const files = fs.readdirSync(path.join(SRC, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.includes('private'));
  return files.sort().flatMap((file) => {
    const source = ts.createSourceFile(file, fs.readFileSync(path.join(SRC, folder, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    return source.statements.filter(ts.isInterfaceDeclaration).flatMap((struct) => struct.members.filter(ts.isPropertySignature).flatMap((member) => {
      const said = ts.getJSDocTags(member).filter(({ tagName }) => tagName.text === 'default').map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
      // A remark may follow: `'offline/' - the offline features`.
      return said.filter((text) => !text.startsWith('-')).map((text) => ({ owner: struct.name.text, prop: member.name.getText(), literal: text.split(/ - |\n/)[0] }));
    }));
  });
}

/** The value of a literal, written with words that are in scope there. */
export function valueOf(literal: string, words: { readonly [name: string]: unknown }): unknown {
  return new Function(...Object.keys(words), `return (${literal});`)(...Object.values(words));
}
