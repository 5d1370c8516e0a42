import { definitionOf, parseSource } from '.';
import { jsonText } from '../../../src/terraform/text';

const synthesized = (workflows: Record<string, string>) => ({
  resource: { google_workflows_workflow: Object.fromEntries(Object.entries(workflows).map(([key, source]) => [key, { source_contents: source }])) },
});
const source = jsonText({ main: { steps: [{ a: { return: '${"100 %{x} " + sys.get_env("A")}' } }] } });

test('undoes the escapes of Terraform', () => {
  expect(source).toContain('$${');
  expect(definitionOf(synthesized({ a: source }))).toEqual({ main: { steps: [{ a: { return: '${"100 %{x} " + sys.get_env("A")}' } }] } });
});

test('writes interpolations as what they name', () => {
  const text = '{"main": {"steps": [{"a": {"return": "$${\\"x/\\" + \\"${google_storage_bucket.data.name}/${replace("a}", "b", google_x.y["k"].id)}\\"}"}}]}}';
  expect(parseSource(text)).toEqual({
    main: { steps: [{ a: { return: "${\"x/\" + \"<google_storage_bucket.data.name>/<replace('a}', 'b', google_x.y['k'].id)>\"}" } }] },
  });
});

test('reads YAML as well', () => {
  expect(parseSource('main:\n  steps:\n    - a:\n        return: $${1 + 1}\n')).toEqual({ main: { steps: [{ a: { return: '${1 + 1}' } }] } });
});

test('finds the workflow whose name ends so', () => {
  const both = synthesized({ Training_Run_1A: source, Serving_Rollout_2B: '[{"a": {"return": 1}}]' });
  expect(definitionOf(both, 'Rollout_2B')).toEqual([{ a: { return: 1 } }]);
  expect(() => definitionOf(both, 'Rollout')).toThrow(/got 0 of/);
  expect(() => definitionOf(both)).toThrow('want one google_workflows_workflow, got 2 of: Training_Run_1A, Serving_Rollout_2B');
  expect(() => definitionOf(both, 'x')).toThrow("want one google_workflows_workflow whose name ends in 'x', got 0 of: Training_Run_1A, Serving_Rollout_2B");
  expect(() => definitionOf({})).toThrow('want one google_workflows_workflow, got 0 of: none');
});

test('refuses two keys of one name, and an interpolation without an end', () => {
  expect(() => parseSource('{"main": {"steps": []}, "main": {"steps": []}}')).toThrow(/Map keys must be unique/);
  expect(() => parseSource('{"a": "${x"}')).toThrow('an interpolation is not closed: {"a": "${x"}');
});
