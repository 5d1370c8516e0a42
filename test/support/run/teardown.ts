import * as fs from 'node:fs';
import { sharedFolder } from './shared-folder';

/** After the last test file. */
export default function teardown(): void {
  fs.rmSync(sharedFolder(), { recursive: true });
}
