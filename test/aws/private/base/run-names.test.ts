import * as fc from 'fast-check';
import { digestPart, LONGEST_NAME, longestPrefix, minutePart, NamePart, runName, versionPart } from '../../../../src/aws/private/base/run-names';
import { driftDefinition } from '../../../../src/aws/private/monitoring/drift-definition';
import { rolloutDefinition } from '../../../../src/aws/private/rollout/definition';
import { batchDefinition } from '../../../../src/aws/private/serving/batch-definition';
import { rendered } from '../policy/sagemaker-requests';

const HEX = '0123456789abcdef'.repeat(4);

/** What a part becomes at its longest. */
const PARTS: [NamePart, string][] = [
  [versionPart('$version'), '-v99999'],
  [digestPart('$text'), `-${HEX.slice(0, 12)}`],
  [minutePart('$end'), '-2026-11-21-0630'],
];

test('parts say how long they can become', () => {
  expect(PARTS.map(([part]) => part.longest)).toEqual(PARTS.map(([, text]) => text.length));
});

test('a name of any parts is never longer than the limit, whatever a run puts into it', () => {
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.array(fc.constantFrom(...PARTS), { maxLength: 3 }), (prefix, chosen) => {
    const parts = chosen.map(([part]) => part);
    const longest = prefix + chosen.map(([, text]) => text).join('');
    if (longest.length <= LONGEST_NAME) expect(runName(prefix, parts)).toContain(JSON.stringify(prefix));
    else expect(() => runName(prefix, parts)).toThrow(`its prefix has room for ${longestPrefix(parts)}`);
  }));
});

describe.each([
  ['a rollout', 40, (namePrefix: string) => rolloutDefinition({
    endpointName: 'churn',
    modelPackageGroup: 'churn',
    executionRoleArn: 'role',
    variant: { InstanceType: 'ml.m5.large' },
    namePrefix,
    challenger: { kind: 'shadow', percent: 50 },
  })],
  ['a batch run', 30, (namePrefix: string) => batchDefinition({
    modelPackageGroup: 'churn', executionRoleArn: 'role', inputBucketName: 'in', inputPrefix: 'in', outputBucketName: 'out', outputPrefix: 'out', namePrefix,
  })],
  ['a drift run', 30, (namePrefix: string) => driftDefinition({
    endpointName: 'churn',
    modelPackageGroup: 'churn',
    captureBucketName: 'in',
    capturePrefix: 'in',
    reportBucketName: 'out',
    reportPrefix: 'out',
    jobRoleArn: 'role',
    imageUri: 'image',
    metricNamespace: 'MLOps',
    metricDimensions: {},
    namePrefix,
  })],
])('%s', (_, longest, definition) => {
  test('makes only names that have room for the longest version, digest and time', () => {
    expect(() => definition('c'.repeat(longest))).not.toThrow();
    expect(() => definition('c'.repeat(LONGEST_NAME))).toThrow(/its prefix has room for/);
  });

  test('puts no name together but by the one rule', () => {
    const prefix = 'c'.repeat(longest);
    const names = JSON.stringify(rendered(definition(prefix))).match(new RegExp(`\\{% [^%]*${prefix}[^%]*%\\}`, 'g'))!;
    const suffix = /c\\+" & ('-v' & \$string\([^)]*\)+|'-' & \$substring|'-' & \$fromMillis|'-' & \$time)/;
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(suffix);
  });
});
