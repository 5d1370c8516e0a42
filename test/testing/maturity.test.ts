import { App, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { TerraformStack } from 'cdktf';
import * as aws from '../../src/aws';
import * as azure from '../../src/azure';
import { ContainerImage, Schedule, Trigger } from '../../src/core';
import * as gcp from '../../src/gcp';
import { Expect } from '../../src/testing';
import { BASE } from '../parity/samples';
import { azureStack } from '../support/azure';
import { googleStack } from '../support/terraform';

const IMAGE = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae');
/** The image of a deployment: the stack's own registry holds it. */
const OWN_IMAGE = ContainerImage.fromUri('${var.image}');
const INTENT = { ...BASE, training: { ...BASE.training, triggers: [Trigger.schedule(Schedule.weekly())] } };
/** Without this word the feature store of Azure is public where its lake is, and the access of the level is not proven. */
const PRIVATE: azure.BlueprintProps = {
  ...INTENT, image: OWN_IMAGE, data: { privateEndpoints: true }, workspace: { privateEndpoints: true },
};
const names = (practices: { readonly name: string }[]) => practices.map(({ name }) => name);

type Make = (stack: any, level: number) => unknown;

describe.each<[string, { of: typeof aws.MaturityReport.of }, () => Stack | TerraformStack, Make, (stack: any) => unknown]>([
  ['AWS', aws.MaturityReport, () => new Stack(new App(), 'Churn'),
    (stack, level) => (level === 0 ? new aws.Level0Blueprint(stack, 'Mlops', INTENT) : new aws.Level1Blueprint(stack, 'Mlops', INTENT)),
    (stack) => new aws.DataLake(stack, 'Data')],
  ['Google Cloud', gcp.MaturityReport, () => googleStack(),
    (stack, level) => (level === 0 ? new gcp.Level0Blueprint(stack, 'Mlops', { ...INTENT, image: IMAGE })
      : new gcp.Level1Blueprint(stack, 'Mlops', { ...INTENT, image: IMAGE })),
    (stack) => new gcp.DataLake(stack, 'Data')],
  ['Azure', azure.MaturityReport, () => azureStack(),
    (stack, level) => (level === 0 ? new azure.Level0Blueprint(stack, 'Mlops', PRIVATE)
      : new azure.Level1Blueprint(stack, 'Mlops', PRIVATE)),
    (stack) => new azure.DataLake(stack, 'Data')],
])('on %s', (_, report, newStack, blueprint, lake) => {
  test.each([0, 1])('a blueprint of level %d is of that level, and what the next one needs is named', (level) => {
    const stack = newStack();
    blueprint(stack, level);
    Expect.maturity(stack, level);
    expect(report.of(stack).level).toBe(level);
    expect(report.of(stack.node.root).level).toBe(level);
    const missing = report.of(stack).missingFor(level + 1);
    expect(new Set(missing.map(({ fromLevel }) => fromLevel))).toEqual(new Set([level + 1]));
    expect(() => Expect.maturity(stack, level + 1)).toThrow(`expected level ${level + 1} of '${stack.node.path}', nothing proves:\n  ${missing[0].name} (from level`);
  });

  test('a lake alone proves what it is, and no level', () => {
    const stack = newStack();
    lake(stack);
    const assessment = report.of(stack);
    expect(assessment.level).toBeUndefined();
    const versioned = assessment.practices.find(({ name }) => name === 'data versioning and lineage')!;
    expect(versioned.provenBy.every((path) => path.includes('Data'))).toBe(true);
    expect(versioned.provenBy.length).toBeGreaterThan(0);
    expect(versioned.evidence).toBe('datasets versioned, origin and transformations recorded, immutable history');
    expect(names(assessment.missingFor(0))).toContain('experiment tracking');
  });

  test('the scope may be a part of a stack', () => {
    const stack = newStack();
    blueprint(stack, 1);
    const part = stack.node.findChild('Mlops').node.findChild('Data');
    expect(report.of(part).level).toBeUndefined();
    expect(report.of(part).practices.flatMap(({ provenBy }) => provenBy).every((path) => path.startsWith(part.node.path))).toBe(true);
  });
});

test('raw resources of the engine count like those of constructs', () => {
  const stack = new Stack(new App(), 'Churn');
  new s3.CfnBucket(stack, 'Mine', { versioningConfiguration: { status: 'Enabled' } });
  const [versioning] = aws.MaturityReport.of(stack).practices;
  expect(versioning.provenBy).toEqual(['Churn/Mine']);
});

test('a level that there is not is refused', () => {
  const stack = new Stack(new App(), 'Churn');
  new s3.CfnBucket(stack, 'Mine');
  expect(() => Expect.maturity(stack, 3)).toThrow('maturity: level must be 0, 1 or 2, got 3');
});

test('a scope with no resource of a cloud is refused', () => {
  expect(() => Expect.maturity(new Stack(new App(), 'Churn'), 0)).toThrow("maturity: 'Churn' must have resources of one cloud, got none");
});
