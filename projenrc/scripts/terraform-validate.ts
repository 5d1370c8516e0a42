import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * `terraform init -backend=false` and `terraform validate` over every stack that the examples write. Ends with 77 where
 * Terraform cannot get the providers: then nothing was looked at. Providers of one's own are taken from the
 * `dev_overrides` of the file that `TF_CLI_CONFIG_FILE` names.
 *
 * `terraform-validate.ts [folder]`
 */
const NOT_CHECKED = 77;
const [folder = 'out'] = process.argv.slice(2);

const stacks = fs.readdirSync(folder)
  .map((example) => path.join(folder, example, 'stacks'))
  .filter((each) => fs.existsSync(each))
  .flatMap((each) => fs.readdirSync(each).map((stack) => path.join(each, stack, 'cdk.tf.json')));
if (stacks.length === 0) throw new Error(`no stack of Terraform below ${folder}: run 'npm run synth' first`);

// One folder after another, so that the providers are fetched once.
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'terraform-'));
const environment = { ...process.env, TF_PLUGIN_CACHE_DIR: work, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' };
try {
  process.exitCode = check();
} finally {
  fs.rmSync(work, { recursive: true });
}

function check(): number {
  let worst = 0;
  for (const [index, file] of stacks.entries()) {
    const target = path.join(work, `stack-${index}`);
    fs.mkdirSync(target);
    fs.copyFileSync(file, path.join(target, 'cdk.tf.json'));
    const init = terraform(target, 'init', '-backend=false', '-input=false');
    const unreachable =
      init.status !== 0 &&
      /failed to query|could not connect|no available releases|no such host/i.test(init.text.replace(/\s+/g, ' '));
    // Providers that were built from their source and stand in `dev_overrides` need no registry, and `init` asks it all
    // the same.
    const result = init.status === 0 || unreachable ? terraform(target, 'validate') : init;
    if (unreachable && /missing required provider|inconsistent dependency lock file/i.test(result.text)) {
      console.log(
        `NOT CHECKED: terraform cannot get the providers here, so none of ${stacks.length} stacks was validated`,
      );
      return NOT_CHECKED;
    }
    console.log(`${file}: ${result.status === 0 ? 'valid' : result.text}`);
    if (result.status !== 0) worst = 1;
  }
  return worst;
}

function terraform(cwd: string, ...args: string[]): { status: number; text: string } {
  const run = spawnSync('terraform', [...args, '-no-color'], { cwd, encoding: 'utf8', env: environment });
  return { status: run.status ?? 1, text: `${run.stdout}${run.stderr}`.replace(/[│╵╷]/g, '') };
}
