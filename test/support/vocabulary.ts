import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const CORE = path.resolve(__dirname, '..', '..', 'src', 'core');

/** One prop of one struct of the neutral vocabulary. */
export interface Word {
  readonly intent: string;
  readonly prop: string;
  readonly isOptional: boolean;
}

/** Structs that describe the library, not what a user wants. */
const NOT_INTENTS = ['AssessedPractice', 'MaturityPractice', 'ParityRow', 'Policy'];

/** Every prop of every struct in `src/core`, read from the source; inherited props count where they are declared. */
export function vocabulary(): Word[] {
  const files = [...fs.readdirSync(CORE).filter((file) => file.endsWith('.ts')), path.join('integrations', 'integrations.ts')];
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, fs.readFileSync(path.join(CORE, file), 'utf8'), ts.ScriptTarget.ES2022);
    return source.statements
      .filter(ts.isInterfaceDeclaration)
      .filter((each) => !NOT_INTENTS.includes(each.name.text) && !/^I[A-Z]/.test(each.name.text))
      .flatMap((struct) => struct.members.filter(ts.isPropertySignature).map((member) => ({
        intent: struct.name.text,
        prop: (member.name as ts.Identifier).text,
        isOptional: member.questionToken !== undefined,
      })));
  });
}
