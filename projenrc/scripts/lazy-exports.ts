import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './examples';

/**
 * Rewrites the compiled index files, so that requiring the package loads a construct's file at the first use of its class and not before:
 * `export * from './data-lake'` becomes a getter for each name. Types and names stay what they are.
 */
const LIB = path.join(ROOT, 'lib');
const indexFiles = ['core/index.js', 'testing/index.js', 'aws/blueprints/index.js', 'aws/index.js', 'gcp/blueprints/index.js', 'gcp/index.js']
  .filter((file) => fs.existsSync(path.join(LIB, file)));

for (const file of indexFiles) {
  const target = path.join(LIB, file);
  const code = fs.readFileSync(target, 'utf8');
  const modules = [...code.matchAll(/^__exportStar\(require\("([^"]+)"\), exports\);$/gm)].map(([, specifier]) => specifier);
  if (modules.length === 0) continue;
  const getters = modules.flatMap((specifier) => namesOf(path.resolve(path.dirname(target), specifier)).map((name) =>
    `Object.defineProperty(exports, ${JSON.stringify(name)}, { enumerable: true, configurable: true, get: () => require(${JSON.stringify(specifier)})[${JSON.stringify(name)}] });`));
  fs.writeFileSync(target, ['"use strict";', 'Object.defineProperty(exports, "__esModule", { value: true });', ...getters, ''].join('\n'));
}

function namesOf(file: string): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the names of what was compiled a moment ago
  return Object.keys(require(file)).sort();
}
