import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { askForStage, deliveredImage, ImageInput, openVariables, stackFolder, terraformDelivery, TerraformDeliveryInput } from '../../../src/terraform/delivery/plan';

const who = { what: 'delivery pipeline', name: 'D' };
const registry = { imageRepositoryUri: 'registry.example.com/images', modelName: 'churn' };
const newStack = () => new TerraformStack(Testing.app(), 'Stack');

test('fills the defaults of Terraform beside those of every delivery', () => {
  expect(terraformDelivery(who, newStack(), { repository: 'acme/churn' })).toMatchObject({ terraformVersion: '~1.11', synth: 'npx cdktf synth', nodeVersion: '22' });
  expect(terraformDelivery(who, newStack(), { repository: 'acme/churn', terraformVersion: '1.12.1', synthCommand: 'make' })).toMatchObject({ terraformVersion: '1.12.1', synth: 'make' });
});

test.each<[string, Partial<TerraformDeliveryInput>, string]>([
  ['a version of Terraform', { terraformVersion: 'latest' }, "terraformVersion must be a version like '~1.11' or '1.11.4', got 'latest'"],
  ['a synth command', { synthCommand: '' }, "synthCommand must be a command on one line, got ''"],
])('refuses %s', (_, input, message) => {
  expect(() => terraformDelivery(who, newStack(), { repository: 'acme/churn', ...input })).toThrow(new Error(`delivery pipeline 'D': ${message}`));
});

test('an image is named for the model, and its Dockerfile lies in its directory', () => {
  expect(deliveredImage(who, { directory: '.' }, registry)).toEqual({
    directory: '.', dockerfile: 'Dockerfile', repositoryUri: 'registry.example.com/images', imageName: 'churn', variable: 'image',
  });
  expect(deliveredImage(who, { directory: 'workload' }, registry).dockerfile).toBe('workload/Dockerfile');
  const given = { directory: 'a', dockerfile: 'b/Dockerfile', imageName: 'c', variable: 'd' };
  expect(deliveredImage(who, given, registry)).toEqual({ ...given, repositoryUri: 'registry.example.com/images' });
});

test.each<[string, ImageInput, string]>([
  ['folder', { directory: '/x' }, "image.directory must be a folder inside the repository, got '/x'"],
  ['file', { directory: '.', dockerfile: '/x' }, "image.dockerfile must be a file inside the repository, got '/x'"],
  ['name', { directory: '.', imageName: 'X' }, "image.imageName must be lower-case letters, digits, dots, hyphens and underscores, got 'X'"],
  ['variable', { directory: '.', variable: 'a-b' }, "image.variable must be the name of a Terraform variable, got 'a-b'"],
])("refuses an image's %s", (_, image, message) => {
  expect(() => deliveredImage(who, image, registry)).toThrow(new Error(`delivery pipeline 'D': ${message}`));
});

test('refuses an image without a registry', () => {
  expect(() => deliveredImage(who, { directory: '.' }, undefined)).toThrow(
    new Error("delivery pipeline 'D': image is pushed to the repository of a registry: give registry as well"));
});

test('the stage is asked for once, by the names of the stages', () => {
  const stack = newStack();
  const stages = [{ name: 'dev', approval: false }, { name: 'prod', approval: true }];
  const asked = askForStage(stack, stages, 'subscription');
  expect(askForStage(stack, stages, 'subscription')).toBe(asked);
  expect(JSON.parse(Testing.synth(stack)).variable).toEqual({
    delivery_stage: {
      type: 'string',
      description: "Which stage this subscription is: dev, prod. GitHub's environment of that name alone may deliver here",
      validation: [{ condition: '${contains(["dev","prod"], var.delivery_stage)}', error_message: 'The stage must be one of dev, prod.' }],
    },
  });
});

test('open variables are those without a value, by name', () => {
  const stack = newStack();
  new TerraformVariable(stack, 'b', { type: 'string' });
  new TerraformVariable(stack, 'c', { type: 'string', default: 'x' });
  new TerraformVariable(stack, 'a', { type: 'string' });
  expect(openVariables(stack).map(({ node }) => node.id)).toEqual(['a', 'b']);
  expect(stackFolder(stack)).toBe('cdktf.out/stacks/Stack');
});
