import { parseSource } from './definition';
import { schemaFindings } from './published-schema';
import { terraformOf } from '../examples';

const definitions = ['gcp-level1', 'gcp-level2'].flatMap((example) => Object.entries<any>(terraformOf(example).resource.google_workflows_workflow)
  .map(([id, { source_contents: source }]): [string, string, unknown] => [example, id, parseSource(source)]));

test.each(definitions)('%s: %s is what editors take for a workflow', (_, __, definition) => {
  expect(schemaFindings(definition)).toEqual([]);
});

test('there is something to look at', () => {
  expect(definitions.length).toBeGreaterThan(5);
});

test.each<[string, object]>([
  ['a key that no step has', { call: 'http.get', args: { url: 'https://a' }, resutl: 'x' }],
  ['an argument that no HTTP call has', { call: 'http.get', args: { uri: 'https://a' } }],
  ['a case without a condition', { switch: [{ next: 'end' }] }],
  ['a case that assigns', { switch: [{ condition: '${true}', assign: [{ a: 1 }] }] }],
  ['a retry without words of the language', { try: { call: 'http.get', args: { url: 'https://a' } }, retry: { times: 3 } }],
  ['a loop over nothing named', { for: { in: [1], steps: [{ one: { assign: [{ a: 1 }] } }] } }],
])('finds %s', (_, faulty) => {
  expect(schemaFindings({ main: { steps: [{ first: faulty }] } })).not.toEqual([]);
});
