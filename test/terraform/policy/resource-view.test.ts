import { TerraformStack, Testing } from 'cdktf';
import { listed } from '../../../src/core/private/listed';
import { pause } from '../../../src/terraform/pause';
import { isRuntime, isTrue, Landscape, one, valuesOf } from '../../../src/terraform/policy/resource-view';
import { rawProvider } from '../../../src/terraform/raw-provider';

test('a landscape shows resources as they will be written, overrides included, and the configuration of providers', () => {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  rawProvider(stack, { name: 'cloud', source: 'acme/cloud', version: '~> 1.0', attributes: { default_tags: { team: 'ml' } } });
  pause(stack, 'First', 60, {}).addOverride('triggers.a', 'b');
  const landscape = new Landscape(stack);
  expect(landscape.resources.map(({ type, path, address, attributes }) => ({ type, path, address, triggers: attributes.triggers }))).toEqual([
    { type: 'time_sleep', path: 'Stack/First', address: 'time_sleep.First', triggers: { a: 'b' } },
  ]);
  expect(landscape.ofType('time_sleep', 'other')).toHaveLength(1);
  expect([landscape.has('time_sleep'), landscape.has('other')]).toEqual([true, false]);
  expect(landscape.provider('cloud')).toEqual({ default_tags: { team: 'ml' } });
  expect(landscape.provider('other')).toEqual({});
  expect(landscape.data('kind', 'name')).toBeUndefined();
});

test('blocks may stand alone or in lists, and booleans be words', () => {
  expect([one({ a: 1 }), one([{ a: 1 }]), one(undefined)]).toEqual([{ a: 1 }, { a: 1 }, undefined]);
  expect(valuesOf({ a: [{ b: { c: 1 } }, { b: { c: 2 } }, {}] }, 'a.b.c')).toEqual([1, 2, undefined]);
  expect([listed(undefined), listed(null), listed('a'), listed(['a', 'b'])]).toEqual([[], [], ['a'], ['a', 'b']]);
  expect([true, 'true', false, 'yes', undefined].map(isTrue)).toEqual([true, true, false, false, false]);
  expect(['${var.a}', 'a', 1].map(isRuntime)).toEqual([true, false, false]);
});
