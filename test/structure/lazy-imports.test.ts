import { withLazyImports } from '../../projenrc/scripts/lazy-imports';

/** Runs a compiled file and says in which order it loaded what. */
function run(code: string, files: Record<string, unknown> = {}) {
  const loaded: string[] = [];
  const load = (specifier: string) => {
    loaded.push(specifier);
    return files[specifier];
  };
  const exports: Record<string, any> = {};
  new Function('require', 'exports', code)(load, exports);
  return { loaded, exports };
}

test('a file of the package is loaded when something of it is used first, and once', () => {
  const { loaded, exports } = run(withLazyImports([
    '"use strict";',
    'const names_1 = require("./names");',
    'exports.nameOf = (text) => (0, names_1.stableName)(text);',
  ].join('\n')), { './names': { stableName: (text: string) => `stable-${text}` } });
  expect(loaded).toEqual([]);
  expect([exports.nameOf('a'), exports.nameOf('b')]).toEqual(['stable-a', 'stable-b']);
  expect(loaded).toEqual(['./names']);
});

test('a class is made, extended and exported again as before', () => {
  const { loaded, exports } = run(withLazyImports([
    'const key_1 = require("./key");',
    'const bucket_1 = require("@cdktf/provider-google/lib/storage-bucket");',
    'var base_1 = require("./base");',
    'Object.defineProperty(exports, "Base", { enumerable: true, get: function () { return base_1.Base; } });',
    'class Own extends key_1.Key {}',
    'exports.own = () => new Own();',
    'exports.bucket = () => new bucket_1.StorageBucket("raw");',
  ].join('\n')), {
    './key': { Key: class { public readonly kind = 'key'; } },
    './base': { Base: 'base' },
    '@cdktf/provider-google/lib/storage-bucket': { StorageBucket: class { public constructor(public readonly id: string) {} } },
  });
  expect(loaded).toEqual(['./key']);
  expect(exports.own().kind).toBe('key');
  expect(exports.bucket().id).toBe('raw');
  expect(exports.Base).toBe('base');
});

test('engines, built-in modules and imports that are used as a whole stay as they are', () => {
  const code = [
    'const cdktf_1 = require("cdktf");',
    'const fs_1 = require("fs");',
    'const table_1 = require("./table");',
    'exports.all = () => [cdktf_1.App, fs_1.writeFileSync, { ...table_1 }, table_1.ROWS];',
  ].join('\n');
  expect(withLazyImports(code)).toBe(code);
});

test('texts and comments that read like an import are left alone', () => {
  const code = ['/** names_1.stableName */', 'const text = "names_1.stableName";', 'exports.text = `${text} names_1.stableName`;'].join('\n');
  expect(withLazyImports(`const names_1 = require("./names");\n${code}`).split('\n').slice(1).join('\n')).toBe(code);
});
