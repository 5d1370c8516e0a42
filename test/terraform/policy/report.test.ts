import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { atSynthesis } from '../../../src/terraform/files';
import { pause } from '../../../src/terraform/pause';
import { CloudPolicies, ComplianceReport } from '../../../src/terraform/policy/report';
import { unless } from '../../../src/terraform/policy/rule';

/** A cloud whose data are pauses: they need a trigger, and some budget must be there. */
const CLOUD: CloudPolicies = {
  rules: [{
    policy: 'MLOPS-DAT-01',
    types: ['time_sleep'],
    fix: 'give it triggers',
    check: ({ attributes }) => unless(attributes.triggers === undefined ? ['has no trigger'] : []),
  }],
  presenceRules: [{ policy: 'MLOPS-CST-02', fix: 'give a budget', checkAll: (around) => unless(around.has('budget') ? [] : ['no budget']) }],
  notApplicable: { 'MLOPS-ENC-03': 'pauses say nothing to each other' },
  gradeOf: (landscapes) => ({ level: undefined, practices: [{ practice: 'pauses', fromLevel: 0, evidence: landscapes[0].resources.map(({ path }) => path) }] }),
};

const newStack = () => new TerraformStack(new App({ outdir: mkdtempSync(join(tmpdir(), 'report-')) }), 'Stack');

function synth(stack: TerraformStack) {
  const app = App.of(stack);
  app.synth();
  const read = (...path: string[]) => readFileSync(join(app.outdir, ...path), 'utf8');
  return {
    report: JSON.parse(read('stacks', 'Stack', 'compliance.json')),
    text: read('stacks', 'Stack', 'compliance.md'),
    page: read('stacks', 'Stack', 'report.html'),
    file: JSON.parse(read('stacks', 'Stack', 'cdk.tf.json')),
    annotations: JSON.parse(read('manifest.json')).stacks.Stack.annotations,
  };
}

test('a violation of an error policy stops synthesis and names its resource and the fix', () => {
  const stack = newStack();
  pause(stack, 'First', 60, {});
  ComplianceReport.in(stack, CLOUD).cover(stack);
  expect(() => App.of(stack).synth()).toThrow('[Stack/First] MLOPS-DAT-01 data is versioned: has no trigger (give it triggers)');
});

test('the report has rows, grade and what is not applicable; a violation of a warning policy is a warning', () => {
  const stack = newStack();
  pause(stack, 'First', 60, { triggers: { a: 'b' } });
  ComplianceReport.in(stack, CLOUD).cover(stack);
  const { report, text, page, annotations } = synth(stack);
  expect(report.policies['MLOPS-DAT-01'].resources).toEqual([
    { resource: 'Stack/First', resourceType: 'time_sleep', verdict: 'compliant', details: [], reasons: [] },
  ]);
  expect(report.policies['MLOPS-ENC-03']).toMatchObject({ verdict: 'not applicable', reason: 'pauses say nothing to each other' });
  expect(report.maturity.practices[0].evidence).toEqual(['Stack/First']);
  expect(text).toContain('MLOPS-CST-02');
  expect(page).toContain('<title>Stack: maturity and compliance</title>');
  expect(page).toContain('pauses say nothing to each other');
  expect(annotations).toEqual([expect.objectContaining({ level: '@cdktf/warn', constructPath: 'Stack' })]);
});

test('a stack has one report for all scopes, and a scope inside another is looked at once', () => {
  const stack = newStack();
  const inner = new Construct(stack, 'Inner');
  pause(inner, 'First', 60, { triggers: { a: 'b' } });
  const report = ComplianceReport.in(stack, CLOUD);
  report.cover(inner);
  expect(ComplianceReport.in(stack, CLOUD)).toBe(report);
  report.cover(stack);
  expect(synth(stack).report.policies['MLOPS-DAT-01'].resources).toHaveLength(1);
});

test('a second cloud in the stack is refused, because its report would take the place of the first', () => {
  const stack = newStack();
  ComplianceReport.in(stack, CLOUD);
  expect(() => ComplianceReport.in(stack, { ...CLOUD })).toThrow(
    "mlops policies 'Stack': the stack has the compliance report of another cloud already: give each cloud a stack of its own");
});

test('the stack is rendered once, for its file and for however many scopes are looked at', () => {
  const renderings = (scopes: number) => {
    const stack = newStack();
    for (let index = 0; index < scopes; index += 1) {
      const scope = new Construct(stack, `Scope${index}`);
      pause(scope, 'First', 60, { triggers: { a: 'b' } });
      ComplianceReport.in(stack, CLOUD).cover(scope);
    }
    const rendered = jest.spyOn(stack, 'toTerraform');
    expect(synth(stack).report.policies['MLOPS-DAT-01'].resources).toHaveLength(scopes);
    return rendered.mock.calls.length;
  };
  expect([renderings(1), renderings(5)]).toEqual([1, 1]);
});

test('the report sees what the file says, whatever was added by the hooks of the constructs around it', () => {
  const stack = newStack();
  ComplianceReport.in(stack, CLOUD).cover(stack);
  const later = new Construct(stack, 'Later');
  atSynthesis(later, () => { pause(later, 'First', 60, {}).addOverride('triggers', { a: 'b' }); });
  const { report, file } = synth(stack);
  expect(report.policies['MLOPS-DAT-01'].resources).toEqual([expect.objectContaining({ resource: 'Stack/Later/First', verdict: 'compliant' })]);
  expect(Object.values<any>(file.resource.time_sleep)).toEqual([expect.objectContaining({ triggers: { a: 'b' } })]);
});

test('a synthesis that stopped leaves no rendering behind', () => {
  const stack = newStack();
  const first = pause(stack, 'First', 60, {});
  ComplianceReport.in(stack, CLOUD).cover(stack);
  expect(() => App.of(stack).synth()).toThrow('MLOPS-DAT-01');
  first.addOverride('create_duration', '90s');
  expect(Object.values<any>(stack.toTerraform().resource.time_sleep)).toEqual([expect.objectContaining({ create_duration: '90s' })]);
});

test('a stack that is synthesized twice is written as it stands each time', () => {
  const stack = newStack();
  const first = pause(stack, 'First', 60, { triggers: { a: 'b' } });
  ComplianceReport.in(stack, CLOUD).cover(stack);
  synth(stack);
  first.addOverride('create_duration', '90s');
  expect(Object.values<any>(synth(stack).file.resource.time_sleep)).toEqual([expect.objectContaining({ create_duration: '90s' })]);
});

test('a method of the stack that another language overrides stays, and both ask it', () => {
  const stack = newStack();
  pause(stack, 'First', 60, { triggers: { a: 'b' } });
  ComplianceReport.in(stack, CLOUD).cover(stack);
  const { toTerraform } = stack;
  const overridden = jest.fn(() => toTerraform.call(stack));
  Object.defineProperty(stack, 'toTerraform', { value: overridden });
  synth(stack);
  expect(overridden).toHaveBeenCalledTimes(2);
  expect(stack.toTerraform).toBe(overridden);
});
