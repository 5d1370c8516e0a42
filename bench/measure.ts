import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What one process cost. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMegabytes: number;
}

/**
 * Runs the programs in turn, `rounds` times after one round that is not counted, so that drift of the machine hits all
 * alike.
 */
export function inTurn<Name extends string>(
  cli: string,
  programs: Record<Name, string[]>,
  rounds: number,
): Record<Name, Cost[]> {
  const costs = Object.fromEntries(Object.keys(programs).map((name) => [name, [] as Cost[]])) as Record<Name, Cost[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of Object.entries(programs) as [Name, string[]][]) {
      const cost = once(cli, args);
      if (round > 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** The median of one figure. */
export function median(costs: Cost[], figure: keyof Cost): number {
  const sorted = costs.map((cost) => cost[figure]).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function once(cli: string, args: string[]): Cost {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    return run(cli, args, outdir);
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

/** One cold process that writes into the folder. */
export function run(cli: string, args: string[], outdir: string): Cost {
  const { stdout, stderr, status } = spawnSync('node', [cli, ...args], {
    encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, env: { ...process.env, CDK_OUTDIR: outdir, CDKTF_OUTDIR: outdir },
  });
  const line = stdout.split('\n').find((each) => each.startsWith('BENCH '));
  if (status !== 0 || line === undefined) {
    throw new Error(`bench program '${args.join(' ')}' failed:\n${stdout}${stderr}`);
  }
  return JSON.parse(line.slice('BENCH '.length));
}
