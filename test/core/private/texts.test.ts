import { Construct, RootConstruct } from 'constructs';
import { MlopsError } from '../../../src/core/private/errors';
import { requireTexts, TextShape } from '../../../src/core/private/texts';
import { show, Speaker } from '../../../src/core/private/validation';

const WHO: Speaker = { what: 'thing', name: 'Stack/It', constructPath: 'Stack/It' };
const check = (value: unknown, shape: TextShape) => () => requireTexts<{ prop?: any }>(WHO, { prop: value }, { prop: shape }, 'spec.');

describe('props of text', () => {
  test.each<[TextShape, unknown]>([
    ['text', 'a\nb'], ['text', '${Token[A.1]}'], ['text?', undefined], ['texts', []], ['texts', ['a', '${TfToken[B.2]}']], ['texts', ['#{Token[A.1]}']], ['texts?', undefined],
    ['words', ['a', '']], ['named texts', {}], ['named texts', { a: '', b: 'c' }], ['named texts', { resolve: () => ({}) }], ['named texts?', undefined],
  ])('%s takes %j', (shape, value) => expect(check(value, shape)).not.toThrow());

  test.each<[TextShape, unknown, string]>([
    ['text', undefined, 'spec.prop must be text, got undefined'],
    ['text?', null, 'spec.prop must be text, got null'],
    ['text', 5, 'spec.prop must be text, got 5'],
    ['text', { a: 1 }, 'spec.prop must be text, got {"a":1}'],
    ['text', ' ', 'spec.prop must be text that is not empty, got \' \''],
    ['text', 'a\u0007', 'spec.prop must be text without control characters, got \'a\u0007\''],
    ['text', '\ud800', 'spec.prop must be text without control characters, got \'\ud800\''],
    ['texts', 'a', 'spec.prop must be a list of texts, got \'a\''],
    ['texts', undefined, 'spec.prop must be a list of texts, got undefined'],
    ['texts', ['a', 5], 'spec.prop[1] must be text, got 5'],
    ['texts', new Array(1), 'spec.prop[0] must be text, got undefined'],
    ['texts', [''], 'spec.prop[0] must be text that is not empty, got \'\''],
    ['words?', [null], 'spec.prop[0] must be text, got null'],
    ['named texts', ['a'], 'spec.prop must be texts by their names, got ["a"]'],
    ['named texts', 'a', 'spec.prop must be texts by their names, got \'a\''],
    ['named texts', { a: 5 }, 'spec.prop.a must be text, got 5'],
  ])('%s is not %j', (shape, value, message) => {
    expect(check(value, shape)).toThrow(new MlopsError('Invalid thing spec.prop', `thing 'Stack/It': ${message}`, 'Stack/It'));
  });
});

describe('a value in an error', () => {
  const circular: { self?: object; also: number } = { also: 1 };
  circular.self = circular;

  test.each<[string, unknown, string]>([
    ['a construct, which contains itself', new Construct(new RootConstruct(), 'Data'), 'the construct \'Data\''],
    ['another object that does', circular, 'an object with also, self'],
    ['a long text', 'x'.repeat(400), `'${'x'.repeat(300)}… (400 characters)'`],
    ['a number of JavaScript\'s own', BigInt(5), '5'],
    ['nothing', null, 'null'],
  ])('%s', (_, value, shown) => expect(show(value)).toBe(shown));
});
