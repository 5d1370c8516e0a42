import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/**
 * checkov over the Terraform that the examples write.
 *
 * checkov reads `cdk.tf.json` but knows no exceptions in JSON: they stand in the resource's comment,
 * `"//": {"checkov": {"CKV_GCP_62": "why"}}`, and are applied here. A finding without a reason fails, and so does a
 * check that is acknowledged and finds nothing anywhere: it would hide the next one.
 *
 * `checkov-terraform.ts <checkov> [folder]`
 */
interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
  readonly file_abs_path: string;
}

const [checkov, folder = 'out'] = process.argv.slice(2);
// checkov gives up on a file whose terraform block says more than a provider: it is looked at without that block.
const copies = fs.mkdtempSync(path.join(os.tmpdir(), 'checkov-'));
const files = terraformFiles(folder).map((file) => path.relative(folder, file));
for (const file of files) {
  const { terraform: _, ...blocks } = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
  fs.mkdirSync(path.dirname(path.join(copies, file)), { recursive: true });
  fs.writeFileSync(path.join(copies, file), JSON.stringify(blocks, undefined, 2));
}
const run = spawnSync(
  checkov,
  [
    '--directory',
    copies,
    '--framework',
    'terraform_json',
    '--skip-download',
    '--quiet',
    '--compact',
    '--output',
    'json',
  ],
  {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  },
);
if (run.error !== undefined || ![0, 1].includes(run.status ?? 2)) {
  throw new Error(`checkov did not run: ${run.error?.message ?? run.stderr}`);
}
const report = JSON.parse(run.stdout);
const findings: Finding[] = report.results?.failed_checks ?? [];
const { passed = 0, parsing_errors: unread = 0 } = report.summary ?? report;

const reasons = new Map<string, string>();
for (const file of files) {
  for (const resources of Object.values(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')).resource ?? {})) {
    for (const [id, attributes] of Object.entries(resources as Record<string, any>)) {
      for (const [check, reason] of Object.entries(attributes['//']?.checkov ?? {})) {
        reasons.set(keyOf(file, id, check), String(reason));
      }
    }
  }
}

const open: string[] = [];
const used = new Set<string>();
for (const { check_id, check_name, resource, file_abs_path } of findings) {
  const key = keyOf(path.relative(fs.realpathSync(copies), file_abs_path), resource.split('.').pop()!, check_id);
  if (reasons.get(key)?.trim()) used.add(key);
  else open.push(`${key}: ${check_name}`);
}
const checkOf = (key: string) => key.split(' ').pop()!;
const found = new Set([...used].map(checkOf));
const idle = [...reasons.keys()].filter((key) => !found.has(checkOf(key)));

for (const each of open) console.log(`FAILED   ${each}`);
for (const each of idle) console.log(`IDLE     ${each}: acknowledged, and checkov finds nothing`);
console.log(
  `checkov: ${passed} passed, ${open.length} failed, ${used.size} acknowledged, ${idle.length} idle acknowledgements, ${unread} unread of ${files.length} files`,
);
fs.rmSync(copies, { recursive: true });
process.exitCode = open.length + idle.length + unread === 0 && passed > 0 ? 0 : 1;

function keyOf(file: string, id: string, check: string): string {
  return `${file} ${id} ${check}`;
}

function terraformFiles(start: string): string[] {
  return fs.readdirSync(start, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(start, entry.name);
    if (entry.isDirectory()) return terraformFiles(full);
    return entry.name.endsWith('.tf.json') ? [path.resolve(full)] : [];
  }).sort();
}
