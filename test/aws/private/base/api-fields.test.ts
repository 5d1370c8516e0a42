import { toApi } from '../../../../src/aws/private/base/api-fields';

describe('toApi', () => {
  test('writes every field as the API does, at every depth', () => {
    expect(toApi({ instanceType: 'ml.m5.large', routingConfig: { routingStrategy: 'RANDOM' }, captureOptions: [{ captureMode: 'Input' }], names: ['a'] })).toEqual({
      InstanceType: 'ml.m5.large', RoutingConfig: { RoutingStrategy: 'RANDOM' }, CaptureOptions: [{ CaptureMode: 'Input' }], Names: ['a'],
    });
  });

  test('knows the fields that have other capitals there', () => {
    expect(toApi({ volumeSizeInGb: 30, serverlessConfig: { memorySizeInMb: 2048 } }))
      .toEqual({ VolumeSizeInGB: 30, ServerlessConfig: { MemorySizeInMB: 2048 } });
  });

  test('leaves out what is not said', () => {
    expect(toApi({ kmsKeyId: undefined, weight: 0 })).toEqual({ Weight: 0 });
  });
});
