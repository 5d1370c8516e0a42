import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../../projenrc/scripts/examples';

/** What must be made in one file alone, because every other place would have to know the same trap. */
const PLACES: { readonly [what: string]: { readonly pattern: RegExp; readonly files: string[] } } = {
  'channels that a removed address leaves behind': {
    pattern: /new MonitoringNotificationChannel\(/, files: ['src/gcp/private/base/notification-channels.ts'],
  },
  // A sink into a log bucket of its own project has none, and the library makes no others.
  'writer identities of sinks': { pattern: /\.writerIdentity\b/, files: [] },
};

function sources(folder: string): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    return entry.isDirectory() ? sources(file) : file.endsWith('.ts') ? [file] : [];
  });
}

test.each(Object.entries(PLACES))('%s are made or read in one place', (_, { pattern, files }) => {
  const found = sources('src').filter((file) => pattern.test(fs.readFileSync(path.join(ROOT, file), 'utf8')));
  expect(found.sort()).toEqual(files);
});
