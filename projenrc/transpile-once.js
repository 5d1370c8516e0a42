/**
 * Lets Node load TypeScript, as `ts-node/register/transpile-only` does, and remembers what it made of a file: several examples load the same two hundred
 * files, each in a process of its own. The key is the file's text, so nothing has to be thrown away.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const CACHE = path.join(__dirname, '..', 'node_modules', '.cache', 'transpiled');
const OPTIONS = { module: 'commonjs', target: 'es2022', esModuleInterop: true, experimentalDecorators: true };
const VERSION = `${require('typescript/package.json').version} ${JSON.stringify(OPTIONS)}`;

require.extensions['.ts'] = (module, file) => {
  const text = fs.readFileSync(file, 'utf8');
  const cached = path.join(CACHE, `${createHash('sha256').update(VERSION).update(text).digest('hex')}.js`);
  if (!fs.existsSync(cached)) write(cached, transpile(text));
  module._compile(fs.readFileSync(cached, 'utf8'), file);
};

function transpile(text) {
  const ts = require('typescript');
  const options = ts.convertCompilerOptionsFromJson(OPTIONS, '.').options;
  return ts.transpileModule(text, { compilerOptions: options }).outputText;
}

/** Whole or not at all: other processes may be reading. */
function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, text);
  fs.renameSync(`${file}.${process.pid}`, file);
}
