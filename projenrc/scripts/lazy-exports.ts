import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './examples';
import { withLazyImports } from './lazy-imports';

/**
 * Rewrites the compiled files, so that the package loads a file at the first use of what is in it and not before: in
 * index files `export * from './data-lake'` becomes a getter for each name, in the others an import waits for its first use.
 * Types and names stay what they are. The last line of an index is never run: in it Node reads which names
 * `import { … }` of an ES module may ask for.
 */
const LIB = path.join(ROOT, 'lib');
const CLOUDS = ['aws', 'azure', 'gcp'];
const indexFiles = [
  'core/index.js',
  'testing/index.js',
  ...CLOUDS.flatMap((cloud) => [`${cloud}/blueprints/index.js`, `${cloud}/index.js`]),
].filter((file) => fs.existsSync(path.join(LIB, file)));
const HEAD = [
  '"use strict";',
  'Object.defineProperty(exports, "__esModule", { value: true });',
  'const lazily = (name, load) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => load()[name] });',
];

for (const file of indexFiles) {
  const target = path.join(LIB, file);
  const code = fs.readFileSync(target, 'utf8');
  const modules = [...code.matchAll(/^__exportStar\(require\("([^"]+)"\), exports\);$/gm)].map(
    ([, specifier]) => specifier,
  );
  if (modules.length === 0) continue;
  const exported = modules.flatMap((specifier) =>
    namesOf(path.resolve(path.dirname(target), specifier)).map((name) => ({ specifier, name })));
  const getters = exported.map(
    ({ specifier, name }) => `lazily(${JSON.stringify(name)}, () => require(${JSON.stringify(specifier)}));`,
  );
  const hint = `0 && (module.exports = { ${exported.map(({ name }) => name).join(', ')} });`;
  fs.writeFileSync(target, [...HEAD, ...getters, hint, ''].join('\n'));
}

for (const file of fs.readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.js'))) {
  const target = path.join(LIB, file);
  fs.writeFileSync(target, withLazyImports(fs.readFileSync(target, 'utf8')));
}

function namesOf(file: string): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the names of what was compiled a moment ago
  return Object.keys(require(file)).sort();
}
