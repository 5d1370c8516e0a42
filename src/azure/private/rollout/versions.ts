import { RolloutSettings } from './settings';
import { objectOf } from './traffic';
import { Actions, append, arm, compose, Text } from '../base/workflow-actions';
import { after, attempt, ENDED, fail, FAILED, insist, reasonOf, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, Operand, outputsOf, text, variable } from '../base/workflow-expressions';
import { VERSION_TAGS } from '../registry/version-tags';

const VERSION = 'Microsoft.MachineLearningServices/workspaces/models/versions' as const;

/**
 * Reads the version, makes sure that it may be rolled out and that it is known by which image it is served, and tags it
 * as approved. Where the stack has files instead of a version, they are registered first.
 */
export function readVersion({ artifact, defaultImage, modelName }: RolloutSettings, versionId: Text): Actions {
  const tags = ex`coalesce(${bodyOf('Registered')}?['properties']?['tags'], json('{}'))`;
  const missing = ex`equals(coalesce(${codeOf('Registered')}, 0), 404)`;
  const version = variable('version');
  return {
    ...(artifact === undefined
      ? {}
      : {
        Declared: arm.get({ type: VERSION, id: versionId }),
        Undeclared: after(
          { Declared: FAILED },
          when(
            ex`equals(coalesce(${codeOf('Declared')}, 0), 404)`,
            insist(
              'Declare',
              arm.put({
                type: VERSION,
                id: versionId,
                body: {
                  properties: {
                    modelType: 'custom_model',
                    modelUri: artifact.modelUri,
                    description: 'Declared by the stack',
                    tags: { [VERSION_TAGS.image]: artifact.image, [VERSION_TAGS.trigger]: 'declared' },
                  },
                },
              }),
            ),
            fail('Not_declared', errorOf('Declared')),
          ),
        ),
        Is_declared: after(
          { Declared: ENDED, Undeclared: ['Succeeded', 'Skipped'] },
          compose('the version is registered'),
        ),
      }),
    Registered: arm.get({ type: VERSION, id: versionId }),
    Unregistered: after(
      { Registered: FAILED },
      when(
        missing,
        fail('Not_registered', text`version ${version} of ${modelName} is not registered`),
        fail('Not_read', errorOf('Registered')),
      ),
    ),
    Is_registered: after(
      { Registered: ENDED, Unregistered: ['Succeeded', 'Skipped'] },
      compose('the version is registered'),
    ),
    Is_refused: when(
      ex`equals(coalesce(${tags}?[${VERSION_TAGS.approval}], ''), 'rejected')`,
      fail(
        'Refused',
        text`version ${version} is rejected: set its tag ${VERSION_TAGS.approval} to pending, then approve it again`,
      ),
    ),
    Is_archived: when(
      ex`equals(coalesce(${bodyOf('Registered')}?['properties']?['isArchived'], false), true)`,
      fail('Archived', text`version ${version} is archived`),
    ),
    Image: compose(ex`coalesce(${tags}?[${VERSION_TAGS.image}], ${defaultImage ?? ''})`),
    Has_image: when(
      ex`empty(${outputsOf('Image')})`,
      fail(
        'No_image',
        text`version ${version} says no image: give it the tag ${VERSION_TAGS.image}, or the endpoint an image`,
      ),
    ),
    Is_pending: when(
      ex`not(equals(coalesce(${tags}?[${VERSION_TAGS.approval}], ''), 'approved'))`,
      attempt('Approving', tagVersion('Approve', versionId, [[VERSION_TAGS.approval, 'approved']]), {
        Not_approved: append(
          'notes',
          text`version ${version} has no tag that says it is approved: ${reasonOf('Approving')}`,
        ),
      }),
    ),
  };
}

/** Tags a version; it is read first, because it is written as a whole. An empty value stands for none. */
export function tagVersion(name: string, versionId: Text, tags: readonly (readonly [string, Operand])[]): Actions {
  const properties = ex`body(${`${name}_read`})?['properties']`;
  const added = ex`union(coalesce(${properties}?['tags'], json('{}')), ${objectOf(tags)})`;
  return {
    [`${name}_read`]: arm.get({ type: VERSION, id: versionId }),
    ...insist(
      name,
      arm.put({
        type: VERSION,
        id: versionId,
        body: { properties: ex`setProperty(removeProperty(${properties}, 'provisioningState'), 'tags', ${added})` },
      }),
    ),
  };
}
