import { IResolvable, Lazy, TagManager } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * The tags of a resource, for what it makes at run time: endpoints and jobs are what costs, and their costs are found
 * by their own tags only.
 *
 * Read when the whole app has been said, because tags may be added last; where there are none, nothing is written.
 *
 * @param maker the resource, or a construct whose default child it is; asked then
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html
 */
export function tagsOf(maker: () => IConstruct): IResolvable {
  return Lazy.any({
    produce: () => {
      const construct = maker();
      const tags = Object.entries(TagManager.of(construct.node.defaultChild ?? construct)?.tagValues() ?? {});
      return tags.length === 0 ? undefined : tags.map(([Key, Value]) => ({ Key, Value }));
    },
  });
}
