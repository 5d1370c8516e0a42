import { Construct } from 'constructs';
import { claimOutput, requireBatchFolders } from '../../../src/core/private/batch-folders';
import { speakerFor } from '../../../src/core/private/validation';

const who = speakerFor('serving endpoint', new Construct(undefined as never, 'Stack'), 'Serving');
const said = (sentence: string) => new Error(`serving endpoint 'Stack/Serving': ${sentence}`);
const want = 'without blanks, quotation marks, braces, brackets, \\, $, ?, #, % and *';

describe('folders of batch predictions', () => {
  test.each(['in/', 'batch/input/', 'churn-2/of.day/_all/'])('%s is one', (inputPrefix) => {
    expect(() => requireBatchFolders(who, { inputPrefix, outputPrefix: 'out/' })).not.toThrow();
  });

  test.each(['a b/', "a'b/", 'a"b/', 'a*/', 'a[0-9]/', 'a{b}/', 'a//b/', 'a/../training/', './a/', 'a?b/', 'a%20b/', 'a#b/', 'a\\b/'])(
    '%s is refused, which an address, a pattern or a condition would take for another', (folder) => {
      expect(() => requireBatchFolders(who, { inputPrefix: folder, outputPrefix: 'out/' }))
        .toThrow(said(`serving.inputPrefix must be a folder like batch/input/, ${want}, got ${JSON.stringify(folder).replace(/^"|"$/g, "'").replace(/\\(.)/g, '$1')}`));
      expect(() => requireBatchFolders(who, { inputPrefix: 'in/', outputPrefix: folder })).toThrow(`serving.outputPrefix must be a folder like batch/output/, ${want}`);
    });

  test.each(['in', '/in/', 's3://bucket/in/', ''])('%s is no folder of a store', (folder) => {
    expect(() => requireBatchFolders(who, { inputPrefix: folder, outputPrefix: 'out/' }))
      .toThrow(said(`serving.inputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got '${folder}'`));
  });
});

describe('the output of an endpoint', () => {
  function world() {
    const root = new Construct(undefined as never, '');
    const stack = new Construct(root, 'Stack');
    return { stack, one: new Construct(stack, 'One'), two: new Construct(new Construct(root, 'Other'), 'Two') };
  }

  test.each([['out/', 'out/'], ['out/', 'out/fraud/'], ['out/fraud/', 'out/']])('in %s is its own: another may not write to %s', (first, second) => {
    const { one, two } = world();
    claimOutput(who, one, 'lake', first);
    expect(() => claimOutput(who, two, 'lake', second)).toThrow(said(
      `serving.outputPrefix ${second} is where 'Stack/One' writes its predictions, to ${first} of the same data lake: give each endpoint a folder of its own`));
  });

  test('is another one in another lake, in another folder, and of the endpoint itself', () => {
    const { one, two } = world();
    claimOutput(who, one, 'lake', 'out/');
    expect(() => [claimOutput(who, two, 'other', 'out/'), claimOutput(who, two, 'lake', 'outside/'), claimOutput(who, one, 'lake', 'out/')]).not.toThrow();
  });

  test.each(['training/mine/', 'checkpoints/', 'capture/out/', 'governance/'])('%s is refused, which others write or empty', (folder) => {
    const [part] = folder.split('/');
    expect(() => claimOutput(who, world().one, 'lake', folder))
      .toThrow(said(`serving.outputPrefix must be outside of ${part}/, which other parts of the library write, got '${folder}'`));
  });
});
