import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { ROOT } from './examples';

/**
 * Type-checks every `ts` block of the hand-written documents, as a file of its own beside the sources, in one program.
 */
const documents = execFileSync('git', ['ls-files', 'docs/*.md', 'examples/*.md', 'runtime/*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.startsWith('docs/api/'));

const snippets = new Map<string, { readonly text: string; readonly place: string }>();
for (const document of documents) {
  const text = fs.readFileSync(path.join(ROOT, document), 'utf8');
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
    const line = text.slice(0, match.index).split('\n').length + 1;
    const file = path.join(ROOT, 'test', `snippet-${snippets.size}.ts`);
    snippets.set(file, { text: `${match[1]}\nexport {};\n`, place: `${document}:${line}` });
  }
}

const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.dev.json'), (file) => fs.readFileSync(file, 'utf8'));
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
const compilerOptions: ts.CompilerOptions = { ...options, noEmit: true, noUnusedLocals: false, skipLibCheck: true };
const host = ts.createCompilerHost(compilerOptions);
const { fileExists, readFile } = host;
host.fileExists = (file) => snippets.has(path.normalize(file)) || fileExists(file);
host.readFile = (file) => snippets.get(path.normalize(file))?.text ?? readFile(file);

const program = ts.createProgram([...snippets.keys()], compilerOptions, host);
const problems = [...snippets.keys()].flatMap((file) => {
  const source = program.getSourceFile(file)!;
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((problem) => {
    const { line } = source.getLineAndCharacterOfPosition(problem.start ?? 0);
    return `${snippets.get(file)!.place} + ${line}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`;
  });
});
for (const problem of problems) console.log(problem);
console.log(`${snippets.size} snippets in ${documents.length} documents, ${problems.length} problems`);
process.exitCode = problems.length === 0 && snippets.size > 0 ? 0 : 1;
