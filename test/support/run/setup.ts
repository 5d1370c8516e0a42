import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { SHARED_FOLDER } from './shared-folder';

/** Before the first test file. */
export default function setup(): void {
  process.env[SHARED_FOLDER] = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-constructs-tests-'));
}
