import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ROOT } from './examples';

/**
 * Proves that a refactoring changes no template: synthesizes the examples of another commit and of the working tree,
 * and compares every byte.
 *
 * `npm run unchanged -- main` compares with the branch `main`; without an argument, with the last commit.
 */
const [commit = 'HEAD'] = process.argv.slice(2);
const other = fs.mkdtempSync(path.join(os.tmpdir(), 'unchanged-'));
try {
  execFileSync('git', ['worktree', 'add', '--detach', other, commit], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(other, 'node_modules'));
  for (const folder of [other, ROOT]) {
    execFileSync('npm', ['run', '-s', 'synth'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const { status } = spawnSync('diff', ['-rq', path.join(other, 'out'), path.join(ROOT, 'out')], { stdio: 'inherit' });
  console.log(
    status === 0
      ? `the examples of ${commit} and of the working tree are the same bytes`
      : `the examples differ from those of ${commit}`,
  );
  process.exitCode = status ?? 1;
} finally {
  execFileSync('git', ['worktree', 'remove', '--force', other], { cwd: ROOT });
}
