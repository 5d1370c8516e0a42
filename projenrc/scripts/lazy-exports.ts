import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './examples';

/**
 * Rewrites the compiled index files, so that requiring the package loads a construct's file at the first use of its
 * class and not before: `export * from './data-lake'` becomes a getter for each name. Types and names stay what they
 * are. The last line is never run: in it Node reads which names `import { … }` of an ES module may ask for.
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

function namesOf(file: string): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the names of what was compiled a moment ago
  return Object.keys(require(file)).sort();
}
