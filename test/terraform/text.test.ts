import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Lazy, TerraformOutput, TerraformStack, Testing, Token } from 'cdktf';
import { encodedJson, jsonText, literal } from '../../src/terraform/text';
import { googleStack, onlyResource, synthesized } from '../support/terraform';

const BUCKET = Lazy.stringValue({ produce: () => '${google_storage_bucket.a.name}' });

test('what Terraform would read as a template is written twice over', () => {
  expect(literal('${a} %{b} $a %b $ {')).toBe('$${a} %%{b} $a %b $ {');
  expect(literal('${sys.get_env("A")}${b}')).toBe('$${sys.get_env("A")}$${b}');
  expect(literal('nothing')).toBe('nothing');
});

test('tokens of cdktf stay what they are', () => {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  new TerraformOutput(stack, 'Text', { value: literal(`\${keep} ${BUCKET}`) });
  expect(JSON.parse(Testing.synth(stack)).output.Text.value).toBe('$${keep} ${google_storage_bucket.a.name}');
});

test('JSON is one line that Terraform passes on unread, with tokens in it', () => {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  new TerraformOutput(stack, 'Json', { value: jsonText({ steps: ['${x + 1}'], bucket: BUCKET, count: 2 }) });
  expect(JSON.parse(Testing.synth(stack)).output.Json.value).toBe('{"steps":["$${x + 1}"],"bucket":"${google_storage_bucket.a.name}","count":2}');
});

test('a reference inside an expression of a workflow keeps its braces', () => {
  const stack = googleStack();
  const bucket = new StorageBucket(stack, 'Bucket', { name: 'b', location: 'europe-west4' });
  new StorageBucketObject(stack, 'Object', {
    bucket: 'b', name: 'n', content: jsonText({ path: `\${"gs://${bucket.name}/" + folder + "}"}`, next: `${bucket.name} and \${x}`, map: '%{if}' }),
  });
  const { content } = onlyResource(synthesized(stack), 'google_storage_bucket_object');
  const address = /google_storage_bucket\.\w+\.name/.exec(content)![0];
  expect(content).toBe(`{"path":"$\${\\"gs://\${${address}}/\\" + folder + \\"}\\"}","next":"\${${address}} and $\${x}","map":"%%{if}"}`);
});

test('JSON that Terraform completes has tokens of every kind, in names and beside what is no template', () => {
  const stack = googleStack();
  const bucket = new StorageBucket(stack, 'Bucket', { name: 'b', location: 'europe-west4' });
  new StorageBucketObject(stack, 'Object', {
    bucket: 'b',
    name: 'n',
    content: encodedJson({
      whole: bucket.name,
      beside: `"${bucket.name}" and \${{x}}`,
      names: { [bucket.name]: {} },
      list: Token.asList(bucket.interpolationForAttribute('zones')),
      number: Token.asNumber(bucket.interpolationForAttribute('size')),
      late: Lazy.anyValue({ produce: () => ({ a: ['"', 1, null, true] }) }),
      plain: ['${x}', undefined, {}],
      lateText: Lazy.stringValue({ produce: () => 'said "so"' }),
      none: undefined,
    }),
  });
  const { content } = onlyResource(synthesized(stack), 'google_storage_bucket_object');
  const a = 'google_storage_bucket.Bucket';
  expect(content).toBe([
    `{"whole":\${jsonencode("\${${a}.name}")}`,
    `"beside":\${jsonencode("\\"\${${a}.name}\\" and $\${{x}}")}`,
    `"names":{\${jsonencode("\${${a}.name}")}:{}}`,
    `"list":\${jsonencode(${a}.zones)}`,
    `"number":\${jsonencode(${a}.size)}`,
    '"late":{"a":["\\"",1,null,true]}',
    '"plain":["$${x}",null,{}]',
    '"lateText":${jsonencode("said \\"so\\"")}}',
  ].join(','));
});
