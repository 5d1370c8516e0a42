import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Aspects, TerraformResource, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { MaturityModel } from '../../src/core/maturity';

/** The policies of a cloud that becomes Terraform, and resources of it that break one, or none. */
export interface PolicyProof {
  readonly policies: {
    readonly applyTo: (scope: IConstruct) => object;
    readonly acknowledge: (construct: IConstruct, id: string, reason: string) => void;
  };
  /** A stack with the cloud's ground in it. */
  readonly newStack: (id?: string, app?: App) => TerraformStack;
  /** A key without a fault. */
  readonly key: (scope: Construct, id?: string) => TerraformResource;
  readonly keyType: string;
  /** A store with one fault only: it has no versions. */
  readonly unversioned: (scope: Construct) => TerraformResource;
  readonly store: {
    /** `Stack/Bucket`. */
    readonly path: string;
    readonly resourceType: string;
    /** The fault in words, and the way out. */
    readonly detail: string;
    readonly fix: string;
    /** The argument that switches versions on. */
    readonly argument: string;
  };
  /** What is said where no budget is there. */
  readonly noBudget: string;
  /** Why MLOPS-ENC-03 does not apply. */
  readonly noSetting: string;
  /** Policies that a key alone violates, as warnings. */
  readonly violations: number;
  /** Proofs of the practices of maturity, by name. */
  readonly proofs: object;
}

export const newApp = () => new App({ outdir: mkdtempSync(join(tmpdir(), 'policies-')) });
export const appOf = (node: IConstruct) => node.node.root as App;
export const read = (stack: TerraformStack, name: string) => readFileSync(join(appOf(stack).outdir, 'stacks', stack.node.id, name), 'utf8');
export const reportOf = (stack: TerraformStack) => JSON.parse(read(stack, 'compliance.json'));
export const annotationsOf = (stack: TerraformStack): { level: string; message: string; constructPath: string; stacktrace?: unknown }[] =>
  JSON.parse(readFileSync(join(appOf(stack).outdir, 'manifest.json'), 'utf8')).stacks[stack.node.id].annotations;

/** Tests of what the policies of every such cloud do with what they find. */
export function provePolicies(proof: PolicyProof): void {
  proveViolations(proof);
  proveExceptions(proof);
  proveScopes(proof);
  proveReport(proof);
}

function proveViolations({ key, newStack, noBudget, policies, store, unversioned }: PolicyProof): void {
  describe('a violation', () => {
    test('of an error policy stops synthesis, names its resource and the way out, and stands in the report', () => {
      const stack = newStack();
      unversioned(stack);
      policies.applyTo(stack);
      expect(() => appOf(stack).synth()).toThrow(`[${store.path}] MLOPS-DAT-01 data is versioned: ${store.detail} (${store.fix}`);
      expect(reportOf(stack).policies['MLOPS-DAT-01'].resources).toEqual([
        { resource: store.path, resourceType: store.resourceType, verdict: 'violation', details: [store.detail], reasons: [] },
      ]);
    });

    test('of a warning policy is a warning, without the place where the code lies', () => {
      const stack = newStack();
      key(stack);
      policies.applyTo(stack);
      appOf(stack).synth();
      const [warning] = annotationsOf(stack);
      expect(warning).toEqual({
        level: '@cdktf/warn', constructPath: 'Stack', message: `MLOPS-CST-02 a budget notifies before it is exceeded: ${noBudget} (give the guardrails a budget)`,
      });
      expect(annotationsOf(stack).every(({ level, stacktrace }) => level === '@cdktf/warn' && stacktrace === undefined)).toBe(true);
    });

    test('is told once, however often the stack is synthesized', () => {
      const stack = newStack();
      key(stack);
      policies.applyTo(stack);
      appOf(stack).synth();
      const once = annotationsOf(stack).length;
      appOf(stack).synth();
      expect(annotationsOf(stack)).toHaveLength(once);
    });
  });
}

function proveExceptions({ newStack, policies, store, unversioned }: PolicyProof): void {
  const acknowledging = (id: string, reason: string, on: (stack: TerraformStack, made: IConstruct) => IConstruct = (_, made) => made) => {
    const stack = newStack();
    const made = unversioned(stack);
    policies.acknowledge(on(stack, made), id, reason);
    policies.applyTo(stack);
    return stack;
  };
  const versionsOf = (stack: TerraformStack) => {
    appOf(stack).synth();
    return reportOf(stack).policies['MLOPS-DAT-01'].resources;
  };

  describe('exceptions', () => {
    test('with a reason are accepted and stand in the report', () => {
      const reason = 'a cache that is built again every night';
      const stack = acknowledging('MLOPS-DAT-01', reason);
      expect(versionsOf(stack)).toEqual([
        { resource: store.path, resourceType: store.resourceType, verdict: 'exception', details: [store.detail], reasons: [reason] },
      ]);
      expect(read(stack, 'compliance.md')).toContain(`| MLOPS-DAT-01 | ${store.path} | ${store.detail} | ${reason} |`);
      expect(reportOf(stack).policies['MLOPS-EXC-01'].resources).toEqual([
        { resource: store.path, resourceType: store.resourceType, verdict: 'compliant', details: ['MLOPS-DAT-01'], reasons: [reason] },
      ]);
    });

    test('count for what is below', () => {
      expect(versionsOf(acknowledging('MLOPS-DAT-01', 'why', (stack) => stack))[0].verdict).toBe('exception');
    });

    test('without a reason are none, and violations themselves', () => {
      expect(() => appOf(acknowledging('MLOPS-DAT-01', ' ')).synth()).toThrow(
        'MLOPS-EXC-01 every exception names a policy that exists and gives a reason: MLOPS-DAT-01 has no reason '
        + '(MlopsPolicies.acknowledge(construct, id, reason) with the id of a policy and a reason that a reader can judge)');
    });

    test('from nothing are violations', () => {
      expect(() => appOf(acknowledging('MLOPS-DAT-99', 'a slip of the pen')).synth()).toThrow('MLOPS-DAT-99 is no policy that can have exceptions');
    });
  });
}

function proveScopes({ key, newStack, policies, store, unversioned }: PolicyProof): void {
  describe('what is looked at', () => {
    test('is what aspects and overrides have made of it', () => {
      const stack = newStack();
      const made = unversioned(stack);
      Aspects.of(stack).add({ visit: (node) => node === made && made.addOverride(store.argument, true) });
      policies.applyTo(stack);
      appOf(stack).synth();
      expect(reportOf(stack).policies['MLOPS-DAT-01'].verdict).toBe('compliant');
    });

    test('is the scopes alone', () => {
      const stack = newStack();
      unversioned(stack);
      const product = new Construct(stack, 'Product');
      key(product);
      policies.applyTo(product);
      appOf(stack).synth();
      expect(reportOf(stack).policies['MLOPS-DAT-01'].verdict).toBe('not applicable');
      expect(reportOf(stack).policies['MLOPS-ENC-04'].verdict).toBe('compliant');
    });

    test('is looked at once, however many scopes it is in', () => {
      const stack = newStack();
      const product = new Construct(stack, 'Product');
      key(product);
      const applied = policies.applyTo(product);
      expect(policies.applyTo(stack)).toBe(applied);
      appOf(stack).synth();
      expect(reportOf(stack).policies['MLOPS-ENC-04'].resources).toHaveLength(1);
    });

    test('is each stack for itself', () => {
      const one = newStack('One');
      const two = newStack('Two', appOf(one));
      for (const stack of [one, two]) {
        key(stack);
        policies.applyTo(stack);
      }
      appOf(one).synth();
      expect(reportOf(one).policies['MLOPS-ENC-04'].resources.map((each: any) => each.resource)).toEqual(['One/Key']);
      expect(reportOf(two).policies['MLOPS-ENC-04'].resources.map((each: any) => each.resource)).toEqual(['Two/Key']);
    });

    test('must be in a stack', () => {
      expect(() => policies.applyTo(newApp())).toThrow(
        'mlops policies \'App\': this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope \'App\'');
    });
  });
}

function proveReport({ key, keyType, newStack, noSetting, policies, proofs, violations }: PolicyProof): void {
  const inOrder = (ids: string[]) => {
    const stack = newStack();
    for (const id of ids) key(stack, id);
    policies.applyTo(stack);
    appOf(stack).synth();
    return stack;
  };

  describe('the report', () => {
    test('is the same, byte for byte, from run to run', () => {
      const bytes = (stack: TerraformStack) => ['compliance.json', 'compliance.md', 'report.html'].map((name) => read(stack, name));
      expect(bytes(inOrder(['A', 'B']))).toEqual(bytes(inOrder(['B', 'A'])));
    });

    test('goes from controls to policies to resources, and says what means nothing here and why', () => {
      const stack = inOrder(['A']);
      const report = reportOf(stack);
      expect(report.controls['NIST-800-53-r5:SC-12']).toEqual({ verdict: 'compliant', policies: ['MLOPS-ENC-01', 'MLOPS-ENC-04'] });
      expect(report.policies['MLOPS-ENC-04'].resources).toEqual([
        { resource: 'Stack/A', resourceType: keyType, verdict: 'compliant', details: [], reasons: [] },
      ]);
      expect(report.policies['MLOPS-ENC-03']).toMatchObject({ verdict: 'not applicable', reason: noSetting, resources: [] });
      expect(read(stack, 'compliance.md')).toContain(`| error | not applicable: ${noSetting.slice(0, 40)}`);
      expect(report.summary).toEqual({ compliant: 2, exception: 0, undecided: 0, violation: violations });
    });

    test('grades the maturity of what it sees', () => {
      const report = reportOf(inOrder(['A']));
      expect(report.maturity.level).toBeUndefined();
      expect(report.maturity.practices[0]).toEqual({ practice: 'data versioning and lineage', fromLevel: 0, evidence: [] });
    });

    test('has a proof of every practice of the model', () => {
      expect(Object.keys(proofs).sort()).toEqual(MaturityModel.PRACTICES.map(({ name }) => name).sort());
    });
  });
}
